"""Save JWTs: what Google reads of one, and the short links that it keeps for long ones."""

import secrets
from typing import Any
from urllib.parse import urlsplit

import jwt

from .google_accounts import GoogleAccounts
from .google_wallet_rules import CLASS_OF, MANY, Wrong

SAVE = "https://pay.google.com/gp/v/save/"
LEEWAY_SECONDS = 60


class SaveLinks:
    """Opens what our account signed; `kept` are the JWTs behind short links."""

    def __init__(self, accounts: GoogleAccounts):
        self.accounts = accounts
        self.kept: dict[str, str] = {}

    def keep(self, token: str) -> str:
        """A short link that saves what this JWT says."""
        name = secrets.token_urlsafe(16)
        self.kept[name] = token
        return SAVE + name

    def token(self, link: str) -> str:
        """The JWT in a link, or the one that was kept behind it."""
        name = link.removeprefix(SAVE)
        return self.kept.get(name, name)

    def claims(self, token: str) -> dict[str, Any]:
        """What it says. Raises Wrong."""
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                self.accounts.key.public_key(),
                ["RS256"],
                audience="google",
                issuer=self.accounts.email,
                leeway=LEEWAY_SECONDS,
                options={"require": ["iss", "aud", "iat"]},
            )
        except jwt.InvalidTokenError as error:
            raise Wrong(400, "invalidJwt", f"Invalid JWT: {error}") from None
        payload, origins = claims.get("payload"), claims.get("origins")
        if claims.get("typ") != "savetowallet" or not isinstance(payload, dict):
            raise Wrong(400, "invalidJwt", "typ must be savetowallet, with a payload.")
        if not isinstance(origins, list) or not all(
            urlsplit(str(each)).scheme in ("http", "https") for each in origins
        ):
            raise Wrong(400, "invalidJwt", "origins must list addresses.")
        if not any(payload.get(MANY[kind]) for kind in CLASS_OF):
            raise Wrong(400, "invalidJwt", "The payload names no object.")
        return claims
