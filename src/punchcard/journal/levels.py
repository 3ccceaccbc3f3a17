"""How much is used of what was granted from a budget or a stock, and which fact used which offer: reported as levels,
whatever a replay has changed."""

from collections.abc import Container, Iterable, Iterator, Sequence
from typing import Any

from punchcard import budgets
from punchcard.foundation.clock import Instant
from punchcard.foundation.outbox import Due
from punchcard.programme import (
    NEVER,
    Fact,
    News,
    Program,
    Return,
    Reward,
    Spend,
    Term,
    Unspend,
    VoucherLapsed,
    VoucherUsed,
)

from .refold import Step, Stretch

USED = "offers.used"
"""The reaction that keeps count of which fact used which offer."""
Level = tuple[str, str, int]
"""A fact, the term or reward that it was granted, and how much of it is used."""


def dues(stretch: Stretch, changed: Container[str], program: Program, new: str = "") -> list[Due]:
    """The levels of every deal that one of the `changed` facts made or touched, and of all claims in the stretch. Of a `new`
    fact only the offers that it uses."""
    used: dict[tuple[str, str], int] = {}
    facts: dict[str, Fact] = {}
    touched: set[str] = set()
    for step in stretch.steps:
        fact = granted_to(step)
        facts[fact.id] = fact
        if step.fact.id in changed:
            touched.add(fact.id)
        used |= {(fact.id, term): points for term, points in step.ruling.levels.items()}
    found = [(fact, term, points) for (fact, term), points in used.items() if fact in touched]
    levels = {(fact, term): points for fact, term, points in [*found, *claims(stretch)]}
    reported = [
        each
        for (fact, term), points in levels.items()
        for each in reports(fact, term, points, facts.get(fact), program)
    ]
    used_now = [(facts[fact], term, points) for fact, term, points in found if points or fact != new]
    return reported + [use(fact, term, points) for fact, term, points in used_now if is_offered(term, program)]


def is_offered(id: str, program: Program) -> bool:
    term = program.promise(id)
    return isinstance(term, Term) and term.offered


def use(fact: Fact, offer: str, points: int) -> Due:
    return Due(USED, f"{fact.id}:{offer}", payload={"fact": fact.id, "term": offer, "points": points, "at": fact.at})


def granted_to(step: Step) -> Fact:
    """The fact whose grants these are: of a return, the sale."""
    deal = step.ruling.deal
    return deal.fact if deal else step.fact


def claims(stretch: Stretch) -> Iterator[Level]:
    """A claim uses one piece while it stands or was used; none once it was handed back or has lapsed."""
    for step in stretch.steps:
        yield from lapses(step.time.news)
        yield from of_claim(step)
    if stretch.rest:
        yield from lapses(stretch.rest.news)


def of_claim(step: Step) -> Iterator[Level]:
    before, after = step.time.standing.vouchers, step.ruling.standing.vouchers
    match step.fact:
        case Spend(id=id, reward=reward):
            yield id, reward, int(id in after)
        case Unspend(deal=id) if id in before:
            yield id, before[id].reward, 0
        case Return() if step.earlier and step.ruling.deal:
            for id, voucher in step.earlier.vouchers.items():
                yield id, voucher.reward, int(id in after or id in step.ruling.deal.vouchers)
    for news in step.ruling.news:
        if isinstance(news, VoucherUsed):
            yield news.claim, news.reward, 1


def lapses(news: Iterable[News]) -> Iterator[Level]:
    for each in news:
        if isinstance(each, VoucherLapsed):
            yield each.claim, each.reward, 0


def lapsed(news: Sequence[News], program: Program) -> list[Due]:
    """The levels of claims that nobody used in time."""
    return [due for claim, reward, points in lapses(news) for due in reports(claim, reward, points, None, program)]


def reports(fact_id: str, term: str, points: int, fact: Fact | None, program: Program) -> list[Due]:
    """The reports, one a pot, if somebody keeps count of what was promised."""
    match program.promise(term):
        case Term(budget=budget) as promised if budget:
            until = program.period_end(fact.at if fact else 0, budget.every)
            pots = budgets.pots(promised, points, getattr(fact, "shop", ""), budgets.worth_of(program, promised))
            return [due(fact_id, pot, amount, until) for pot, (amount, _) in pots.items()]
        case Reward(stock=stock) if stock:
            return [due(fact_id, term, points, NEVER)]
    return []


def due(fact_id: str, pot: str, points: int, until: Instant) -> Due:
    level: dict[str, Any] = {"fact": fact_id, "term": pot, "points": points, "until": until}
    return Due(budgets.LEVEL, f"{fact_id}:{pot}", payload=level)
