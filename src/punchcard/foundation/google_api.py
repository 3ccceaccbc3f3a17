"""One connection to one of Google's interfaces: kept alive, bearing the access token, never repeating by itself."""

import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any

import httpx
import msgspec
from msgspec import Struct

from .google_auth import TIMEOUT_SECONDS, AccessTokens, NoAccess, ServiceAccount
from .outside import Answer

CONNECTIONS_MAX = 20
AFTER_SECONDS_MAX = 3600


class Reply(Struct, frozen=True):
    """What one request came to. Status 0: nothing came back, and `reason` says what happened to the connection."""

    status: int
    reason: str = ""
    body: Any = None
    after_seconds: int | None = None
    token_was_good: bool = False
    """On 401: this token had been accepted before, so that a new one may help."""
    no_access: Answer | None = None
    """Nothing was sent, because no access token could be had."""


class Api:
    """`ask` sends exactly one request."""

    def __init__(self, url: str, account: ServiceAccount, scope: str):
        self.http = httpx.AsyncClient(
            base_url=url,
            http2=True,
            verify=authorities(),
            timeout=TIMEOUT_SECONDS,
            limits=httpx.Limits(max_connections=CONNECTIONS_MAX, max_keepalive_connections=CONNECTIONS_MAX),
        )
        self.tokens = AccessTokens(account, scope, self.http)
        self.accepted = ""

    async def ask(self, method: str, path: str, body: Any = None) -> Reply:
        try:
            token = await self.tokens.get()
        except NoAccess as error:
            return Reply(0, error.answer.reason, no_access=error.answer)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json; charset=utf-8"}
        content = None if body is None else msgspec.json.encode(body)
        try:
            response = await self.http.request(method, path, content=content, headers=headers)
        except httpx.TransportError as error:
            return Reply(0, type(error).__name__)
        good = token == self.accepted
        if response.status_code == 401:
            self.tokens.forget(token)
        else:
            self.accepted = token
        answer = plain(response.content)
        return Reply(response.status_code, reason(answer), answer, after_seconds(response.headers), good)

    async def close(self) -> None:
        await self.http.aclose()


@cache
def authorities() -> ssl.SSLContext:
    """Whom we trust with TLS, read once in a process: reading takes 0.1 s."""
    return httpx.create_ssl_context()


def plain(content: bytes) -> Any:
    try:
        return msgspec.json.decode(content) if content else None
    except msgspec.DecodeError:
        return None


def reason(body: Any) -> str:
    """The word that Google decides by: FCM's errorCode, the first error's reason, or the canonical status."""
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return ""
    details = [each for each in error.get("details") or () if isinstance(each, dict)]
    errors = [each for each in error.get("errors") or () if isinstance(each, dict)]
    words = (
        [each.get("errorCode") for each in details] + [each.get("reason") for each in errors] + [error.get("status")]
    )
    return next((str(word) for word in words if word), "")


def message(body: Any) -> str:
    """Google's sentence about the error, for the log and the operator."""
    error = body.get("error") if isinstance(body, dict) else None
    return str(error.get("message", ""))[:300] if isinstance(error, dict) else ""


def after_seconds(headers: Mapping[str, str]) -> int | None:
    """Retry-After as seconds: they write a number or a date."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(int(text[:9]), AFTER_SECONDS_MAX)
    try:
        wait = (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
    except (TypeError, ValueError):
        return None
    return min(max(0, round(wait)), AFTER_SECONDS_MAX)
