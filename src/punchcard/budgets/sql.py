"""How budgets are kept. `fact_owner` is the journal's: it says whether a fact stands."""

from collections.abc import Sequence

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, many, value

from .model import Reservation


async def open_grant(db: Connection, fact_id: str, term: str, until: Instant, at: Instant) -> bool:
    """Hold the place of a grant; False if there was one, or if the fact stands already without it. Whoever reserves for
    the same fact at once waits here."""
    return bool(
        await execute(
            db,
            """
            insert into budget_grant (fact_id, term, until, granted, reserved_at)
            select $1, $2, $3, 0, $4 where not exists (select from fact_owner where fact_id = $1)
                on conflict do nothing
            """,
            fact_id,
            term,
            until,
            at,
        )
    )


async def mend_grant(db: Connection, fact_id: str, term: str, until: Instant, at: Instant) -> bool:
    """A grant of nothing, where a fact uses one that is not there any more; False if it is."""
    return bool(
        await execute(
            db,
            """
            insert into budget_grant (fact_id, term, until, granted, level, reserved_at) values ($1, $2, $3, 0, 0, $4)
                on conflict do nothing
            """,
            fact_id,
            term,
            until,
            at,
        )
    )


async def grant_of(db: Connection, fact_id: str, term: str) -> int:
    """What this fact was granted."""
    return int(await value(db, "select granted from budget_grant where fact_id = $1 and term = $2", fact_id, term) or 0)


async def open_budget(db: Connection, term: str, until: Instant, limit: int) -> None:
    """The budget is there."""
    await execute(
        db,
        "insert into budget (term, until, ceiling) values ($1, $2, $3) on conflict do nothing",
        term,
        until,
        limit,
    )


async def take(db: Connection, term: str, until: Instant, points: int, limit: int) -> int:
    """Take so many points, or as many as are left below the limit; says how many."""
    return int(
        await value(
            db,
            """
            with room as (
                select least($3::bigint, greatest(0, $4 - taken)) as points from budget
                 where term = $1 and until = $2 for update)
            update budget set ceiling = $4, taken = taken + room.points
              from room where term = $1 and until = $2
            returning room.points
            """,
            term,
            until,
            points,
            limit,
        )
    )


async def keep_grant(db: Connection, fact_id: str, term: str, points: int) -> None:
    """Write down what the fact was granted."""
    await execute(db, "update budget_grant set granted = $3 where fact_id = $1 and term = $2", fact_id, term, points)


async def put_back(db: Connection, fact_id: str, term: str) -> None:
    """The fact is granted nothing after all."""
    await execute(
        db,
        """
        with kept as (
            select until, granted from budget_grant where fact_id = $1 and term = $2),
        emptied as (update budget_grant set granted = 0 where fact_id = $1 and term = $2)
        update budget set taken = taken - kept.granted from kept where budget.term = $2 and budget.until = kept.until
        """,
        fact_id,
        term,
    )


async def reserved_for(db: Connection, fact_id: str) -> list[str]:
    """All that was ever granted to this fact, in order."""
    rows = await db.fetch("select term from budget_grant where fact_id = $1 order by term", fact_id)
    return [row["term"] for row in rows]


async def used_up(db: Connection, terms: Sequence[str]) -> set[str]:
    """Of which of these nothing is left."""
    rows = await db.fetch("select term from budget where term = any($1::text[]) and taken >= ceiling", terms)
    return {row["term"] for row in rows}


async def spent(db: Connection, terms: Sequence[str]) -> dict[str, int]:
    """How much is taken of these, whatever the period."""
    rows = await db.fetch(
        "select term, sum(taken)::bigint as taken from budget where term = any($1::text[]) group by term", terms
    )
    return {row["term"]: row["taken"] for row in rows}


async def taken(db: Connection, terms: Sequence[str], untils: Sequence[Instant]) -> dict[str, int]:
    """How much is taken of these budgets."""
    rows = await db.fetch(
        """
        select b.term, b.taken from unnest($1::text[], $2::timestamptz[]) as asked (term, until)
          join budget b on b.term = asked.term and b.until = asked.until
        """,
        terms,
        untils,
    )
    return {row["term"]: row["taken"] for row in rows}


async def report(db: Connection, fact_id: str, term: str, points: int) -> None:
    """So much of the grant is used: the budget moves by the difference to what was known before."""
    await execute(
        db,
        """
        with known as (
            select until, coalesce(level, granted) as points from budget_grant
             where fact_id = $1 and term = $2 for update),
        heard as (update budget_grant set level = $3 where fact_id = $1 and term = $2)
        update budget set taken = taken + $3 - known.points
          from known where budget.term = $2 and budget.until = known.until
        """,
        fact_id,
        term,
        points,
    )


async def unheard_of(db: Connection, before: Instant, limit: int) -> list[Reservation]:
    """What was reserved before this instant for facts that are in nobody's journal."""
    return await many(
        db,
        Reservation,
        """
        select fact_id, term from budget_grant g
         where level is null and reserved_at < $1
           and not exists (select from fact_owner o where o.fact_id = g.fact_id)
         order by reserved_at limit $2
        """,
        before,
        limit,
    )


async def free(db: Connection, fact_id: str, term: str) -> bool:
    """Forget the reservation, if the fact is in nobody's journal, and give its points back."""
    return bool(
        await execute(
            db,
            """
            with gone as (
                delete from budget_grant g
                 where fact_id = $1 and term = $2 and level is null
                   and not exists (select from fact_owner o where o.fact_id = g.fact_id)
                returning until, granted)
            update budget set taken = taken - gone.granted
              from gone where budget.term = $2 and budget.until = gone.until
            """,
            fact_id,
            term,
        )
    )
