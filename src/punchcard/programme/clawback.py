"""What a return, or a challenge that no longer holds, takes back: from where, and how far the policy goes."""

from typing import NamedTuple

from . import awaiting, lots
from .coins import NEVER, SELLER
from .facts import Instant, Lot
from .program import Program
from .promises import (
    Challenge,
    Term,
)
from .standing import ISSUED, Ruling, Standing, balance


class Taken(NamedTuple):
    points: int
    forgiven: int


def claw(ruling: Ruling, program: Program, term: Term, lot: Lot, points: int, of: str, since: Instant) -> Taken:
    """Take back of what a term gave to the sale `of` at `since`: what still waits, then its own lot, then the soonest to
    expire, then as debt, as far as the policy of the day of the sale goes. What has expired is not taken twice."""
    standing, left = ruling.standing, points
    if lot.starts == NEVER:
        left = awaiting.claw(ruling, of, term.id, points)
        began = awaiting.begun(standing, of, term.id)
        own = stands(standing, awaiting.begun_lot(began, began.began, program), began.began, program) if began else None
    else:
        own = stands(standing, lot, since, program)
    if left and own is None:
        ruling.keep("expired-before", term.id, left)
        return Taken(points - left, 0)
    forgiven = left - min(left, reach(standing, own, program.era(since).frame.clawback)) if own else 0
    if forgiven:
        ruling.keep("forgiven", term.id, forgiven)
    lots.debit(ruling, lot.currency, left - forgiven, ISSUED, term.id, term.edition, first=own)
    return Taken(points - forgiven, forgiven)


def reach(standing: Standing, own: Lot, policy: str) -> int:
    """How much a policy lets be taken. What is set aside, or stands in a voucher, is still there: it comes back and pays."""
    if policy == "any":
        return NEVER * NEVER
    pends = sum(lot.points for lot in standing.lots if own.starts and lots.same_origin(lot, own))
    if policy == "pending":
        return pends
    aside = [held.points for held in standing.holds.values() if held.currency == own.currency]
    aside += [voucher.points for voucher in standing.vouchers.values() if voucher.currency == own.currency]
    there = balance(standing, own.currency) + sum(aside)
    return pends + max(0, there - standing.owed.get(own.currency, 0))


def stands(standing: Standing, lot: Lot, since: Instant, program: Program) -> Lot | None:
    """The lot of points given at `since` as it now is, begun and prolonged since; none once it has expired."""
    now = standing.at
    starts = lot.starts if lot.starts > now else 0
    if lot.rolling > 0:
        gone = standing.lapsed.get(lots.kind_of(lot), -1) >= max(since, lot.starts)
        return None if gone else Lot(lot.currency, lot.expires, starts, lot.rolling, lot.funder, lot.points)
    turns = [(era.frame.since, 0, era.frame.extend_to, 0) for era in program.eras[1:] if era.frame.extend_to]
    by_hand = [(each.at, 1, each.days, each.months) for each in standing.longer if each.currency == lot.currency]
    expires = lot.expires
    for at, kind, much, months in sorted(turns + by_hand):
        if since < at <= now and at < expires + (kind == 0) and expires < NEVER:
            expires = max(expires, lots.later(expires, much, months, program) if kind else much)
    return Lot(lot.currency, expires, starts, 0, lot.funder, lot.points) if expires > now else None


def withdraw(ruling: Ruling, challenge: Challenge, points: int, program: Program) -> int:
    """Take back what a challenge had paid, as far as today's policy goes: what still waits or pends, then the soonest to
    expire, then as debt. Says how much is forgiven."""
    standing, coin = ruling.standing, challenge.coin
    left = awaiting.claw(ruling, "", challenge.id, points) if coin.awaits else points
    pends = bool(coin.pending_days) or coin.pending_round != "day"
    for own in standing.lots[::-1] if pends else ():
        if own.starts and own.currency == coin.currency and coin.funder in (SELLER, own.funder):
            taken = min(left, own.points)
            lots.debit(ruling, own.currency, taken, ISSUED, challenge.id, challenge.edition, first=own)
            left -= taken
    forgiven = left - min(left, reach(standing, lots.uncovered(coin.currency), program.era(standing.at).frame.clawback))
    if forgiven:
        ruling.keep("forgiven", challenge.id, forgiven)
    lots.debit(ruling, coin.currency, left - forgiven, ISSUED, challenge.id, challenge.edition)
    return forgiven
