"""The web service that every pass names: the five calls that Apple's phones make, with the answers they expect.

Bodies may hold more than is named here: Apple adds fields without asking us, and a phone must not lose its card for it."""

from datetime import UTC
from email.utils import format_datetime, parsedate_to_datetime
from typing import Annotated, Any

from litestar import Request, Response, delete, get, post
from litestar.background_tasks import BackgroundTask
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody, QueryParameter
from msgspec import Meta, Struct

from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.database import Database
from punchcard.foundation.errors import NotSignedIn
from punchcard.foundation.settings import Settings

from . import asking, operations, versions
from .phones import Changed
from .printing import press

PASS = "application/vnd.apple.pkpass"  # noqa: S105  # a media type, no password
SCHEME = "ApplePass "
REGISTRATION_BYTES_MAX = 2 * 1024
LOG_BYTES_MAX = 8 * 1024


class Registration(Struct, frozen=True, rename="camel"):
    """Where to wake the device."""

    push_token: Annotated[str, Meta(pattern=r"^[0-9A-Fa-f]+(?![\s\S])", min_length=16, max_length=200)]


class Complaint(Struct, frozen=True):
    """What went wrong, in the phone's words."""

    logs: Annotated[list[Annotated[str, Meta(max_length=4000)]], Meta(max_length=64)]


PassToken = Annotated[str | None, HeaderParameter(name="Authorization", description="ApplePass and the pass's token.")]
IfModifiedSince = Annotated[str | None, HeaderParameter(name="If-Modified-Since")]
KnownTag = Annotated[str | None, QueryParameter(name="passesUpdatedSince")]


@post(
    "/wallet/v1/devices/{device:str}/registrations/{pass_type:str}/{serial:str}",
    request_max_body_size=REGISTRATION_BYTES_MAX,
)
async def register_device(
    device: FromPath[str],
    pass_type: FromPath[str],
    serial: FromPath[str],
    data: JSONBody[Registration],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    at: NamedDependency[Instant],
    authorization: PassToken = None,
) -> Response[None]:
    """A device holds this pass now and wants to be woken: 201, or 200 when it was known."""
    token = shown(authorization)
    async with database.transaction() as db:
        is_new = await operations.register(db, settings, device, pass_type, serial, token, data.push_token, at)
    return Response(None, status_code=201 if is_new else 200)


@delete("/wallet/v1/devices/{device:str}/registrations/{pass_type:str}/{serial:str}", status_code=200)
async def unregister_device(
    device: FromPath[str],
    pass_type: FromPath[str],
    serial: FromPath[str],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    at: NamedDependency[Instant],
    authorization: PassToken = None,
) -> Response[None]:
    """The pass was deleted from this device."""
    token = shown(authorization)
    async with database.transaction() as db:
        await operations.unregister(db, settings, device, pass_type, serial, token, at)
    return Response(None, status_code=200)


@get("/wallet/v1/devices/{device:str}/registrations/{pass_type:str}")
async def list_changed(
    device: FromPath[str],
    pass_type: FromPath[str],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    at: NamedDependency[Instant],
    since: KnownTag = None,
) -> Response[Changed | None]:
    """Which of the device's passes changed since the tag it knows: 200 with their serial numbers, or 204."""
    found, told = await asking.changed(database, settings, device, pass_type, since, at)
    noting = BackgroundTask(versions.listed, database, told)
    return Response(found, status_code=200 if found else 204, background=noting)


@get("/wallet/v1/passes/{pass_type:str}/{serial:str}")
async def fetch_pass(
    pass_type: FromPath[str],
    serial: FromPath[str],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    at: NamedDependency[Instant],
    authorization: PassToken = None,
    since: IfModifiedSince = None,
) -> Response[bytes]:
    """The newest pass, or 304 when the device has it."""
    token = shown(authorization)
    found = await asking.newest(database, settings, pass_type, serial, token, instant(since), at)
    headers = {"Last-Modified": format_datetime(moment(found.last_modified), usegmt=True), "Cache-Control": "no-store"}
    noting = BackgroundTask(versions.fetched, database, found, at)
    if found.sheet is None:
        return Response(b"", status_code=304, headers=headers, background=noting)
    return Response(await press(settings).printed(found.sheet, at), media_type=PASS, headers=headers, background=noting)


@post("/wallet/v1/log", status_code=200, request_max_body_size=LOG_BYTES_MAX)
async def hear_log(
    data: JSONBody[Complaint], database: NamedDependency[Database], request: Request[Any, Any, Any]
) -> Response[None]:
    """Phones say here what went wrong with a pass."""
    async with database.transaction() as db:
        await operations.hear(db, data.logs, request.client.host if request.client else "")
    return Response(None, status_code=200)


def shown(authorization: str | None) -> str:
    """The token after `ApplePass`."""
    if not authorization or not authorization.startswith(SCHEME):
        raise NotSignedIn
    return authorization.removeprefix(SCHEME).strip()


def instant(http_date: str | None) -> Instant | None:
    """The date that the phone sends back to us, or None when it is none."""
    try:
        parsed = parsedate_to_datetime(http_date) if http_date else None
    except (ValueError, OverflowError):
        return None
    return int(parsed.replace(tzinfo=parsed.tzinfo or UTC).timestamp()) if parsed else None


routes = [register_device, unregister_device, list_changed, fetch_pass, hear_log]
