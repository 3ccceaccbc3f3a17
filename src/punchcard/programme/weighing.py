"""A basket, or what remains of one, weighed in the context of its sale: what each term sees of it and gives."""

from msgspec import Struct

from .evaluate import evaluate
from .facts import Activity, Line, Sale
from .program import Plan, Program
from .promises import (
    Term,
)


class Weighed(Struct):
    """Amounts (minor units) and units by promise, the awards, and one verdict a term."""

    plan: Plan
    amounts: list[int]
    units: list[int]
    awarded: list[tuple[Term, int]]
    reasons: bytes


def plan_of(sale: Sale, tiers: tuple[int, ...], visits: int, program: Program) -> Plan:
    return program.plan("sale", sale.at, tiers, not visits, sale.partner, sale.shop)


def plan_of_activity(activity: Activity, tiers: tuple[int, ...], visits: int, program: Program) -> Plan:
    return program.plan(activity.kind, activity.at, tiers, not visits, activity.partner, activity.shop)


def weigh(
    sale: Sale, lines: tuple[Line, ...], plan: Plan, spare: dict[str, int], seed: int, program: Program
) -> Weighed:
    """What these lines of a sale earn, in its own context and with the room that it found."""
    amounts, units = program.measure(plan, lines)
    gross, net = gross_and_net(sale, program)
    awarded, reasons = evaluate(plan, amounts, units, net, gross, spare, sale.grants)
    return Weighed(plan, amounts, units, awarded, reasons)


def weigh_activity(activity: Activity, plan: Plan, spare: dict[str, int], seed: int, program: Program) -> Weighed:
    measured = [activity.value] * (program.width + 1)
    awarded, reasons = evaluate(plan, measured, measured, 1, 1, spare, activity.grants)
    return Weighed(plan, measured, measured, awarded, reasons)


def gross_and_net(sale: Sale, program: Program) -> tuple[int, int]:
    """What the lines come to, and how much of it was paid with money, in minor units."""
    gross = sum(line.amount for line in sale.lines)
    return gross, max(0, gross - sum(unpaid(sale, program)))


def unpaid(sale: Sale, program: Program) -> list[int]:
    """What of each tender is no money: all of what points paid, and the discount on what stored value paid."""
    return [
        max(0, tender.amount - tender.points) if tender.currency in program.money else tender.amount
        for tender in sale.tenders
        if tender.points
    ]
