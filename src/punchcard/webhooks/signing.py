"""Standard Webhooks 1.0.0: the secret of an endpoint, the id of a message, and its signatures."""

import base64
import hashlib
import hmac
from uuid import UUID

from punchcard.foundation import tokens
from punchcard.foundation.clock import Instant

from .model import Endpoint

PREFIX = "whsec_"
PURPOSE = "webhook"


def key_id(secrets: tuple[str, ...]) -> str:
    """The name of the key that a new secret is derived from."""
    return tokens.signing(secrets, PURPOSE)[0]


def secret(secrets: tuple[str, ...], key: str, endpoint_id: UUID, counter: int) -> bytes | None:
    """The endpoint's secret of this number, 32 bytes. Stored nowhere; None when the settings no longer hold its key."""
    found = tokens.keys(secrets, PURPOSE).get(key)
    return found and hmac.digest(found, endpoint_id.bytes + counter.to_bytes(8), "sha256")


def shown(secret: bytes) -> str:
    """The secret as a receiver's library takes it."""
    return PREFIX + base64.b64encode(secret).decode()


def secrets_now(secrets: tuple[str, ...], endpoint: Endpoint, at: Instant) -> list[bytes]:
    """What signs at this instant: the secret, and for a day after an exchange the former one."""
    found = [secret(secrets, endpoint.key_id, endpoint.id, endpoint.counter)]
    if endpoint.former_key_id and endpoint.former_until is not None and at < endpoint.former_until:
        found.append(secret(secrets, endpoint.former_key_id, endpoint.id, endpoint.counter - 1))
    return [each for each in found if each is not None]


def message_id(endpoint_id: UUID, member_id: UUID, seq: int) -> str:
    """The same for ever for this fact at this endpoint, so that a receiver knows a repeat."""
    return "msg_" + hashlib.sha256(endpoint_id.bytes + member_id.bytes + seq.to_bytes(8)).hexdigest()[:40]


def headers(id: str, at: Instant, body: bytes, secrets: list[bytes]) -> dict[str, str]:
    """Id, time of this try and a signature for each secret, over just these bytes."""
    said = f"{id}.{at}.".encode() + body
    signed = [base64.b64encode(hmac.digest(each, said, "sha256")).decode() for each in secrets]
    return {
        "webhook-id": id,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(f"v1,{each}" for each in signed),
    }
