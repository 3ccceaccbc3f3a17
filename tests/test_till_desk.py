"""What a till's screen asks before anybody comes: who it is and what it sells."""

import pytest

from punchcard.foundation.clock import moment
from tests.town import NOON, Town

pytestmark = pytest.mark.anyio


async def test_a_till_is_told_who_it_is(town: Town) -> None:
    answer = await town.ask("GET", "/till/desk", key=town.till_keys["miro"])

    found = answer.json()
    assert answer.headers["Cache-Control"] == "no-store"
    assert found["till"].pop("id")
    assert found == {
        "till": {"name": "Till 1"},
        "shop": {"id": "miro-1", "name": "Miro Bakery", "zone": "Asia/Jerusalem"},
        "partner": {"id": "miro", "name": "Miro Bakery", "hue": 70, "chroma": 0.1},
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
