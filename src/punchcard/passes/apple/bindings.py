"""What a layout may bind: a fixed catalogue of names, each read from a face or its ticket.

A binding names its source. What is made of one source's content is made once and kept, since members share most of it."""

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any, Literal

from msgspec import Struct

from punchcard.foundation import locale
from punchcard.foundation.clock import MINUTE, Instant
from punchcard.passes import texts
from punchcard.passes.model import CardTexts, Face, Ticket
from punchcard.passes.texts import frozen

Kind = Literal["text", "number", "money", "date", "plain"]
"""text: in every language. number: the phone writes it. money: an amount with its currency. date: an instant. plain: the
same in every language, or a link."""


QUARTER = 15 * MINUTE


class Shown:
    """What one pass is printed from."""

    __slots__ = ("at", "card_number", "face", "is_spent", "is_void", "keys", "said", "ticket")

    def __init__(self, face: Face, ticket: Ticket | None, said: CardTexts, is_void: bool, at: Instant):
        self.face, self.ticket, self.said, self.is_void, self.at = face, ticket, said, is_void, at
        self.card_number = face.card_number
        self.is_spent = ticket is not None and ticket.state != "active"
        self.keys: dict[str, Hashable] = {}

    def key(self, source: str) -> Hashable:
        """What the source's bindings depend on: the same key, the same values."""
        found = self.keys.get(source)
        if found is None:
            found = self.keys[source] = SOURCES[source](self)
        return found


class Binding(Struct, frozen=True):
    """One name of the catalogue."""

    kind: Kind
    source: str
    about: str
    of: Callable[[Shown], Any]
    """Its value; None or empty where there is none."""


def points_key(shown: Shown) -> Hashable:
    return shown.face.points, frozen(shown.face.unit)


def tier_key(shown: Shown) -> Hashable:
    return frozen(shown.face.tier_name), shown.face.tier_until, shown.face.zone


def next_key(shown: Shown) -> Hashable:
    face = shown.face
    if face.next_tier:
        return face.missing, frozen(face.next_tier_name), frozen(face.unit)
    return frozen(face.tier_name), face.tier_until, face.zone, face.missing


def worth_key(shown: Shown) -> Hashable:
    return shown.face.worth or ()


