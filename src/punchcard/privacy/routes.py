"""The doors of the privacy page: a copy of everything, and leaving."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from litestar import delete, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.response import Stream
from msgspec import Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Database

from . import exporting, leaving


class Export(Struct, frozen=True):
    """Everything that is kept about a member. Each part is named as the route is that shows it, where there is one."""

    made_at: datetime
    member: dict[str, Any]
    """Name, contacts in full, language, zone, birthday, what was said of oneself, consents and preferences."""
    sign_ins: list[dict[str, Any]]
    phones: list[dict[str, Any]]
    """Phones and browsers that messages reach, without the addresses at their push services, which are keys."""
    card: dict[str, Any]
    standing: dict[str, Any]
    """Balances by currency, what is pending, set aside and owed, tiers."""
    claims: list[dict[str, Any]]
    challenges: list[dict[str, Any]]
    offers: list[dict[str, Any]]
    """Every offer that the member was given, with what they did with it."""
    messages: list[dict[str, Any]]
    """What was told, and what was not and why."""
    household: dict[str, Any] | None
    invitations: list[dict[str, Any]]
    transfers: list[dict[str, Any]]
    """Points sent and received."""
    place: dict[str, Any] | None
    portrait: dict[str, Any]
    """What segments look at, and the named groups."""
    wallets: dict[str, Any]
    statement: list[dict[str, Any]]
    """Every movement with its reasons and the fact behind it, the newest first."""


WHOLE = {200: ResponseSpec(Export, description="One JSON document, to be saved.")}


@get("/me/export", responses=WHOLE)
async def export_me(
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    language: NamedDependency[str],
    at: NamedDependency[Instant],
) -> Stream:
    """A copy of all that is kept about me, as a file. Three at once, then three a day."""
    async with database.transaction() as db:
        await exporting.take_turn(db, member_id)
    parts: AsyncIterator[bytes] = exporting.parts(database, member_id, language, at)
    day = datetime.fromtimestamp(at, UTC).date()
    return Stream(
        parts,
        media_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="almond-{day}.json"', "Cache-Control": "no-store"},
    )


@delete("/me")
async def leave(
    database: NamedDependency[Database], member_id: NamedDependency[UUID], at: NamedDependency[Instant]
) -> None:
    """Leave for good: who I am is erased at once, my card counts no more and what points are left are given up. Asking
    twice is no harm; whoever joins again with the same contact is somebody new."""
    await leaving.leave(database, member_id, at)


routes = [export_me, leave]
