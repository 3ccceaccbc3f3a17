"""From what was added up to what a person asks: cost, winners and losers, tiers, completions, what looks odd."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Literal
from uuid import UUID

from punchcard.foundation.clock import Instant
from punchcard.programme import ADJUSTED, BREAKAGE, DONATED, ISSUED, OWED, OWN, REDEEMED, Program, Rulebook

from . import comparing
from .comparing import Flow, Suspicion, Window, values
from .model import Both, Completions, Move, OfCurrency, OfOne, Pattern, Report, Shift, both
from .tally import Side, Tally, severity

NAMES = {ISSUED: "issued", REDEEMED: "redeemed", BREAKAGE: "expired", ADJUSTED: "adjusted"}
"""What movements between members and an account of the programme are called; others go by the account's name."""
LEAVING = frozenset({"redeemed", "expired", DONATED})
"""Of these, what leaves the member counts above zero."""
ALWAYS = ("issued", "redeemed", "expired", "outstanding")
TIMES_MEDIAN = 5
"""A member who gets so many times the median for the same money is suspicious."""

Worths = tuple[Mapping[str, int], Mapping[str, int]]
"""What one of each currency is worth, published and draft, in minor units."""


def report(
    id: UUID, digest: bytes, at: Instant, beside: int, window: Window, sampled: bool,
    tally: Tally, published: Program, draft: Program,
) -> Report:  # fmt: skip
    """Everything that a back-test found."""
    worths = values(published), values(draft)
    return Report(
        id=id,
        digest=digest.hex(),
        at=at,
        beside=beside,
        zone=draft.rulebook.zone,
        currency=draft.rulebook.currency,
        since=window.since,
        until=window.end,
        sampled=sampled,
        members=tally.members,
        facts=tally.facts,
        sales=tally.sales,
        spent=tally.spent,
        currencies=currencies(tally, worths),
        funders=issued_by("funder", tally, worths),
        promises=issued_by("promise", tally, worths),
        shifts=[shift(currency, changes, tally.members) for currency, changes in sorted(tally.changes.items())],
        moves=moves(tally, published.rulebook, draft.rulebook),
        completions=completions(tally),
        gainers=sorted(tally.gainers, key=lambda each: (-each.difference, each.member_id)),
        losers=sorted(tally.losers, key=lambda each: (each.difference, each.member_id)),
        patterns=patterns(tally),
        ungranted=ungranted(published.rulebook, draft.rulebook),
    )


def currencies(tally: Tally, worths: Worths) -> list[OfCurrency]:
    sides = totals(tally.published), totals(tally.draft)
    names = dict.fromkeys(ALWAYS) | {name: None for each in sides for _, name in sorted(each)}
    made = []
    for currency in sorted({currency for each in sides for currency, _ in each}):
        points, money = {}, {}
        for name in names:
            before, after = (each[currency, name] for each in sides)
            if name in ALWAYS or before or after:
                points[name] = both(before, after)
                if any(currency in worth for worth in worths):
                    money[name] = both(before * worths[0].get(currency, 0), after * worths[1].get(currency, 0))
        made.append(OfCurrency(currency, points, money))
    return made


def totals(side: Side) -> Counter[tuple[str, str]]:
    """By currency: what moved within the window, by name, and what members hold and owe at its end."""
    found: Counter[tuple[str, str]] = Counter()
    for other, currency, _, _, points in to_members(side.moved):
        name = NAMES.get(other, other)
        found[currency, name] += -points if name in LEAVING else points
    for flows in (side.early, side.moved):
        for (account, counter, currency, _, _), points in flows.items():
            for own, sign in ((account, 1), (counter, -1)):
                if own == OWED:
                    found[currency, "owed"] -= sign * points
                elif own in OWN:
                    found[currency, "outstanding"] += sign * points
    return found


