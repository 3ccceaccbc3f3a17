"""Offers that lower the price: what a quote proposes, and what a sale may say that the till took off."""

import collections
from collections.abc import Iterator, Mapping
from typing import Literal
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from punchcard import offers
from punchcard.foundation import locale
from punchcard.foundation.clock import Instant
from punchcard.foundation.errors import Malformed, Refused
from punchcard.journal import Trial
from punchcard.offers import Less, Mine, Taken
from punchcard.programme import Line, Program, Ruling, Sale, Term, adjudicate, explain

from .answers import AppliedOffer, LineDiscount
from .model import CENTS_MAX, Basket, Counter
from .refusals import (
    OfferNotHere,
    OfferNotTaken,
    OfferNotYours,
    OfferOver,
    OffersDoNotMix,
    OfferSoldOut,
    OfferTakesLess,
    OfferUsedUp,
)

State = Literal["sold-out", "limit", "needs-activation"]
USED_UP = "cap-used-up"
OPEN_MOST = CENTS_MAX
WHY: Mapping[str, type[Refused]] = {
    "not-given": OfferNotYours,
    "held-out": OfferNotYours,
    "ended": OfferOver,
    "paused": OfferOver,
    "needs-activation": OfferNotTaken,
    "sold-out": OfferSoldOut,
    "used": OfferUsedUp,
    "limit": OfferUsedUp,
    "open": OfferNotHere,
}


class Proposed(Struct, frozen=True):
    """A basket with the offers that apply to it: the sale that it would be, what that would do, and what is said of offers."""

    sale: Sale
    trial: Trial
    offers: list[AppliedOffer]


async def granted(
    counter: Counter, member_id: UUID, basket: Basket, mine: Mine, program: Program, at: Instant
) -> dict[str, int]:
    """What the sale's grants say of offers: a ceiling of points, and the minor units that the till took off. Refuses what a
    quote would not have given; what a till did without a network counts as far as it would."""
    asked = named(basket)
    if not asked:
        return mine.grants
    if sum(line.discount or 0 for line in basket.lines) < sum(asked.values()):
        if counter.offline:
            return mine.grants
        raise Malformed(pointer="/offers", why="`discount` says of which lines it was taken")
    if not counter.offline:
        for id in asked:
            if id not in mine.less:
                raise await why_not(counter, member_id, id, mine, at)
    known, most = {id: mine.less[id] for id in asked if id in mine.less}, classes(program, at)
    given = {taken.offer.id: taken.cents for taken in offers.best(priced(basket), known, asked, most)}
    if not counter.offline:
        within(asked, given, known, priced(basket), most)
    return ungrouped(mine, known, most) | given


def named(basket: Basket) -> dict[str, int]:
    """The offers that the till took, with how much."""
    return {id: cents for id, cents in basket.offers.items() if cents} if basket.offers else {}


def priced(basket: Basket) -> tuple[Line, ...]:
    """The lines as they cost before the offers that the till names."""
    more = [line.discount or 0 if basket.offers else 0 for line in basket.lines]
    return tuple(
        Line(line.sku, line.category, line.brand, line.quantity, line.amount + off)
        for line, off in zip(basket.lines, more, strict=True)
    )


def classes(program: Program, at: Instant) -> dict[str, int]:
    """How many of a stacking class go together, where the rulebook says it."""
    return {group.id: group.at_most for group in program.era(at).frame.groups}


def within(
    asked: dict[str, int], given: dict[str, int], known: dict[str, Less], lines: tuple[Line, ...], most: dict[str, int]
) -> None:
    """Refuse more than the offers give together."""
    by_class: dict[str, list[str]] = collections.defaultdict(list)
    for id in asked:
        by_class[known[id].stacking].append(id)
    for name, ids in by_class.items():
        if name and len(ids) > most.get(name, 1):
            raise OffersDoNotMix(offer=ids[0], other=ids[-1])
    for id, cents in asked.items():
        if cents > given.get(id, 0):
            raise OfferTakesLess(offer=id, most=given[id]) if id in given else OfferNotHere(offer=id)


def ungrouped(mine: Mine, taken: Mapping[str, Less], most: Mapping[str, int]) -> dict[str, int]:
    """The offers of points that still count beside those that lowered the price."""
    full = collections.Counter(less.stacking for less in taken.values() if less.stacking)
    return {
        id: ceiling
        for id, ceiling in mine.grants.items()
        if not (name := mine.classes[id][0]) or full[name] < (most.get(name, 1) if full[name] else 1)
    }


async def why_not(counter: Counter, member_id: UUID, id: str, mine: Mine, at: Instant) -> Refused:
    """Why this offer does not count for the sale."""
    if id in mine.closed:
        return WHY[mine.closed[id]](offer=id)
    async with counter.database.reading() as db:
        states = await offers.states_for(db, [(member_id, id)], at)
    return WHY[states[member_id, id]](offer=id)


