"""All partners and shops with their hours, read once for each version of them and process."""

import time

from msgspec import Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection

from . import hours_sql, sql
from .hours import Hours, next_opening
from .model import Partner, Shop


class Catalogue(Struct, frozen=True):
    """Every partner by its id, every shop of every partner, and the opening hours of those that said them."""

    partners: dict[str, Partner]
    shops: tuple[Shop, ...]
    hours: dict[str, Hours] = {}

    def open_at(self, shop: Shop, at: Instant) -> bool:
        """Whether the shop is open; one that never said counts as open."""
        return self.next_open(shop, at) == at

    def next_open(self, shop: Shop, at: Instant) -> Instant:
        """The first instant from `at` on at which it is open; `NEVER` for one that stays shut."""
        return next_opening(self.hours.get(shop.id), shop.zone, at)


_at_hand: list[tuple[int, Catalogue]] = []


async def catalogue(db: Connection) -> Catalogue:
    """All partners and shops; one cheap query as long as none changed."""
    version = await sql.version(db)
    if not _at_hand or _at_hand[0][0] != version:
        partners = {partner.id: partner for partner in await sql.all_partners(db)}
        shops, hours = tuple(await sql.all_shops(db)), await hours_sql.all_hours(db)
        _at_hand[:] = [(version, Catalogue(partners, shops, hours))]
    return _at_hand[0][1]


async def renewed(db: Connection) -> None:
    """Partners or shops changed: their version is one that was never there before, in whatever database."""
    await sql.bump(db, time.time_ns() // 1000)
