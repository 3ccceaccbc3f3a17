"""A Google service account: it signs for us, and its signature is exchanged for access tokens (RFC 7523).

Google's clocks do not run ahead with a story: what is signed here bears the true time."""

import asyncio
import time
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from msgspec import Struct

from .outside import Answer, Outcome
from .settings import BadSettings

WALLET_SCOPE = "https://www.googleapis.com/auth/wallet_object.issuer"
MESSAGING_SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
ASSERTION_SECONDS = 3600
REFRESH_BEFORE_SECONDS = 300
RETRY_SECONDS = 15
TIMEOUT_SECONDS = 10.0


class ServiceAccount(Struct, frozen=True, repr_omit_defaults=True):
    """What the file from Google's console says; the rest of the file is of no use here."""

    client_email: str
    private_key: str
    private_key_id: str = ""
    token_uri: str = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address, no secret

    def __repr__(self) -> str:
        return f"ServiceAccount({self.client_email})"

    def sign(self, claims: dict[str, Any]) -> str:
        """A compact JWT by RS256, issued by this account now (0.8 ms)."""
        claims = {"iss": self.client_email, "iat": int(time.time())} | claims
        headers = {"kid": self.private_key_id} if self.private_key_id else None
        return jwt.encode(claims, parsed(self.private_key), "RS256", headers=headers)


@cache
def parsed(pem: str) -> RSAPrivateKey:
    key = load_pem_private_key(pem.encode(), None)
    if not isinstance(key, RSAPrivateKey) or key.key_size < 2048:
        raise BadSettings("the Google service account's private_key must be RSA of at least 2048 bits")
    return key


@cache
def service_account(path: Path) -> ServiceAccount:
    """Read the file once in a process, and refuse one that cannot sign."""
    try:
        account = msgspec.json.decode(path.read_bytes(), type=ServiceAccount)
        parsed(account.private_key)
    except OSError as error:
        raise BadSettings(f"PUNCHCARD_GOOGLE_SERVICE_ACCOUNT: {error.strerror}: {path}") from None
    except (msgspec.MsgspecError, ValueError) as error:
        raise BadSettings(f"PUNCHCARD_GOOGLE_SERVICE_ACCOUNT: {path}: {error}") from None
    return account


class NoAccess(Exception):
    """No access token could be had; `answer` says whether it is our configuration or their trouble."""

    def __init__(self, answer: Answer):
        super().__init__(answer.reason)
        self.answer = answer


class AccessTokens:
    """The account's access token for one scope: fetched once for all who wait, and again before it ends."""

    def __init__(self, account: ServiceAccount, scope: str, http: httpx.AsyncClient):
        self.account, self.scope, self.http = account, scope, http
        self.token = ""
        self.refresh_at = self.ends_at = 0.0
        self.fetching: asyncio.Task[None] | None = None

    async def get(self) -> str:
        """A token that is good now. Raises NoAccess."""
        if not self.token or time.monotonic() >= self.refresh_at:
            self.fetching = self.fetching or asyncio.create_task(self.fetch())
            await asyncio.shield(self.fetching)
        return self.token

    def forget(self, token: str) -> None:
        """They refused this token: fetch another one for the next call. A newer one stays."""
        if token == self.token:
            self.token = ""

    async def fetch(self) -> None:
        try:
            self.token, seconds = await self.exchange()
            self.ends_at = time.monotonic() + seconds
            self.refresh_at = self.ends_at - min(REFRESH_BEFORE_SECONDS, seconds / 2)
        except NoAccess:
            if not self.token or time.monotonic() >= self.ends_at:
                raise
            self.refresh_at = time.monotonic() + RETRY_SECONDS
        finally:
            self.fetching = None

    async def exchange(self) -> tuple[str, float]:
        now = int(time.time())
        claims = {"aud": self.account.token_uri, "scope": self.scope, "iat": now, "exp": now + ASSERTION_SECONDS}
        form = {"grant_type": GRANT, "assertion": await asyncio.to_thread(self.account.sign, claims)}
        try:
            response = await self.http.post(self.account.token_uri, data=form, timeout=TIMEOUT_SECONDS)
        except httpx.TransportError as error:
            raise NoAccess(Answer(Outcome.LATER, reason=f"token: {type(error).__name__}")) from None
        if response.status_code >= 500 or response.status_code == 429:
            raise NoAccess(Answer(Outcome.LATER, response.status_code, "token"))
        try:
            granted = msgspec.json.decode(response.content, type=Granted)
        except msgspec.MsgspecError:
            reason = f"token: {response.text[:200]}"
            raise NoAccess(Answer(Outcome.MISCONFIGURED, response.status_code, reason)) from None
        return granted.access_token, granted.expires_in


class Granted(Struct, frozen=True):
    access_token: str
    expires_in: float
