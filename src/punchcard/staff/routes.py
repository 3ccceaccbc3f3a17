"""The console's desk for cashiers, points by hand and what looks odd. Every operator may ask for points by hand and decide
another's; owners keep the lists of cashiers and read the report, which is about operators, too."""

from datetime import date
from uuid import UUID

from litestar import Response, delete, get, put
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Struct

from punchcard.foundation.answers import answered
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Database
from punchcard.foundation.errors import Malformed
from punchcard.foundation.settings import Settings
from punchcard.partners import Operator, OwnersOnly

from . import adjusting, operations, reporting
from .model import Adjusted, AdjustmentView, Cashier, Employee, State, Wish
from .rows import Report

WRITTEN = ResponseSpec(Adjusted, description="Written; the same bytes whenever it is asked for again.")
WAITS = ResponseSpec(Adjusted, description="It waits for a second person, a week at most.")
DECIDED = ResponseSpec(Adjusted, description="Written or rejected; the same bytes whenever it is asked for again.")


class Listed(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who stands at the tills, and the code of their own loyalty card."""

    name: Cashier
    card: Cashier | None = None


class Decision(Struct, frozen=True, forbid_unknown_fields=True):
    """Whether points may move."""

    approve: bool


@get("/console/partners/{partner_id:str}/staff")
async def list_staff(partner_id: FromPath[str], database: NamedDependency[Database]) -> list[Employee]:
    """Who stands at a partner's tills. An empty list lets anybody."""
    async with database.reading() as db:
        return await operations.employees(db, partner_id)


@put("/console/partners/{partner_id:str}/staff/{cashier:str}")
async def put_staff(
    partner_id: FromPath[str],
    cashier: FromPath[str],
    data: JSONBody[Listed],
    database: NamedDependency[Database],
    operator: NamedDependency[Operator],
    at: NamedDependency[Instant],
) -> Employee:
    """Put a cashier on the list, as the tills name them, or change it. From the first one on, sales by others are refused;
    a card that is linked here is served at no till at which its holder works."""
    owners_only(operator)
    async with database.transaction() as db:
        listed = await operations.list_employee(db, partner_id, named(cashier), data.name, data.card, at)
    operations.forget(database, partner_id)
    return listed


@delete("/console/partners/{partner_id:str}/staff/{cashier:str}")
async def drop_staff(
    partner_id: FromPath[str],
    cashier: FromPath[str],
    database: NamedDependency[Database],
    operator: NamedDependency[Operator],
) -> None:
    """Take a cashier off the list. When the last one goes, any name is taken again."""
    owners_only(operator)
    async with database.transaction() as db:
        await operations.unlist_employee(db, partner_id, named(cashier))
    operations.forget(database, partner_id)


@put("/console/members/{member:uuid}/adjustments/{adjustment_id:uuid}", responses={200: WRITTEN, 202: WAITS})
async def put_adjustment(
    member: FromPath[UUID],
    adjustment_id: FromPath[UUID],
    data: JSONBody[Wish],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    operator: NamedDependency[Operator],
    at: NamedDependency[Instant],
) -> Response[bytes]:
    """Give or take points by hand, with a reason and a note. Above what one person may: 202, and it waits for a second."""
    kept, recorded = await adjusting.adjust(
        database, operator, member, adjustment_id, data, settings.adjustment_alone, at
    )
    return answered(recorded.receipt, recorded.repeated, 200 if kept.alone else 202)


@get("/console/adjustments")
async def list_adjustments(
    database: NamedDependency[Database], adjustment_state: FromQuery[State] = "waiting"
) -> list[AdjustmentView]:
    """What waits for a second person; or what was `written`, `rejected`, or has `lapsed`: the newest 500."""
    async with database.reading() as db:
        return await adjusting.adjustments(db, adjustment_state)


@put("/console/adjustments/{adjustment_id:uuid}/decision", responses={200: DECIDED})
async def put_decision(
    adjustment_id: FromPath[UUID],
    data: JSONBody[Decision],
    database: NamedDependency[Database],
    operator: NamedDependency[Operator],
    at: NamedDependency[Instant],
) -> Response[bytes]:
    """Decide what another operator asked for. What was decided stays so."""
    recorded = await adjusting.decide(database, operator, adjustment_id, data.approve, at)
    return answered(recorded.receipt, recorded.repeated)


@get("/console/reports/odd-patterns")
async def read_odd_patterns(
    database: NamedDependency[Database],
    operator: NamedDependency[Operator],
    language: NamedDependency[str],
    day: FromQuery[date | None] = None,
) -> Report:
    """What looked odd on a day of the shops, as the last night kept it; without a day the newest."""
    owners_only(operator)
    async with database.reading() as db:
        return await reporting.report(db, day, language)


def owners_only(operator: Operator) -> None:
    if operator.role != "owner":
        raise OwnersOnly


def named(cashier: str) -> str:
    """The cashier in the path, if a till could name one so."""
    if not 0 < len(cashier) <= 64 or not cashier.isprintable():
        raise Malformed(pointer="/cashier", why="1 to 64 printable characters")
    return cashier


routes = [
    list_staff,
    put_staff,
    drop_staff,
    put_adjustment,
    list_adjustments,
    put_decision,
    read_odd_patterns,
]
