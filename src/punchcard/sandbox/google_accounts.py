"""Google's account server: a throw-away service account, and access tokens for what it signs."""

import json
import secrets
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from .server import Reply, Request

GOOGLE = "https://oauth2.googleapis.com/token"
"""What google-auth writes as the audience, wherever the file sends it."""
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SCOPES = "https://www.googleapis.com/auth/"
ASSERTION_SECONDS_MAX = 3600
LEEWAY_SECONDS = 60
TOKEN_SECONDS = 3599


class GoogleAccounts:
    """Knows one service account. Its clock is the true one, as Google's is. Without a `key` it makes one (0.2 s)."""

    def __init__(
        self,
        project: str = "punchcard-sandbox",
        key: rsa.RSAPrivateKey | None = None,
        now: Callable[[], float] = time.time,
    ):
        self.project, self.now = project, now
        self.email = f"cards@{project}.iam.gserviceaccount.com"
        self.key = key or rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.key_id = secrets.token_hex(20)
        self.url = ""
        self.token_seconds = TOKEN_SECONDS
        self.tokens: dict[str, tuple[frozenset[str], float]] = {}
        self.requests: list[dict[str, Any]] = []
        self.script: deque[Reply] = deque()
        """Answers to give instead of tokens, each once."""

    @property
    def token_uri(self) -> str:
        return f"{self.url}/token"

    def write(self, file: Path) -> Path:
        """Write the service account's JSON as Google's console gives it out, for this user's eyes alone."""
        pem = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        account = {
            "type": "service_account",
            "project_id": self.project,
            "private_key_id": self.key_id,
            "private_key": pem,
            "client_email": self.email,
            "client_id": "100000000000000000001",
            "token_uri": self.token_uri,
            "universe_domain": "googleapis.com",
        }
        file.touch(mode=0o600)
        file.write_text(json.dumps(account, indent=2))
        return file

    async def answer(self, request: Request) -> Reply:
        """POST /token: an assertion signed by the account gives an access token for its scopes."""
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        self.requests.append({"method": request.method, "path": request.path, "body": form})
        if self.script:
            return self.script.popleft()
        if request.method != "POST" or form.get("grant_type") != GRANT:
            return refusal("unsupported_grant_type", f"Invalid grant_type: {form.get('grant_type', '')}")
        try:
            claims = self.claims(form.get("assertion", ""))
        except jwt.InvalidTokenError as error:
            return refusal("invalid_grant", f"Invalid JWT: {error}")
        scopes = frozenset(str(claims.get("scope", "")).split())
        if not scopes or not all(scope.startswith(SCOPES) for scope in scopes):
            return refusal("invalid_scope", f"Invalid OAuth scope or ID token audience provided: {sorted(scopes)}")
        token = f"ya29.{secrets.token_urlsafe(32)}"
        self.tokens[token] = scopes, self.now() + self.token_seconds
        return Reply(200, {"access_token": token, "expires_in": self.token_seconds, "token_type": "Bearer"})

    def claims(self, assertion: str) -> dict[str, Any]:
        """What the account asserts. Raises jwt.InvalidTokenError."""
        claims: dict[str, Any] = jwt.decode(
            assertion,
            self.key.public_key(),
            ["RS256"],
            audience=[self.token_uri, GOOGLE],
            issuer=self.email,
            leeway=LEEWAY_SECONDS,
            options={"require": ["iss", "aud", "exp", "iat"]},
        )
        if claims["exp"] - claims["iat"] > ASSERTION_SECONDS_MAX:
            raise jwt.InvalidTokenError("Token must be a short-lived token (60 minutes)")
        return claims

    def admits(self, request: Request, scope: str) -> bool:
        """The request bears a token of ours that is still good for this scope."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        scopes, ends_at = self.tokens.get(token, (frozenset(), 0.0))
        return kind == "Bearer" and scope in scopes and self.now() < ends_at

    def revoke(self) -> None:
        """Every token that was given out ends now."""
        self.tokens.clear()


def refusal(error: str, description: str) -> Reply:
    return Reply(400, {"error": error, "error_description": description})
