"""What a message says, in the member's language."""

from uuid import UUID

from msgspec.structs import replace

from punchcard import authorisation, offers, partners, segments
from punchcard.foundation import locale
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.money import Money
from punchcard.programme import Challenge, Program

from .model import Kind, Message, Notice, Window, Wishes

TOPICS: dict[Kind, str] = {"challenge": "challenges", "tier": "tiers", "reminder": "reminders", "notice": "notices"}
"""What a member mutes by, of what is no offer; what is urgent has no topic."""


async def notice(
    db: Connection,
    program: Program,
    member_id: UUID,
    kind: Kind,
    subject: str,
    wishes: Wishes,
    telling: offers.Telling | None,
    at: Instant,
) -> Notice | None:
    """What there is to tell this member of it; None when there is no such thing for them."""
    language = wishes.languages[0]
    match kind:
        case "offer":
            return of_offer(telling, wishes, at) if telling else None
        case "tier":
            found = of_tier(program, subject, language, at)
        case "challenge":
            found = of_challenge(program, subject, language)
        case "approval":
            found = await of_approval(db, program, member_id, subject, language)
        case "spent":
            found = await of_spending(db, program, member_id, subject, language)
        case "reminder":
            found = await of_points(db, member_id, int(subject), wishes, at)
        case "notice":
            found = None
    return found and replace(found, language=language, topic=TOPICS.get(kind, ""))


async def of_approval(
    db: Connection, program: Program, member_id: UUID, approval_id: str, language: str
) -> Notice | None:
    """A till asks whether the card may pay: one tap, within the minute."""
    asked = await authorisation.asked(db, member_id, approval_id)
    if asked is None:
        return None
    amount, shop = worth(program, asked.worth, language), await shop_of(db, asked.shop_id)
    title = locale.say("push.approval-title", language, amount=amount, shop=shop)
    return Notice(title, locale.say("push.approval-body", language), Window(asked.asked_at, asked.until))


async def of_spending(db: Connection, program: Program, member_id: UUID, fact_id: str, language: str) -> Notice | None:
    """Whoever spends, the member hears of it: it need not have been they."""
    spent = await authorisation.spent(db, member_id, fact_id)
    if spent is None:
        return None
    amount, shop = worth(program, spent.worth, language), await shop_of(db, spent.shop_id)
    title = locale.say("push.spent-title", language, amount=amount, shop=shop)
    return Notice(title, locale.say("push.spent-body", language))


def worth(program: Program, minor: int, language: str) -> str:
    return locale.money(Money(minor, program.rulebook.currency), language)


async def shop_of(db: Connection, shop_id: str) -> str:
    return next((shop.name for shop in await partners.shops(db) if shop.id == shop_id), shop_id)


async def of_points(db: Connection, member_id: UUID, ends_at: Instant, wishes: Wishes, at: Instant) -> Notice | None:
    """Points of theirs that end at this instant, if they were not spent meanwhile."""
    profile, language = await segments.profile(db, member_id, at), wishes.languages[0]
    points = dict(profile.expiring).get(ends_at, 0) if profile else 0
    if points <= 0:
        return None
    day = locale.day(ends_at, wishes.zone, language)
    title = locale.say("push.reminder-title", language, n=points, day=day)
    return Notice(title, locale.say("push.reminder-body", language), Window(at, ends_at))


def of_offer(telling: offers.Telling, wishes: Wishes, at: Instant) -> Notice:
    """In the first of the member's languages that the offer speaks."""
    offer, until, zone = telling.offer, telling.until, wishes.zone
    language = next((each for each in wishes.languages if each in offer.text), wishes.languages[0])
    text, hour = locale.of(offer.text, language), locale.hour(until, zone, language)
    today = locale.local(at, zone).date() == locale.local(until, zone).date()
    body = (
        locale.say("push.offer-until", language, text=text, hour=hour)
        if today
        else locale.say("push.offer-until-day", language, text=text, hour=hour, day=locale.day(until, zone, language))
    )
    return Notice(
        locale.of(offer.name, language),
        body,
        Window(offer.since, until),
        by_phone="push" in offer.channels,
        by_card="pass" in offer.channels,
        topic=offer.topic,
        language=language,
    )


def of_tier(program: Program, tier_id: str, language: str, at: Instant) -> Notice | None:
    for tier in program.tiers(at):
        if tier.id == tier_id:
            name = locale.of(tier.name, language)
            title = locale.say("push.tier-title", language, tier=name)
            return Notice(title, locale.say("push.tier-body", language), by_card=True)
    return None


def of_challenge(program: Program, challenge_id: str, language: str) -> Notice | None:
    challenge = program.promise(challenge_id)
    if not isinstance(challenge, Challenge):
        return None
    return Notice(
        locale.say("push.challenge-title", language, challenge=locale.of(challenge.name, language)),
        locale.say("push.challenge-body", language, n=challenge.reward),
    )


def why(kind: Kind, language: str) -> str:
    """Why the member gets this message at all."""
    match kind:
        case "offer":
            return locale.say("push.why-offer", language)
        case "tier":
            return locale.say("push.why-tier", language)
        case "challenge":
            return locale.say("push.why-challenge", language)
        case "approval":
            return locale.say("push.why-approval", language)
        case "spent":
            return locale.say("push.why-spent", language)
        case "notice":
            return locale.say("push.why-notice", language)
        case "reminder":
            return locale.say("push.why-reminder", language)


def note(message: Message, zone: str, language: str) -> str | None:
    """Why it did not come, or comes later; None when it was sent."""
    if not message.reason:
        return None
    hour = locale.hour(message.until, zone, language) if message.until else ""
    over = "-over" if message.state == "dropped" and message.reason in ("pace", "send-time") else ""
    return locale.say(f"push.{message.reason}{over}", language, hour=hour)
