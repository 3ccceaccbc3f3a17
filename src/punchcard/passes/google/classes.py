"""The class of each tier at Google: written when the design, the programme's words or its shops change."""

import asyncio
import hashlib
import logging
import time
from typing import Any

import msgspec
from msgspec import Struct

from punchcard import authorisation, partners
from punchcard.foundation.clock import MINUTE, Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.outside import Answer, Outcome, World
from punchcard.foundation.settings import Settings
from punchcard.passes.model import Face, Place, card_texts

from . import render, sql
from .callbacks import CALLBACK_PATH
from .design import design, picture_url
from .render import House

REFUSED_SECONDS = 5 * MINUTE

log = logging.getLogger("punchcard.passes.google")


class Refusal(Struct, frozen=True):
    """A class as Google would not have it, until when (monotonic) it need not be asked again, and what follows for cards:
    None where a former one stands, which they keep."""

    body_hash: bytes
    until: float
    answer: Answer | None


refusals: dict[tuple[str, str], Refusal] = {}
"""By Google's address and class, what it refused of this process lately: a whole tier of members need not ask."""


def house_of(settings: Settings) -> House:
    """What is the same on everybody's card, but for the shops."""
    designs = settings.designs_dir
    return House(
        settings.google_issuer_id,
        design(designs),
        card_texts(designs),
        lambda picture: picture_url(designs, settings.public_url, picture),
        tuple(settings.google_smart_tap_issuers.split()),
        f"{settings.public_url}{CALLBACK_PATH}" if hears_of_saves(settings) else "",
    )


def hears_of_saves(settings: Settings) -> bool:
    """Google tells who saved a card; it does so over https alone."""
    return settings.public_url.startswith("https://")


async def class_of(db: Connection, settings: Settings, shown: Face) -> dict[str, Any]:
    shops = [
        Place(shop.name, shop.latitude, shop.longitude)
        for shop in sorted(await partners.shops(db), key=lambda shop: shop.id)
        if shop.latitude is not None and shop.longitude is not None
    ]
    return render.loyalty_class(shown, msgspec.structs.replace(house_of(settings), shops=shops))


def object_of(settings: Settings, shown: Face, at: Instant) -> dict[str, Any]:
    """The member's object, without its offers and messages."""
    key = authorisation.totp_key(settings.secrets, shown.card_code)
    return render.loyalty_object(shown, house_of(settings), at, key)


async def ensure_class(world: World, shown: Face, at: Instant, making: asyncio.Lock) -> Answer | None:
    """The class of this tier stands at Google as the design says it, and what it says no more is gone. None, or the answer
    that stopped us. While Google refuses a changed one, cards keep the former: their words are worth more than its looks.

    `making` lets one at a time look and write, so that a batch of members writes it once."""
    async with world.database.reading() as db:
        body = await class_of(db, world.settings, shown)
        known = await sql.class_hash(db, body["id"])
    hashed = hashlib.sha256(msgspec.json.encode(body, order="deterministic")).digest()
    if known == hashed:
        return None
    async with making:
        return await write_class(world, body, hashed, at)


async def write_class(world: World, body: dict[str, Any], hashed: bytes, at: Instant) -> Answer | None:
    async with world.database.reading() as db:
        known = await sql.class_hash(db, body["id"])
    if known == hashed:
        return None
    where = (world.settings.google_wallet_url, body["id"])
    refusal = refusals.get(where)
    if refusal and refusal.body_hash == hashed and time.monotonic() < refusal.until:
        return refusal.answer
    answer, stands = None, known is not None
    if not stands:
        answer = await world.google.call("POST", "loyaltyClass", body)
        stands = answer.status == 409
    if stands:
        answer = await world.google.call("PUT", f"loyaltyClass/{body['id']}", body)
    assert answer is not None
    if answer.outcome is Outcome.REFUSED:
        log.error("google wallet refuses the class %s: %s %s", body["id"], answer.status, answer.reason)
        stopped = None if stands else Answer(Outcome.MISCONFIGURED, answer.status, answer.reason)
        refusals[where] = Refusal(hashed, time.monotonic() + REFUSED_SECONDS, stopped)
        return stopped
    if answer.outcome is not Outcome.SENT:
        return answer
    async with world.database.transaction() as db:
        await sql.class_written(db, body["id"], hashed, at)
    return None
