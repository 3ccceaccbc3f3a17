"""What arrived for many members since somebody last looked: their new facts, and where they stand after them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from msgspec import Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection
from punchcard.programme import AnyFact, Standing, decode

from .refold import fact_from


class Arrived(Struct, frozen=True):
    """Of one member: the facts that are new to whoever asks, and everything as it is after them."""

    facts: int
    """How many there are; whoever comes again says this number."""
    standing: Standing
    """As of its own time; what time alone does after it comes with the next tick."""
    tier: int
    points: int
    visits: int
    last_visit_at: Instant | None
    home_shop: str | None
    spend_cents: int
    new: list[AnyFact]
    """In their canonical order."""
    in_order: bool
    """All of them come after those that were known; else some of `new` are missing, and everything is to be asked for."""


async def facts_since(db: Connection, known: Mapping[UUID, int]) -> dict[UUID, Arrived]:
    """What is new of these members to somebody who knows so many facts of each; without those who have no journal.

    As many of the newest facts are read as are new: if one of them was known, one that is new came late."""
    rows = await db.fetch(
        """
        select s.member_id, s.facts, s.state, coalesce(p.tier, 0) as tier, coalesce(p.points, 0) as points,
               coalesce(p.visits, 0) as visits, p.last_visit_at, p.home_shop, coalesce(p.spend_cents, 0) as spend_cents,
               newest.bodies, s.facts - asked.seq = cardinality(newest.bodies) as in_order
          from unnest($1::uuid[], $2::bigint[]) as asked (member_id, seq)
          join standing s on s.member_id = asked.member_id
          left join profile p on p.member_id = asked.member_id
         cross join lateral (
               select array(select n.body from (
                        select seq, body::text as body, at, id from fact where fact.member_id = s.member_id
                         order by at desc, id desc limit s.facts - asked.seq) n
                 where n.seq > asked.seq order by n.at, n.id) as bodies) newest
        """,
        list(known),
        list(known.values()),
    )
    return {
        row["member_id"]: Arrived(
            row["facts"], decode(row["state"]), row["tier"], row["points"], row["visits"], row["last_visit_at"],
            row["home_shop"], row["spend_cents"], [fact_from(body) for body in row["bodies"]], row["in_order"],
        )
        for row in rows
    }  # fmt: skip


async def facts_of(db: Connection, wanted: Sequence[tuple[UUID, str]]) -> dict[tuple[UUID, str], AnyFact]:
    """These facts of these members, by their ids; without those that there are not."""
    rows = await db.fetch(
        """
        select fact.member_id, fact.id, body::text as body
          from unnest($1::uuid[], $2::text[]) as asked (member_id, id)
          join fact on fact.member_id = asked.member_id and fact.id = asked.id
        """,
        [member_id for member_id, _ in wanted],
        [id for _, id in wanted],
    )
    return {(row["member_id"], row["id"]): fact_from(row["body"]) for row in rows}
