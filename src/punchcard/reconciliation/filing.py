"""A till's own journal from a file, beside ours: the same shops and days, each line in the same words."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from punchcard import journal, members, partners, rulebooks
from punchcard.foundation import exact
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.exact import NotThis
from punchcard.foundation.money import DIGITS
from punchcard.foundation.tables import Record, Table
from punchcard.members import CardMistyped

from . import sql
from .comparing import compare
from .model import Finding, Line

REQUIRED = ("shop", "till", "receipt", "at", "amount")
COMPARED = ("card", "sku", "earned", "spent")
OPTIONAL = (*COMPARED, "cashier", "category", "brand", "quantity", "discount", "tender", "line", "why")
STRAY_PART = 10
"""A day of which the file holds less than one part in so many of its busiest day's lines is a stray."""
Key = tuple[str, str, str, str]
Tell = Callable[[int], None]


class Ground(Struct, frozen=True):
    """The shops there are with their zones, their tills by id and name, and how many digits stand behind an amount's point."""

    zones: dict[str, str]
    tills: dict[tuple[str, str], str]
    digits: int


class Compared(Struct, frozen=True):
    """How many lines each side has, and where they do not agree."""

    theirs: int
    ours: int
    days: int
    findings: list[Finding]


async def reconcile(database: Database, table: Table, day: date | None, tell: Tell) -> Compared:
    """Compare a file with what we have of the same shops and days (or of one day)."""
    async with database.reading() as db:
        ground = await ground_of(db)
        theirs, unreadable = read(table, ground, tell)
        more = [each for each in COMPARED if each in table.columns]
        if "card" in more:
            theirs = await recognised(db, theirs)
        ours = await our_lines(db, theirs, days_of(theirs, day), ground.zones, "sku" in more)
    theirs, ours = alike(theirs, ours)
    findings = compare(theirs, ours, more)
    days = len({(each.shop, each.day) for each in ours})
    return Compared(len(theirs) + len(unreadable), len(ours), days, [*unreadable, *findings])


async def ground_of(db: Connection) -> Ground:
    shops, tills = await partners.shops(db), {}
    for shop in shops:
        for each in await partners.tills(db, shop.id):
            tills[shop.id, each.name] = each.id
            tills[shop.id, each.id] = each.id
    currency = (await rulebooks.program(db)).rulebook.currency
    return Ground({each.id: each.zone for each in shops}, tills, DIGITS.get(currency, 2))


def read(table: Table, ground: Ground, tell: Tell) -> tuple[list[Line], list[Finding]]:
    """The lines of the file, and those that are none."""
    lines, unreadable = [], []
    for record in table:
        try:
            lines.append(line_of(record, table.named(record.cells), ground))
        except NotThis as error:
            unreadable.append(no_line(record, table.named(record.cells), str(error)))
        tell(table.tape.read_bytes)
    return lines, unreadable


def no_line(record: Record, cells: dict[str, str], why: str) -> Finding:
    shop, till, day, number = (cells.get(each, "")[:64] for each in ("shop", "till", "at", "receipt"))
    return Finding("unreadable", shop, till, day, number, record.number, stake=0, why=why)


def line_of(record: Record, cells: dict[str, str], ground: Ground) -> Line:
    if record.why:
        raise NotThis(record.why)
    shop = cells["shop"]
    if shop not in ground.zones:
        raise NotThis(f"shop: there is no “{shop[:40]}” here")
    if not cells["receipt"]:
        raise NotThis("receipt: is missing")
    at = local(cells["at"], ground.zones[shop])
    return Line(
        shop=shop,
        till=ground.tills.get((shop, cells["till"]), cells["till"]),
        day=at.date().isoformat(),
        number=journal.number_of(cells["receipt"]),
        clock=clock_of(at),
        amount=whole("amount", cells["amount"], ground.digits),
        card=cells.get("card"),
        sku=cells.get("sku", ""),
        earned=whole("earned", cells["earned"], 0) if "earned" in cells else None,
        spent=whole("spent", cells["spent"], 0) if "spent" in cells else None,
        place=record.number,
    )


def local(written: str, zone: str) -> datetime:
    try:
        return datetime.fromisoformat(exact.instant(written, zone)).astimezone(ZoneInfo(zone))
    except NotThis as error:
        raise NotThis(f"at: {error}") from None


