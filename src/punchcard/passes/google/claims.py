"""Claimed rewards at Google: a class a reward, an object a claim, linked by the member's card while it can be used. Whoever
has the card has them beside it; what was used, lapsed or handed back is said by one call and linked no more."""

import logging
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from punchcard import rewards
from punchcard.foundation.clock import Instant
from punchcard.foundation.ids import digest
from punchcard.foundation.outside import Answer, Outcome, World
from punchcard.rewards import Claim

from . import claim_sql as sql
from . import parts
from .offers import PROVIDER_CHARACTERS_MAX, SHORT_TITLE_CHARACTERS_MAX, TITLE_CHARACTERS_MAX, is_there
from .render import GROUP, House

STATES = {"active": "ACTIVE", "used": "COMPLETED", "ended": "EXPIRED"}
NAME = ".claim-"

log = logging.getLogger("punchcard.passes.google")


def class_id(issuer: str, claim: Claim) -> str:
    """The class of a reward as it was named when it was claimed: another name is another class."""
    return f"{issuer}.reward-{claim.reward}-{digest(repr(sorted(claim.name.items()))).hex()[:8]}"


def object_id(issuer: str, claim_id: str) -> str:
    return f"{issuer}{NAME}{claim_id}"


def reward_class(claim: Claim, house: House) -> dict[str, Any]:
    card = house.card
    return {
        "id": class_id(house.issuer, claim),
        "reviewStatus": "UNDER_REVIEW",
        "multipleDevicesAndHoldersAllowedStatus": "ONE_USER_ALL_DEVICES",
        "redemptionChannel": "INSTORE",
        **parts.plain_and_localised("issuerName", card.organisation),
        **parts.plain_and_localised("provider", parts.all_shortened(card.organisation, PROVIDER_CHARACTERS_MAX)),
        **parts.plain_and_localised("title", parts.all_shortened(claim.name, TITLE_CHARACTERS_MAX)),
        **parts.plain_and_localised("shortTitle", parts.all_shortened(claim.name, SHORT_TITLE_CHARACTERS_MAX)),
        **(parts.plain_and_localised("details", claim.text) if claim.text else {}),
        "titleImage": parts.image(house.url(house.design.programme_logo), card.organisation),
    }


def claim_object(claim: Claim, house: House) -> dict[str, Any]:
    """The code is what the till takes. That it ends is told by us or not at all, never by Google."""
    until = {"validTimeInterval": parts.interval(claim.claimed_at, claim.until)} if claim.until else {}
    return {
        "id": object_id(house.issuer, claim.id),
        "classId": class_id(house.issuer, claim),
        "state": "ACTIVE",
        "barcode": {"type": "QR_CODE", "value": claim.id, "alternateText": claim.code},
        "disableExpirationNotification": True,
        "groupingInfo": {"groupingId": GROUP, "sortIndex": 3},
        **until,
    }


async def standing(world: World, member_id: UUID, house: House, at: Instant, *, is_open: bool) -> list[str] | Answer:
    """The objects of the member's claims that can be used, made now where they did not stand, after Google has heard what
    became of the others; or the answer that stopped us. A card that is void has none."""
    async with world.database.reading() as db:
        known = await sql.states(db, member_id)
        waiting = await rewards.vouchers(db, member_id, at) if is_open else {}
        concerned = [*waiting, *(id for id, state in known.items() if state == "active" and id not in waiting)]
        found = [await rewards.claimed_as(db, member_id, UUID(id), at) for id in concerned]
    linked = []
    for claim in (each for each in found if each and each.kind != "donation"):
        state = state_of(claim, is_open=is_open)
        heard: str | Answer = known.get(claim.id, "")
        if heard not in (state, "refused"):
            heard = await bring(world, member_id, claim, state, claim.id in known, house, at)
        if isinstance(heard, Answer):
            return heard
        if heard == "active":
            linked.append(object_id(house.issuer, claim.id))
    return linked


def state_of(claim: Claim, *, is_open: bool) -> str:
    if claim.state == "used":
        return "used"
    return "active" if claim.state == "active" and is_open else "ended"


async def bring(
    world: World, member_id: UUID, claim: Claim, state: str, is_known: bool, house: House, at: Instant
) -> str | Answer:
    """Tell Google what the claim is now, or make it there. What it has heard then, or the answer that stopped us. One
    that Google will not have is asked for once, and stops no card."""
    if is_known:
        patch = {"state": STATES[state]}
        answer = await world.google.call("PATCH", f"offerObject/{object_id(house.issuer, claim.id)}", patch)
    else:
        answer = await made(world, claim, house, at)
    if not is_there(answer) and answer.outcome not in (Outcome.REFUSED, Outcome.GONE):
        return answer
    heard = state if is_there(answer) else "refused"
    if heard == "refused":
        log.error("google wallet: no claim %s: %s %s", claim.id, answer.status, answer.reason)
    async with world.database.transaction() as db:
        await sql.heard(db, member_id, claim.id, heard, at)
    return heard


async def made(world: World, claim: Claim, house: House, at: Instant) -> Answer:
    name = class_id(house.issuer, claim)
    async with world.database.reading() as db:
        has_class = await sql.has_class(db, name)
    if not has_class:
        answer = await world.google.call("POST", "offerClass", reward_class(claim, house))
        if not is_there(answer):
            return answer
        async with world.database.transaction() as db:
            await sql.keep_class(db, name, at)
    return await world.google.call("POST", "offerObject", claim_object(claim, house))


async def forget(world: World, member_id: UUID, linked: Sequence[str]) -> None:
    """Google does not know them after all: the next refresh makes them again, with their classes."""
    ids = [each.partition(NAME)[2] for each in linked if NAME in each]
    if ids:
        async with world.database.transaction() as db:
            await sql.lost(db, member_id, ids)
