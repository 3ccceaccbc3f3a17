"""What Firebase is told: firebase-admin writes and checks it once for each distinct text, and for each phone the address and
how long it lives are set in.

Its library imports for a quarter of a second and 32 MB, so it is imported where a message is first written: in a worker."""

import base64
import hashlib
import json
import re
from datetime import timedelta
from functools import lru_cache
from typing import Any, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from punchcard.foundation import locale
from punchcard.foundation.clock import Instant

TTL_SECONDS_MAX = 28 * 86400
COLLAPSE_BYTES_MAX = 64
TOPIC_CHARACTERS = 32
BYTES_MAX, TOPIC_BYTES_MAX = 4096, 2048
"""Of a message, and of one to a topic; we count all of it but the address, Firebase less."""
TEXTS_KEPT = 1024
ADDRESS, TTL, ENDS, SECONDS = "\ue000", "\ue001", "\ue002", "\ue003"
"""Stand in for the address, and for the end as Android, iOS and browsers want it. Nobody writes private characters."""
HOLES = re.compile(f'"([{ADDRESS}{TTL}{ENDS}{SECONDS}])"')

Target = Literal["fid", "token", "topic"]


class Text(Struct, frozen=True, kw_only=True):
    """Everything of a message that is the same for all who get it in one language. A later one with the same `collapse` takes
    its place in the drawer. `channel` is the Android channel that the app has made; `data` goes to the app."""

    title: str
    body: str
    collapse: str
    data: tuple[tuple[str, str], ...] = ()
    urgent: bool = False
    channel: str = "offers"
    language: str = "en"


def message(text: Text, kind: Target, address: str, at: Instant, ttl_seconds: int, only_try: bool = False) -> bytes:
    """The request's body. It lives `ttl_seconds` from `at` on all three platforms.

    Raises ValueError for what Firebase would refuse."""
    if ttl_seconds <= 0:
        raise ValueError("what a message tells of is over")
    ttl_seconds = min(ttl_seconds, TTL_SECONDS_MAX)
    values = {
        ADDRESS: msgspec.json.encode(address),
        TTL: b'"%ds"' % ttl_seconds,
        ENDS: b'"%d"' % (at + ttl_seconds),
        SECONDS: b'"%d"' % ttl_seconds,
    }
    parts = encoded(text, kind)
    made = b"".join(values[part] if isinstance(part, str) else part for part in parts)
    return made[:-1] + b',"validate_only":true}' if only_try else made


@lru_cache(TEXTS_KEPT)
def encoded(text: Text, kind: Target) -> tuple[bytes | str, ...]:
    """The body in pieces, with the names of the holes between them."""
    most = TOPIC_BYTES_MAX if kind == "topic" else BYTES_MAX
    while len(body := written(text, kind).encode()) > most:
        spare = (len(body) - most) // 2 + 1  # the text stands in it twice
        shorter = text.body.encode()[: -spare - len("…".encode())].decode(errors="ignore").rstrip()
        if not shorter:
            raise ValueError("a message that is too long without its text")
        text = replace(text, body=shorter + "…")
    pieces: list[bytes | str] = []
    for number, piece in enumerate(HOLES.split(body.decode())):
        pieces.append(piece if number % 2 else piece.encode())
    return tuple(pieces)


def written(text: Text, kind: Target) -> str:
    """The body as JSON with holes."""
    from firebase_admin import messaging

    target = "everybody" if kind == "topic" else "phone"
    made: dict[str, Any] = json.loads(
        str(
            messaging.Message(
                **{"topic" if kind == "topic" else "fid": target},
                notification=messaging.Notification(title=text.title, body=text.body),
                data=dict(text.data),
                android=messaging.AndroidConfig(
                    ttl=timedelta(seconds=1),
                    priority="high" if text.urgent else "normal",
                    notification=messaging.AndroidNotification(tag=text.collapse, channel_id=text.channel),
                ),
                apns=messaging.APNSConfig(
                    headers=apple_headers(text.collapse, text.urgent),
                    payload=messaging.APNSPayload(messaging.Aps(sound="default", thread_id=text.channel)),
                ),
                webpush=messaging.WebpushConfig(
                    headers=browser_headers(text.collapse, text.urgent),
                    notification=messaging.WebpushNotification(
                        title=text.title,
                        body=text.body,
                        tag=text.collapse,
                        language=text.language,
                        direction=locale.direction(text.language),
                    ),
                ),
            )
        )
    )
    made.pop("fid", None)
    made[kind] = ADDRESS
    made["android"]["ttl"] = TTL
    return json.dumps({"message": made}, ensure_ascii=False, separators=(",", ":"))


def apple_headers(collapse: str, urgent: bool) -> dict[str, str]:
    return {
        "apns-push-type": "alert",
        "apns-priority": "10" if urgent else "5",
        "apns-expiration": ENDS,
        "apns-collapse-id": collapse_id(collapse),
    }


def browser_headers(collapse: str, urgent: bool) -> dict[str, str]:
    return {"TTL": SECONDS, "Urgency": "high" if urgent else "normal", "Topic": topic(collapse)}


def collapse_id(collapse: str) -> str:
    """APNs allows 64 bytes."""
    return collapse if len(collapse.encode()) <= COLLAPSE_BYTES_MAX else topic(collapse)


def topic(collapse: str) -> str:
    """Web push allows 32 characters of the URL-safe alphabet."""
    return base64.urlsafe_b64encode(hashlib.sha256(collapse.encode()).digest())[:TOPIC_CHARACTERS].decode()
