"""A file of sales, dropped: read whole, then sold receipt by receipt through the till's own door, and again harmlessly."""

import asyncio
import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from punchcard import checkout, partners, rulebooks
from punchcard.checkout import Basket, BasketLine, Counter
from punchcard.foundation import exact
from punchcard.foundation.database import Database
from punchcard.foundation.errors import Malformed, OtherBody, Refused, Running
from punchcard.foundation.exact import NotThis
from punchcard.foundation.money import DIGITS
from punchcard.foundation.tables import Table, harmless
from punchcard.partners import Till

from . import mapping as mappings
from .spool import Kept, Key, Spool

REQUIRED = ("shop", "till", "receipt", "at", "card", "cashier", "sku", "category", "brand", "quantity", "amount")
OPTIONAL = ("discount", "tender", "line", "why")
"""The last two stand in a reject file, which can be dropped again when it is mended."""
SAME = ("at", "card", "cashier", "tender")
"""What all lines of a receipt say alike."""
AT_ONCE = 32
TRIES_MAX = 5
FILES = UUID("0d1c7e9a-4f1b-5e57-8a53-52a1f0a3c1de")
Tell = Callable[[int], None]


class Places(Struct, frozen=True):
    """The shops that may stand in a file, with their zones and tills (by id and by name), and the digits of an amount."""

    zones: dict[str, str]
    tills: dict[tuple[str, str], str]
    digits: int


class Dropped(Struct):
    """What became of a file."""

    lines: int = 0
    receipts: int = 0
    sold: int = 0
    before: int = 0
    """Of the receipts that stand: how many did so before."""
    guests: int = 0
    rejected_lines: int = 0
    rejected_receipts: int = 0
    amount: int = 0
    """What was sold now, in minor units."""


async def places(database: Database, partner: str | None) -> Places:
    """Every shop, or those of one partner, with its tills."""
    async with database.reading() as db:
        program = await rulebooks.program(db)
        shops = [each for each in await partners.shops(db) if partner in (None, each.partner_id)]
        tills: dict[tuple[str, str], str] = {}
        for shop in shops:
            listed = await partners.tills(db, shop.id)
            names = [each.name for each in listed]
            tills |= {(shop.id, each.name): each.id for each in listed if names.count(each.name) == 1}
            tills |= {(shop.id, each.id): each.id for each in listed}
    return Places({each.id: each.zone for each in shops}, tills, DIGITS.get(program.rulebook.currency, 2))


def spooled(table: Table, spool: Spool, known: Places, tell: Tell) -> int:
    """Read the file into the spool. Each line that can be none of a sale is kept with the reason; says how many lines there are."""
    lines = 0
    for record in table:
        lines += 1
        cells = table.named(record.cells)
        key, why = None, record.why
        try:
            key = key_of(cells, known)
            why = why or no_line(cells, known)
        except NotThis as error:
            why = why or str(error)
        if key is None and cells.get("receipt"):
            shop, till = cells.get("shop", ""), cells.get("till", "")
            spool.spoil(shop, known.tills.get((shop, till), till), cells["receipt"], record.number)
        spool.keep(key, record.number, record.cells, why)
        tell(table.tape.read_bytes)
    return lines


def key_of(cells: Mapping[str, str], known: Places) -> Key:
    """Which receipt the line belongs to."""
    shop, till, number = (cells.get(each, "") for each in ("shop", "till", "receipt"))
    if not number:
        raise NotThis("receipt: is missing")
    if shop not in known.zones:
        raise NotThis(f"shop: there is no “{shop[:40]}” here" if shop else "shop: is missing")
    if (shop, till) not in known.tills:
        raise NotThis(f"till: {shop} has no single till “{till[:40]}”" if till else "till: is missing")
    at = moment_of(cells, known.zones[shop])
    return Key(shop, known.tills[shop, till], number, at.astimezone(ZoneInfo(known.zones[shop])).date().isoformat())


def moment_of(cells: Mapping[str, str], zone: str) -> datetime:
    try:
        return datetime.fromisoformat(exact.instant(cells.get("at", ""), zone))
    except NotThis as error:
        raise NotThis(f"at: {error}") from None


def no_line(cells: Mapping[str, str], known: Places) -> str:
    """Why this can be no line of a basket; empty if it can."""
    try:
        line_of(cells, known.digits)
        tenders_of(cells.get("tender", ""), known.digits)
    except NotThis as error:
        return str(error)
    return ""


def line_of(cells: Mapping[str, str], digits: int) -> dict[str, Any]:
    """The line as a basket has it."""
    found: dict[str, Any] = {}
    for name in ("sku", "category", "brand"):
        found[name] = fitting(name, partial(mappings.bounded, BasketLine, name, cells[name]))
    found["quantity"] = fitting("quantity", lambda: units(cells["quantity"]))
    found["amount"] = fitting("amount", lambda: money(cells["amount"], digits))
    if cells.get("discount"):
        found["discount"] = fitting("discount", lambda: money(cells["discount"], digits))
    return found


def units(written: str) -> int:
    return int(mappings.bounded(BasketLine, "quantity", exact.minor_units(written, 0)))


def money(written: str, digits: int) -> int:
    found = exact.minor_units(written, digits)
    if found < 0:
        raise NotThis("is below zero; what comes back is returned at a till, not by a file")
    return int(mappings.bounded(BasketLine, "amount", found))


