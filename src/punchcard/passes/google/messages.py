"""What the card at Google says beside its fields: that an offer opened, that a tier was reached.

Every message stands on the card, silently within the PATCH that changes the rest. For some the phone may ring instead:
three times in 24 hours at most, moved points counted with them, never against consent or in quiet hours, and never twice
for one thing. A message is rung for at most once; whatever goes wrong, the next PATCH brings its words."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from punchcard.foundation import quiet
from punchcard.foundation.clock import DAY, Instant
from punchcard.foundation.locale import Text
from punchcard.members import Member
from punchcard.passes import texts
from punchcard.passes.model import Face, ShownOffer

from . import parts

MESSAGES_MAX = 10
"""Google takes no eleventh."""
NOTIFICATIONS_A_DAY_MAX = 3
OFFERS = "marketing"
"""The purpose that a member consents to before phones ring for offers."""
OFFER = "offer:"
TIER = "tier:"
CAP_SECONDS = 7 * DAY
TIER_SHOWN_SECONDS = 7 * DAY


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
    """Whoever holds the card: how they want to be spoken to, and when the phone rang for it lately."""

    member: Member | None
    notified_at: Sequence[Instant]

    def rings_left(self, at: Instant) -> int:
        """How often the phone may still ring today; 0 in quiet hours."""
        return 0 if self.is_quiet(at) else max(0, NOTIFICATIONS_A_DAY_MAX - len(self.lately(at)))

    def lately(self, at: Instant) -> list[Instant]:
        return [when for when in self.notified_at if when > at - DAY]

    def is_quiet(self, at: Instant) -> bool:
        mine = self.member
        return mine is not None and quiet.is_quiet(at, mine.zone, mine.quiet_from, mine.quiet_until)


def plan(face: Face, told: Sequence[Told], reached: bool, listener: Listener, at: Instant, may_ring: bool) -> Plan:
    """What to say to this member now. `told` is everything ever said; `reached`: the tier is higher than the card's was.
    `may_ring` is False where nobody holds the card yet, or the app tells of it."""
    if not face.is_open:
        return Plan([])
    said = {each.message_id for each in told}
    fresh = [each for each in worth_saying(face, reached, at) if each.message_id not in said]
    ringing = wanted(fresh, face, told, listener.member, at)[: listener.rings_left(at) if may_ring else 0]
    rung = {each.message_id for each in ringing}
    silent = [each for each in fresh if each.message_id not in rung]
    open_now = {OFFER + offer.id for offer in face.offers}
    current = [
        each for each in [*told, *silent] if each.ends_at > at and (not is_offer(each) or each.message_id in open_now)
    ]
    room = MESSAGES_MAX - len(ringing)
    standing = sorted(current, key=lambda each: (each.told_at, each.message_id))[-room:]
    return Plan([each.body for each in standing], tuple(silent), tuple(ringing))


def worth_saying(face: Face, reached: bool, at: Instant) -> list[Told]:
    """The tier first: it comes seldom."""
    tiers = [tier_message(face, at)] if reached else []
    return tiers + [offer_message(offer, face, at) for offer in face.offers]


def wanted(fresh: Sequence[Told], face: Face, told: Sequence[Told], member: Member | None, at: Instant) -> list[Told]:
    """For which of these the member wants the phone to ring. What they reached they want to know; for offers they were
    asked, and said how many a week."""
    if member is None:
        return []
    tiers = [each for each in fresh if each.message_id.startswith(TIER)]
    if not member.consents.get(OFFERS, False):
        return tiers
    lately = [each for each in told if each.notified and each.told_at > at - CAP_SECONDS and is_offer(each)]
    loud = {OFFER + offer.id for offer in face.offers if offer.rings}
    offers = [each for each in fresh if each.message_id in loud]
    return tiers + offers[: max(0, member.messages_a_week - len(lately))]


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
