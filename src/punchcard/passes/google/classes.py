"""The class of each tier at Google: written when the design, the programme's words or its shops change."""

import asyncio
import hashlib
from typing import Any

import msgspec

from punchcard import authorisation, partners
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.outside import Answer, Outcome, World
from punchcard.foundation.settings import Settings
from punchcard.passes.model import Face, Place, card_texts

from . import render, sql
from .design import design, picture_url
from .render import House

CALLBACK_PATH = "/wallet/google/callback"


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
    that stopped us.

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
    answer = None
    if known is None:
        answer = await world.google.call("POST", "loyaltyClass", body)
    if answer is None or answer.status == 409:
        answer = await world.google.call("PUT", f"loyaltyClass/{body['id']}", body)
    if answer.outcome is not Outcome.SENT:
        return answer
    async with world.database.transaction() as db:
        await sql.class_written(db, body["id"], hashed, at)
    return None