def fitting(name: str, read: Callable[[], Any]) -> Any:
    try:
        return read()
    except NotThis as error:
        raise NotThis(f"{name}: {error}") from None


def tenders_of(written: str, digits: int) -> list[dict[str, Any]]:
    """`card`: all of it; `cash:5.00+card:13.00`: so much of each. Empty: nobody says."""
    parts = [each.strip().rpartition(":") for each in written.split("+")] if ":" in written else []
    return [{"kind": kind, "amount": fitting("tender", partial(money, paid, digits))} for kind, _, paid in parts]


def basket_of(key: Key, rows: Sequence[Mapping[str, str]], known: Places) -> Basket:
    """A receipt's lines as one basket. NotThis where they contradict each other."""
    first = rows[0]
    for name in SAME:
        if len({each.get(name, "") for each in rows}) > 1:
            raise NotThis(f"{name}: the lines of this receipt do not say the same")
    lines = [line_of(each, known.digits) for each in rows]
    tenders = tenders_of(first.get("tender", ""), known.digits)
    if first.get("tender") and not tenders:
        tenders = [{"kind": first["tender"], "amount": sum(each["amount"] for each in lines)}]
    asked = {
        "card": first["card"],
        "cashier": first["cashier"],
        "receipt_number": key.number,
        "at": moment_of(first, known.zones[key.shop]).isoformat(),
        "lines": lines,
        "tenders": tenders,
    }
    try:
        return msgspec.convert(asked, Basket)
    except msgspec.ValidationError as error:
        raise NotThis(str(error)) from None


async def sold(
    database: Database, table: Table, spool: Spool, known: Places, counter: Callable[[Till], Counter], tell: Tell
) -> Dropped:
    """Sell what the spool holds, 32 receipts at once. What does not go in is marked there with the reason."""
    dropped, receipts = Dropped(), spool.read()
    tills: dict[str, Till] = {}
    selling = Selling(database, table, spool, known, counter, tills, dropped)
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(lane(selling, receipts, tell))
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
    return dropped


class Selling(Struct, frozen=True):
    """What every lane needs to sell a receipt."""

    database: Database
    table: Table
    spool: Spool
    known: Places
    counter: Callable[[Till], Counter]
    tills: dict[str, Till]
    dropped: Dropped

    async def till(self, id: str) -> Till:
        if id not in self.tills:
            async with self.database.reading() as db:
                self.tills[id] = await partners.till(db, id)
        return self.tills[id]


async def lane(selling: Selling, receipts: Iterator[tuple[Key, list[Kept], int]], tell: Tell) -> None:
    for key, lines, spoilt in receipts:
        await receipt_in(selling, key, lines, spoilt)
        tell(1)


async def receipt_in(selling: Selling, key: Key, lines: Sequence[Kept], spoilt: int) -> None:
    dropped = selling.dropped
    dropped.receipts += 1
    bad = [each.number for each in lines if each.why] + ([spoilt] if spoilt else [])
    if bad:
        return refuse(selling, lines, f"line {min(bad)} of the same receipt is wrong, so that none of it went in")
    rows = [selling.table.named(each.cells) for each in lines]
    try:
        basket = basket_of(key, rows, selling.known)
        till = await selling.till(key.till)
        id = uuid5(FILES, "\0".join((key.shop, till.id, key.day, key.number)))
        recorded = await patiently(selling.counter(till), id, basket)
    except NotThis as error:
        return refuse(selling, lines, str(error))
    except Refused as refusal:
        return refuse(selling, lines, reason(refusal))
    dropped.before += recorded.repeated
    if not recorded.repeated:
        dropped.sold += 1
        dropped.guests += not basket.card
        dropped.amount += sum(each.amount for each in basket.lines)
    return None


async def patiently(counter: Counter, id: UUID, basket: Basket) -> Any:
    """Sell; while the same is being sold by somebody else, wait for it."""
    for attempt in range(TRIES_MAX):
        try:
            return await checkout.sell(counter, id, basket)
        except Running:
            if attempt == TRIES_MAX - 1:
                raise
            await asyncio.sleep(0.2 * 2**attempt)
    raise AssertionError("the last try answers or raises")


def reason(refusal: Refused) -> str:
    """Why a receipt was refused, in English."""
    if isinstance(refusal, OtherBody):
        return "this receipt was taken in before with other content"
    if isinstance(refusal, Malformed):
        return " ".join(str(each) for each in refusal.facts.values()) or refusal.sentence("en")
    return refusal.sentence("en")


def refuse(selling: Selling, lines: Sequence[Kept], why: str) -> None:
    selling.dropped.rejected_receipts += 1
    for each in lines:
        if not each.why:
            selling.spool.reject(each.number, why)


def write_rejects(spool: Spool, table: Table, path: Path) -> int:
    """The lines that did not go in, each with its number and the reason, as CSV. Without any there is no file; says how many."""
    rejected = spool.rejected()
    first = next(rejected, None)
    if first is None:
        path.unlink(missing_ok=True)
        return 0
    written = 0
    columns = [each for each in table.columns if each not in ("line", "why")]
    places = [table.columns.index(each) for each in columns]
    with path.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*columns, "line", "why"])
        for each in (first, *rejected):
            whole = len(each.cells) == len(table.columns)
            cells = [each.cells[i] for i in places] if whole else [*each.cells, *[""] * len(columns)][: len(columns)]
            writer.writerow([*map(harmless, cells), each.number, harmless(each.why)])
            written += 1
    return written
