"""Flash offers: saved for an occasion, fired by it. What is fired is an offer like any other, which opens at once."""

from uuid import UUID

import msgspec
from msgspec.structs import asdict, replace

from punchcard import partners, segments
from punchcard.foundation.clock import DAY, Instant, moment
from punchcard.foundation.database import Connection
from punchcard.foundation.errors import NotFound, OtherBody
from punchcard.partners import Operator, Shop
from punchcard.segments import Expression

from . import checking, desk_sql, drafts, flash_sql, operations, sql
from .desk_model import ApprovalNeeded, SecondOperatorNeeded, VersionMoved
from .drafts import Draft
from .estimating import worth_of
from .flash_model import (
    Fired,
    FiredTooOften,
    Firing,
    Flash,
    FlashView,
    Kept,
    NotToFire,
    Occasion,
    PlaceUnclear,
    TooManyUnits,
    Who,
)
from .model import Budget, Offer

ITS_OWN = ("lasts_seconds", "radius_metres", "times_a_day", "by", "units_most")


async def save(db: Connection, flash_id: str, flash: Flash, operator: Operator, at: Instant) -> Kept:
    """Keep a flash offer. Refuses what nobody could publish."""
    await check(db, offer_of(f"{flash_id}-0", flash, Occasion(), None, at), at)
    await flash_sql.save(db, flash_id, msgspec.Raw(msgspec.json.encode(flash, order="deterministic")), operator.id, at)
    return await the(db, flash_id)


async def approve(db: Connection, flash_id: str, version: int, operator: Operator, at: Instant) -> Kept:
    """A second operator lets exactly this version be fired, however much it may cost."""
    kept = await flash_sql.hold(db, flash_id)
    if kept is None:
        raise NotFound(flash=flash_id)
    if kept.version != version:
        raise VersionMoved(version=kept.version)
    if kept.author == operator.id:
        raise SecondOperatorNeeded
    if kept.approver is None:
        await flash_sql.approve(db, flash_id, operator.id, at)
    return await the(db, flash_id)


async def fire(
    db: Connection, flash_id: str, key: UUID, occasion: Occasion, by: str, who: Who, alone_cents: int, at: Instant
) -> Fired:
    """Publish the flash offer for this occasion, at once. The same key or event fires once; it goes neither more often nor
    further than it may."""
    kept = await flash_sql.hold(db, flash_id)
    if kept is None:
        raise NotFound(flash=flash_id)
    if before := await flash_sql.fired(db, flash_id, key, occasion.event):
        if before.key == key and before.body != occasion:
            raise OtherBody(id=str(key))
        return fired(before, await operations.the(db, before.offer_id))
    flash = kept.body
    if who not in flash.by:
        raise NotToFire
    if flash.units_most and occasion.units > flash.units_most:
        raise TooManyUnits(most=flash.units_most)
    if await flash_sql.fired_since(db, flash_id, at - DAY) >= flash.times_a_day:
        raise FiredTooOften(times=flash.times_a_day)
    shop = await shop_of(db, flash, occasion)
    place = await free_place(db, flash_id)
    offer = offer_of(f"{flash_id}-{place}", flash, occasion, shop, at)
    await check(db, offer, at)
    if kept.approver is None and await worth_of(db, offer, at) > alone_cents:
        raise ApprovalNeeded(id=flash_id, cents=alone_cents)
    await operations.publish(db, offer, at)
    firing = Firing(
        flash_id=flash_id,
        key=key,
        place=place,
        offer_id=offer.id,
        event=occasion.event,
        body=occasion,
        fired_by=by,
        fired_at=at,
    )
    await flash_sql.keep(db, firing)
    operator = UUID(by.removeprefix("operator:")) if who == "operator" else None
    await desk_sql.note(db, offer.id, "published", operator, kept.version, at)
    return fired(firing, offer)


async def check(db: Connection, offer: Offer, at: Instant) -> None:
    """Refuse what nobody could promise, and what has a mistake."""
    await operations.check(db, offer, at)
    await checking.allow(db, offer.id, drafts.sketch_of(offer), at)


async def free_place(db: Connection, flash_id: str) -> int:
    """The number of the next firing; somebody may have published an offer of that name by hand."""
    place = await flash_sql.last_place(db, flash_id) + 1
    while await sql.offer(db, f"{flash_id}-{place}"):
        place += 1
    return place


async def shop_of(db: Connection, flash: Flash, occasion: Occasion) -> Shop | None:
    """Whose occasion it is, if it is a shop's."""
    if (occasion.latitude is None) != (occasion.longitude is None):
        raise PlaceUnclear
    if occasion.shop is None:
        return None
    if occasion.latitude is not None:
        raise PlaceUnclear
    for shop in await partners.shops(db):
        if shop.id == occasion.shop and shop.partner_id == flash.partner_id:
            return shop
    raise NotFound(shop=occasion.shop)


def offer_of(offer_id: str, flash: Flash, occasion: Occasion, shop: Shop | None, at: Instant) -> Offer:
    """The offer for this occasion, which begins now."""
    said = {field: value for field, value in asdict(flash).items() if field not in ITS_OWN}
    said["audience"] = meant(flash, occasion, shop)
    said["budget"] = stocked(flash.budget, occasion)
    if occasion.shop is not None:
        said["conditions"] = replace(flash.conditions, shops=frozenset({occasion.shop}))
    return drafts.offer_of(offer_id, Draft(**said, since=moment(at), until=moment(at + flash.lasts_seconds)))


def meant(flash: Flash, occasion: Occasion, shop: Shop | None) -> Expression:
    """Whom it is for: of the flash's audience those near the place, or whose shop it is, or lies near it."""
    if occasion.latitude is not None and occasion.longitude is not None:
        metres = occasion.metres or flash.radius_metres
        if not metres:
            raise PlaceUnclear
        near = segments.NearWithin(metres=metres, latitude=occasion.latitude, longitude=occasion.longitude)
        return segments.All((flash.audience, near))
    if shop is None:
        return flash.audience
    if flash.radius_metres and shop.latitude is not None:
        km = max(1, round(flash.radius_metres / 1000))
        return segments.All((flash.audience, segments.HomeShopWithin(shop=shop.id, km=km)))
    return segments.All((flash.audience, segments.HomeShopIn(frozenset({shop.id}))))


def stocked(budget: Budget, occasion: Occasion) -> Budget:
    """The flash's budget with as many units as there are, but no more than it had."""
    if not occasion.units:
        return budget
    if occasion.shop is not None:
        units = min(occasion.units, budget.shop_units.get(occasion.shop, occasion.units))
        return replace(budget, shop_units={occasion.shop: units})
    return replace(budget, units=min(occasion.units, budget.units or occasion.units))


def fired(firing: Firing, offer: Offer) -> Fired:
    return Fired(
        flash_id=firing.flash_id,
        offer_id=offer.id,
        since=moment(offer.since),
        until=moment(offer.until),
        units=offer.budget.units or sum(offer.budget.shop_units.values()),
    )


async def the(db: Connection, flash_id: str) -> Kept:
    """The flash offer of this id; refuses where there is none."""
    if (kept := await flash_sql.flash(db, flash_id)) is None:
        raise NotFound(flash=flash_id)
    return kept


async def view(db: Connection, kept: Kept, at: Instant) -> FlashView:
    """As the console shows it."""
    return FlashView(
        id=kept.id,
        version=kept.version,
        flash=kept.body,
        author=kept.author,
        saved_at=moment(kept.saved_at),
        approved_by=kept.approver,
        fired_today=await flash_sql.fired_since(db, kept.id, at - DAY),
    )
