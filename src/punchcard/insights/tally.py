"""Members added up: what a back-test keeps of them, small however many they are."""

from collections import Counter
from collections.abc import Mapping, Sequence
from heapq import nlargest
from typing import TypeVar
from uuid import UUID

from msgspec import Struct, field

from .comparing import Compared, Course, Flow, Pattern, Suspicion, gained

K = TypeVar("K")
EXAMPLES_MAX = 10
SALES_MIN = 3
"""A member with fewer sales is no pattern: a welcome is dear at first."""


class Change(Struct, frozen=True):
    """What one member was given under each programme, in points."""

    member_id: UUID
    published: int
    draft: int

    @property
    def difference(self) -> int:
        return self.draft - self.published


class Side(Struct):
    """What all members came to under one programme."""

    early: Counter[Flow] = field(default_factory=Counter)
    moved: Counter[Flow] = field(default_factory=Counter)
    completed: Counter[str] = field(default_factory=Counter)
    found: Counter[Pattern] = field(default_factory=Counter)
    rates: Counter[int] = field(default_factory=Counter)
    """Of members: worth of what was given for 100,000 minor units spent, in three digits."""

    def add(self, course: Course, rate: int | None) -> None:
        add_up(self.early, course.early)
        add_up(self.moved, course.moved)
        add_up(self.completed, course.completed)
        self.found.update(each.pattern for each in course.suspicions)
        if rate is not None:
            self.rates[rate] += 1

    def merge(self, other: "Side") -> None:
        add_up(self.early, other.early)
        add_up(self.moved, other.moved)
        add_up(self.completed, other.completed)
        add_up(self.found, other.found)
        add_up(self.rates, other.rates)


class Tally(Struct):
    """Both programmes over some members. Tallies of different members merge into one, in any order."""

    members: int = 0
    facts: int = 0
    sales: int = 0
    spent: int = 0
    """Minor units."""
    published: Side = field(default_factory=Side)
    draft: Side = field(default_factory=Side)
    changes: dict[str, Counter[int]] = field(default_factory=dict)
    """By currency: how many members get so much more under the draft."""
    tiers: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """Ladder, tier under the published programme, tier under the draft."""
    gainers: list[Change] = field(default_factory=list)
    losers: list[Change] = field(default_factory=list)
    bursts: int = 0
    examples: dict[Pattern, list[Suspicion]] = field(default_factory=dict)
    """Under the draft, the worst of each pattern."""

    def add(self, member: Compared, main: str, published: Mapping[str, int], draft: Mapping[str, int]) -> None:
        """Count a member who did anything within the window. `main` is the currency of gainers and losers;
        `published` and `draft` say what one of each currency is worth under them."""
        shopping = member.shopping
        if not shopping.facts:
            return
        self.members += 1
        self.facts += shopping.facts
        self.sales += shopping.sales
        self.spent += shopping.spent
        before, after = gained(member.published.moved), gained(member.draft.moved)
        for currency in before.keys() | after.keys() | {main}:
            self.changes.setdefault(currency, Counter())[after.get(currency, 0) - before.get(currency, 0)] += 1
        change = Change(member.member_id, before.get(main, 0), after.get(main, 0))
        self.rank([change], [change])
        was, now = dict(member.published.tiers), dict(member.draft.tiers)
        for ladder in was | now:
            self.tiers[ladder, was.get(ladder, ""), now.get(ladder, "")] += 1
        self.published.add(member.published, rate_of(member, before, published))
        rate = rate_of(member, after, draft)
        self.draft.add(member.draft, rate)
        self.bursts += len(shopping.bursts)
        self.keep([*member.draft.suspicions, *shopping.bursts])
        if rate:
            self.keep(
                [Suspicion("high-rate", member.member_id, in_money(after, draft), shopping.spent, shopping.sales)]
            )

    def merge(self, other: "Tally") -> None:
        self.members += other.members
        self.facts += other.facts
        self.sales += other.sales
        self.spent += other.spent
        self.published.merge(other.published)
        self.draft.merge(other.draft)
        for currency, changes in other.changes.items():
            add_up(self.changes.setdefault(currency, Counter()), changes)
        add_up(self.tiers, other.tiers)
        self.rank(other.gainers, other.losers)
        self.bursts += other.bursts
        for examples in other.examples.values():
            self.keep(examples)

    def rank(self, gainers: Sequence[Change], losers: Sequence[Change]) -> None:
        self.gainers += [each for each in gainers if each.difference > 0]
        self.losers += [each for each in losers if each.difference < 0]
        if len(self.gainers) > EXAMPLES_MAX:
            self.gainers = nlargest(EXAMPLES_MAX, self.gainers, key=lambda each: (each.difference, each.member_id))
        if len(self.losers) > EXAMPLES_MAX:
            self.losers = nlargest(EXAMPLES_MAX, self.losers, key=lambda each: (-each.difference, each.member_id))

    def keep(self, suspicions: Sequence[Suspicion]) -> None:
        """The worst of each pattern, whatever order they come in."""
        for each in suspicions:
            kept = self.examples.setdefault(each.pattern, [])
            kept.append(each)
            if len(kept) > EXAMPLES_MAX:
                self.examples[each.pattern] = nlargest(EXAMPLES_MAX, kept, key=severity)


def severity(each: Suspicion) -> tuple[float | int, int, UUID, str]:
    """How bad it looks beside others of its pattern."""
    measure = {
        "high-rate": rate(each.worth, each.paid),
        "many-sales": each.sales,
    }.get(each.pattern, each.worth - each.paid)
    return measure, each.worth, each.member_id, each.fact


def add_up(mine: Counter[K], theirs: Mapping[K, int]) -> None:
    for key, amount in theirs.items():
        mine[key] += amount


def in_money(points: Mapping[str, int], worth: Mapping[str, int]) -> int:
    """What points of several currencies are worth at a till, in minor units."""
    return sum(amount * worth.get(currency, 0) for currency, amount in points.items())


def rate_of(member: Compared, points: Mapping[str, int], worth: Mapping[str, int]) -> int | None:
    """What this member was given for 100,000 minor units; none where there were too few sales to tell."""
    shopping = member.shopping
    if shopping.sales < SALES_MIN or shopping.spent <= 0:
        return None
    return rate(in_money(points, worth), shopping.spent)


def rate(worth: int, spent: int) -> int:
    """Worth for 100,000 minor units spent; three digits are enough to find a median by, and keep it small."""
    exact = worth * 100_000 // max(1, spent)
    step: int = 10 ** max(0, len(str(abs(exact))) - 3)
    return exact // step * step