def to_members(flows: Mapping[Flow, int]) -> Iterator[tuple[str, str, str, str, int]]:
    """The programme's account, currency, funder and promise of each movement, and what members gained by it."""
    for (account, counter, currency, funder, term), points in flows.items():
        if account in OWN and counter not in OWN:
            yield counter, currency, funder, term, points
        elif counter in OWN and account not in OWN:
            yield account, currency, funder, term, -points


def issued_by(what: Literal["funder", "promise"], tally: Tally, worths: Worths) -> list[OfOne]:
    """What each funder pays for, or what each promise costs, the dearest first."""
    sides: list[Counter[tuple[str, str]]] = []
    for side in (tally.published, tally.draft):
        found: Counter[tuple[str, str]] = Counter()
        for other, currency, funder, term, points in to_members(side.moved):
            if other == ISSUED:
                found[funder if what == "funder" else term, currency] += points
        sides.append(found)
    made = []
    for id, currency in sides[0].keys() | sides[1].keys():
        before, after = (side[id, currency] for side in sides)
        worth = both(before * worths[0].get(currency, 0), after * worths[1].get(currency, 0))
        made.append(OfOne(id, currency, both(before, after), worth))
    return sorted(made, key=lambda each: (-max(each.issued.published, each.issued.draft), each.id, each.currency))


def shift(currency: str, changes: Counter[int], members: int) -> Shift:
    more = sum(count for difference, count in changes.items() if difference > 0)
    less = sum(count for difference, count in changes.items() if difference < 0)
    same = members - more - less
    whole = Counter(changes)
    whole[0] = same
    p10, p50, p90 = (quantile(whole, percent) for percent in (10, 50, 90))
    return Shift(currency, more, less, same, p10, p50, p90)


def quantile(counts: Counter[int], percent: int) -> int:
    """The least value that so many of a hundred do not exceed; 0 of nobody."""
    wanted, seen = -(-counts.total() * percent // 100), 0
    for each in sorted(counts):
        seen += counts[each]
        if seen >= wanted:
            return each
    return 0


def moves(tally: Tally, published: Rulebook, draft: Rulebook) -> list[Move]:
    """By ladder, and from the entry up."""
    before, after = ranks(published), ranks(draft)

    def rank(move: Move) -> tuple[str, int, int]:
        return move.ladder, before.get((move.ladder, move.published), -1), after.get((move.ladder, move.draft), -1)

    return sorted((Move(*key, members) for key, members in tally.tiers.items()), key=rank)


def ranks(rulebook: Rulebook) -> dict[tuple[str, str], int]:
    return {
        (ladder.id, tier.id): rank for ladder in rulebook.frames[0].ladders for rank, tier in enumerate(ladder.tiers)
    }


def completions(tally: Tally) -> list[Completions]:
    before, after = tally.published.completed, tally.draft.completed
    return [Completions(id, both(before[id], after[id])) for id in sorted(before.keys() | after.keys())]


def patterns(tally: Tally) -> list[Pattern]:
    def seen(pattern: comparing.Pattern, side: Side) -> int:
        if pattern == "high-rate":
            return sum(count for rate, count in side.rates.items() if rate > TIMES_MEDIAN * median(side))
        return tally.bursts if pattern == "many-sales" else side.found[pattern]

    found = []
    for pattern in comparing.PATTERNS:
        figures: Both = both(seen(pattern, tally.published), seen(pattern, tally.draft))
        worst: list[Suspicion] = sorted(tally.examples.get(pattern, ()), key=severity, reverse=True)
        shown = figures.draft if pattern == "high-rate" else len(worst)
        found.append(Pattern(pattern, figures, worst[:shown]))
    return found


def median(side: Side) -> int:
    return quantile(side.rates, 50)


def ungranted(published: Rulebook, draft: Rulebook) -> list[str]:
    """Terms of the draft that only a grant lets give, and that no door has granted yet."""
    known = {term.id for term in published.terms if term.scarce or term.segment}
    return sorted({term.id for term in draft.terms if term.scarce or term.segment} - known)
