"""How households are kept: the household and its seats on its own shard, what a member belongs to on the member's."""

from uuid import UUID

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, execute, many, maybe, one, value

from .model import Household, Seat


async def of(db: Connection, member_id: UUID) -> UUID | None:
    """Which household the member belongs to."""
    found: UUID | None = await value(db, "select household_id from household_of where member_id = $1", member_id)
    return found


async def household(db: Connection, household_id: UUID) -> Household:
    """The household of this id."""
    return await one(
        db, Household, "select household_id, name, rule from household where household_id = $1", household_id
    )


async def add(db: Connection, household: Household, at: Instant) -> None:
    """Found a household."""
    await execute(
        db,
        "insert into household (household_id, name, rule, founded_at) values ($1, $2, $3, $4)",
        household.household_id,
        household.name,
        household.rule,
        at,
    )


async def join(db: Connection, member_id: UUID, household_id: UUID, at: Instant) -> bool:
    """The member belongs to this household from now on; False where they belong to one already."""
    return bool(
        await execute(
            db,
            """
            insert into household_of (member_id, household_id, since) values ($1, $2, $3)
            on conflict (member_id) do nothing
            """,
            member_id,
            household_id,
            at,
        )
    )


async def part(db: Connection, member_id: UUID, household_id: UUID) -> None:
    """The member belongs to this household no more."""
    await execute(db, "delete from household_of where member_id = $1 and household_id = $2", member_id, household_id)


async def hold(db: Connection, household_id: UUID) -> None:
    """Nobody else changes who is in this household until the transaction ends."""
    await value(db, "select 1 from household where household_id = $1 for update", household_id)


async def seats(db: Connection, household_id: UUID) -> list[Seat]:
    """Who is in the household or invited, the longest first."""
    return await many(
        db,
        Seat,
        "select person, state, since from household_seat where household_id = $1 order by state, since, person",
        household_id,
    )


async def seat(db: Connection, household_id: UUID, person: UUID) -> Seat | None:
    """The seat of this person."""
    return await maybe(
        db,
        Seat,
        "select person, state, since from household_seat where household_id = $1 and person = $2",
        household_id,
        person,
    )


async def sit(db: Connection, household_id: UUID, person: UUID, state: str, at: Instant) -> None:
    """Give a seat, or let whoever was invited take it."""
    await execute(
        db,
        """
        insert into household_seat (household_id, person, state, since) values ($1, $2, $3, $4)
        on conflict (household_id, person) do update set state = excluded.state, since = excluded.since
        """,
        household_id,
        person,
        state,
        at,
    )


async def rise(db: Connection, household_id: UUID, person: UUID) -> None:
    """The seat is free again."""
    await execute(db, "delete from household_seat where household_id = $1 and person = $2", household_id, person)


async def invite(db: Connection, member_id: UUID, household_id: UUID, at: Instant) -> None:
    """The member may join this household."""
    await execute(
        db,
        """
        insert into household_invitation (member_id, household_id, since) values ($1, $2, $3)
        on conflict (member_id, household_id) do nothing
        """,
        member_id,
        household_id,
        at,
    )


async def invitations(db: Connection, member_id: UUID) -> list[UUID]:
    """The households that the member may join, the newest invitation first."""
    rows = await db.fetch(
        "select household_id from household_invitation where member_id = $1 order by since desc, household_id",
        member_id,
    )
    return [row["household_id"] for row in rows]


async def answer(db: Connection, member_id: UUID, household_id: UUID) -> bool:
    """The invitation is answered; False where there was none."""
    return bool(
        await execute(
            db,
            "delete from household_invitation where member_id = $1 and household_id = $2",
            member_id,
            household_id,
        )
    )


async def forget(db: Connection, member_id: UUID) -> None:
    """The member was never invited anywhere."""
    await execute(db, "delete from household_seat where person = $1 and state = 'invited'", member_id)
    await execute(db, "delete from household_invitation where member_id = $1", member_id)


async def unname(db: Connection, household_id: UUID) -> None:
    """A household that nobody belongs to any more has no name."""
    await execute(
        db,
        """
        update household set name = '' where household_id = $1
           and not exists (select from household_seat where household_id = $1 and state = 'in')
        """,
        household_id,
    )


async def is_sending(db: Connection, member_id: UUID) -> bool:
    """Whether points that the member sent have not arrived yet."""
    return bool(
        await value(
            db,
            "select exists (select from outbox where member_id = $1 and reaction = 'transfers.deliver')",
            member_id,
        )
    )
