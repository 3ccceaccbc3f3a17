"""Everybody, in SQL: an expression becomes one condition on `portrait`, put together from literal fragments.

Every fragment is true or not (`is true`), so that a `not` around what is not known means what it means in Python."""

import re
from collections.abc import Sequence
from functools import reduce
from math import ceil, sqrt
from operator import itemgetter
from typing import Any
from uuid import UUID

from msgspec import Struct

from punchcard import rulebooks
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, one
from punchcard.programme import Expression, people

from . import sql
from .fragments import COSTS, FRAGMENTS, asked
from .model import Page, Reach, purposes
from .places import placed
from .portrait import PURPOSE_BITS

MATCHING = "select member_id from portrait where :condition order by member_id"
PAGE = """
select coalesce(array_agg(member_id order by member_id) filter (where matched), '{}') as members,
       count(*) as looked_at, (array_agg(member_id order by member_id desc))[1] as last
  from (select member_id, :condition as matched from portrait
         where member_id > $1::uuid order by member_id limit $2::bigint) as page"""
REACH = "select count(*) from portrait where :condition"
SAMPLE = """
select count(*) as blocks, coalesce(sum(n), 0)::float8 as n, coalesce(sum(hits), 0)::float8 as hits,
       coalesce(sum(hits * hits), 0)::float8 as hits_hits, coalesce(sum(hits * n), 0)::float8 as hits_n,
       coalesce(sum(n * n), 0)::float8 as n_n
  from (select count(*) as n, count(*) filter (where :condition) as hits
          from portrait tablesample system ($1::real) group by (ctid::text::point)[0]) as block"""
COUNTED_UP_TO = 4_000_000
"""The reach in a larger programme is estimated from a sample."""
NOBODY = UUID(int=0)


class Found(Struct, frozen=True):
    """The members of a group among those looked at, in the order of their ids."""

    members: list[UUID]
    looked_at: int
    last: UUID | None


class Sampled(Struct, frozen=True):
    """Of the blocks of a sample: how many, the members in them, the hits among those, and sums of squares and products."""

    blocks: int
    n: float
    hits: float
    hits_hits: float
    hits_n: float
    n_n: float

    def reach(self, everybody: int) -> Reach:
        """Neighbours resemble each other: the error is reckoned from block to block, not from member to member."""
        share = self.hits / self.n if self.n else 0.0
        spread = max(0.0, self.hits_hits - 2 * share * self.hits_n + share * share * self.n_n)
        deviation = sqrt(spread * self.blocks / max(1, self.blocks - 1)) / self.n if self.n else 0.0
        return Reach(round(share * everybody), ceil(1.96 * deviation * everybody), int(self.n))


class Writer:
    """Puts a condition on `portrait` together; `values` are what its parameters stand for, after those given before."""

    def __init__(self, ladder: Sequence[str], at: Instant, *values: Any):
        self.ladder, self.at, self.values = ladder, at, [*values]

    def whole(self, expression: Expression) -> str:
        """Who agreed to all that the expression looks at, and is in it. As one truth: PostgreSQL would weigh the parts of an
        `and` itself and, by its own guess, unpack what was bought before it looks at who agreed."""
        bits = reduce(int.__or__, (PURPOSE_BITS[each] for each in purposes(expression)), 0)
        return f"(({self.fragment('consents-to', bits)} and {self.part(expression)[1]}) is true)"

    def part(self, expression: Expression) -> tuple[int, str]:
        """What it costs and how it is written."""
        match expression:
            case people.All(of):
                return self.several(" and ", of, "true")
            case people.Any(of):
                return self.several(" or ", of, "false")
            case people.Not(of):
                cost, text = self.part(of)
                return cost, f"(not {text})"
        name, *values = asked(expression, self.ladder, self.at)
        return COSTS[name], self.fragment(name, *values)

    def several(self, joint: str, of: Sequence[Expression], of_none: str) -> tuple[int, str]:
        parts = sorted((self.part(each) for each in of), key=itemgetter(0))
        return max((cost for cost, _ in parts), default=0), f"({joint.join(text for _, text in parts) or of_none})"

    def fragment(self, name: str, *values: Any) -> str:
        """Its own parameters are counted from one; here they come after those of the fragments before."""
        before = len(self.values)
        self.values += values
        text = re.sub(r"\$(\d+)", lambda number: f"${before + int(number[1])}", FRAGMENTS[name])
        return f"(({text}) is true)"


async def matching(db: Connection, expression: Expression, at: Instant) -> list[UUID]:
    """The members of the group in the order of their ids."""
    return [row["member_id"] for row in await db.fetch(*await written(db, MATCHING, expression, at))]


async def page(db: Connection, expression: Expression, at: Instant, after: UUID | None, size: int) -> Page:
    """The members of the group among the next `size` members after one, so that a step costs the same however many
    members there are and however few of them match."""
    found = await one(db, Found, *await written(db, PAGE, expression, at, after or NOBODY, size))
    return Page(found.members, found.last or after, found.looked_at < size)


async def reach(db: Connection, expression: Expression, at: Instant) -> int:
    """How many members are in the group, counted. `fetch`, for PostgreSQL shares no work where it is asked for one row."""
    ((count,),) = await db.fetch(*await written(db, REACH, expression, at))
    return int(count)


async def estimate(db: Connection, expression: Expression, at: Instant, counted_up_to: int = COUNTED_UP_TO) -> Reach:
    """About how many members are in the group: counted, or in a larger programme estimated from a tenth of that many."""
    everybody = await sql.about_how_many(db)
    if everybody <= counted_up_to:
        return Reach(await reach(db, expression, at), 0, everybody)
    percent = 10 * counted_up_to / everybody
    return (await one(db, Sampled, *await written(db, SAMPLE, expression, at, percent))).reach(everybody)


async def written(db: Connection, statement: str, expression: Expression, at: Instant, *values: Any) -> tuple[Any, ...]:
    """The statement with its condition on `portrait` written out, and all values of its parameters, its own first."""
    writer = Writer([tier.id for tier in (await rulebooks.program(db)).tiers(at)], at, *values)
    return statement.replace(":condition", writer.whole(await placed(db, expression))), *writer.values
