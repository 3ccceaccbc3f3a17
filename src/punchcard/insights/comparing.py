"""One member's facts folded under two programs, and what differs. Pure: no clock, no database, no chance."""

from collections import deque
from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from msgspec import Struct, field

from punchcard.journal import seed_of
from punchcard.programme import (
    ISSUED,
    NO_MONEY,
    OWN,
    AnyFact,
    ChallengeCompleted,
    ChallengeWithdrawn,
    Deal,
    Entry,
    Instant,
    News,
    Program,
    Return,
    Ruling,
    Sale,
    Standing,
    about,
    advance,
    fold,
    tiers_of,
)

Flow = tuple[str, str, str, str, str]
"""Account, counter-account, currency, funder and promise: all of an entry that a sum is asked for by."""
Pattern = Literal["high-rate", "dear-sale", "kept-bonus", "many-sales"]
PATTERNS: tuple[Pattern, ...] = ("high-rate", "dear-sale", "kept-bonus", "many-sales")
SOON_SECONDS = 3 * 86400
"""A return so soon after its sale is looked at."""
BURST_SALES, BURST_SECONDS = 4, 600
"""So many sales to one member at one till within so many seconds are looked at."""


class Window(Struct, frozen=True):
    """What counts: from `since` on, up to and with `end`. What happened before is folded and not counted."""

    since: Instant
    end: Instant


class Suspicion(Struct, frozen=True):
    """Something that an honest member seldom does, or a promise that invites it."""

    pattern: Pattern
    member_id: UUID
    worth: int
    """What the sale gave, what is still kept of it, or what the member was given in all: at a till, in minor units."""
    paid: int
    """What was paid for the sale, is left of it, or was spent in all, in minor units."""
    sales: int = 1
    at: Instant = 0
    fact: str = ""
    """The sale or the return; empty where it is the member as a whole."""


class Shopping(Struct):
    """What a member bought, whatever was promised for it."""

    facts: int = 0
    sales: int = 0
    spent: int = 0
    """Minor units paid with anything but points, less what came back."""
    paid: dict[str, int] = field(default_factory=dict)
    """For each sale."""
    left: dict[str, int] = field(default_factory=dict)
    """Of each sale at the end, and of its sale right after each return."""
    sold_at: dict[str, Instant] = field(default_factory=dict)
    bursts: list[Suspicion] = field(default_factory=list)


class Course(Struct):
    """What one member's facts came to under one program."""

    early: dict[Flow, int] = field(default_factory=dict)
    """What moved before the window."""
    moved: dict[Flow, int] = field(default_factory=dict)
    completed: dict[str, int] = field(default_factory=dict)
    """How often each challenge was completed."""
    tiers: tuple[tuple[str, str], ...] = ()
    """Ladder and tier, at the end."""
    suspicions: list[Suspicion] = field(default_factory=list)


class Compared(Struct):
    """A member under the published programme and under the draft."""

    member_id: UUID
    shopping: Shopping
    published: Course
    draft: Course


def compare(member_id: UUID, facts: Sequence[AnyFact], published: Program, draft: Program, window: Window) -> Compared:
    """Fold the facts, which stand in canonical order, under both."""
    facts = [fact for fact in facts if fact.at <= window.end]
    shopping = shop(member_id, facts, window, draft.money)
    return Compared(
        member_id,
        shopping,
        follow(member_id, facts, published, window, shopping),
        follow(member_id, facts, draft, window, shopping),
    )


def shop(member_id: UUID, facts: Sequence[AnyFact], window: Window, money: frozenset[str]) -> Shopping:
    """What was bought, for money: the currencies of stored value, `money`, are that too."""
    shopping, sold = Shopping(), dict[str, Sale]()
    lately: deque[Sale] = deque(maxlen=BURST_SALES)
    for fact in facts:
        counts = fact.at >= window.since
        shopping.facts += counts
        match fact:
            case Sale():
                sold[fact.id], shopping.sold_at[fact.id] = fact, fact.at
                paid = shopping.paid[fact.id] = shopping.left[fact.id] = net_of(fact, money)
                if counts:
                    shopping.sales += 1
                    shopping.spent += paid
                    lately.append(fact)
                    if is_burst(lately):
                        shopping.bursts.append(burst(member_id, lately, shopping))
                        lately.clear()
            case Return() if fact.deal in sold:
                before = shopping.left[fact.deal]
                left = max(0, before - amount_of(fact, sold[fact.deal]))
                shopping.left[fact.deal] = shopping.left[fact.id] = left
                if counts:
                    shopping.spent -= before - left
    return shopping


def net_of(sale: Sale, money: frozenset[str]) -> int:
    """What was paid with money, in minor units."""
    amount = sum([line.amount for line in sale.lines])
    if sale.tenders:
        amount -= sum(
            tender.amount
            for tender in sale.tenders
            if (tender.currency not in money if tender.points else tender.kind in NO_MONEY)
        )
    return max(0, amount)


def amount_of(back: Return, sale: Sale) -> int:
    """What the goods that came back had cost."""
    lines = sale.lines
    return sum(
        lines[i].amount * min(quantity, lines[i].quantity) // (lines[i].quantity or 1)
        for i, quantity in back.quantities.items()
        if 0 <= i < len(lines)
    )


