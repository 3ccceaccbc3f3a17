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
    Challenge,
    Term,
)
from .standing import BREAKAGE, ISSUED, PENDING, PROLONGED, Awaited, Granted, Ruling, Standing

REMEMBERED_DAYS = 92
"""How long it is known what points became that have begun. A return after that leaves them alone."""


def give(ruling: Ruling, promise: Term | Challenge, points: int, partner: str, of: str = "") -> Granted:
    """Points that a promise gives, for the fact `of` or the one that is folded, and that wait."""
    standing, coin = ruling.standing, promise.coin
    funder = (partner or "house") if coin.funder == SELLER else coin.funder
    until = standing.at + coin.awaits_days * DAY if coin.awaits_days else 0
    each = Awaited(
        of or ruling.of, promise.id, coin.awaits, coin.currency, funder, points, coin.expiry, until, promise.edition
    )
    standing.awaited.append(each)
    lot = waiting_lot(each)
    ruling.move(PENDING, ISSUED, lot, points, each.term, each.edition)
    return Granted(points, lot)


def activate(ruling: Ruling, each: Awaited, program: Program) -> None:
    """They begin: they pay what is owed and join the points of their kind."""
    standing = ruling.standing
    lot = begun_lot(each, standing.at, program)
    known = standing.at + REMEMBERED_DAYS * DAY
    until = known if lot.rolling > 0 else min(known, lot.expires)
    standing.awaited[standing.awaited.index(each)] = replace(each, points=0, began=standing.at, until=until)
    ruling.move(PROLONGED, PENDING, waiting_lot(each), each.points, each.term, each.edition)
    lots.credit(ruling, lot, PROLONGED, each.term, each.edition)
    ruling.news.append(PointsActivated(each.points, each.currency))


def activate_all(ruling: Ruling, kind: str, of: str, program: Program) -> None:
    """An activity lets begin what waits for its kind: of one fact, or of all."""
    for each in [each for each in waiting(ruling.standing) if each.awaits == kind and of in ("", each.of)]:
        activate(ruling, each, program)


def settle(ruling: Ruling, fact: Activation, program: Program) -> None:
    """Somebody answerable lets begin, or cancels, what one fact gave and still waits."""
    for each in [each for each in waiting(ruling.standing) if each.of == fact.deal]:
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
    """What waited too long is gone; what has begun long ago is forgotten."""
    standing = ruling.standing
    for each in [each for each in standing.awaited if each.until and each.until <= standing.at]:
        standing.awaited.remove(each)
        if each.points:
            ruling.move(BREAKAGE, PENDING, waiting_lot(each), each.points, each.term, each.edition)
            ruling.news.append(PointsExpired(each.points, each.currency))


def claw(ruling: Ruling, of: str, term: str, points: int) -> int:
    """Take back of what a promise gave to a fact (or, if empty, to any) as far as it still waits; says what is left to
    take elsewhere. The latest goes first."""
    for each in [each for each in waiting(ruling.standing)[::-1] if of in ("", each.of) and each.term == term]:
        if taken := min(points, each.points):
            take(ruling, each, taken)
            points -= taken
    return points


def begun(standing: Standing, of: str, term: str) -> Awaited | None:
    """What had waited and has begun, if that is still known; not what was given up or cancelled."""
    return next((each for each in standing.awaited if each.began and each.of == of and each.term == term), None)


def begun_lot(each: Awaited, at: Instant, program: Program) -> Lot:
    rolling = each.expiry.days if each.expiry and each.expiry.rolling else 0
    expires = program.calendar.lapse(program.day(at), each.expiry)
    return Lot(each.currency, expires, 0, rolling, each.funder, each.points)


def waiting(standing: Standing) -> list[Awaited]:
    return [each for each in standing.awaited if each.points]


def waiting_lot(each: Awaited) -> Lot:
    return Lot(each.currency, 0, NEVER, 0, each.funder, each.points)


def soonest(standing: Standing) -> Instant:
    return min((each.until for each in standing.awaited if each.until), default=NEVER)
