"""A till tells what it reckoned; the console reads what agrees and what does not."""

from datetime import date, datetime
from typing import Annotated

from litestar import Response, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Meta, Struct, json

from punchcard.foundation.answers import answered
from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.database import Database
from punchcard.foundation.errors import Malformed
from punchcard.partners import Till

from . import operations
from .model import Totals

Day = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(?![\s\S])")]


class ShopReport(Struct, frozen=True):
    """A shop's day: how many receipts, how many tills agree, told no total, or reckoned otherwise."""

    shop: str
    checked_at: datetime
    receipts: int
    matched: int
    missing: int
    differing: int


class FindingView(Struct, frozen=True):
    """What does not agree: by field, what the till or its receipt says and what we or the journal have."""

    shop: str
    till: str
    receipt: str
    kind: str
    differs: dict[str, list[int | str | None]]


class DayReport(Struct, frozen=True):
    """What was compared of a day, and every difference."""

    day: str
    shops: list[ShopReport]
    findings: list[FindingView]


@put("/till/totals/{day:str}")
async def tell_totals(
    day: FromPath[str],
    data: JSONBody[Totals],
    database: NamedDependency[Database],
    till: NamedDependency[Till],
    at: NamedDependency[Instant],
) -> Response[bytes]:
    """Tell at closing time what the till reckons of its day. Telling it again is harmless; another body corrects it."""
    async with database.transaction() as db:
        told, known = await operations.tell(db, till, day_of(day, "day"), data, at)
    return answered(json.encode(told), known)


@get("/console/reconciliations")
async def list_reconciliations(day: FromQuery[Day], database: NamedDependency[Database]) -> DayReport:
    """A day's comparison of the tills' totals, their receipts and the journals: what agrees, what is missing, what differs."""
    wanted = day_of(day, "day")
    async with database.transaction() as db:
        checked, found = await operations.found(db, wanted)
    shops = [
        ShopReport(each.shop, moment(each.checked_at), each.receipts, each.matched, each.missing, each.differing)
        for each in checked
    ]
    findings = [FindingView(each.shop, each.till, each.receipt, each.kind, each.differs) for each in found]
    return DayReport(wanted.isoformat(), shops, findings)


def day_of(text: str, pointer: str) -> date:
    """A day that there is: 2026-02-30 is none."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise Malformed(pointer=f"/{pointer}", why="no day; 2026-11-18 is one") from None
    if len(text) != len("2026-11-18") or found.year < 2000:
        raise Malformed(pointer=f"/{pointer}", why="no day; 2026-11-18 is one")
    return found


routes = [tell_totals, list_reconciliations]
