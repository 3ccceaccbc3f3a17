"""The four things outside, in memory: each remembers what it was asked and answers what a test tells it to."""

from collections.abc import Callable
from typing import Any

import msgspec

from punchcard.foundation.database import Database
from punchcard.foundation.outside import Answer, Outcome, World
from punchcard.foundation.settings import Settings

SENT = Answer(Outcome.SENT, 200)


class Apns:
    def __init__(self) -> None:
        self.woken: list[tuple[str, str]] = []
        self.answers: dict[str, Answer] = {}

    async def wake(self, push_token: str, pass_type: str) -> Answer:
        self.woken.append((push_token, pass_type))
        return self.answers.get(push_token, SENT)

    async def close(self) -> None: ...


class GoogleWallet:
    def __init__(self) -> None:
        self.calls: list[tuple[str, str, dict[str, Any] | None]] = []
        self.answer: Callable[[str, str], Answer] = lambda method, path: SENT

    async def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Answer:
        self.calls.append((method, path, body))
        return self.answer(method, path)

    async def close(self) -> None: ...


class Fcm:
    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.answers: dict[str, Answer] = {}

    async def send(self, message: bytes) -> Answer:
        said: dict[str, Any] = msgspec.json.decode(message)["message"]
        self.messages.append(said)
        return self.answers.get(said.get("fid") or said.get("token") or said.get("topic") or "", SENT)

    async def close(self) -> None: ...


class Sender:
    def __init__(self) -> None:
        self.letters: list[tuple[str, str, str]] = []

    async def send(self, to: str, subject: str, text: str) -> Answer:
        self.letters.append((to, subject, text))
        return SENT

    async def close(self) -> None: ...


class Outside:
    """All four, and the world they make."""

    def __init__(self, database: Database, settings: Settings):
        self.apns, self.google, self.fcm, self.sender = Apns(), GoogleWallet(), Fcm(), Sender()
        self.world = World(database, settings, self.apns, self.google, self.fcm, self.sender)
