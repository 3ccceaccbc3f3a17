"""A shop in a line, a basket in a line, and what the fold says of it in a line: for tables of verdicts."""

from collections.abc import Sequence

from punchcard.programme import (
    Activity,
    AnyFact,
    Currency,
    Deal,
    Frame,
    Line,
    Program,
    Return,
    Rulebook,
    Ruling,
    Sale,
    Standing,
    Tender,
    Term,
    Verdict,
    adjudicate,
    explain,
)

DAY = 86400
START = 1_488_326_400
"""Wednesday 1 March 2017, midnight UTC."""
CURRENCIES = (Currency(value=1), Currency("stamps", "stamps"), Currency("money", "money", value=1))
Case = tuple[str, Program, Sequence[AnyFact], str]
"""The rule as a sentence, the shop, what happened, and what is said of the last fact."""


def on(day: float) -> int:
    return START + round(day * DAY)


def shop(*terms: Term, zone: str = "UTC", **frame) -> Program:
    return Program(Rulebook(zone=zone, currencies=CURRENCIES, terms=terms, frames=(Frame(**frame),)))


def goods(category: str, cents: int, quantity: int = 1, sku: str = "x", brand: str = "", *labels: str) -> Line:
    return Line(sku, category, brand, quantity, cents, labels)


def bread(cents: int, quantity: int = 1) -> Line:
    return goods("bread", cents, quantity)


def cake(cents: int, quantity: int = 1) -> Line:
    return goods("cake", cents, quantity)


def sale(day: float, *lines: Line, **more) -> Sale:
    return Sale(id=f"sale {day}", at=on(day), lines=lines, **more)


def paid(*tenders: tuple[str, int]) -> tuple[Tender, ...]:
    return tuple(Tender(kind, cents) for kind, cents in tenders)


def did(day: float, kind: str, value: int = 1, **more) -> Activity:
    return Activity(id=f"{kind} {day}", at=on(day), kind=kind, value=value, **more)


def back(day: float, deal: AnyFact, *lines: int) -> Return:
    return Return(id=f"back {day}", at=on(day), deal=deal.id, quantities=dict.fromkeys(lines, 1))


def folded(program: Program, facts: Sequence[AnyFact], seed: int = 0) -> Ruling:
    """What the last of these did."""
    deals: dict[str, Deal] = {}
    ruling = Ruling(Standing(seed=seed))
    for fact in facts:
        ruling = adjudicate(ruling.standing, fact, program, deals.get(getattr(fact, "deal", "")))
        if ruling.deal:
            deals[ruling.deal.fact.id] = ruling.deal
    return ruling


def said(program: Program, facts: Sequence[AnyFact], seed: int = 0) -> str:
    """Each promise with its verdict, and its points where it moved some."""
    reasons = explain(folded(program, facts, seed), program)
    return ", ".join(f"{r.term} {r.verdict} {r.points}" if r.points else f"{r.term} {r.verdict}" for r in reasons)


def verdicts_in(said: str) -> set[Verdict]:
    """Which verdicts of the fold stand in a sentence of `said`."""
    words = set(said.replace(",", "").split())
    return {verdict for verdict in Verdict if verdict.name.lower().replace("_", "-") in words}
