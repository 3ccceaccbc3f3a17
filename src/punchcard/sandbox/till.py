"""A till as others would write it: it knows our API, its own file and public keys, and nothing of our insides.

Whatever it does gets its id and its whole body before it is first sent, in a file that survives a crash. It asks once; what
has no definite answer then is queued and brought in a batch when the network is back. Nothing is ever sent under
another id, so that neither a lost answer nor a crash does anything twice."""

import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import httpx

from punchcard.escrow import BadToken, SpendToken, verified

ITEMS_MAX = 10_000
TABLES = """
create table if not exists act (
    id text primary key, kind text not null, path text not null, body text not null,
    state text not null, answer text not null default '', batch text not null default '');
create table if not exists batch (key text primary key, address text not null default '');
create table if not exists taken (hold text primary key);
create table if not exists known (name text primary key, value text not null);
"""


class Told(NamedTuple):
    """What the till tells the cashier: `done` with a receipt, `refused` with a problem, or `queued`: it counts, and is told
    later."""

    id: UUID
    state: str
    answer: Any = None


class TakenBefore(BadToken):
    """This till took the token already."""


class Till:
    """One till with its file. `client` carries the base address and the till's key; `clock` says UTC seconds."""

    def __init__(
        self,
        file: Path,
        client: httpx.AsyncClient,
        shop: str,
        clock: Callable[[], int],
        new_id: Callable[[], UUID] = uuid4,
    ):
        self.client, self.shop, self.clock, self.new_id = client, shop, clock, new_id
        self.db = sqlite3.connect(file, isolation_level=None)
        self.db.executescript("pragma journal_mode = wal; pragma synchronous = full;" + TABLES)
        self.db.execute("update act set state = 'queued' where state = 'asked'")  # a crash came before the answer

    def close(self) -> None:
        self.db.close()

    async def sell(self, basket: dict[str, Any]) -> Told:
        """Sell now, with or without a network."""
        id = self.new_id()
        return await self.act(id, "sale", f"/till/sales/{id}", basket)

    async def take_back(self, sale: UUID, back: dict[str, Any]) -> Told:
        """Goods of a sale come back; where the sale itself is still to be told, after it."""
        id = self.new_id()
        return await self.act(id, "return", f"/till/sales/{sale}/returns/{id}", back, sale)

    async def void(self, sale: UUID, back: dict[str, Any]) -> Told:
        """A sale that should not have been: all that is left of it comes back."""
        return await self.act(self.new_id(), "void", f"/till/sales/{sale}/void", back, sale)

    def take(self, token: str) -> SpendToken:
        """Whether this spend token pays here, by the public keys alone; one that was taken before is refused."""
        said = verified(self.keys(), token, self.shop, self.clock())
        try:
            self.db.execute("insert into taken (hold) values (?)", (str(said.hold),))
        except sqlite3.IntegrityError:
            raise TakenBefore("taken") from None
        return said

    def keys(self) -> list[dict[str, str]]:
        row = self.db.execute("select value from known where name = 'keys'").fetchone()
        return json.loads(row[0]) if row else []

    async def learn_keys(self) -> bool:
        """Fetch the public keys; what is known stays while the network is away."""
        answer = await self.ask("GET", "/till/keys")
        if answer is None or answer.status_code != 200:
            return False
        known = json.dumps(answer.json()["keys"])
        self.db.execute("insert or replace into known (name, value) values ('keys', ?)", (known,))
        return True

    async def act(self, id: UUID, kind: str, path: str, body: dict[str, Any], sale: UUID | None = None) -> Told:
        """Write it down, ask once, and queue what has no definite answer."""
        body = {"at": datetime.fromtimestamp(self.clock(), UTC).isoformat(), **body}
        names = {"kind": kind, "id": str(id)} | ({"sale": str(sale)} if sale else {})
        self.db.execute(
            "insert into act (id, kind, path, body, state) values (?, ?, ?, ?, 'asked')",
            (str(id), kind, path, json.dumps(names | body)),
        )
        answer = None if self.queued() or self.untold(sale) else await self.ask("PUT", path, body)
        if answer is None or not definite(answer):
            self.db.execute("update act set state = 'queued' where id = ?", (str(id),))
            return Told(id, "queued")
        state = "done" if answer.is_success else "refused"
        self.db.execute("update act set state = ?, answer = ? where id = ?", (state, answer.text, str(id)))
        return Told(id, state, answer.json())

    def untold(self, sale: UUID | None) -> bool:
        """Whether this sale of ours is still to be told."""
        row = self.db.execute("select state from act where id = ?", (str(sale),)).fetchone()
        return row is not None and row[0] not in ("done", "refused")

    def queued(self) -> int:
        """How much waits to be brought; while something does, whatever comes waits behind it."""
        return int(self.db.execute("select count(*) from act where state = 'queued'").fetchone()[0])

    def busy(self) -> bool:
        """Whether anything is still to be brought, or to be heard of."""
        return bool(self.queued() or self.db.execute("select count(*) from batch").fetchone()[0])

    def receipt(self, id: UUID) -> dict[str, Any]:
        """What was answered to this in the end: a receipt or a problem; empty until then."""
        row = self.db.execute("select answer from act where id = ?", (str(id),)).fetchone()
        return json.loads(row[0]) if row and row[0] else {}

    async def bring(self) -> bool:
        """Bring the queue, and fetch what became of what was brought. True when nothing is left to do; else ask again
        later, also after a crash: the batch has its key before it is first sent."""
        if self.queued():
            self.pack()
        left = False
        for key, address in self.db.execute("select key, address from batch").fetchall():
            if not address and not await self.send(key):
                return False
            left |= not await self.fetch(key)
        return not left and not self.queued()

    def pack(self) -> None:
        """Make a batch of the queue."""
        key = str(uuid4())
        with self.db:
            self.db.execute("begin")
            self.db.execute("insert into batch (key) values (?)", (key,))
            self.db.execute(
                "update act set state = 'packed', batch = ? where id in (select id from act where state = 'queued' limit ?)",
                (key, ITEMS_MAX),
            )

    async def send(self, key: str) -> bool:
        rows = self.db.execute("select body from act where batch = ? order by rowid", (key,)).fetchall()
        items = [json.loads(body) for (body,) in rows]
        answer = await self.ask("POST", "/till/batches", {"items": items}, {"Idempotency-Key": key})
        if answer is None or answer.status_code != 202:
            return False
        self.db.execute("update batch set address = ? where key = ?", (answer.headers["Location"], key))
        return True

    async def fetch(self, key: str) -> bool:
        """Write down what became of the batch; True when all of it is settled."""
        (address,) = self.db.execute("select address from batch where key = ?", (key,)).fetchone()
        after: int | None = 0
        while after is not None:
            answer = await self.ask("GET", f"{address}?after={after}")
            if answer is None or answer.status_code != 200:
                return False
            page = answer.json()
            if page["state"] != "finished":
                return False
            for each in page["results"]:
                state = "refused" if each["outcome"] == "refused" else "done"
                told = json.dumps(each.get("receipt") or each.get("problem"))
                self.db.execute("update act set state = ?, answer = ? where id = ?", (state, told, each["id"]))
            after = page["next"]
        self.db.execute("delete from batch where key = ?", (key,))
        return True

    async def ask(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> httpx.Response | None:
        """The answer, or None where the network lost the question or the answer: nobody here knows which."""
        try:
            return await self.client.request(method, path, json=body, headers=headers)
        except httpx.TransportError:
            return None


def definite(answer: httpx.Response) -> bool:
    """Whether asking again would change nothing: not while it runs, nor where somebody asks for patience."""
    return answer.status_code < 500 and answer.status_code != 429 and "Retry-After" not in answer.headers
