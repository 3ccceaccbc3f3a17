"""A member's offers as the app shows them: what each gives, in words, until when, and what stands in the way."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from punchcard import budgets, journal, rulebooks
from punchcard.foundation import locale
from punchcard.foundation.clock import DAY, Instant, moment
from punchcard.foundation.database import Connection
from punchcard.foundation.money import Money
from punchcard.programme import Program, Standing, Term, uses_left

from . import benefits_sql as sql
from .benefits import Discount, Early, FreeItem, Gift
from .benefits_sql import Listed
from .best_next import ranked
from .model import Benefit, Budget, Fixed, PerUnit, Times
from .terms import budget_of

Shown = Literal["open", "needs-activation", "used", "limit", "sold-out", "paused", "ended"]
Kind = Literal["times", "fixed", "per-unit", "discount", "free-item", "reward", "early-access"]
USABLE: frozenset[Shown] = frozenset({"open", "needs-activation"})
SHOWN_AFTER = DAY
"""So long after its end a member still reads that it is over."""


class Units(Struct, frozen=True):
    """How many are left of those that all members share: 14 of 200."""

    left: int
    all: int


class OfferView(Struct, frozen=True, kw_only=True):
    """An offer as a member reads it. It applies by itself at the till while it is open. What is used up, sold out, paused, or
    ended within the last day says so. `personal`: its window is the member's own."""

    id: str
    partner_id: str
    title: str
    text: str
    art: str
    since: datetime
    until: datetime
    seconds_left: int
    """By our clock; 0 when it is over."""
    state: Shown
    personal: bool
    activation: bool
    """It counts once it was taken with a tap."""
    applies_by_itself: bool
    """At the till, without a tap."""
    basket_minimum: int
    """What the basket must come to, in minor units; 0 is anything."""
    activated_at: datetime | None
    uses_left: int | None
    """How often it can still be used, as things stand now; null is any number of times."""
    sold_out: bool
    units: Units | None
    """What is left for everybody together, and how many there were; null where they are not counted."""
    kind: Kind
    gives: str
    """What it gives, in a few words."""


async def listed(db: Connection, member_id: UUID, language: str, at: Instant) -> list[OfferView]:
    """What the member can use, the best for them first; what they cannot use now, what ends first first; then what ended
    within a day."""
    found = [each for each in await sql.listed(db, member_id, at, at - SHOWN_AFTER) if "app" in each.channels]
    if not found:
        return []
    standing, program = await journal.standing(db, member_id, at), await rulebooks.program(db)
    units = await units_of(db, found)
    views = {each.id: shown(each, units.get(each.id), standing, program, language, at) for each in found}
    usable = [each for each in found if views[each.id].state in USABLE]
    order = [each.offer.id for each in await ranked(db, member_id, usable, at)]
    return [views[id] for id in (*order, *(each.id for each in found if each not in usable))]


async def units_of(db: Connection, found: Sequence[Listed]) -> dict[str, Units]:
    """Of those that count units, how many are left; of one that is sold out none, whichever of its pots is empty."""
    pots = {each.id: in_units(each.id, each.budget) for each in found}
    asked = [pot for mine in pots.values() for pot in mine]
    spent = await budgets.spent(db, asked) if asked else {}
    left = {id: {pot: max(0, most - spent.get(pot, 0)) for pot, most in mine.items()} for id, mine in pots.items()}
    return {
        each.id: Units(0 if each.sold_out else together(each.id, left[each.id]), together(each.id, pots[each.id]))
        for each in found
        if pots[each.id]
    }


def in_units(id: str, budget: Budget) -> dict[str, int]:
    """The pots that count units, of all shops together and of each, and what they hold at most."""
    counted = budget_of(Budget(units=budget.units, shop_units=budget.shop_units))
    return budgets.all_pots(id, counted, 0) if counted else {}


def together(id: str, pots: dict[str, int]) -> int:
    """What these come to: no more than the shops hold between them, and no more than all of them may."""
    whole, of_shops = pots.get(f"{id}/units"), [units for pot, units in pots.items() if pot != f"{id}/units"]
    return min(each for each in (whole, sum(of_shops) if of_shops else None) if each is not None)


def shown(
    offer: Listed, units: Units | None, standing: Standing, program: Program, language: str, at: Instant
) -> OfferView:
    left = left_of(offer, standing, program)
    return OfferView(
        id=offer.id,
        partner_id=offer.partner_id,
        title=locale.of(offer.name, language),
        text=locale.of(offer.text, language),
        art=offer.pictures.get(language) or offer.art,
        since=moment(offer.since),
        until=moment(offer.until),
        seconds_left=max(0, offer.until - at),
        state=state_of(offer, left, at),
        personal=offer.personal,
        activation=offer.activation,
        applies_by_itself=not offer.activation,
        basket_minimum=offer.conditions.basket_minimum,
        activated_at=moment(offer.activated_at) if offer.activated_at is not None else None,
        uses_left=min(left.values(), default=None),
        sold_out=offer.sold_out,
        units=units,
        kind=kind_of(offer.benefit),
        gives=in_words(offer.benefit, program, language),
    )


def left_of(offer: Listed, standing: Standing, program: Program) -> dict[str, int]:
    """How often it may still be used, by period: as the journal has it, so that it is true at once."""
    if isinstance(offer.benefit, Gift):
        return {"ever": int(not offer.was_given)}
    term = program.promise(offer.id)
    return uses_left(standing, term) if isinstance(term, Term) else {}


def state_of(offer: Listed, left: dict[str, int], at: Instant) -> Shown:
    if offer.until <= at:
        return "ended"
    if offer.paused_at is not None and offer.paused_at <= at:
        return "paused"
    if 0 in left.values():
        return "used" if left.get("ever") == 0 else "limit"
    if offer.sold_out:
        return "sold-out"
    return "needs-activation" if offer.activation and offer.activated_at is None else "open"


def kind_of(benefit: Benefit) -> Kind:
    match benefit:
        case Times():
            return "times"
        case Fixed():
            return "fixed"
        case PerUnit():
            return "per-unit"
        case Discount():
            return "discount"
        case FreeItem():
            return "free-item"
        case Gift():
            return "reward"
        case Early():
            return "early-access"


def in_words(benefit: Benefit, program: Program, language: str) -> str:
    """What it gives, for example `20% off, at most ₪15.00`."""
    currency = program.rulebook.currency
    match benefit:
        case Times(percent):
            return locale.say("offers.gives-times", language, percent=percent)
        case Fixed(points):
            return locale.say("offers.gives-fixed", language, points=points)
        case PerUnit(points):
            return locale.say("offers.gives-per-unit", language, points=points)
        case Discount(percent, amount, most) if most:
            return locale.say("offers.gives-percent-most", language, percent=percent, most=Money(most, currency))
        case Discount(percent, amount):
            if percent:
                return locale.say("offers.gives-percent", language, percent=percent)
            return locale.say("offers.gives-amount", language, amount=Money(amount, currency))
        case FreeItem(units):
            return locale.say("offers.gives-free-item", language, units=units)
        case Gift(reward):
            return locale.say("offers.gives-reward", language, reward=named(reward, program, language))
        case Early(reward):
            return locale.say("offers.gives-early-access", language, reward=named(reward, program, language))


def named(reward: str, program: Program, language: str) -> str:
    promise = program.promise(reward)
    return (locale.of(promise.name, language) if promise else "") or reward