def offer_key(shown: Shown) -> Hashable:
    offer, zone = shown.face.offer, shown.face.zone
    if not offer:
        return ()
    said = frozen(offer.title), frozen(offer.text), frozen(offer.short), frozen(offer.partner)
    return offer.since, offer.until, zone, today(shown.at // QUARTER, zone), said


@lru_cache(maxsize=1024)
def today(quarter: int, zone: str) -> int:
    """The local day: it begins with a quarter of an hour in every zone."""
    return locale.local(quarter * QUARTER, zone).toordinal()


def challenge_key(shown: Shown) -> Hashable:
    challenge = shown.face.challenge
    return (frozen(challenge.name), challenge.done, challenge.target) if challenge else ()


def last_key(shown: Shown) -> Hashable:
    last = shown.face.last
    return (last.points, frozen(last.where), frozen(last.why)) if last else ()


def places_key(shown: Shown) -> Hashable:
    placed = [(each.name, each.latitude, each.longitude, frozen(each.text)) for each in shown.face.places]
    return shown.is_spent, *placed


def member_key(shown: Shown) -> Hashable:
    return shown.face.name, shown.face.card_code


def ticket_key(shown: Shown) -> Hashable:
    ticket = shown.ticket
    if not ticket:
        return ()
    said = frozen(ticket.title), frozen(ticket.text)
    return ticket.id, ticket.code, ticket.until, ticket.state, shown.face.zone, said


SOURCES: dict[str, Callable[[Shown], Hashable]] = {
    "programme": lambda shown: (),
    "void": lambda shown: (shown.is_void, shown.is_spent),
    "points": points_key,
    "tier": tier_key,
    "next": next_key,
    "worth": worth_key,
    "offer": offer_key,
    "challenge": challenge_key,
    "last": last_key,
    "last-at": lambda shown: shown.face.last.at if shown.face.last else 0,
    "member": member_key,
    "places": places_key,
    "why": lambda shown: shown.face.why_url,
    "ticket": ticket_key,
}
IMPERSONAL = frozenset({"programme", "void"})
"""All that a void pass still shows."""
UNSHARED = frozenset({"member", "why", "ticket"})
"""Sources that no two members share: what is made of them is not kept."""
TOGETHER = (
    frozenset({"programme", "void", "tier", "offer", "challenge", "places"}),
    frozenset({"points", "worth"}),
    UNSHARED,
)
"""Sources of which as many members share all as share one: what is made of them is made together."""


def offered(read: Callable[[Any], Any]) -> Callable[[Shown], Any]:
    return lambda shown: read(shown.face.offer) if shown.face.offer else None


def challenged(read: Callable[[Any], Any]) -> Callable[[Shown], Any]:
    return lambda shown: read(shown.face.challenge) if shown.face.challenge else None


def moved(read: Callable[[Any], Any]) -> Callable[[Shown], Any]:
    return lambda shown: read(shown.face.last) if shown.face.last else None


def ticketed(read: Callable[[Ticket], Any]) -> Callable[[Shown], Any]:
    return lambda shown: read(shown.ticket) if shown.ticket else None


def offer_until(shown: Shown) -> Any:
    return texts.offer_until(shown.face.offer, shown.face, shown.at) if shown.face.offer else None


def offer_sentence(shown: Shown) -> Any:
    return texts.offer_sentence(shown.face.offer, shown.face, shown.at) if shown.face.offer else None


def tier_kept(shown: Shown) -> Any:
    return texts.kept_until(shown.face.tier_until, shown.face.zone) if shown.face.tier_until else None


def ticket_until(shown: Shown) -> Any:
    ticket = shown.ticket
    return texts.kept_until(ticket.until, shown.face.zone) if ticket and ticket.until else None


CATALOGUE: dict[str, Binding] = {
    "points": Binding("number", "points", "the balance", lambda shown: shown.face.points),
    "unit": Binding(
        "text", "points", "what the points are called, as they count", lambda s: texts.balance_unit(s.face)
    ),
    "tier": Binding("text", "tier", "the level's name", lambda shown: shown.face.tier_name),
    "tier-until": Binding("text", "tier", "until when the level is kept, as a phrase", tier_kept),
    "tier-ends": Binding("date", "tier", "until when the level is kept", lambda shown: shown.face.tier_until),
    "next-label": Binding("text", "next", "Next: Orchard; or Highest level", lambda s: texts.next_label(s.face)),
    "next": Binding("text", "next", "what is missing to the next level", lambda shown: texts.next_value(shown.face)),
    "next-tier": Binding("text", "next", "the next level's name", lambda shown: shown.face.next_tier_name),
    "missing": Binding("number", "next", "points missing to the next level", lambda shown: shown.face.missing),
    "worth": Binding("money", "worth", "what the points are worth at a till", lambda shown: shown.face.worth),
    "offer": Binding("text", "offer", "the offer's name for the front", offered(lambda offer: offer.front)),
    "offer-title": Binding("text", "offer", "the offer's whole name", offered(lambda offer: offer.title)),
    "offer-text": Binding("text", "offer", "what holds, where and until when", offer_sentence),
    "offer-until": Binding("text", "offer", "until when it holds, as a phrase", offer_until),
    "offer-partner": Binding("text", "offer", "where it holds", offered(lambda offer: offer.partner)),
    "offer-begins": Binding("date", "offer", "when it began", offered(lambda offer: offer.since)),
    "offer-ends": Binding("date", "offer", "when it ends", offered(lambda offer: offer.until)),
    "challenge": Binding("text", "challenge", "the challenge's name", challenged(lambda each: each.name)),
    "progress": Binding("plain", "challenge", "how far it is: 5/8", challenged(lambda c: f"{c.done}/{c.target}")),
    "done": Binding("number", "challenge", "steps done", challenged(lambda each: each.done)),
    "target": Binding("number", "challenge", "steps in all", challenged(lambda each: each.target)),
    "left": Binding("number", "challenge", "steps still to do", challenged(lambda each: each.target - each.done)),
    "last": Binding("text", "last", "the last movement with its why", moved(texts.movement_sentence)),
    "last-at": Binding("date", "last-at", "when it was", moved(lambda last: last.at)),
    "last-where": Binding("text", "last", "where it was", moved(lambda last: last.where)),
    "why": Binding("plain", "why", "link to why the points are as they are", lambda shown: shown.face.why_url),
    "name": Binding("plain", "member", "the member's name", lambda shown: shown.face.name),
    "card-number": Binding("plain", "member", "the code in groups of four", lambda shown: shown.card_number),
    "card-code": Binding("plain", "member", "the code as the till reads it", lambda shown: shown.face.card_code),
    "organisation": Binding("text", "programme", "the programme's name", lambda shown: shown.said.organisation),
    "description": Binding("text", "programme", "the programme in a sentence", lambda shown: shown.said.description),
    "terms": Binding("text", "programme", "the programme's terms", lambda shown: shown.said.terms),
    "contact": Binding("text", "programme", "how to reach a person", lambda shown: shown.said.contact),
    "website": Binding("plain", "programme", "the programme's site", lambda shown: shown.said.website),
    "void": Binding(
        "text", "void", "that the pass holds no more", lambda s: texts.words("no-longer") if s.is_void else None
    ),
    "ticket": Binding("text", "ticket", "what the ticket is for", ticketed(lambda ticket: ticket.title)),
    "ticket-text": Binding("text", "ticket", "one more sentence of it", ticketed(lambda ticket: ticket.text)),
    "ticket-code": Binding("plain", "ticket", "as a person reads it aloud", ticketed(lambda ticket: ticket.code)),
    "ticket-id": Binding("plain", "ticket", "what the till reads", ticketed(lambda ticket: ticket.id)),
    "ticket-until": Binding("text", "ticket", "until when it holds, as a phrase", ticket_until),
    "ticket-ends": Binding("date", "ticket", "when it ends", ticketed(lambda ticket: ticket.until)),
}
