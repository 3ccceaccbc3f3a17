"""Why a member is in a group, or not: the conditions that decided, each with the key of its sentence and the values in it."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from punchcard.foundation import locale
from punchcard.foundation.clock import Instant
from punchcard.foundation.locale import Text
from punchcard.foundation.money import Money
from punchcard.programme import Condition, Expression, people

from .model import GENERATIONS, bought, purposes, true_of
from .portrait import Profile

TONGUES = {"en": "English", "he": "עברית", "ar": "العربية", "ru": "Русский"}


class Because(Struct, frozen=True, omit_defaults=True):
    """A condition as it is with this member. `names` are ids of `what` they are: a tier, a shop, a currency, a challenge, an
    offer; of a category, brand, trait, year or score they are the names themselves."""

    holds: bool
    key: str
    """Of the sentence in the words of segments."""
    what: str = ""
    names: tuple[str, ...] = ()
    n: int | None = None
    days: int | None = None
    """In the last so many days, 0 is ever; of what expires: in the next."""
    cents: int = 0
    trait: str = ""


def because(expression: Expression, profile: Profile, at: Instant) -> list[Because]:
    """Why `holds` says what it says: what is missing of the consents, or else the conditions without which it would say
    otherwise, in the order of reading. Whoever is in a group of everybody is in it without a reason."""
    if missing := sorted(purposes(expression) - profile.consents):
        return [because_of("consents-to", False, "purpose", missing)]
    return list(reasons(expression, profile, at))


def reasons(expression: Expression, profile: Profile, at: Instant) -> Iterable[Because]:
    match expression:
        case people.All(of) | people.Any(of):
            truths = [true_of(part, profile, at) for part in of]
            decided = all(truths) if isinstance(expression, people.All) else any(truths)
            for part, truth in zip(of, truths, strict=True):
                if truth is decided:
                    yield from reasons(part, profile, at)
        case people.Not(of):
            yield from reasons(of, profile, at)
        case _:
            yield reason(expression, profile, at, true_of(expression, profile, at))


def reason(condition: Condition, profile: Profile, at: Instant, holds: bool) -> Because:
    """The sentence of a condition that holds, or of its contrary."""
    match condition:
        case people.TierIn(tiers):
            return because_of("tier-in", holds, "tier", tiers)
        case people.SpeaksAny(languages):
            return because_of("speaks-any", holds, "language", languages)
        case people.ConsentsTo(purpose):
            return because_of("consents-to", holds, "purpose", [purpose])
        case people.JoinedWithin(days):
            return because_of("joined-within", holds, days=days)
        case people.PointsAtLeast(points):
            return because_of("points-at-least", holds, n=points)
        case people.PointsBelow(points):
            return because_of("points-at-least", not holds, n=points)
        case people.BalanceAtLeast(currency, points):
            return because_of("balance-at-least", holds, "currency", [currency], n=points)
        case people.ExpiringWithin(days, points):
            return because_of("expiring-within", holds, n=points, days=days)
    return because_they(condition, profile, at, holds)


def because_they(condition: people.Doing, profile: Profile, at: Instant, holds: bool) -> Because:
    match condition:
        case people.BoughtCategory():
            return because_bought(condition, "category", bought(condition, profile.categories, at), holds)
        case people.BoughtBrand():
            return because_bought(condition, "brand", bought(condition, profile.brands, at), holds)
        case people.VisitedWithin(days):
            return because_of("visited-within", holds, days=days)
        case people.NotVisitedWithin(days):
            return because_of("visited-within", not holds, days=days)
        case people.VisitsAtLeast(times, days):
            return because_of("visits-at-least", holds, n=times, days=days)
        case people.SpentAtLeast(cents, days):
            return because_of("spent-at-least", holds, days=days, cents=cents)
        case people.BoughtBy(channels):
            return because_of("bought-by", holds, "channel", channels)
        case people.ChallengeAtLeast(challenge, percent):
            return because_of("challenge-at-least", holds, "challenge", [challenge], n=percent)
        case people.DidWithOffer(offer, did):
            return because_of(f"offer-{did}", holds, "offer", [offer])
        case people.GenerationIn(generations):
            spans = [GENERATIONS[each] for each in generations]
            return because_of("born", holds, "year", [f"{span[0]}–{span[-1]}" for span in spans])
        case people.BornBetween(first, last):
            return because_of("born", holds, "year", [f"{first}–{last}"])
        case people.TraitIn(trait, values):
            return because_of("trait-in", holds, "trait", values, trait=trait)
        case people.HomeShopIn(shops):
            return because_of("home-shop-in", holds, "shop", shops)
        case people.HomeShopWithin(shop):
            return because_of("home-shop-in", holds, "shop", [shop])
        case people.ScoreAtLeast(name) | people.ScoreBelow(name):
            return because_of("score", holds, "score", [name])
        case people.NearWithin():
            return because_of("near-within", holds)


def because_bought(condition: people.Bought, what: str, found: list[str], holds: bool) -> Because:
    """Of several names, those of which it is true."""
    return because_of(
        "bought-often" if condition.times > 1 else "bought", holds, what, found or condition.names,
        n=condition.times, days=condition.days, cents=condition.cents,
    )  # fmt: skip


def because_of(key: str, holds: bool, what: str = "", names: Iterable[str] = (), **values: Any) -> Because:
    return Because(holds, f"segments.{'' if holds else 'not-'}{key}", what, tuple(sorted(names)), **values)


def said(why: Because, language: str, currency: str, called: Mapping[tuple[str, str], Text]) -> str:
    """The sentence for the member. `called` names tiers, shops, currencies, challenges and offers by what they are and
    their ids; `currency` is that of the house."""
    return locale.say(
        why.key,
        language,
        n=why.n or 0,
        names=", ".join(name_of(why.what, name, language, called) for name in why.names),
        when=when(why, language),
        lately=locale.say("segments.lately", language, when=when(why, language)) if why.days else "",
        amount=Money(why.cents, currency),
        worth=locale.say("segments.worth", language, amount=Money(why.cents, currency)) if why.cents else "",
        trait=why.trait,
    )


def name_of(what: str, name: str, language: str, called: Mapping[tuple[str, str], Text]) -> str:
    if (what, name) in called:
        return locale.of(called[what, name], language)
    if what == "language":
        return TONGUES.get(name, name)
    return locale.maybe_say(f"segments.{what}-{name}", language) or name


def when(why: Because, language: str) -> str:
    if not why.days:
        return locale.say("segments.ever", language)
    soon = why.key.endswith("expiring-within")
    return locale.say("segments.in-the-next" if soon else "segments.in-the-last", language, n=why.days)
