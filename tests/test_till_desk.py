"""What a till's screen asks before anybody comes: who it is and what it sells."""

import pytest

from punchcard.demo.town import PARTNERS, shelves
from punchcard.foundation.clock import moment
from punchcard.foundation.locale import LANGUAGES
from tests.town import NOON, Town

pytestmark = pytest.mark.anyio


async def test_a_till_is_told_who_it_is(town: Town) -> None:
    answer = await town.ask("GET", "/till/desk", key=town.till_keys["miro"])

    miro, found = PARTNERS[2], answer.json()
    assert answer.headers["Cache-Control"] == "no-store"
    assert found["till"].pop("id")
    assert found == {
        "till": {"name": "Till 1"},
        "shop": {"id": "miro-1", "name": "Miro Bakery", "zone": "Asia/Jerusalem"},
        "partner": {"id": "miro", "name": "Miro Bakery", "hue": miro.hue, "chroma": miro.chroma},
        "programme": {"name": "Almond", "languages": ["en", "he", "ar", "ru"], "currency": "ILS"},
        "floor_limit": 2000,
        "at": moment(NOON).isoformat().replace("+00:00", "Z"),
    }


async def test_it_is_told_in_its_own_language_and_what_holds_now(town: Town) -> None:
    terms = {"name": "Nola at the port", "floor_limit": 0}
    changed = await town.ask("PUT", "/console/shops/nola-1", terms, town.operator_key)

    found = (await town.ask("GET", "/till/desk", key=town.till_key, language="he")).json()

    assert changed.status_code == 200
    assert (found["partner"]["name"], found["programme"]["name"]) == ("קפה נולה", "שקד")
    assert (found["shop"]["name"], found["floor_limit"]) == ("Nola at the port", 0)


BEANS = {"sku": "beans", "name": {"en": "Beans", "ru": "Зёрна"}, "category": "coffee", "amount": 54_00}
CUP = {
    "sku": "espresso",
    "name": {"he": "אספרסו"},
    "category": "coffee",
    "amount": 12_00,
    "brand": "Nola",
    "art": "cup",
}
SHELF = "/console/partners/nola/products"


async def test_what_an_owner_lists_is_on_the_tills_buttons_in_their_language(town: Town) -> None:
    kept = await town.ask("PUT", SHELF, {"products": [CUP, BEANS]}, town.operator_key)
    shown = await town.ask("GET", SHELF, key=town.operator_key)
    russian = (await town.ask("GET", "/till/products", key=town.till_key, language="ru")).json()
    again = await town.ask("PUT", SHELF, {"products": [BEANS]}, town.operator_key)
    left = (await town.ask("GET", "/till/products", key=town.till_key)).json()

    assert kept.status_code == again.status_code == 200
    assert shown.json() == kept.json() == [CUP, BEANS | {"brand": "", "art": ""}]
    assert [(each["sku"], each["name"], each["amount"], each["art"]) for each in russian] == [
        ("espresso", "אספרסו", 12_00, "cup"),
        ("beans", "Зёрна", 54_00, ""),
    ]
    assert [each["name"] for each in left] == ["Beans"]


async def test_another_partners_tills_keep_their_own(town: Town) -> None:
    before = (await town.ask("GET", "/till/products", key=town.till_keys["miro"])).json()
    await town.ask("PUT", SHELF, {"products": []}, town.operator_key)

    assert (await town.ask("GET", "/till/products", key=town.till_key)).json() == []
    assert (await town.ask("GET", "/till/products", key=town.till_keys["miro"])).json() == before != []


@pytest.mark.parametrize(
    "products, code",
    [
        ([BEANS, BEANS | {"amount": 1}], "urn:punchcard:sku-twice"),
        ([BEANS | {"name": {}}], "urn:punchcard:malformed"),
        ([BEANS | {"art": "skull"}], "urn:punchcard:malformed"),
        ([BEANS | {"amount": -1}], "urn:punchcard:malformed"),
        ([BEANS | {"sku": f"bean-{n}"} for n in range(201)], "urn:punchcard:malformed"),
    ],
)
async def test_a_list_that_no_till_could_show_is_refused_and_the_old_one_stays(
    products: list[dict[str, object]], code: str, town: Town
) -> None:
    before = (await town.ask("GET", SHELF, key=town.operator_key)).json()
    answer = await town.ask("PUT", SHELF, {"products": products}, town.operator_key)

    assert (answer.status_code, answer.json()["type"]) == (400, code)
    assert (await town.ask("GET", SHELF, key=town.operator_key)).json() == before


async def test_only_an_owner_changes_the_list_of_a_partner_there_is(town: Town) -> None:
    staff = (await town.ask("POST", "/console/operators", {"name": "Omer"}, town.operator_key)).json()["key"]

    assert (await town.ask("PUT", SHELF, {"products": []}, staff)).status_code == 403
    assert len((await town.ask("GET", SHELF, key=staff)).json()) == 7
    nobodys = "/console/partners/nobody/products"
    assert (await town.ask("GET", nobodys, key=town.operator_key)).status_code == 404
    assert (await town.ask("PUT", nobodys, {"products": []}, town.operator_key)).status_code == 404


async def test_the_demos_buttons_are_named_in_every_language_of_the_programme() -> None:
    for products in shelves().values():
        assert 6 <= len(products) <= 8
        for each in products:
            assert set(each.name) == set(LANGUAGES) and each.art
