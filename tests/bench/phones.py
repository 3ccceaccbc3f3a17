"""Phones by the hundred: each holds a card, does what a woken phone does over one connection, and notes when it had what.

They check nothing of a pass but its points: the sandbox's phone, which knows Apple's rules, costs too much for that."""

import asyncio
import io
import secrets
import time
import zipfile
from uuid import UUID

import msgspec
from msgspec import Struct

from punchcard.demo.stage import Stage
from punchcard.foundation import database as databases
from punchcard.passes import apple


class Field(Struct):
    key: str
    value: int | float | str


class Front(Struct):
    primary: list[Field] = msgspec.field(name="primaryFields")


class Card(Struct):
    front: Front = msgspec.field(name="storeCard")


class LightPhone:
    """One phone with one card."""

    def __init__(self, stage: Stage, member_id: UUID, code: str, serial: UUID, token: str):
        self.stage, self.member_id, self.code, self.serial, self.token = stage, member_id, code, serial, token
        self.device, self.push_token = secrets.token_hex(16), secrets.token_hex(32)
        self.tag = ""
        self.modified = ""
        self.wakes = self.lists = self.fetches = 0
        self.shown: list[tuple[float, int]] = []
        """When it began to show how many points."""
        self.push = asyncio.Event()

    async def open(self, pass_type: str) -> None:
        self.pass_type = pass_type
        await self.connect()
        body = msgspec.json.encode({"pushToken": self.push_token})
        status, _, _ = await self.ask("POST", f"{self.registrations()}/{self.serial}", body)
        assert status == 201, status
        await self.fetch()
        self.stage.apns.register(self.push_token, self.wake)
        self.listening = asyncio.create_task(self.listen())

    async def connect(self) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.stage.config.port)

    def registrations(self) -> str:
        return f"/wallet/v1/devices/{self.device}/registrations/{self.pass_type}"

    def wake(self) -> None:
        self.wakes += 1
        self.push.set()

    async def listen(self) -> None:
        while True:
            await self.push.wait()
            self.push.clear()
            await self.refresh()

    async def refresh(self) -> None:
        """Ask what changed, and fetch it when that is the card."""
        self.lists += 1
        since = f"?passesUpdatedSince={self.tag}" if self.tag else ""
        status, _, body = await self.ask("GET", self.registrations() + since)
        if status == 200:
            said = msgspec.json.decode(body)
            assert str(self.serial) in said["serialNumbers"]
            await self.fetch()
            self.tag = said["lastUpdated"]

    async def fetch(self) -> None:
        status, head, body = await self.ask("GET", f"/wallet/v1/passes/{self.pass_type}/{self.serial}")
        if status != 200:
            assert status == 304, status
            return
        self.fetches += 1
        self.modified = header(head, b"last-modified:")
        with zipfile.ZipFile(io.BytesIO(body)) as package:
            card = msgspec.json.decode(package.read("pass.json"), type=Card)
        (points,) = [field.value for field in card.front.primary if field.key == "points"]
        self.shown.append((time.perf_counter(), int(points)))

    async def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes, bytes]:
        """The status, the head and the body of the answer. A connection that lay idle for long is dialled anew."""
        try:
            return await self.once(method, path, body)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.writer.close()
            await self.connect()
            return await self.once(method, path, body)

    async def once(self, method: str, path: str, body: bytes) -> tuple[int, bytes, bytes]:
        since = f"If-Modified-Since: {self.modified}\r\n" if self.modified else ""
        self.writer.write(
            f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ApplePass {self.token}\r\n{since}"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        head = await self.reader.readuntil(b"\r\n\r\n")
        size = int(header(head, b"content-length:") or 0)
        return int(head[9:12]), head, await self.reader.readexactly(size)

    def showed_at(self, points: int) -> float | None:
        """When it first showed at least so many points."""
        return next((at for at, value in self.shown if value >= points), None)

    async def close(self) -> None:
        self.listening.cancel()
        await asyncio.gather(self.listening, return_exceptions=True)
        self.writer.close()


def header(head: bytes, name: bytes) -> str:
    start = head.lower().find(name)
    return head[start + len(name) : head.index(b"\r\n", start)].decode().strip() if start >= 0 else ""


async def holding(stage: Stage, number: int) -> list[LightPhone]:
    """So many of the bench's members, each with the card on a phone."""
    database = await databases.connect(str(stage.config.database_url), connections_max=2)
    phones = []
    try:
        async with database.reading() as db:
            rows = await db.fetch(
                "select member_id, card_code from member join person using (member_id) where email like 'bench-%' limit $1",
                number,
            )
        for row in rows:
            async with database.transaction() as db:
                sheet = await apple.give(db, stage.config, row["member_id"], stage.clock.now())
            phones.append(LightPhone(stage, row["member_id"], row["card_code"], sheet.serial, sheet.token))
    finally:
        await database.close()
    pass_type = apple.press(stage.config).signer.pass_type
    for phone in phones:
        await phone.open(pass_type)
    return phones
