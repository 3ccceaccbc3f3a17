"""What the card at Google says beside its fields: that an offer opened, that a tier was reached.

Every message stands on the card, silently within the PATCH that changes the rest. The phone rings for it instead where we
are told that it may, three times in 24 hours at most, moved points counted with them, and never twice for one thing. A
message is rung for at most once; whatever goes wrong, the next PATCH brings its words."""

from collections.abc import Awaitable, Callable, Container, Mapping, Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct

from punchcard.foundation.clock import DAY, Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.locale import Text
from punchcard.foundation.outside import World
from punchcard.passes import texts
from punchcard.passes.model import Face, ShownOffer

from . import parts

MESSAGES_MAX = 10
"""Google takes no eleventh."""
NOTIFICATIONS_A_DAY_MAX = 3
OFFER = "offer:"
TIER = "tier:"
POINTS = "points"
"""That points moved."""
TIER_SHOWN_SECONDS = 7 * DAY

RingsOf = Callable[[World, Connection, Sequence[UUID], Instant], Awaitable[Mapping[UUID, Container[str]]]]
"""For what the phones of these members may ring: `offer:` or `tier:` and its id, or `POINTS`. Who is not named rings for
nothing."""


async def silence(
    world: World, db: Connection, member_ids: Sequence[UUID], at: Instant
) -> Mapping[UUID, Container[str]]:
    """For nothing."""
    return {}


class Told(Struct, frozen=True):
    """A message as we keep it: its words as Google's Message, without a sound."""

    message_id: str
    body: dict[str, Any]
    notified: bool
    told_at: Instant
    ends_at: Instant


class Plan(Struct, frozen=True):
    """What the card is to say: `standing` within the PATCH; `new` of it is to be kept; the phone rings for `ringing`."""

    standing: list[dict[str, Any]]
    new: tuple[Told, ...] = ()
    ringing: tuple[Told, ...] = ()


class Listener(Struct, frozen=True):
    """Whoever holds the card: for what the phone may ring, and when it rang for it lately."""

    rings: Container[str]
    notified_at: Sequence[Instant]

    def rings_left(self, at: Instant) -> int:
        """How often the phone may still ring today."""
        return max(0, NOTIFICATIONS_A_DAY_MAX - len(self.lately(at)))

    def lately(self, at: Instant) -> list[Instant]:
        return [when for when in self.notified_at if when > at - DAY]


def plan(face: Face, told: Sequence[Told], reached: bool, listener: Listener, at: Instant, is_held: bool) -> Plan:
    """What to say to this member now. `told` is everything ever said; `reached`: the tier is higher than the card's was.
    What was said silently may still ring, once we are told so; where nobody holds the card, nothing does."""
    if not face.is_open:
        return Plan([])
    said = {each.message_id for each in told}
    fresh = [each for each in worth_saying(face, reached, at) if each.message_id not in said]
    open_now = {OFFER + offer.id for offer in face.offers}
    standing = [each for each in told if each.ends_at > at and (not is_offer(each) or each.message_id in open_now)]
    quiet = [*fresh, *(each for each in standing if not each.notified)]
    wanted = [each for each in quiet if about(each) in listener.rings] if is_held else []
    ringing = wanted[: listener.rings_left(at)]
    rung = {each.message_id for each in ringing}
    silent = [each for each in fresh if each.message_id not in rung]
    current = [each for each in [*standing, *silent] if each.message_id not in rung]
    room = MESSAGES_MAX - len(ringing)
    kept = sorted(current, key=lambda each: (each.told_at, each.message_id))[-room:]
    return Plan([each.body for each in kept], tuple(silent), tuple(ringing))


def about(told: Told) -> str:
    """What it tells of: an offer by its id, a tier without its year."""
    return ":".join(told.message_id.split(":")[:2])


def worth_saying(face: Face, reached: bool, at: Instant) -> list[Told]:
    """The tier first: it comes seldom."""
    tiers = [tier_message(face, at)] if reached else []
    return tiers + [offer_message(offer, face, at) for offer in face.offers if offer.state != "sold-out"]


def is_offer(told: Told) -> bool:
    return told.message_id.startswith(OFFER)


def offer_message(offer: ShownOffer, face: Face, at: Instant) -> Told:
    said = texts.offer_sentence(offer, face, at)
    return message(OFFER + offer.id, offer.front, said, offer.since or at, offer.until, face.language, at)


def tier_message(face: Face, at: Instant) -> Told:
    """Under the end of the tier's year, so that it is said again when it is reached in another."""
    return message(
        f"{TIER}{face.tier}:{face.tier_until}",
        parts.words("tier-header", tier=face.tier_name),
        parts.words("tier-body"),
        at,
        at + TIER_SHOWN_SECONDS,
        face.language,
        at,
    )


def message(key: str, header: Text, body: Text, since: Instant, until: Instant, language: str, at: Instant) -> Told:
    words = {
        "id": key,
        "messageType": "TEXT",
        **parts.plain_and_localised("header", header, language),
        **parts.plain_and_localised("body", body, language),
        "displayInterval": parts.interval(since, until),
    }
    return Told(key, words, False, at, until)


def aloud(told: Told) -> dict[str, Any]:
    """The same words, for which the phone rings."""
    return told.body | {"messageType": "TEXT_AND_NOTIFY"}
