"""Google tells when a member saves the card or deletes it. It is a hint: callbacks come twice, late, in any order or never,
and `reconcile` looks for itself."""

import re
from uuid import UUID

from litestar import post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from punchcard.foundation import metrics, outbox
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import Refused
from punchcard.foundation.ids import digest
from punchcard.foundation.outbox import Due
from punchcard.foundation.settings import Settings

from . import callback_sql as sql
from .callbacks_keys import RootKeys, root_keys
from .callbacks_signature import Envelope, Message, opened, signing_key

CALLBACK_PATH = "/wallet/google/callback"
CALLBACK_BYTES_MAX = 32 * 1024
REACTION = "passes.google"
HELD = {"save": True, "del": False}
OBJECT = re.compile(r"[0-9]+\.([0-9a-f]{32})")

events = metrics.counter(
    "punchcard_wallet_events_total",
    "Cards that members saved to a wallet and deleted from it, as told.",
    ("wallet", "event"),
)


class NotGenuine(Refused):
    """This is no callback for us."""

    status = 401
    words = "passes_callbacks"


@post(CALLBACK_PATH, status_code=200, request_max_body_size=CALLBACK_BYTES_MAX)
async def hear_google(
    data: JSONBody[Envelope],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    at: NamedDependency[Instant],
) -> None:
    """Google says that somebody saved a card or deleted it. Saying it again is as good as once."""
    message = await genuine(root_keys(settings.google_callback_keys_url), settings, data, at)
    async with database.transaction() as db:
        event = await heard(db, message, at)
    if event:
        events.inc(wallet="google", event=event)


async def genuine(roots: RootKeys, settings: Settings, envelope: Envelope, at: Instant) -> Message:
    """The message, when Google signed it for this issuer and it still holds. When no root key fits, there may be new ones."""
    sender = settings.google_callback_sender
    if not settings.google_issuer_id:
        raise NotGenuine()
    key = signing_key(envelope, await roots.current(), sender, at)
    if key is None and await roots.renewed():
        key = signing_key(envelope, roots.kept, sender, at)
    message = opened(envelope, key, sender, settings.google_issuer_id, at) if key else None
    if message is None:
        raise NotGenuine()
    return message


async def heard(db: Connection, message: Message, at: Instant) -> str:
    """Keep who holds the card, and bring a saved one up to date. Answers what is new by it: saved, deleted, or nothing."""
    member_id = member_of(message.object_id)
    if member_id is None or not await sql.is_ours(db, member_id, message.object_id, message.class_id):
        raise NotGenuine()
    is_held = HELD.get(message.event_type)
    if is_held is None or not await sql.is_first(db, digest(message.nonce), message.until):
        return ""
    if not await sql.told(db, member_id, is_held, message.until):
        return ""
    if is_held:
        await outbox.put(db, member_id, [Due(REACTION)], at)
    return "saved" if is_held else "deleted"


def member_of(object_id: str) -> UUID | None:
    """Whose object it says it is: its id ends with the member's."""
    found = OBJECT.fullmatch(object_id)
    return UUID(hex=found[1]) if found else None


async def forget_callbacks(database: Database, at: Instant) -> int:
    """Forget which callbacks were heard once nobody could repeat them."""
    async with database.transaction() as db:
        return await sql.forget(db, at)


routes = [hear_google]