def clock_of(at: datetime) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second


def whole(name: str, written: str, digits: int) -> int:
    try:
        return exact.minor_units(written, digits)
    except NotThis as error:
        raise NotThis(f"{name}: {error}") from None


async def recognised(db: Connection, lines: Sequence[Line]) -> list[Line]:
    """The lines with the members whose cards they name; what nobody has stays as it is written."""
    cards: dict[str, bytes] = {}
    for written in {each.card for each in lines if each.card}:
        try:
            cards[written] = members.scanned(written)
        except CardMistyped:
            continue
    known = await members.by_cards(db, list(cards.values())) if cards else {}
    whose = {written: str(known[code].id) for written, code in cards.items() if code in known}
    return [replace(each, card=whose.get(each.card, each.card)) if each.card else each for each in lines]


def days_of(lines: Sequence[Line], day: date | None) -> set[tuple[str, str]]:
    """The shops' days that the file is about."""
    if day is not None:
        return {(each.shop, day.isoformat()) for each in lines}
    counted = Counter((each.shop, each.day) for each in lines)
    busiest: Counter[str] = Counter()
    for (shop, _), count in counted.items():
        busiest[shop] = max(busiest[shop], count)
    return {(shop, each) for (shop, each), count in counted.items() if count * STRAY_PART >= busiest[shop]}


async def our_lines(
    db: Connection, theirs: Sequence[Line], days: set[tuple[str, str]], zones: dict[str, str], by_line: bool
) -> list[Line]:
    """What we have of these days, and of the receipts that the file names on other ones. Whose a guest's receipt became
    later, and what it earned them, is not compared where the file knows of nobody."""
    told = {key_of(each) for each in theirs}
    nobodys = {key_of(each) for each in theirs if each.card == ""}
    found: list[Line] = []
    for shop, day in sorted({(each.shop, each.day) for each in theirs} | days):
        for row in await sql.receipts(db, shop, date.fromisoformat(day)):
            if (shop, day) in days or (shop, row.till, day, row.number) in told:
                mine = of_receipt(row, shop, day, zones[shop], by_line)
                forgotten = row.kind == "guest" and key_of(mine[0]) in nobodys
                found += [replace(each, card="", earned=0, spent=0) for each in mine] if forgotten else mine
    return found


def of_receipt(row: sql.Kept, shop: str, day: str, zone: str, by_line: bool) -> list[Line]:
    at: Instant = row.at
    line = Line(
        shop=shop,
        till=row.till,
        day=day,
        number=row.number,
        clock=clock_of(datetime.fromtimestamp(at, ZoneInfo(zone))),
        amount=row.amount,
        card=str(row.member_id) if row.member_id else "",
        earned=row.earned,
        spent=row.spent,
    )
    if not by_line or not row.lines:
        return [line]
    return [replace(line, sku=str(sku), amount=int(amount)) for sku, amount in row.lines]


def alike(theirs: Sequence[Line], ours: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """Both sides by line or both by receipt: where we have a receipt whole (a return) and the file its lines, or
    where the file has lines and does not name articles, theirs are added up if that is what makes them agree."""
    of_us: defaultdict[Key, list[Line]] = defaultdict(list)
    for each in ours:
        of_us[key_of(each)].append(each)
    of_them: defaultdict[Key, list[Line]] = defaultdict(list)
    for each in theirs:
        of_them[key_of(each)].append(each)
    found: list[Line] = []
    for key, lines in of_them.items():
        mine = of_us.get(key, [])
        found += [added(lines)] if len(mine) == 1 and not mine[0].sku and summed(lines, mine[0]) else lines
    return found, list(ours)


def summed(lines: Sequence[Line], mine: Line) -> bool:
    """Whether these are the lines of a receipt that we have whole."""
    if any(each.sku for each in lines):
        return True
    return len(lines) > 1 and all(each.amount != mine.amount for each in lines) and added(lines).amount == mine.amount


def added(lines: Sequence[Line]) -> Line:
    return replace(lines[0], amount=sum(each.amount for each in lines), sku="")


def key_of(line: Line) -> Key:
    return line.shop, line.till, line.day, line.number


def counts(findings: Iterable[Finding]) -> Counter[str]:
    """How many of each kind."""
    return Counter(each.kind for each in findings)