def is_burst(lately: Sequence[Sale]) -> bool:
    first, last = lately[0], lately[-1]
    return (
        len(lately) == BURST_SALES
        and last.at - first.at <= BURST_SECONDS
        and all((sale.shop, sale.till) == (last.shop, last.till) for sale in lately)
    )


def burst(member_id: UUID, lately: Sequence[Sale], shopping: Shopping) -> Suspicion:
    paid = sum(shopping.paid[sale.id] for sale in lately)
    return Suspicion("many-sales", member_id, 0, paid, len(lately), lately[0].at, lately[0].id)


def follow(member_id: UUID, facts: Sequence[AnyFact], program: Program, window: Window, shopping: Shopping) -> Course:
    """Fold the facts under this program and let time pass to the end of the window."""
    course, standing, deals = Course(), Standing(seed=seed_of(member_id)), dict[str | None, Deal]()
    gave: dict[str, int] = {}
    value = values(program)
    for fact in facts:
        ruling = fold(standing, fact, program, deals.get(about(fact)))
        standing = ruling.standing
        if ruling.deal:
            deals[ruling.deal.fact.id] = ruling.deal
        given = add(course, ruling.entries, window.since, fact.id, value)
        if fact.at < window.since:
            continue
        if len(ruling.news) > 1:
            count(course, ruling.news)
        if isinstance(fact, Sale):
            gave[fact.id] = given
            if given > shopping.paid[fact.id]:
                look_at_sale(course, member_id, fact, ruling, program, shopping)
        elif isinstance(fact, Return) and fact.deal in gave:
            gave[fact.deal] += given
            if gave[fact.deal] > shopping.left[fact.id]:
                look_at_return(course, member_id, fact, gave[fact.deal], shopping)
    rest = advance(standing, window.end, program)
    add(course, rest.entries, window.since, "", value)
    count(course, rest.news)
    course.tiers = tiers(rest.standing, program)
    return course


def add(course: Course, entries: Sequence[Entry], since: Instant, of: str, value: dict[str, int]) -> int:
    """Add up entries; says what the fact `of` gave in terms of money, in minor units."""
    moved, early, worth = course.moved, course.early, 0
    for entry in entries:
        account, counter, currency = entry.account, entry.counter, entry.currency
        flow = (account, counter, currency, entry.funder, entry.term)
        into = moved if entry.at >= since else early
        into[flow] = into.get(flow, 0) + entry.points
        if counter == ISSUED:
            if entry.of == of:
                worth += entry.points * value.get(currency, 0)
        elif account == ISSUED and entry.of == of:
            worth -= entry.points * value.get(currency, 0)
    return worth


def count(course: Course, news: Sequence[News]) -> None:
    completed = course.completed
    for each in news:
        match each:
            case ChallengeCompleted(id):
                completed[id] = completed.get(id, 0) + 1
            case ChallengeWithdrawn(id):
                completed[id] = completed.get(id, 0) - 1


def look_at_sale(
    course: Course, member_id: UUID, sale: Sale, ruling: Ruling, program: Program, shopping: Shopping
) -> None:
    """A sale that gave more than it cost. What completes a challenge was earned by other sales too: it is left out."""
    value, long_way = values(program), challenges_of(program)
    worth = sum(
        each.points * value.get(each.currency, 0)
        for each in ruling.entries
        if each.counter == ISSUED and each.of == sale.id and each.term not in long_way
    )
    paid = shopping.paid[sale.id]
    if worth > paid:
        course.suspicions.append(Suspicion("dear-sale", member_id, worth, paid, 1, sale.at, sale.id))


def look_at_return(course: Course, member_id: UUID, back: Return, kept: int, shopping: Shopping) -> None:
    """Soon after a sale its goods come back, and the member keeps more of what it gave than is left of it."""
    if back.at - shopping.sold_at[back.deal] <= SOON_SECONDS:
        left = shopping.left[back.id]
        course.suspicions.append(Suspicion("kept-bonus", member_id, kept, left, 1, back.at, back.id))


def gained(moved: dict[Flow, int]) -> dict[str, int]:
    """What was issued to the member, less what was taken back, by currency."""
    found: dict[str, int] = {}
    for (account, counter, currency, _, _), points in moved.items():
        if counter == ISSUED and account in OWN:
            found[currency] = found.get(currency, 0) + points
        elif account == ISSUED and counter in OWN:
            found[currency] = found.get(currency, 0) - points
    return found


def values(program: Program) -> dict[str, int]:
    """What one of each currency is worth at a till, in minor units; without those that cannot pay."""
    return {currency.id: currency.value for currency in program.rulebook.currencies if currency.value}


def main_currency(program: Program) -> str:
    """The one that a card shows."""
    return program.rulebook.currencies[0].id


def challenges_of(program: Program) -> frozenset[str]:
    return frozenset(challenge.id for challenge in program.rulebook.challenges)


def tiers(standing: Standing, program: Program) -> tuple[tuple[str, str], ...]:
    """The member's tier on each ladder. A program that is compared has one frame."""
    ladders = program.rulebook.frames[0].ladders
    held = tiers_of(standing, program)
    return tuple((ladder.id, ladder.tiers[index].id) for ladder, index in zip(ladders, held, strict=True))
