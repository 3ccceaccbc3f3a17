"""Points that wait for an action before they begin; their life is counted from it."""

from msgspec.structs import replace

from . import lots
from .coins import (
    NEVER,
    SELLER,
)
from .facts import Activation, Instant, Lot
from .lots import DAY
from .news import PointsActivated, PointsExpired
from .program import Program
from .promises import (
    Term,
)
from .standing import BREAKAGE, ISSUED, PENDING, PROLONGED, Awaited, Granted, Ruling, Standing


def give(ruling: Ruling, term: Term, points: int, partner: str) -> Granted:
    """Points that a term gives and that wait."""
    standing, coin = ruling.standing, term.coin
    funder = (partner or "house") if coin.funder == SELLER else coin.funder
    until = standing.at + coin.awaits_days * DAY if coin.awaits_days else 0
    lot = Lot(coin.currency, 0, NEVER, 0, funder, points)
    standing.awaited.append(
        Awaited(ruling.of, term.id, coin.awaits, coin.currency, funder, points, coin.expiry, until, term.edition)
    )
    ruling.move(PENDING, ISSUED, lot, points, term.id, term.edition)
    return Granted(points, lot)


def activate(ruling: Ruling, each: Awaited, program: Program) -> None:
    """They begin: they pay what is owed and join the points of their kind."""
    standing = ruling.standing
    standing.awaited.remove(each)
    rolling = each.expiry.days if each.expiry and each.expiry.rolling else 0
    expires = program.calendar.lapse(program.day(standing.at), each.expiry)
    lot = Lot(each.currency, expires, 0, rolling, each.funder, each.points)
    ruling.move(PROLONGED, PENDING, waiting_lot(each), each.points, each.term, each.edition)
    lots.credit(ruling, lot, PROLONGED, each.term, each.edition)
    ruling.news.append(PointsActivated(each.points, each.currency))


def activate_all(ruling: Ruling, kind: str, of: str, program: Program) -> None:
    """An activity lets begin what waits for its kind: of one fact, or of all."""
    for each in [each for each in ruling.standing.awaited if each.awaits == kind and of in ("", each.of)]:
        activate(ruling, each, program)


def settle(ruling: Ruling, fact: Activation, program: Program) -> None:
    """Somebody answerable lets begin, or cancels, what one fact gave and still waits."""
    for each in [each for each in ruling.standing.awaited if each.of == fact.deal]:
        if fact.cancel:
            take(ruling, each, each.points)
        else:
            activate(ruling, each, program)


def take(ruling: Ruling, each: Awaited, points: int) -> None:
    """Points that wait are taken back where they came from."""
    awaited = ruling.standing.awaited
    index = awaited.index(each)
    if points < each.points:
        awaited[index] = replace(each, points=each.points - points)
    else:
        del awaited[index]
    ruling.move(ISSUED, PENDING, waiting_lot(each), points, each.term, each.edition)


def give_up(ruling: Ruling) -> None:
    """What waited too long is gone."""
    standing = ruling.standing
    for each in [each for each in standing.awaited if each.until and each.until <= standing.at]:
        standing.awaited.remove(each)
        ruling.move(BREAKAGE, PENDING, waiting_lot(each), each.points, each.term, each.edition)
        ruling.news.append(PointsExpired(each.points, each.currency))


def claw(ruling: Ruling, of: str, term: str, points: int) -> int:
    """Take back of what a term gave to a fact as far as it still waits; says what is left to take elsewhere."""
    for each in [each for each in ruling.standing.awaited if each.of == of and each.term == term]:
        taken = min(points, each.points)
        take(ruling, each, taken)
        points -= taken
    return points


def waiting_lot(each: Awaited) -> Lot:
    return Lot(each.currency, 0, NEVER, 0, each.funder, each.points)


def soonest(standing: Standing) -> Instant:
    return min((each.until for each in standing.awaited if each.until), default=NEVER)
