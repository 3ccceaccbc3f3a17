"""Facts told in days since 1 March 2017, a Wednesday, and what a member then has, in words."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from msgspec.structs import replace

from punchcard.programme import (
    Activation,
    Activity,
    Adjustment,
    AnyFact,
    Donation,
    Entry,
    Extension,
    Hold,
    Journal,
    Line,
    Load,
    Lot,
    Program,
    Release,
    Return,
    Sale,
    Spend,
    Standing,
    Tender,
    TransferIn,
    TransferOut,
    Unspend,
    encode,
    held_vouchers,
    holdings,
    position,
)

DAY = 86400
START = 1_488_326_400
OWN = ("member", "pending", "owed", "held")
Case = tuple[str, Program, Sequence[AnyFact], float, str]
"""The verdict as a sentence, the programme, what happened, until which day, and what the member then has."""


def on(day: float) -> int:
    return START + round(day * DAY)


def sale(id: str, day: float, *lines: tuple[str, int], tenders: tuple[Tender, ...] = (), **more) -> Sale:
    """Lines are a category and whole euros, a piece each."""
    goods = tuple(Line("x", category, "", 1, euros * 100) for category, euros in lines)
    return Sale(id=id, at=on(day), lines=goods, tenders=tenders, **more)


def bread(euros: int) -> tuple[str, int]:
    return "bread", euros


def cake(euros: int) -> tuple[str, int]:
    return "cake", euros


def back(id: str, day: float, deal: str, *lines: int, **refunds: int) -> Return:
    return Return(id=id, at=on(day), deal=deal, quantities=dict.fromkeys(lines, 1), refunds=refunds)


def spend(id: str, day: float, points: int, until: float = 0, currency: str = "points") -> Spend:
    return Spend(id=id, at=on(day), points=points, reward="mug", until=on(until) if until else 0, currency=currency)


def unspend(id: str, day: float, deal: str) -> Unspend:
    return Unspend(id=id, at=on(day), deal=deal)


def give(id: str, day: float, points: int, currency: str = "points") -> Adjustment:
    return Adjustment(id=id, at=on(day), points=points, reason="goodwill", currency=currency)


def act(id: str, day: float, kind: str = "review", deal: str = "") -> Activity:
    return Activity(id=id, at=on(day), kind=kind, deal=deal)


def activation(id: str, day: float, deal: str, cancel: bool = False) -> Activation:
    return Activation(id=id, at=on(day), deal=deal, cancel=cancel)


def extension(id: str, day: float, days: int, currency: str = "points") -> Extension:
    return Extension(id=id, at=on(day), days=days, reason="sorry", currency=currency)


def load(id: str, day: float, cents: int, until: float = 0, source: str = "till") -> Load:
    return Load(id=id, at=on(day), points=cents, source=source, until=on(until) if until else 0)


def hold(id: str, day: float, points: int, until: float, currency: str = "points") -> Hold:
    return Hold(id=id, at=on(day), points=points, until=on(until), currency=currency)


def aside(id: str, day: float, voucher: str, until: float) -> Hold:
    """A voucher is set aside."""
    return Hold(id=id, at=on(day), points=0, until=on(until), voucher=voucher)


def release(id: str, day: float, deal: str) -> Release:
    return Release(id=id, at=on(day), deal=deal)


def donation(id: str, day: float, points: int) -> Donation:
    return Donation(id=id, at=on(day), points=points, cause="shelter")


def send(id: str, day: float, points: int, to: str = "ada", currency: str = "points") -> TransferOut:
    return TransferOut(id=id, at=on(day), points=points, to=to, currency=currency)


def receive(id: str, day: float, sender: str, *lots: Lot) -> TransferIn:
    return TransferIn(id=id, at=on(day), lots=lots, sender=sender, of="there")


def bring(id: str, day: float, sender: str, *lots: Lot) -> TransferIn:
    """Into a household's pool."""
    return replace(receive(id, day, sender, *lots), pooled=True)


def lot(points: int, expires: float = 0, currency: str = "points") -> Lot:
    """Points that live until a day; 0 leaves it to whoever receives them."""
    return Lot(currency, on(expires) if expires else 0, 0, 0, "house", points)


def paid(cents: int, points: int, currency: str = "points", hold: str = "") -> Tender:
    return Tender(currency, cents, points, currency, hold)


def after(program: Program, facts: Iterable[AnyFact], day: float) -> tuple[Standing, list[Entry]]:
    """What the member has on a day, and every entry that led to it."""
    journal, entries = Journal(program, every=2), list[Entry]()
    for fact in facts:
        entries += journal.record(fact).entries
    entries += journal.tick(on(day)).entries
    return journal.standing, entries


def told(standing: Standing) -> str:
    """As in `30 points, 5 points pending`; accounts that hold nothing are left out."""
    words = {"member": "", "pending": " pending", "owed": " owed", "held": " held"}
    found = [
        f"{abs(held[account, currency])} {currency}{word}"
        for held in [holdings(standing)]
        for currency in sorted({currency for _, currency in held}, key=lambda each: (each != "points", each))
        for account, word in words.items()
        if held[account, currency]
    ]
    return ", ".join(found) or "nothing"


def told_all(standing: Standing) -> str:
    """And the vouchers: `30 points, voucher s in h` where the hold h has it."""
    held = held_vouchers(standing)
    found = [f"voucher {id} in {held[id]}" if id in held else f"voucher {id}" for id in standing.vouchers]
    assert set(held) <= set(standing.vouchers)
    return ", ".join([told(standing), *found])


def booked(entries: Iterable[Entry]) -> Counter[tuple[str, str]]:
    """What the accounts hold, by the entries."""
    found: Counter[tuple[str, str]] = Counter()
    for entry in entries:
        found[entry.account, entry.currency] += entry.points
        found[entry.counter, entry.currency] -= entry.points
    return found


def holds_true(case: Case, told: Callable[[Standing], str] = told) -> None:
    """The verdict, in either order of arrival; and the accounts are what the entries say."""
    _, program, facts, day, expected = case
    ordered, entries = after(program, sorted(facts, key=position), day)
    reverse, corrected = after(program, sorted(facts, key=position, reverse=True), day)

    assert told(ordered) == expected
    assert encode(reverse) == encode(ordered)
    for each in (entries, corrected):
        sums = booked(each)
        assert {key: points for key, points in sums.items() if key[0] in OWN and points} == {
            key: points for key, points in holdings(ordered).items() if points
        }
