"""A member's web browser: it subscribes for our key, opens what the push service brings, and says that it came."""

import contextlib
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from punchcard.foundation.clock import Instant
from punchcard.sandbox.server import serve
from punchcard.sandbox.webpush import PushService

from . import town
from .people import Caller, MemberApp, good

INSTALLATION = "laptop"


class Browser:
    """Nobody is signed in where its service worker runs: a message brings the address to which it says what came of it."""

    def __init__(self, service: PushService, url: str):
        self.service, self.outside = service, Caller(url)
        self.shown: list[dict[str, Any]] = []
        self.opened: list[dict[str, Any]] = []

    def receive(self, plain: bytes, at: Instant) -> None:
        """What the push service opened is shown, in place of the same message before."""
        message = json.loads(plain)
        self.opened.append(message)
        self.shown = [each for each in self.shown if each["id"] != message["id"]] + [message]

    async def subscribe(self, app: MemberApp) -> dict[str, Any]:
        key = (await app.get("/me/browsers/key"))["key"]
        made = self.service.subscribe(self, key)
        kept: dict[str, Any] = await app.put(
            f"/me/browsers/{INSTALLATION}", made | {"language": "en", "zone": town.ZONE}
        )
        return kept

    async def say(self, message_id: str, what: str) -> None:
        """That it has this message, or that it was tapped."""
        message = next(each for each in self.shown if each["id"] == message_id)
        good(await self.outside.ask("PUT", f"{message['receipts']}/{what}"))

    async def close(self) -> None:
        await self.outside.close()


@contextlib.asynccontextmanager
async def push_service(now: Callable[[], Instant]) -> AsyncIterator[PushService]:
    """The stand-in for the browsers' push services."""
    service = PushService(now)
    async with serve(service.answer) as url:
        service.url = url
        yield service


def make_key(folder: Path) -> Path:
    """Our key for web push, thrown away with the stage."""
    path = folder / "web-push.pem"
    key = ec.generate_private_key(ec.SECP256R1())
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    path.chmod(0o600)
    return path
