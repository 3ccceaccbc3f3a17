"""Occasions on which points are earned: a sale at a till, and an activity that is no sale."""

from . import awaiting, challenges, lots, stored_value, tiers, vouchers
from .accrual import counting, grant, levels, room
from .facts import Activity, Lot, Sale
from .program import Program
from .standing import REDEEMED, Deal, Ruling
from .weighing import plan_of, plan_of_activity, weigh, weigh_activity


def sell(ruling: Ruling, sale: Sale, program: Program, held: tuple[int, ...]) -> None:
    standing = ruling.standing
    visit(ruling, program)
    draws, credit = pay(ruling, sale, program) if sale.tenders else ((), {})
    if sale.holds:
        vouchers.capture(ruling, sale)
    taken = vouchers.use_up(ruling, sale) if sale.vouchers else {}
    plan = plan_of(sale, held, standing.visits, program)
    spare = room(standing, plan)
    weighed = weigh(sale, sale.lines, plan, spare, standing.seed, program)
    ruling.reasons, ruling.needs = weighed.reasons, weighed.needs
    awards = grant(ruling, sale.partner, program, weighed.awarded)
    spent = weighed.net
    seasons = tiers.qualify(standing, program, counting(weighed.awarded), spent, 1)
    marks = challenges.step(ruling, weighed, sale, sale.lines, program)
    if sale.grants:
        ruling.levels = levels(sale.grants, awards)
    ruling.deal = Deal(
        sale, held, standing.visits, spare, awards, marks, draws, credit, vouchers=taken, spent=spent,
        seasons=seasons,
    )  # fmt: skip
    standing.visits += 1


def pay(ruling: Ruling, sale: Sale, program: Program) -> tuple[tuple[Lot, ...], dict[str, int]]:
    """What of our currencies pays for the sale: from lots, or from what was held for it."""
    drawn: tuple[Lot, ...] = ()
    credit: dict[str, int] = {}
    for tender in sale.tenders:
        if tender.hold:
            more, owed = stored_value.capture(ruling, tender, program, goes_on=tender.hold in sale.holds)
        elif tender.points:
            more, owed = lots.debit(ruling, tender.currency, tender.points, REDEEMED, "")
        else:
            continue
        drawn += more
        if owed:
            credit[tender.currency] = credit.get(tender.currency, 0) + owed
    return drawn, credit


def act(ruling: Ruling, activity: Activity, program: Program, held: tuple[int, ...]) -> None:
    standing = ruling.standing
    visit(ruling, program)
    if standing.awaited:
        awaiting.activate_all(ruling, activity.kind, activity.deal, program)
    plan = plan_of_activity(activity, held, standing.visits, program)
    weighed = weigh_activity(activity, plan, room(standing, plan), standing.seed, program)
    ruling.reasons, ruling.needs = weighed.reasons, weighed.needs
    awards = grant(ruling, activity.partner, program, weighed.awarded)
    tiers.qualify(standing, program, counting(weighed.awarded), 0, 0)
    challenges.step(ruling, weighed, activity, (), program)
    if activity.grants:
        ruling.levels = levels(activity.grants, awards)


def visit(ruling: Ruling, program: Program) -> None:
    """A visit begins rolling lots anew."""
    if program.rolls:
        lots.prolong(ruling, program.period_end(ruling.standing.at, "day"))
