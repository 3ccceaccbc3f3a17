"""A member's household."""

from typing import Annotated
from uuid import UUID

from litestar import Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from punchcard.foundation.answers import answered
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Database

from . import operations
from .model import Home, Household, Moved, Person, Rule

PRINTED = r"^[^\x00-\x1f\x7f-\x9f]*(?![\s\S])"


class Founding(Struct, frozen=True, forbid_unknown_fields=True):
    """What it is called, and what everybody in it may take out of the pool."""

    name: Annotated[str, Meta(min_length=1, max_length=64, pattern=PRINTED)]
    rule: Rule = "own-share"


class Guest(Struct, frozen=True, forbid_unknown_fields=True):
    """The code on the other member's card, as one reads or scans it."""

    card: Annotated[str, Meta(min_length=1, max_length=64)]


class Some(Struct, frozen=True, forbid_unknown_fields=True):
    """How much of what."""

    points: Annotated[int, Meta(ge=1, le=1_000_000_000)]
    currency: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    """Left out: what the card shows."""


class HouseholdView(Struct, frozen=True):
    """A household; `rule` says what everybody in it may take out."""

    id: UUID
    name: str
    rule: Rule


class HomeView(Struct, frozen=True):
    """Your household: what is in the pool, and whose it is; by currency."""

    id: UUID
    name: str
    rule: Rule
    pool: dict[str, int]
    people: list[Person]


MOVED = {201: ResponseSpec(Moved, description="Moved; the same bytes whenever it is asked for again.")}


@put("/me/household")
async def found_household(
    data: JSONBody[Founding],
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    at: NamedDependency[Instant],
) -> HouseholdView:
    """Begin a household. The same again is no harm."""
    async with database.transaction() as db:
        return named(await operations.found(db, member_id, data.name, data.rule, at))


@get("/me/household")
async def show_household(
    database: NamedDependency[Database], member_id: NamedDependency[UUID], at: NamedDependency[Instant]
) -> HomeView:
    """Your household: who is in it, and who brought how much of what is left in the pool."""
    async with database.reading() as db:
        return shown(await operations.at_home(db, member_id, at))


@delete("/me/household")
async def leave_household(
    database: NamedDependency[Database], member_id: NamedDependency[UUID], at: NamedDependency[Instant]
) -> None:
    """Leave, and take your share along. Asking twice is no harm."""
    await operations.leave(database, member_id, at)


@post("/me/household/guests", status_code=204)
async def invite_guest(
    data: JSONBody[Guest],
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    at: NamedDependency[Instant],
) -> None:
    """Invite whoever holds this card. Inviting twice is no harm."""
    async with database.transaction() as db:
        await operations.invite(db, member_id, data.card, at)


@get("/me/invitations")
async def list_invitations(
    database: NamedDependency[Database], member_id: NamedDependency[UUID]
) -> list[HouseholdView]:
    """The households that you may join."""
    async with database.reading() as db:
        return [named(each) for each in await operations.invitations(db, member_id)]


@put("/me/invitations/{household_id:uuid}", status_code=204)
async def accept_invitation(
    household_id: FromPath[UUID],
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    at: NamedDependency[Instant],
) -> None:
    """Join a household that invited you. Asking twice is no harm."""
    async with database.transaction() as db:
        await operations.accept(db, member_id, household_id, at)


@delete("/me/invitations/{household_id:uuid}")
async def decline_invitation(
    household_id: FromPath[UUID], database: NamedDependency[Database], member_id: NamedDependency[UUID]
) -> None:
    """Do not join. Asking twice is no harm."""
    async with database.transaction() as db:
        await operations.decline(db, member_id, household_id)


@put("/me/household/contributions/{contribution_id:uuid}", status_code=201, responses=MOVED)
async def put_contribution(
    contribution_id: FromPath[UUID],
    data: JSONBody[Some],
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    at: NamedDependency[Instant],
) -> Response[bytes]:
    """Bring points into the pool. The same again brings nothing more."""
    recorded = await operations.contribute(database, member_id, contribution_id, data.points, data.currency, at)
    return answered(recorded.receipt, recorded.repeated, 201)


@put("/me/household/withdrawals/{withdrawal_id:uuid}", status_code=201, responses=MOVED)
async def put_withdrawal(
    withdrawal_id: FromPath[UUID],
    data: JSONBody[Some],
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    at: NamedDependency[Instant],
) -> Response[bytes]:
    """Take points out of the pool, to spend them with your own card. The same again takes nothing more."""
    recorded = await operations.take(database, member_id, withdrawal_id, data.points, data.currency, at)
    return answered(recorded.receipt, recorded.repeated, 201)


def named(household: Household) -> HouseholdView:
    return HouseholdView(household.household_id, household.name, household.rule)


def shown(home: Home) -> HomeView:
    household = home.household
    return HomeView(household.household_id, household.name, household.rule, home.pool, home.people)


routes = [
    found_household,
    show_household,
    leave_household,
    invite_guest,
    list_invitations,
    accept_invitation,
    decline_invitation,
    put_contribution,
    put_withdrawal,
]
