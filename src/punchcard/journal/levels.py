"""How much is used of what was granted from a budget or a stock: reported as levels, whatever a replay has changed."""

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

Level = tuple[str, str, int]
"""A fact, the term or reward that it was granted, and how much of it is used."""


def dues(stretch: Stretch, changed: Container[str], program: Program) -> list[Due]:
    """The levels of every deal that one of the `changed` facts made or touched, and of all claims in the stretch."""
    used: dict[tuple[str, str], int] = {}
    happened: dict[str, Instant] = {}
    touched: set[str] = set()
    for step in stretch.steps:
        fact = granted_to(step)
        happened[fact.id] = fact.at
        if step.fact.id in changed:
            touched.add(fact.id)
        used |= {(fact.id, term): points for term, points in step.ruling.levels.items()}
    found = [(fact, term, points) for (fact, term), points in used.items() if fact in touched]
    levels = {(fact, term): points for fact, term, points in [*found, *claims(stretch)]}
    reported = [due(fact, term, points, happened.get(fact, 0), program) for (fact, term), points in levels.items()]
    return [each for each in reported if each]


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
    reported = [due(claim, reward, points, 0, program) for claim, reward, points in lapses(news)]
    return [each for each in reported if each]


def due(fact_id: str, term: str, points: int, at: Instant, program: Program) -> Due | None:
    """The report, if somebody keeps count of what was promised."""
    match program.promise(term):
        case Term(budget=budget) if budget:
            until = program.period_end(at, budget.every)
        case Reward(stock=stock) if stock:
            until = NEVER
        case _:
            return None
    level: dict[str, Any] = {"fact": fact_id, "term": term, "points": points, "until": until}
    return Due(budgets.LEVEL, f"{fact_id}:{term}", payload=level)
