"""Browsers that hear of news without an SDK: they subscribe for our key, and say what came of a message by its own link."""

from typing import Annotated, Literal
from uuid import UUID

from litestar import Response, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct, json

from punchcard.foundation import tokens
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Database
from punchcard.foundation.errors import NotFound, Refused
from punchcard.foundation.settings import Settings
from punchcard.foundation.zones import Zone

from . import operations, receipts
from .by_browser import WEB, purpose
from .model import Phone
from .receipts import MessageId, What
from .routes import InstallationId, PhoneKept, kept
from .sealing import NotSealable, opened_keys
from .webpush import Subscription, hosts, is_known, vapid_of

KEY = r"^[A-Za-z0-9_-]+={0,2}(?![\s\S])"


class Keys(Struct, frozen=True, forbid_unknown_fields=True):
    """What the browser made for this subscription (base64url)."""

    p256dh: Annotated[str, Meta(min_length=80, max_length=100, pattern=KEY)]
    auth: Annotated[str, Meta(min_length=20, max_length=30, pattern=KEY)]


class BrowserSays(Struct, frozen=True, forbid_unknown_fields=True):
    """`PushSubscription.toJSON()`, and how the browser's user reads and where they are."""

    endpoint: Annotated[str, Meta(min_length=10, max_length=2000, pattern=r"^[\x21-\x7e]+(?![\s\S])")]
    keys: Keys
    language: Literal["en", "he", "ar", "ru"]
    zone: Zone
    expirationTime: Annotated[float, Meta(ge=0)] | None = None


class PushKey(Struct, frozen=True):
    """Our public key, as `applicationServerKey` wants it (base64url); empty where web push is not set up."""

    key: str


class NoPushService(Refused):
    """This is no push service that we know."""

    status = 400
    words = "push"


class NoSuchKeys(Refused):
    """These are no keys of a browser."""

    status = 400
    words = "push"


@get("/me/browsers/key")
async def read_push_key(settings: NamedDependency[Settings]) -> PushKey:
    """The key for which a browser subscribes."""
    return PushKey(vapid_of(settings).public if settings.web_push_key else "")


@put("/me/browsers/{installation:str}")
async def register_browser(
    installation: InstallationId,
    data: JSONBody[BrowserSays],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    member_id: NamedDependency[UUID],
    at: NamedDependency[Instant],
) -> PhoneKept:
    """Send me messages in this browser. Repeat it whenever the app starts; DELETE /me/phones/{installation} ends it."""
    if not is_known(data.endpoint, hosts(settings)):
        raise NoPushService
    try:
        opened_keys(data.keys.p256dh, data.keys.auth)
    except NotSealable:
        raise NoSuchKeys from None
    address = json.encode(Subscription(data.endpoint, data.keys.p256dh, data.keys.auth)).decode()
    said = Phone(installation, WEB, address, "web", data.language, data.zone, at)
    async with database.transaction() as db:
        return kept(await operations.register(db, member_id, said))


@put("/c/{link:str}/receipts/{message_id:str}/{what:str}", status_code=204)
async def acknowledge(
    link: FromPath[Annotated[str, Meta(max_length=128)]],
    message_id: MessageId,
    what: FromPath[What],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    at: NamedDependency[Instant],
) -> Response[None]:
    """The browser has this message, or it was tapped. Its service worker is signed in nowhere: the message brought the link."""
    member_id = tokens.read_link(settings.secrets, purpose(message_id), link, at)
    async with database.transaction() as db:
        if not await receipts.receive(db, member_id, message_id, what, at):
            raise NotFound
    return Response(None, status_code=204)


routes = [read_push_key, register_browser, acknowledge]
