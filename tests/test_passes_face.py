"""Which shops stand on a card, and whose strip it wears: decided from a handful of rows."""

import pytest
from msgspec.structs import replace

from punchcard.partners import Shop
from punchcard.passes import operations

NOLA = Shop("nola-1", "nola", "Nola", "Asia/Jerusalem", 0, 32.070, 34.770)
MIRO = Shop("miro-1", "miro", "Miro", "Asia/Jerusalem", 0, 32.071, 34.771)
HAIFA = Shop("a-haifa", "nola", "Nola Haifa", "Asia/Jerusalem", 0, 32.794, 34.990)
NOWHERE = Shop("z-1", "nola", "Somewhere", "Asia/Jerusalem")
FIJI, SAMOA = (Shop(name, "x", name, "UTC", 0, -17.0, east) for name, east in (("fiji", 179.5), ("samoa", -172.0)))


@pytest.mark.parametrize(
    "shops, last, names",
    [
        ([NOLA, MIRO, HAIFA, NOWHERE], NOLA, ["Nola", "Miro", "Nola Haifa"]),
        ([NOLA, MIRO, HAIFA, NOWHERE], HAIFA, ["Nola Haifa", "Miro", "Nola"]),
        ([NOLA, MIRO, HAIFA], None, ["Nola Haifa", "Miro", "Nola"]),
        ([NOLA, MIRO, HAIFA], NOWHERE, ["Nola Haifa", "Miro", "Nola"]),
        ([NOWHERE], NOWHERE, []),
        ([NOLA, SAMOA, FIJI], replace(FIJI, longitude=-179.5), ["fiji", "samoa", "Nola"]),
    ],
)
def test_shops_stand_nearest_to_the_last_sale_first_else_by_id(
    shops: list[Shop], last: Shop | None, names: list[str]
) -> None:
    assert [each.name for each in operations.nearest(shops, last)] == names


def test_a_card_knows_ten_shops_at_most() -> None:
    many = [replace(NOLA, id=f"shop-{each:02}", latitude=32.0 + each / 100) for each in range(30)]

    found = operations.nearest(many, many[20])

    assert len(found) == 10
    assert min(each.latitude for each in found) > 32.1


@pytest.mark.parametrize(
    "visited, home",
    [
        ([], ""),
        ([MIRO], "miro"),
        ([MIRO, NOLA, HAIFA], "nola"),
        ([MIRO, NOLA], "miro"),
        ([NOLA, MIRO, MIRO, NOLA], "nola"),
    ],
)
def test_home_is_where_a_member_buys_most_of_late(visited: list[Shop], home: str) -> None:
    assert operations.home(visited) == home
