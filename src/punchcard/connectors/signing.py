"""Who signed: Standard Webhooks (HMAC-SHA256 over id, time and the bytes of the body), with two secrets while one is exchanged."""

import base64
import hmac
from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID

from punchcard.foundation import tokens
from punchcard.foundation.clock import MINUTE, Instant

from .model import NotSigned

TOLERANCE_SECONDS = 5 * MINUTE
PREFIX = "whsec_"
ID_CHARACTERS_MAX, SIGNATURES_MAX = 255, 8


def shown(ours: tuple[str, ...], connector: str, secret_id: UUID) -> str:
    """The secret as it is typed into their settings."""
    return PREFIX + base64.b64encode(next(secrets(ours, connector, [secret_id]))).decode()


def secrets(ours: tuple[str, ...], connector: str, ids: Iterable[UUID]) -> Iterator[bytes]:
    """What these stand for: derived from our own secret, so that none is kept."""
    for each in ids:
        for key in tokens.keys(ours, "connector").values():
            yield hmac.digest(key, f"{connector}/{each}".encode(), "sha256")


def check(secrets: Iterable[bytes], headers: Mapping[str, str], body: bytes, at: Instant) -> None:
    """Raise NotSigned unless one of the secrets has signed just these bytes within five minutes of `at`."""
    id, sent_at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not 0 < len(id) <= ID_CHARACTERS_MAX or "." in id or not (id + sent_at).isascii():
        raise NotSigned
    if not sent_at.isdigit() or len(sent_at) > 12 or abs(int(sent_at) - at) > TOLERANCE_SECONDS:
        raise NotSigned
    told = headers.get("webhook-signature", "").split(" ")[:SIGNATURES_MAX]
    given = [each.removeprefix("v1,").encode() for each in told if each.startswith("v1,")]
    wanted = [signature(each, id, sent_at, body).encode() for each in secrets]
    matches = [hmac.compare_digest(ours, theirs) for ours in wanted for theirs in given]
    if not any(matches):
        raise NotSigned


def signature(secret: bytes, id: str, sent_at: str, body: bytes) -> str:
    """What stands behind `v1,` in webhook-signature."""
    mac = hmac.digest(secret, f"{id}.{sent_at}.".encode() + body, "sha256")
    return base64.b64encode(mac).decode()
