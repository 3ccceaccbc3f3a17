"""Provider tokens as Apple looks at them: whose key signed, how old, how often a new one, and for whose topics."""

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from msgspec import Struct

TOKEN_SECONDS_MAX = 3600
RENEWAL_SECONDS_MIN = 1200


class Key(Struct, frozen=True):
    team: str
    public: EllipticCurvePublicKey


class Tokens:
    """The keys that teams have made in Apple's portal, and the tokens that were seen of each."""

    def __init__(self) -> None:
        self.keys: dict[str, Key] = {}
        self.last: dict[str, tuple[str, int]] = {}
        """By key: the last token that was new, and when it came."""
        self.seen: set[str] = set()

    def add(self, key_id: str, team: str, public: EllipticCurvePublicKey) -> None:
        self.keys[key_id] = Key(team, public)

    def fault(self, authorization: str, topic_team: str, at: int) -> tuple[int, str] | None:
        """What is wrong with a request that bears this, to a topic of this team; None when it is allowed."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            return 403, "MissingProviderToken"
        try:
            key_id = jwt.get_unverified_header(token).get("kid", "")
            key = self.keys[key_id]
            said = jwt.decode(
                token, key.public, algorithms=["ES256"], options={"verify_iat": False, "require": ["iss", "iat"]}
            )
        except (jwt.InvalidTokenError, KeyError):
            return 403, "InvalidProviderToken"
        if said["iss"] != key.team:
            return 403, "InvalidProviderToken"
        if abs(at - int(said["iat"])) > TOKEN_SECONDS_MAX:
            return 403, "ExpiredProviderToken"
        if self.is_too_soon(key_id, token, at):
            return 429, "TooManyProviderTokenUpdates"
        return None if topic_team == key.team else (400, "TopicDisallowed")

    def is_too_soon(self, key_id: str, token: str, at: int) -> bool:
        if token in self.seen:
            return False
        last, came_at = self.last.get(key_id, ("", at - RENEWAL_SECONDS_MIN))
        if last and at - came_at < RENEWAL_SECONDS_MIN:
            return True
        self.last[key_id] = token, at
        self.seen.add(token)
        return False
