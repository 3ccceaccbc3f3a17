"""A basket, or what remains of one, weighed in the context of its sale: what each term sees of it and gives."""

from msgspec import Struct

from .evaluate import Awarded, Scene, decide
from .facts import SHORTFALL, VOUCHER, Activity, Line, Sale, Tender
from .plans import Plan
from .program import Program
from .standing import Verdict

NO_MONEY = frozenset({VOUCHER, SHORTFALL})


class Weighed(Struct, gc=False):
    """Amounts (minor units that money paid) and units by promise, the awards, one verdict a term, and which grants are missing."""

    plan: Plan
    amounts: list[int]
    units: list[int]
    awarded: Awarded
    reasons: bytes
    needs: tuple[str, ...] = ()
    net: int = 0
    """Minor units of the whole sale that were paid with money."""


def plan_of(sale: Sale, tiers: tuple[int, ...], visits: int, program: Program) -> Plan:
    return program.plan("sale", sale.at, tiers, not visits, sale.partner, sale.shop, sale.channel, sale.birthday)


def plan_of_activity(activity: Activity, tiers: tuple[int, ...], visits: int, program: Program) -> Plan:
    return program.plan(
        activity.kind, activity.at, tiers, not visits, activity.partner, activity.shop, activity.channel,
        activity.birthday,
    )  # fmt: skip


def weigh(
    sale: Sale, lines: tuple[Line, ...], plan: Plan, spare: dict[str, int], seed: int, program: Program
) -> Weighed:
    """What these lines of a sale earn, in its own context and with the room that it found."""
    amounts, units = program.measure(plan, lines)
    gross = amounts[-1] if lines is sale.lines else sum([line.amount for line in sale.lines])
    net = gross - sum(unpaid(sale, program)) if sale.tenders else gross
    net = max(net, 0)
    scene = Scene(net, gross, spare, sale.grants, seed, paid(sale, program) if plan.by_tender else {})
    awarded, reasons = decide(plan, amounts, units, scene)
    if net != gross:
        amounts = [amount * net // gross for amount in amounts]
    return Weighed(
        plan, amounts, units, awarded, reasons, needs(plan, reasons, sale.grants) if plan.scarce else (), net
    )


def weigh_activity(activity: Activity, plan: Plan, spare: dict[str, int], seed: int, program: Program) -> Weighed:
    measured = [activity.value] * (program.width + 1)
    scene = Scene(1, 1, spare, activity.grants, seed, data=activity.data)
    awarded, reasons = decide(plan, measured, measured, scene)
    return Weighed(
        plan, measured, measured, awarded, reasons, needs(plan, reasons, activity.grants) if plan.scarce else ()
    )


def needs(plan: Plan, reasons: bytes, grants: dict[str, int]) -> tuple[str, ...]:
    """The scarce terms that would give something here, and of which the fact says nothing."""
    return tuple(sorted(id for index, id in plan.scarce if reasons[index] == Verdict.NOT_GRANTED and id not in grants))


def paid(sale: Sale, program: Program) -> dict[str, int]:
    """Minor units of money by the kind of tender."""
    found: dict[str, int] = {}
    for tender in sale.tenders:
        found[tender.kind] = found.get(tender.kind, 0) + tender.amount - no_money(tender, program)
    return found


def unpaid(sale: Sale, program: Program) -> list[int]:
    return [no_money(tender, program) for tender in sale.tenders]


def no_money(tender: Tender, program: Program) -> int:
    """What of a tender is no money: all of what points or a voucher paid, or a shop gave away, and the discount on what
    stored value paid."""
    if not tender.points:
        return tender.amount if tender.kind in NO_MONEY else 0
    return max(0, tender.amount - tender.points) if tender.currency in program.money else tender.amount
