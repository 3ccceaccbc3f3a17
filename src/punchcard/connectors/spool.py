"""Where the lines of a dropped file lie until all are read: on disk, so that a receipt's lines find each other from the
file's two ends and a file of millions needs no memory."""

import json
import sqlite3
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from types import TracebackType

from msgspec import Struct

BATCH = 10_000
SCHEMA = """
pragma journal_mode = off;
pragma synchronous = off;
create table receipt (n integer primary key, shop text, till text, number text, day text, unique (shop, till, number, day));
create table line (n integer primary key, receipt integer, cells text not null, why text not null);
create table spoilt (shop text, till text, number text, line integer, primary key (shop, till, number)) without rowid;
"""


class Key(Struct, frozen=True):
    """What a receipt is known by: shop, till and number as the file says, and the shop's local day."""

    shop: str
    till: str
    number: str
    day: str


class Kept(Struct, frozen=True):
    """A line of the file as it lies here."""

    number: int
    cells: list[str]
    why: str


class Spool:
    """Fill it line by line, seal it, and read it receipt by receipt, in the order of their first lines."""

    def __init__(self, path: Path):
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.executescript(SCHEMA)
        self.ask = self.db.execute
        self.ask("begin")
        self.receipts: dict[Key, int] = {}

    def __enter__(self) -> "Spool":
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.db.close()

    def keep(self, key: Key | None, number: int, cells: tuple[str, ...], why: str) -> None:
        """A line of this receipt; None where it does not say of which it is."""
        receipt = None if key is None else self.receipt(key)
        told = json.dumps(cells)
        self.ask("insert into line (n, receipt, cells, why) values (?, ?, ?, ?)", (number, receipt, told, why))

    def receipt(self, key: Key) -> int:
        if (known := self.receipts.get(key)) is not None:
            return known
        place = (key.shop, key.till, key.number, key.day)
        self.ask("insert or ignore into receipt (shop, till, number, day) values (?, ?, ?, ?)", place)
        (found,) = self.ask("select n from receipt where (shop, till, number, day) = (?, ?, ?, ?)", place).fetchone()
        if len(self.receipts) >= BATCH:
            self.receipts.clear()
        self.receipts[key] = found
        return int(found)

    def spoil(self, shop: str, till: str, number: str, line: int) -> None:
        """A line of this receipt cannot be read so far that its day is known: no receipt of that number is whole."""
        self.ask("insert or ignore into spoilt values (?, ?, ?, ?)", (shop, till, number, line))

    def seal(self) -> int:
        """Everything is in; says how many receipts there are."""
        self.ask("create index of_receipt on line (receipt, n)")
        self.ask("commit")
        return int(self.ask("select count(*) from receipt").fetchone()[0])

    def read(self) -> Iterator[tuple[Key, list[Kept], int]]:
        """Each receipt with its lines, and the number of the line by which it is spoilt (0: by none)."""
        rows = self.ask(
            """
            select r.n, r.shop, r.till, r.number, r.day, coalesce(s.line, 0), l.n, l.cells, l.why
              from receipt r join line l on l.receipt = r.n
              left join spoilt s on (s.shop, s.till, s.number) = (r.shop, r.till, r.number) order by r.n, l.n
            """
        )
        for (_, shop, till, number, day, spoilt), lines in groupby(rows, key=itemgetter(slice(0, 6))):
            kept = [Kept(each[6], json.loads(each[7]), each[8]) for each in lines]
            yield Key(shop, till, number, day), kept, spoilt

    def reject(self, line: int, why: str) -> None:
        """This line did not go in."""
        self.ask("update line set why = ? where n = ?", (why, line))

    def rejected(self) -> Iterator[Kept]:
        """Every line that did not go in, in the file's order."""
        for number, cells, why in self.ask("select n, cells, why from line where why <> '' order by n"):
            yield Kept(number, json.loads(cells), why)
