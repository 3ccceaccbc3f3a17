"""The newest lines of many statements at once, as far as a wallet card shows them."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct, convert

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection
from punchcard.programme import MEMBER, Reason

from .operations import statement


class Glance(Struct, frozen=True):
    """A line of the statement: when, where it was a sale, and what it moved, as `Line` says it."""

    at: Instant
    shop: str
    points: int
    reasons: tuple[Reason, ...]


async def glances(db: Connection, member_ids: Sequence[UUID], main: str, limit: int) -> dict[UUID, list[Glance]]:
    """The newest lines of each of these members, the newest first; `main` is the programme's currency. Reasons stand only
    beside the newest that moved points."""
    rows: defaultdict[UUID, list[Any]] = defaultdict(list)
    for row in await steps(db, member_ids, main, limit):
        rows[row["member_id"]].append(row)
    found = {}
    for member_id, lines in rows.items():
        mover = next((row for row in lines if row["points"]), None)
        reasons: tuple[Reason, ...] = ()
        if mover is not None:
            if mover["id"]:
                reasons = convert(mover["reasons"], tuple[Reason, ...])
            else:
                reasons = next(line.reasons for line in await statement(db, member_id, limit=limit) if line.points)
        found[member_id] = [
            Glance(row["at"], row["shop"] or "", row["points"], reasons if row is mover else ()) for row in lines
        ]
    return found


async def steps(db: Connection, member_ids: Sequence[UUID], main: str, limit: int) -> Sequence[Any]:
    """The newest facts and instants at which time moved points, as `sql.page` orders them, and what each moved."""
    return await db.fetch(
        """
        select asked.member_id, step.id, step.at, step.shop, step.reasons, moved.points
          from unnest($1::uuid[]) as asked (member_id)
         cross join lateral (
               with newest as (
                   select id, at, case body ->> 'type' when 'Sale' then body ->> 'shop' end as shop, reasons
                     from fact where member_id = asked.member_id order by at desc, id desc limit $4)
               select id, at, shop, reasons from newest
                union all
               (select step, at, null, null from entry
                 where member_id = asked.member_id and step = ''
                   and at >= (select case when count(*) = $4 then min(at) else '-infinity' end from newest)
                 group by at, step having bool_or(points <> 0))
                order by at desc, id desc limit $4) as step
         cross join lateral (
               select coalesce(sum(points * ((account = $3)::int - (counter = $3)::int)), 0)::bigint as points from entry
                where member_id = asked.member_id and at = step.at and entry.step = step.id and currency = $2) as moved
         order by asked.member_id, step.at desc, step.id desc
        """,
        member_ids,
        main,
        MEMBER,
        limit,
    )
