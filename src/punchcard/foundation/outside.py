"""The four things outside. Each has two implementations: the real one and a stand-in; everything else is real in tests."""

from enum import Enum
from typing import Any, Protocol

from msgspec import Struct

from .database import Database
from .settings import Settings


class Outcome(Enum):
    """What an attempt to reach the outside came to, and therefore what to do."""

    SENT = "sent"
    GONE = "gone"
    """The address is dead: forget it."""
    LATER = "later"
    """Their trouble or a limit: try again (`after_seconds` if they said so)."""
    REFUSED = "refused"
    """Our message is wrong: do not repeat it."""
    PUT_OFF = "put-off"
    """Nobody was asked, since they are away or we are too fast: try after `after_seconds`, and count no try."""
    MISCONFIGURED = "misconfigured"
    """Certificate, key or topic: nobody's address is at fault. Alarm, keep everything, try again later."""


class Answer(Struct, frozen=True):
    outcome: Outcome
    status: int = 0
    reason: str = ""
    after_seconds: int | None = None
    gone_since: int = 0
    """APNs 410: the instant since which the token is dead (UTC seconds)."""
    body: Any = None


class Apns(Protocol):
    """Wakes a phone that holds a pass. The push is empty: the phone then asks us what changed."""

    async def wake(self, push_token: str, pass_type: str) -> Answer: ...

    async def close(self) -> None: ...


class GoogleWallet(Protocol):
    """Google's Wallet API: classes and objects by REST."""

    async def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Answer: ...

    async def close(self) -> None: ...


class Fcm(Protocol):
    """Firebase Cloud Messaging v1: one message to one installation, as the body of a request."""

    async def send(self, message: bytes) -> Answer: ...

    async def close(self) -> None: ...


class WebPush(Protocol):
    """The push services of browsers: one message to one browser."""

    async def send(self, address: str, plain: bytes, ttl_seconds: int, topic: str, urgent: bool) -> Answer: ...

    async def close(self) -> None: ...


class MessageSender(Protocol):
    """One-time codes and receipts to an e-mail address or a phone number."""

    async def send(self, to: str, subject: str, text: str) -> Answer: ...

    async def close(self) -> None: ...


class NotSetUp:
    """Stands where a thing outside is not set up: nothing is sent, and the answer says what is missing."""

    def __init__(self, what: str):
        self.answer = Answer(Outcome.MISCONFIGURED, reason=f"{what} is not set up")

    async def wake(self, push_token: str, pass_type: str) -> Answer:
        return self.answer

    async def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Answer:
        return self.answer

    async def send(self, *said: Any, **more: Any) -> Answer:
        return self.answer

    async def close(self) -> None: ...


class World(Struct, frozen=True):
    """What a reaction may reach: the database and the things outside."""

    database: Database
    settings: Settings
    apns: Apns
    google: GoogleWallet
    fcm: Fcm
    sender: MessageSender
    web: WebPush = NotSetUp("web push")

    async def close(self) -> None:
        """Hang up."""
        for each in (self.apns, self.google, self.fcm, self.sender, self.web):
            await each.close()
