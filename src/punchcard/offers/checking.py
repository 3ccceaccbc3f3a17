"""What is wrong with a draft, each mistake with a pointer into it, and what an operator should know before others do."""

from collections.abc import AsyncIterator, Iterator

from msgspec import Struct

from punchcard import partners, rulebooks, segments
from punchcard.foundation import locale
from punchcard.foundation.clock import HOUR, Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.errors import Refused
from punchcard.programme import Program, Reward

from . import checking_sql, drafts
from .benefits import Discount, Early, FreeItem, Gift
from .desk_model import NotRight
from .drafts import Sketch
from .estimating import Estimate, estimate, use_of, value_of
from .model import WINDOW_SECONDS_MAX, Budget, Fixed, Offer, PerUnit, Times

QUIET_SECONDS = 10 * HOUR
"""The night of whoever said nothing of quiet hours: from ten to eight."""


class Finding(Struct, frozen=True, kw_only=True):
    """Something about the draft: where it stands in it (a JSON pointer), and what it is."""

    pointer: str
    says: str
    is_warning: bool


class Examined(Struct, frozen=True, kw_only=True):
    """All mistakes and warnings, and what may come of the draft where nothing is missing."""

    version: int
    mistakes: list[Finding]
    warnings: list[Finding]
    estimate: Estimate | None


Found = tuple[str, str, dict[str, object]]
"""Pointer, key of the sentence, its values."""


async def examine(db: Connection, offer_id: str, version: int, sketch: Sketch, at: Instant, language: str) -> Examined:
    """Every mistake and every warning, in the operator's language, and the estimates."""
    found = await findings(db, offer_id, sketch, at, language)
    mistakes = [each for each in found if not each.is_warning]
    guess = None
    if not mistakes:
        guess = await estimate(db, drafts.offer_of(offer_id, drafts.sketched(sketch, at)), at)
        if not guess.reach:
            found.append(finding(("/audience", "nobody", {}), language, True))
    return Examined(
        version=version, mistakes=mistakes, warnings=[each for each in found if each.is_warning], estimate=guess
    )


async def findings(db: Connection, offer_id: str, sketch: Sketch, at: Instant, language: str = "en") -> list[Finding]:
    """Mistakes first, then warnings."""
    mistakes = [finding(each, language, False) async for each in mistakes_of(db, sketch, at)]
    mistakes += await refused(db, sketch, at, language)
    if mistakes or drafts.missing(sketch):
        return mistakes
    offer = drafts.offer_of(offer_id, drafts.sketched(sketch, at))
    return mistakes + [finding(each, language, True) async for each in warnings_of(db, offer)]


async def allow(db: Connection, offer_id: str, sketch: Sketch, at: Instant) -> None:
    """Refuse what has a mistake."""
    if mistakes := [each for each in await findings(db, offer_id, sketch, at) if not each.is_warning]:
        raise NotRight(pointer=mistakes[0].pointer, mistakes=len(mistakes))


def finding(found: Found, language: str, is_warning: bool) -> Finding:
    pointer, key, values = found
    return Finding(pointer=pointer, says=locale.say(f"offers_check.{key}", language, **values), is_warning=is_warning)


async def refused(db: Connection, sketch: Sketch, at: Instant, language: str) -> list[Finding]:
    """What the group itself is refused for."""
    if "audience" in drafts.missing(sketch):
        return []
    try:
        await segments.check(db, drafts.audience_of(sketch), at)
    except Refused as refusal:
        return [Finding(pointer="/audience", says=refusal.sentence(language), is_warning=False)]
    return []


async def mistakes_of(db: Connection, sketch: Sketch, at: Instant) -> AsyncIterator[Found]:
    for field in drafts.missing(sketch):
        yield f"/{field}", "missing", {}
    for found in of_texts(sketch):
        yield found
    for found in of_window(sketch, at):
        yield found
    program = await rulebooks.program(db)
    for found in of_benefit(sketch, program):
        yield found
    known = {shop.id: shop.partner_id for shop in await partners.shops(db)}
    if isinstance(sketch.partner_id, str):
        if sketch.partner_id not in {each.id for each in await partners.partners(db)}:
            yield "/partner_id", "no-partner", {"partner": sketch.partner_id}
        else:
            for found in of_shops(sketch, {shop for shop, partner in known.items() if partner == sketch.partner_id}):
                yield found
    if sketch.trigger:
        named = {each.id: each.watch for each in await segments.every(db, at)}
        if not named.get(sketch.trigger.segment):
            key = "not-watched" if sketch.trigger.segment in named else "no-segment"
            yield "/trigger/segment", key, {"segment": sketch.trigger.segment}


