"""What a browser is sent: all that its service worker shows, and the link by which it says that it came."""

from msgspec import json

from punchcard.foundation import locale, tokens
from punchcard.foundation.clock import DAY, Instant
from punchcard.foundation.outside import Answer, World
from punchcard.foundation.settings import Settings

from .fcm_message import topic
from .model import URGENT, AddressKind, Delivery, Phone
from .sealing import PLAIN_BYTES_MAX
from .webpush import host_of, hosts, known_as

WEB: AddressKind = "web"
RECEIPT_SECONDS = 30 * DAY
KEPT_SECONDS = DAY
"""What has no end is kept so long by a push service."""


async def send(world: World, delivery: Delivery, phone: Phone, at: Instant) -> Answer:
    """One attempt on one browser. The message dies with what it tells of, at the push service too."""
    message = delivery.message
    left = message.ends_at - at if message.ends_at else KEPT_SECONDS
    plain = written(world.settings, delivery, at)
    return await world.web.send(phone.address, plain, left, topic(message.id), message.kind in URGENT)


def service_of(settings: Settings, phone: Phone) -> tuple[str, str]:
    """The host of the browser's push service, and the name of that service: hosts are many, services few."""
    host = host_of(phone.address)
    return host, f"web push {known_as(host, hosts(settings))}"


def written(settings: Settings, delivery: Delivery, at: Instant) -> bytes:
    """As JSON, with as much of the body as a push service takes. `over` is what the browser shows instead once `ends` (UTC
    seconds; 0: never) has passed."""
    message, language = delivery.message, delivery.language
    link = tokens.sign_link(settings.secrets, purpose(message.id), delivery.task.member_id, at + RECEIPT_SECONDS)
    said = {
        "id": message.id,
        "title": message.title,
        "body": message.body,
        "language": language,
        "direction": locale.direction(language),
        "ends": message.ends_at or 0,
        "over": locale.say("push.over", language),
        "url": f"/app/#message/{message.id}",
        "receipts": f"/c/{link}/receipts/{message.id}",
    }
    while (spare := len(plain := json.encode(said)) - PLAIN_BYTES_MAX) > 0:
        body = str(said["body"]).encode()[: -spare - len("…".encode())].decode(errors="ignore").rstrip(" …")
        if not body:
            break
        said["body"] = body + "…"
    return plain


def purpose(message_id: str) -> str:
    """What a link to this message's receipts is signed for."""
    return f"receipt {message_id}"
