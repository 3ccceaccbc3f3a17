"""Google's save and delete callbacks: signed as Google signs them, told to the address that the object's class names.

Root keys stand at `KEYS_PATH`; one of them signs an intermediate key, which signs each message for one issuer."""

import asyncio
import base64
import json
import secrets
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from .server import Reply

KEYS_PATH = "/gp/m/issuer/keys"
SENDER = "GooglePayPasses"
PROTOCOL = "ECv2SigningOnly"
DAY = 86400
MESSAGE_SECONDS = 3600
TRIES = 3
ALGORITHM = ec.ECDSA(hashes.SHA256())


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def public_text(key: ec.EllipticCurvePrivateKey) -> str:
    return base64.b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def length_prefixed(*parts: str) -> bytes:
    """Each part after the number of its bytes."""
    made = b""
    for part in parts:
        data = part.encode()
        made += len(data).to_bytes(4, "little") + data
    return made


def signature(key: ec.EllipticCurvePrivateKey, signed: bytes) -> str:
    return base64.b64encode(key.sign(signed, ALGORITHM)).decode()


class Signer:
    """Google's keys: roots that everybody knows, and the intermediate key of these days."""

    def __init__(self, now: Callable[[], float] = time.time, roots: int = 2, sender: str = SENDER):
        self.now, self.sender = now, sender
        self.roots = [new_key() for _ in range(roots)]
        self.intermediate = new_key()
        self.intermediate_seconds = 7 * DAY
        self.prefix: Callable[..., bytes] = length_prefixed

    def keys(self) -> dict[str, Any]:
        """What stands at the keys' address; one is of another protocol, as at Google's."""
        roots: list[dict[str, str]] = [
            {"keyValue": public_text(root), "protocolVersion": PROTOCOL, "keyExpiration": self.in_millis(365 * DAY)}
            for root in self.roots
        ]
        return {"keys": [{"keyValue": public_text(new_key()), "protocolVersion": "ECv1"}, *roots]}

    def in_millis(self, seconds: float) -> str:
        return str(int(1000 * (self.now() + seconds)))

    def message(self, class_id: str, object_id: str, event: str, **other: Any) -> dict[str, Any]:
        """`event` is save or del; `other` replaces a field."""
        expires = int(1000 * (self.now() + MESSAGE_SECONDS))
        return {
            "classId": class_id,
            "objectId": object_id,
            "eventType": event,
            "expTimeMillis": expires,
            "count": 1,
            "nonce": secrets.token_urlsafe(24),
        } | other

    def envelope(self, issuer: str, message: dict[str, Any], root: int = 0) -> dict[str, Any]:
        """The callback, signed for this issuer under this root."""
        signed_key = json.dumps(
            {"keyValue": public_text(self.intermediate), "keyExpiration": self.in_millis(self.intermediate_seconds)}
        )
        signed_message = json.dumps(message, ensure_ascii=False)
        return {
            "signature": signature(self.intermediate, self.prefix(self.sender, issuer, PROTOCOL, signed_message)),
            "intermediateSigningKey": {
                "signedKey": signed_key,
                "signatures": [signature(self.roots[root], self.prefix(self.sender, PROTOCOL, signed_key))],
            },
            "protocolVersion": PROTOCOL,
            "signedMessage": signed_message,
        }


class GoogleCallbacks:
    """Tells the merchant's server, best effort: three tries, and never again. `told` is every answer, 0 where none came."""

    def __init__(self, issuer: str, now: Callable[[], float] = time.time):
        self.signer, self.issuer = Signer(now), issuer
        self.url = ""
        self.told: list[int] = []
        self.silent = False
        """True: callbacks have stopped, as they once did for days."""
        self.transport: httpx.AsyncBaseTransport | None = None
        """How the merchant's server is reached, if not over the network."""
        self.telling: set[asyncio.Task[None]] = set()

    @property
    def keys_url(self) -> str:
        return self.url + KEYS_PATH

    def keys(self) -> Reply:
        return Reply(200, self.signer.keys(), {"cache-control": "public, max-age=86400"})

    def tell(self, of: dict[str, Any], object_id: str, event: str) -> None:
        """What happened to an object of this class: on its way to the class's address, if it names one on this machine."""
        url = (of.get("callbackOptions") or {}).get("url")
        near = self.transport is not None or urlsplit(url or "").hostname in ("127.0.0.1", "::1", "localhost")
        if url and near and not self.silent:
            body = self.signer.envelope(self.issuer, self.signer.message(of["id"], object_id, event))
            task = asyncio.get_running_loop().create_task(self.deliver(url, body))
            self.telling.add(task)
            task.add_done_callback(self.telling.discard)

    async def deliver(self, url: str, body: dict[str, Any]) -> None:
        async with httpx.AsyncClient(timeout=5.0, transport=self.transport) as http:
            for again in range(TRIES):
                await asyncio.sleep(0.2 * again)
                try:
                    answer = await http.post(url, json=body)
                except httpx.TransportError:
                    self.told.append(0)
                    continue
                self.told.append(answer.status_code)
                if answer.is_success:
                    return

    async def finished(self) -> None:
        """Everything that is on its way has arrived, or never will."""
        await asyncio.gather(*self.telling)
