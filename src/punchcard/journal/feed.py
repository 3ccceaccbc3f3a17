"""The journal as others outside read it: a member's facts in the order in which they arrived, and what each one moved."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct, convert

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, many, value
from punchcard.programme import ADJUSTED, DONATED, ISSUED, MEMBER, OWN, REDEEMED, AnyFact, Reason

from . import refold, rules

GIVEN, TAKEN = frozenset({ISSUED, ADJUSTED}), frozenset({REDEEMED, DONATED})


class Change(Struct, frozen=True):
    """What a fact did to one currency as it was written: corrections of earlier facts are in it, if it came late.

    earned - spent + other is the change of all that the member holds (to spend, pending and set aside, less what is owed),
    without what time did; `balance` is what could be spent after both."""

    currency: str
    earned: int
    """Given or taken back by promises and adjustments."""
    spent: int
    """Redeemed and donated, less what of it came back."""
    other: int
    """Loaded, sent, received, prolonged."""
    balance: int
    """What could be spent right after it was written."""


class Happened(Struct, frozen=True):
    """A fact, the `seq`-th that arrived for the member, and what it moved."""

    seq: int
    fact: AnyFact
    reasons: tuple[Reason, ...]
    """As they count now: a late fact before this one may have changed them."""
    changes: list[Change]


class Span(Struct, frozen=True):
    """Of a member: the first and the last fact that were written within some time."""

    member_id: UUID
    first: int
    last: int


class Row(Struct, frozen=True):
    seq: int
    body: str
    reasons: Any


class Moved(Struct, frozen=True):
    """Points that a fact moved between two accounts, and the number of the last entry that was written with it."""

    seq: int
    account: str
    counter: str
    currency: str
    points: int
    last: int


async def happened_after(db: Connection, member_id: UUID, seq: int, until: int, limit: int) -> list[Happened]:
    """What happened to the member after the `seq`-th fact up to the `until`-th, in order of arrival."""
    rows = await facts_after(db, member_id, seq, until, limit)
    if not rows:
        return []
    moved: defaultdict[int, list[Moved]] = defaultdict(list)
    for each in await moved_by(db, member_id, rows[0].seq, rows[-1].seq):
        moved[each.seq].append(each)
    asked = list(dict.fromkeys((each.currency, each.last) for several in moved.values() for each in several))
    balances = await balances_at(db, member_id, asked)
    return [
        Happened(
            row.seq,
            refold.fact_from(row.body),
            convert(row.reasons, tuple[Reason, ...]),
            changes_of(moved[row.seq], balances),
        )
        for row in rows
    ]


def changes_of(moved: list[Moved], balances: dict[tuple[str, int], int]) -> list[Change]:
    sums: dict[tuple[str, int], list[int]] = {}
    for each in moved:
        inwards = (each.account in OWN) - (each.counter in OWN)
        theirs = each.counter if inwards > 0 else each.account
        of = sums.setdefault((each.currency, each.last), [0, 0, 0])
        of[0 if theirs in GIVEN else 1 if theirs in TAKEN else 2] += inwards * each.points
    return [
        Change(currency, earned, -redeemed, other, balances.get((currency, last), 0))
        for (currency, last), (earned, redeemed, other) in sums.items()
    ]


async def facts_after(db: Connection, member_id: UUID, seq: int, until: int, limit: int) -> list[Row]:
    return await many(
        db,
        Row,
        """
        select seq, body::text as body, reasons from fact
         where member_id = $1 and seq > $2 and seq <= $3 order by seq limit $4
        """,
        member_id,
        seq,
        until,
        limit,
    )


async def moved_by(db: Connection, member_id: UUID, first: int, last: int) -> list[Moved]:
    """A fact's entries stand between those that were there before it and before the next one; without what time moved."""
    return await many(
        db,
        Moved,
        """
        select * from (
            select f.seq, e.account, e.counter, e.currency,
                   coalesce(sum(e.points) filter (where e.step <> ''), 0)::bigint as points,
                   max(max(e.number) filter (where e.written_at = f.written_at)) over (partition by f.seq) as last
              from (select seq, written_at, after_entry as first_entry,
                           lead(after_entry, 1, 9223372036854775807) over (order by seq) as last_entry
                      from fact where member_id = $1 and seq >= $2 and seq <= $3 + 1) f
              join entry e on e.member_id = $1 and e.number > f.first_entry and e.number <= f.last_entry
             where f.seq <= $3
             group by f.seq, e.account, e.counter, e.currency) moved
         where points <> 0 order by seq, currency
        """,
        member_id,
        first,
        last,
    )


async def balances_at(db: Connection, member_id: UUID, asked: list[tuple[str, int]]) -> dict[tuple[str, int], int]:
    """What the member could spend of these currencies right after the entries of these numbers."""
    rows = await db.fetch(
        """
        select a.currency, a.last, found.balance from unnest($2::text[], $3::bigint[]) as a (currency, last)
          cross join lateral (
                select case when account = $4 then account_balance else counter_balance end as balance from entry
                 where member_id = $1 and number <= a.last and currency = a.currency and $4 in (account, counter)
                 order by number desc limit 1) found
        """,
        member_id,
        [currency for currency, _ in asked],
        [last for _, last in asked],
        MEMBER,
    )
    return {(row["currency"], row["last"]): row["balance"] for row in rows}


async def arrived_before(db: Connection, members: Sequence[UUID], at: Instant) -> dict[UUID, int]:
    """How many facts of each member were written before this second (by the database's clock)."""
    rows = await db.fetch(
        """
        select m.id, coalesce(max(f.seq), 0) as seq from unnest($1::uuid[]) as m (id)
          left join fact f on f.member_id = m.id and f.written_at < $2 group by m.id
        """,
        members,
        at,
    )
    return {row["id"]: row["seq"] for row in rows}


async def spans(
    db: Connection, since: Instant, until: Instant, after: UUID, limit: int, member_id: UUID | None = None
) -> list[Span]:
    """Who had facts written from `since` to before `until`, or whether this member had; by id, those after `after`."""
    return await many(
        db,
        Span,
        """
        select member_id, min(seq) as first, max(seq) as last from fact
         where written_at >= $1 and written_at < $2 and member_id > $3 and ($5::uuid is null or member_id = $5)
         group by member_id order by member_id limit $4
        """,
        since,
        until,
        after,
        limit,
        member_id,
    )


async def tier_now(db: Connection, member_id: UUID, at: Instant) -> str:
    """The tier that the member holds on the programme's own ladder; empty for who has no journal."""
    place = await value(db, "select tier from profile where member_id = $1", member_id)
    if place is None:
        return ""
    tiers = (await rules.latest(db)).tiers(at)
    return tiers[min(int(place), len(tiers) - 1)].id