def of_texts(sketch: Sketch) -> Iterator[Found]:
    """Every text in every language; a short one in all or in none."""
    for field, texts in (("name", sketch.name), ("text", sketch.text), ("short", sketch.short)):
        said = drafts.by_language(texts)
        if field == "short" and not said:
            continue
        for language in locale.LANGUAGES:
            if not said.get(language, "").strip():
                yield f"/{field}/{language}", "no-text", {"tongue": language}


def of_window(sketch: Sketch, at: Instant) -> Iterator[Found]:
    since = drafts.instant(sketch.since)
    if since is not None and since < at:
        yield "/since", "begins-in-the-past", {}
    until, since = drafts.instant(sketch.until), since or at
    if until is not None and not since < until <= since + WINDOW_SECONDS_MAX:
        yield "/until", "ends-before-it-begins", {}
    if sketch.conditions.hours.since >= sketch.conditions.hours.until:
        yield "/conditions/hours/until", "no-hours", {}


def of_shops(sketch: Sketch, known: set[str]) -> Iterator[Found]:
    """Shops are the partner's, and the ones that have units are among those where it counts."""
    asked, stocked = sketch.conditions.shops, frozenset(sketch.budget.shop_units)
    for shop in sorted(asked - known):
        yield "/conditions/shops", "no-shop", {"shop": shop}
    for shop in sorted(stocked - known):
        yield f"/budget/shop_units/{shop}", "no-shop", {"shop": shop}
    if asked and stocked and not asked & stocked:
        yield "/budget/shop_units", "counts-nowhere", {}


def of_benefit(sketch: Sketch, program: Program) -> Iterator[Found]:
    match sketch.benefit:
        case Gift(reward=reward) | Early(reward=reward):
            if not isinstance(program.promise(reward), Reward):
                yield "/benefit/reward", "no-reward", {"reward": reward}
            if sketch.budget != Budget():
                yield "/budget", "rewards-have-stock", {}
        case Times() | Fixed() | PerUnit():
            if sketch.budget.cents and not value_of(program):
                yield "/budget/cents", "points-without-worth", {}
        case Discount() | FreeItem() if sketch.budget.points:
            yield "/budget/points", "no-points", {}
        case _:
            pass


async def warnings_of(db: Connection, offer: Offer) -> AsyncIterator[Found]:
    """What may be meant, but mostly is not."""
    if "push" in offer.channels and offer.until - offer.since < QUIET_SECONDS:
        yield "/until", "shorter-than-the-night", {}
    for language in locale.LANGUAGES:
        if offer.pictures and language not in offer.pictures:
            yield f"/pictures/{language}", "no-picture", {"tongue": language}
    for found in of_budget(offer, await rulebooks.program(db)):
        yield found
    for other in await checking_sql.at_the_same_time(db, offer):
        if other.stacking == offer.stacking and overlap(offer, other):
            key = "same-class" if offer.stacking else "adds-up"
            yield "/stacking", key, {"offer": other.id}


def of_budget(offer: Offer, program: Program) -> Iterator[Found]:
    """A budget that not even one basket can use."""
    budget, each = offer.budget, use_of(offer, program).each
    points = offer.benefit.points if isinstance(offer.benefit, Fixed | PerUnit) else 0
    if 0 < budget.points < points:
        yield "/budget/points", "too-small", {"n": points}
    if 0 < budget.cents < max(each, 1 if isinstance(offer.benefit, Discount) else value_of(program)):
        yield "/budget/cents", "too-small", {"n": each}
    units = sum(budget.shop_units.values())
    if budget.units and units and units < budget.units:
        yield "/budget/units", "never-used", {"n": units}


def overlap(one: Offer, other: Offer) -> bool:
    """Whether one piece in a basket may count for both."""
    for mine, theirs in (
        (one.goods.skus, other.goods.skus),
        (one.goods.categories, other.goods.categories),
        (one.goods.brands, other.goods.brands),
        (one.conditions.shops, other.conditions.shops),
    ):
        if mine and theirs and not mine & theirs:
            return False
    return True