def taken_in_full(sale: Sale, asked: Mapping[str, int], ruling: Ruling, program: Program) -> None:
    """Refuse, with the member held, what was used up or sold out since the till was quoted."""
    for id, cents in asked.items():
        if ruling.levels.get(id, cents) >= cents:
            continue
        if sale.grants.get(id, 0) < cents:
            raise OfferSoldOut(offer=id)
        said = {reason.term: reason.verdict for reason in explain(ruling, program)}
        raise OfferUsedUp(offer=id) if said.get(id) == USED_UP else OfferNotHere(offer=id)


def before_offers(sale: Sale, basket: Basket, mine: Mine) -> Sale:
    """The sale as the quote looks at it first: at full price, with every offer that might lower it."""
    if not mine.less:
        return sale
    return replace(sale, lines=priced(basket), grants=mine.grants | dict.fromkeys(mine.less, OPEN_MOST))


def proposed(trial: Trial, sale: Sale, mine: Mine, language: str) -> Proposed:
    """The best combination of offers, and the basket with it. `trial`: at full price, as if each offer counted alone."""
    if not mine.less:
        return Proposed(
            sale, trial, [*giving(trial.ruling, trial.program, sale, language), *silent(trial, sale, mine, language)]
        )
    program, most = trial.program, classes(trial.program, sale.at)
    room = {id: trial.ruling.levels.get(id, 0) for id in mine.less}
    taken = offers.best(sale.lines, outbidding(trial, sale, mine), room, most)
    stays = ungrouped(mine, {each.offer.id: each.offer for each in taken}, most)
    grants = {id: more for id, more in sale.grants.items() if id in stays or id not in mine.classes}
    grants |= {each.offer.id: each.cents for each in taken}
    lowered = replace(sale, lines=less_by(sale.lines, taken), grants=grants)
    now = replace(trial, ruling=adjudicate(trial.before, lowered, program))
    said = [*giving(now.ruling, program, lowered, language), *(shown(each, language) for each in taken)]
    return Proposed(lowered, now, [*said, *silent(trial, sale, mine, language)])


def outbidding(trial: Trial, sale: Sale, mine: Mine) -> dict[str, Less]:
    """Those that lower the price and are not outbid by an offer of points of their class: by its priority, then by what its
    points are worth."""
    worth = trial.program.rulebook.point_value
    bids: dict[str, tuple[int, int]] = {}
    for id in mine.grants:
        name, priority = mine.classes[id]
        if name and (points := trial.ruling.levels.get(id, 0)):
            bids[name] = max(bids.get(name, (priority, 0)), (priority, points * worth))
    left: dict[str, Less] = {}
    for id, less in mine.less.items():
        alone = offers.best(sale.lines, {id: less}, trial.ruling.levels, {})
        if alone and (less.priority, alone[0].cents) >= bids.get(less.stacking, (less.priority, 0)):
            left[id] = less
    return left


def less_by(lines: tuple[Line, ...], taken: list[Taken]) -> tuple[Line, ...]:
    off: collections.Counter[int] = collections.Counter()
    for each in taken:
        off.update(each.lines)
    return tuple(replace(line, amount=line.amount - off[i]) if off[i] else line for i, line in enumerate(lines))


def shown(taken: Taken, language: str) -> AppliedOffer:
    lines = [LineDiscount(line, cents) for line, cents in sorted(taken.lines.items())]
    name = locale.of(taken.offer.name, language) or taken.offer.id
    return AppliedOffer(taken.offer.id, name, 0, taken.cents, lines)


def giving(ruling: Ruling, program: Program, sale: Sale, language: str) -> Iterator[AppliedOffer]:
    """What gives points by the door's grant."""
    for reason in explain(ruling, program) if sale.grants else ():
        if reason.term in sale.grants and reason.points:
            yield AppliedOffer(reason.term, name_of(reason.term, program, language), reason.points)


def silent(trial: Trial, sale: Sale, mine: Mine, language: str) -> Iterator[AppliedOffer]:
    """What the member has and cannot use here, and why: used as often as it may be, sold out, not taken yet."""
    said = {reason.term: reason.verdict for reason in explain(trial.ruling, trial.program)} if mine.classes else {}
    closed: dict[str, State] = {id: "limit" for id in mine.classes if said.get(id) == USED_UP}
    closed |= {id: "sold-out" for id in mine.classes if sale.grants.get(id) == 0}
    closed |= {id: "sold-out" if why == "sold-out" else "needs-activation" for id, why in mine.closed.items()}
    for id, state in closed.items():
        detail = locale.say(
            f"checkout.{WHY_SHORT[state]}", language, offer=(name := name_of(id, trial.program, language))
        )
        yield AppliedOffer(id, name, 0, state=state, detail=detail)


WHY_SHORT: dict[State, str] = {
    "limit": "offer-used-up",
    "sold-out": "offer-sold-out",
    "needs-activation": "offer-not-taken",
}


def name_of(id: str, program: Program, language: str) -> str:
    term = program.promise(id)
    return (locale.of(term.name, language) if isinstance(term, Term) else "") or id
