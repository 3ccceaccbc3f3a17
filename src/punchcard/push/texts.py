"""What a message says, in the member's language."""

from uuid import UUID

from punchcard import authorisation, offers, partners
from punchcard.foundation import locale
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.money import Money
from punchcard.programme import Challenge, Program

from .model import Kind, Message, Notice, Window


async def notice(
    db: Connection, program: Program, member_id: UUID, kind: Kind, subject: str, language: str, zone: str, at: Instant
) -> Notice | None:
    """What there is to tell this member of it; None when there is no such thing for them."""
    match kind:
        case "offer":
            return await of_offer(db, member_id, subject, language, zone, at)
        case "tier":
            return of_tier(program, subject, language, at)
        case "challenge":
            return of_challenge(program, subject, language)
        case "approval":
            return await of_approval(db, program, member_id, subject, language)
        case "spent":
            return await of_spending(db, program, member_id, subject, language)
        case "notice" | "reminder":
            return None


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


async def of_offer(
    db: Connection, member_id: UUID, offer_id: str, language: str, zone: str, at: Instant
) -> Notice | None:
    if (offer := await offers.given_to(db, member_id, offer_id)) is None:
        return None
    text, hour = locale.of(offer.text, language), locale.hour(offer.until, zone, language)
    today = locale.local(at, zone).date() == locale.local(offer.until, zone).date()
    body = (
        locale.say("push.offer-until", language, text=text, hour=hour)
        if today
        else locale.say(
            "push.offer-until-day", language, text=text, hour=hour, day=locale.day(offer.until, zone, language)
        )
    )
    window = Window(offer.since, offer.until)
    return Notice(locale.of(offer.name, language), body, window, "push" in offer.channels, "pass" in offer.channels)


def of_tier(program: Program, tier_id: str, language: str, at: Instant) -> Notice | None:
    for tier in program.tiers(at):
        if tier.id == tier_id:
            name = locale.of(tier.name, language)
            return Notice(locale.say("push.tier-title", language, tier=name), locale.say("push.tier-body", language))
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
    return locale.say(f"push.{message.reason}", language, hour=hour)
