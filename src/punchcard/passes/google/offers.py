"""Offers at Google: one object for the whole programme, which the card of everybody who has the offer links.

Whoever first meets an offer makes it, by two calls; it is expired by one, when the first card parts with it."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

from punchcard import offers
from punchcard.foundation.clock import Instant
from punchcard.foundation.outside import Answer, Outcome, World
from punchcard.passes.model import Face, ShownOffer

from . import offer_sql as sql
from . import parts
from .render import GROUP, House

TITLE_CHARACTERS_MAX = 60
SHORT_TITLE_CHARACTERS_MAX = 20
PROVIDER_CHARACTERS_MAX = 12
LINKED = "linked"
"""Stands in Google's words when it does not know what a card links."""

log = logging.getLogger("punchcard.passes.google")


def class_id(issuer: str, offer_id: str) -> str:
    return f"{issuer}.offer-{offer_id}"


def object_id(issuer: str, offer_id: str) -> str:
    return f"{issuer}.offer-{offer_id}.all"


def offer_of(object_id: str) -> str:
    """Which offer this object of ours is."""
    return object_id.partition(".offer-")[2].removesuffix(".all")


def offer_class(offer: ShownOffer, house: House) -> dict[str, Any]:
    """What the offer is. Any number of members hold the one object of it."""
    card = house.card
    return {
        "id": class_id(house.issuer, offer.id),
        "reviewStatus": "UNDER_REVIEW",
        "multipleDevicesAndHoldersAllowedStatus": "MULTIPLE_HOLDERS",
        "redemptionChannel": "INSTORE",
        **parts.plain_and_localised("issuerName", card.organisation),
        **parts.plain_and_localised(
            "provider", parts.all_shortened(offer.partner or card.organisation, PROVIDER_CHARACTERS_MAX)
        ),
        **parts.plain_and_localised("title", parts.all_shortened(offer.title, TITLE_CHARACTERS_MAX)),
        **parts.plain_and_localised("shortTitle", parts.all_shortened(offer.front, SHORT_TITLE_CHARACTERS_MAX)),
        **(parts.plain_and_localised("details", offer.text) if offer.text else {}),
        "titleImage": parts.image(house.url(house.design.programme_logo), card.organisation),
    }


def offer_object(offer: ShownOffer, house: House) -> dict[str, Any]:
    """The one object of it. That it ends is told by us or not at all, never by Google: our members chose how often."""
    return {
        "id": object_id(house.issuer, offer.id),
        "classId": class_id(house.issuer, offer.id),
        "state": "ACTIVE",
        "validTimeInterval": parts.interval(offer.since, offer.until),
        "disableExpirationNotification": True,
        "groupingInfo": {"groupingId": GROUP, "sortIndex": 2},
    }


async def standing(world: World, face: Face, house: House, at: Instant, making: asyncio.Lock) -> list[str] | Answer:
    """The objects of the member's open offers, made now where they did not stand; or the answer that stopped us.

    `making` lets one at a time look and make, so that a batch of members makes each once."""
    wanted = [offer for offer in face.offers if face.is_open and offer.state != "sold-out"]
    if not wanted:
        return []
    known = await states(world, wanted)
    if len(known) < len(wanted):
        async with making:
            known = await states(world, wanted)
            for offer in wanted:
                if offer.id not in known:
                    made = await make(world, offer, house, at)
                    if isinstance(made, Answer):
                        return made
                    known[offer.id] = made
    return [object_id(house.issuer, offer.id) for offer in wanted if known[offer.id] == "active"]


async def states(world: World, wanted: Sequence[ShownOffer]) -> dict[str, str]:
    async with world.database.reading() as db:
        return await sql.states(db, [offer.id for offer in wanted])


async def make(world: World, offer: ShownOffer, house: House, at: Instant) -> str | Answer:
    """Its state from now on; or the answer that stopped us. One that Google will not have stops no card."""
    answer = await world.google.call("POST", "offerClass", offer_class(offer, house))
    if is_there(answer):
        answer = await world.google.call("POST", "offerObject", offer_object(offer, house))
    if not is_there(answer) and answer.outcome is not Outcome.REFUSED:
        return answer
    state = "active" if is_there(answer) else "refused"
    if state == "refused":
        log.error("google wallet: no offer %s: %s %s", offer.id, answer.status, answer.reason)
    async with world.database.transaction() as db:
        return await sql.made(db, offer.id, state, at)


def is_there(answer: Answer) -> bool:
    """Made now, or by another process a moment ago: an offer never changes, so both are the same."""
    return answer.outcome is Outcome.SENT or answer.status == 409


async def expire(
    world: World, before: Sequence[str], now: Sequence[str], face: Face, at: Instant, making: asyncio.Lock
) -> Answer | None:
    """Offers that left this member's card because they are over are expired, each once for all members. None, or the
    answer that stopped us: then the next card that parts with it says it."""
    for linked in sorted(set(before) - set(now)):
        if not await must_expire(world, face, offer_of(linked), at):
            continue
        async with making:
            if not await must_expire(world, face, offer_of(linked), at):
                continue
            answer = await world.google.call("PATCH", f"offerObject/{linked}", {"state": "EXPIRED"})
            if answer.outcome not in (Outcome.SENT, Outcome.GONE, Outcome.REFUSED):
                return answer
            async with world.database.transaction() as db:
                await sql.expired(db, offer_of(linked))
    return None


async def must_expire(world: World, face: Face, offer_id: str, at: Instant) -> bool:
    """It is over, and Google has not heard so."""
    async with world.database.reading() as db:
        if (await sql.states(db, [offer_id])).get(offer_id) != "active":
            return False
        given = await offers.given_to(db, face.member_id, offer_id)
    return given is not None and given.until <= at


async def forget(world: World, linked: Sequence[str]) -> None:
    """Google does not know them after all: whoever comes next makes them again."""
    async with world.database.transaction() as db:
        await sql.lost(db, [offer_of(each) for each in linked])


def says_unlinked(answer: Answer) -> bool:
    return answer.outcome is Outcome.REFUSED and LINKED in answer.reason.lower()
