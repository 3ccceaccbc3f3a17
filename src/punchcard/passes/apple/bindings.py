"""What a layout may bind: a fixed catalogue of names, each read from a face or its ticket.

A binding names its source. What comes from sources that members share is made once and kept."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Literal

from msgspec import Struct

from punchcard.foundation import locale
from punchcard.foundation.clock import MINUTE, Instant
from punchcard.passes import texts
from punchcard.passes.model import CardTexts, Face, Ticket

Kind = Literal["text", "number", "money", "date", "plain"]
"""text: in every language. number: the phone writes it. money: an amount with its currency. date: an instant. plain: the
same in every language, or a link."""


QUARTER = 15 * MINUTE


class Shown:
    """What one pass is printed from."""

    __slots__ = ("at", "card_number", "face", "is_spent", "is_void", "said", "ticket")

    def __init__(self, face: Face, ticket: Ticket | None, said: CardTexts, is_void: bool, at: Instant):
        self.face, self.ticket, self.said, self.is_void, self.at = face, ticket, said, is_void, at
        self.card_number = face.card_number
        self.is_spent = ticket is not None and ticket.state != "active"


class Binding(Struct, frozen=True):
    """One name of the catalogue."""

    kind: Kind
    source: str
    about: str
    of: Callable[[Shown], Any]
    """Its value; None or empty where there is none."""


def offer_said(shown: Shown) -> Any:
    offer, zone = shown.face.offer, shown.face.zone
    return (offer, zone, today(shown.at // QUARTER, zone)) if offer else None


@lru_cache(maxsize=1024)
def today(quarter: int, zone: str) -> int:
    """The local day: it begins with a quarter of an hour in every zone."""
    return locale.local(quarter * QUARTER, zone).toordinal()


IMPERSONAL = frozenset({"programme", "void"})
"""The sources of all that a void pass still shows."""
SHARED: dict[str, Callable[[Shown], Any]] = {
    "programme": lambda shown: None,
    "void": lambda shown: (shown.is_void, shown.is_spent),
    "tier": lambda shown: shown.face.tier_name,
    "offer": offer_said,
    "challenge": lambda shown: shown.face.challenge,
    "places": lambda shown: (shown.is_spent, shown.face.places),
}
"""Sources of which many members see the same, each with all that its bindings depend on. The others are a member's own."""


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
    "tier-until": Binding("text", "tier-until", "until when the level is kept, as a phrase", tier_kept),
    "tier-ends": Binding("date", "tier-until", "until when the level is kept", lambda shown: shown.face.tier_until),
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
