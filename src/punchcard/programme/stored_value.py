"""Money on the card, and what is set aside: loaded, held, captured by a sale, set free."""

from msgspec.structs import replace

from . import lots, vouchers
from .coins import NEVER
from .facts import Hold, Load, Lot, Release, Tender
from .news import HoldLapsed
from .program import Program
from .standing import HELD, LOADED, REDEEMED, Held, Ruling


def load(ruling: Ruling, fact: Load, program: Program) -> None:
    """Money arrives on the terms of its currency, unless it brings its own end."""
    coin = program.era(fact.at).coin(fact.currency)
    lot = lots.mint(coin, fact.points, fact.at, "", program)
    if fact.until:
        lot = Lot(lot.currency, min(max(fact.until, fact.at + 1), NEVER), 0, 0, lot.funder, lot.points)
    lots.credit(ruling, lot, LOADED, fact.source)


def hold(ruling: Ruling, fact: Hold, _: Program) -> None:
    """Set aside, soonest-to-expire first; what is set aside does not expire. A voucher keeps its own time."""
    if fact.voucher:
        vouchers.set_aside(ruling, fact)
        return
    until = max(fact.until, fact.at + 1)
    draws, credit = lots.debit(ruling, fact.currency, fact.points, HELD, fact.purpose)
    ruling.standing.holds[fact.id] = Held(fact.points, fact.currency, until, draws, credit, fact.purpose)
    ruling.moved = True


def release(ruling: Ruling, fact: Release, program: Program) -> None:
    """What was captured, released before, or has lapsed is not there to release."""
    if held := ruling.standing.holds.pop(fact.deal, None):
        set_free(ruling, held, program)


def lapse(ruling: Ruling, id: str, program: Program) -> None:
    held = ruling.standing.holds.pop(id)
    ruling.news.append(HoldLapsed(id, held.points, held.currency))
    set_free(ruling, held, program)


def set_free(ruling: Ruling, held: Held, program: Program) -> None:
    """Back to the lots that it came from, with their own start and expiry."""
    lots.give_back(ruling, held.draws, held.credit, held.points, held.currency, held.purpose, program, source=HELD)
    ruling.moved = True


def capture(ruling: Ruling, tender: Tender, program: Program, goes_on: bool) -> tuple[tuple[Lot, ...], int]:
    """Pay with what was held; the rest goes on being held, or is set free. What the hold does not cover is drawn as if
    there were none."""
    held = ruling.standing.holds.get(tender.hold)
    if held is None or held.currency != tender.currency:
        return lots.debit(ruling, tender.currency, tender.points, REDEEMED, "")
    del ruling.standing.holds[tender.hold]
    ruling.moved = True
    paid = min(tender.points, held.points)
    draws, left, rest = [], [], paid
    for lot in held.draws:
        taken = min(rest, lot.points)
        rest -= taken
        if taken:
            draws.append(lots.worth(lot, taken))
            ruling.move(REDEEMED, HELD, lot, taken, "")
        if taken < lot.points:
            left.append(lots.worth(lot, lot.points - taken))
    if rest:
        ruling.move(REDEEMED, HELD, lots.uncovered(held.currency), rest, "")
    over = replace(held, points=held.points - paid, draws=tuple(left), credit=held.credit - rest)
    if goes_on and over.points:
        ruling.standing.holds[tender.hold] = over
    else:
        set_free(ruling, replace(over, purpose=""), program)
    if tender.points > paid:
        more, owed = lots.debit(ruling, tender.currency, tender.points - paid, REDEEMED, "")
        return (*draws, *more), rest + owed
    return tuple(draws), rest
