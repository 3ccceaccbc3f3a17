"""Firebase Cloud Messaging v1: firebase-admin writes and checks the message, the connection is our own.

Its library imports for a quarter of a second and 32 MB, so it is imported where a message is first written: in a worker."""

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal

from punchcard.foundation import locale
from punchcard.foundation.clock import Instant
from punchcard.foundation.google_api import Api, Reply
from punchcard.foundation.google_api import message as sentence
from punchcard.foundation.google_auth import MESSAGING_SCOPE, service_account
from punchcard.foundation.outside import Answer, Outcome
from punchcard.foundation.settings import Settings

TTL_SECONDS_MAX = 28 * 86400
COLLAPSE_BYTES_MAX = 64
TOPIC_CHARACTERS = 32
QUOTA_WAIT_SECONDS = 60
"""What Google asks for when a 429 names no time."""


class Firebase:
    """The real `outside.Fcm`; `fcm_url` may lead to the sandbox's instead."""

    def __init__(self, settings: Settings):
        assert settings.google_service_account and settings.fcm_project, "FCM needs a service account and a project"
        self.api = Api(settings.fcm_url, service_account(settings.google_service_account), MESSAGING_SCOPE)
        self.path = f"/v1/projects/{settings.fcm_project}/messages:send"

    async def send(self, message: dict[str, Any]) -> Answer:
        """One attempt is one request, whatever comes back: a repeat is the outbox's to decide.

        `body` of the answer is the message's name. Where an access token had ended, the next attempt brings a new one."""
        return judged(await self.api.ask("POST", self.path, {"message": message}))

    async def close(self) -> None:
        await self.api.close()


def judged(reply: Reply) -> Answer:
    if reply.no_access:
        return reply.no_access
    if reply.status == 200:
        return Answer(Outcome.SENT, 200, body=(reply.body or {}).get("name", ""))
    words = f"{reply.reason}: {text}" if (text := sentence(reply.body)) else reply.reason
    wait = reply.after_seconds
    if reply.status == 429 and wait is None:
        wait = QUOTA_WAIT_SECONDS
    return Answer(verdict(reply), reply.status, words, wait)


def verdict(reply: Reply) -> Outcome:
    """A dead address only by their word UNREGISTERED: a wrong project answers 404 as well, and no phone is at fault."""
    match reply.status, reply.reason:
        case 404, "UNREGISTERED":
            return Outcome.GONE
        case 401, "THIRD_PARTY_AUTH_ERROR":
            return Outcome.MISCONFIGURED
        case 401, _:
            return Outcome.LATER if reply.token_was_good else Outcome.MISCONFIGURED
        case ((403 | 404), _):
            return Outcome.MISCONFIGURED
        case ((0 | 408 | 429), _):
            return Outcome.LATER
    return Outcome.LATER if reply.status >= 500 else Outcome.REFUSED


def message(
    *,
    address_kind: Literal["fid", "token"],
    address: str,
    title: str,
    body: str,
    at: Instant,
    ttl_seconds: int,
    collapse: str,
    data: Mapping[str, str] | None = None,
    urgent: bool = False,
    channel: str = "offers",
    language: str = "en",
) -> dict[str, Any]:
    """The message as JSON for `send`. It lives `ttl_seconds` from `at` on all three platforms, and a later one with the
    same `collapse` takes its place in the drawer. `channel` is the Android channel that the app has made.

    Raises ValueError for what Firebase would refuse."""
    from firebase_admin import messaging

    if ttl_seconds <= 0:
        raise ValueError("what a message tells of is over")
    ttl_seconds = min(ttl_seconds, TTL_SECONDS_MAX)
    written = messaging.Message(
        fid=address,
        notification=messaging.Notification(title=title, body=body),
        data=dict(data or {}),
        android=messaging.AndroidConfig(
            ttl=timedelta(seconds=ttl_seconds),
            priority="high" if urgent else "normal",
            notification=messaging.AndroidNotification(tag=collapse, channel_id=channel),
        ),
        apns=messaging.APNSConfig(
            headers=apple_headers(at + ttl_seconds, collapse, urgent),
            payload=messaging.APNSPayload(messaging.Aps(sound="default", thread_id=channel)),
        ),
        webpush=messaging.WebpushConfig(
            headers=browser_headers(ttl_seconds, collapse, urgent),
            notification=messaging.WebpushNotification(
                title=title, body=body, tag=collapse, language=language, direction=locale.direction(language)
            ),
        ),
    )
    encoded: dict[str, Any] = json.loads(str(written))
    if address_kind == "token":
        encoded["token"] = encoded.pop("fid")
    return encoded


def apple_headers(ends_at: Instant, collapse: str, urgent: bool) -> dict[str, str]:
    return {
        "apns-push-type": "alert",
        "apns-priority": "10" if urgent else "5",
        "apns-expiration": str(ends_at),
        "apns-collapse-id": collapse_id(collapse),
    }


def browser_headers(ttl_seconds: int, collapse: str, urgent: bool) -> dict[str, str]:
    return {"TTL": str(ttl_seconds), "Urgency": "high" if urgent else "normal", "Topic": topic(collapse)}


def collapse_id(collapse: str) -> str:
    """APNs allows 64 bytes."""
    return collapse if len(collapse.encode()) <= COLLAPSE_BYTES_MAX else topic(collapse)


def topic(collapse: str) -> str:
    """Web push allows 32 characters of the URL-safe alphabet."""
    return base64.urlsafe_b64encode(hashlib.sha256(collapse.encode()).digest())[:TOPIC_CHARACTERS].decode()
