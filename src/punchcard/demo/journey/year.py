"""Baskets as facts of a programme: in its zone, in whatever year they are moved to, in one order and under ids that stay."""

from collections.abc import Container, Iterator
from datetime import UTC, datetime
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from punchcard import programme
from punchcard.foundation.clock import Instant
from punchcard.programme import Sale

from .rows import Basket, Rows

ZONE = "America/New_York"
"""Where we let the grocer be: the data bears local times and no place."""
WEEK = 7 * 86400
IDS = UUID("5b0b3c42-6a0e-5d3c-9d5e-3f1d4f7a2017")
PARTNER = "grocer"


def facts(rows: Rows, zone: str = ZONE, households: Container[int] | None = None) -> Iterator[tuple[int, list[Sale]]]:
    """Household by household (of the wanted ones) its sales of 2017, in canonical order."""
    for household in (each for each in rows.spans if households is None or each in households):
        yield household, sorted(sales(rows, household, zone), key=programme.position)


def sales(rows: Rows, household: int, zone: str, weeks: int = 0) -> list[Sale]:
    """What a household bought, so many weeks later than in 2017, at the same local hours, in the order of the till's clock."""
    return [sale(basket, zone, weeks) for basket in rows.baskets(household)]


def sale(basket: Basket, zone: str, weeks: int) -> Sale:
    """The same basket is the same fact, whenever it is read."""
    return Sale(
        id=fact_id(basket.id),
        at=instant(basket.wall + weeks * WEEK, zone),
        lines=tuple(
            programme.Line(
                sku=line.sku, category=line.category, brand=line.brand, quantity=line.quantity, amount=line.amount
            )
            for line in basket.lines
        ),
        shop=shop_id(basket.store),
        partner=PARTNER,
        receipt=str(basket.id),
    )


def fact_id(basket: int) -> str:
    return str(uuid5(IDS, str(basket)))


def shop_id(store: int) -> str:
    return f"{PARTNER}-{store}"


def instant(wall: int, zone: str) -> Instant:
    """When a clock in this zone shows this time; the first of two, where it is turned back."""
    return int(datetime.fromtimestamp(wall, UTC).replace(tzinfo=ZoneInfo(zone)).timestamp())


def wall(at: Instant, zone: str) -> int:
    """What a clock in this zone shows at this instant, as seconds since 1970 on that clock."""
    return int(datetime.fromtimestamp(at, ZoneInfo(zone)).replace(tzinfo=UTC).timestamp())
