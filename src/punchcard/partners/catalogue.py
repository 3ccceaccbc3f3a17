"""All partners and shops, read once for each version of them and process."""

import time

from msgspec import Struct

from punchcard.foundation.database import Connection

from . import sql
from .model import Partner, Shop


class Catalogue(Struct, frozen=True):
    """Every partner by its id, and every shop of every partner."""

    partners: dict[str, Partner]
    shops: tuple[Shop, ...]


_at_hand: list[tuple[int, Catalogue]] = []


async def catalogue(db: Connection) -> Catalogue:
    """All partners and shops; one cheap query as long as none changed."""
    version = await sql.version(db)
    if not _at_hand or _at_hand[0][0] != version:
        partners = {partner.id: partner for partner in await sql.all_partners(db)}
        _at_hand[:] = [(version, Catalogue(partners, tuple(await sql.all_shops(db))))]
    return _at_hand[0][1]


async def renewed(db: Connection) -> None:
    """Partners or shops changed: their version is one that was never there before, in whatever database."""
    await sql.bump(db, time.time_ns() // 1000)
