"""What a face may know before anybody has signed in, and the wallets' official badges."""

from pathlib import Path

import pytest

from punchcard.demo import town as almond
from punchcard.surfaces.programme import badges
from tests.conftest import OneTransaction
from tests.town import StandingClock, Town, opened, settings_in

DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


async def test_whoever_comes_reads_what_the_programme_is_called_and_who_takes_part(town: Town):
    answer = await town.ask("GET", "/programme", language="ru")

    found = answer.json()
    assert (found["name"], found["currency"], found["zone"]) == ("Миндаль", "ILS", almond.ZONE)
    assert (found["unit"], found["point_value"], found["languages"]) == ("", 1, ["en", "he", "ar", "ru"])
    assert [(tier["id"], tier["threshold"], tier["look"]) for tier in found["tiers"]] == [
        ("bud", 0, "bud"),
        ("blossom", 500, "blossom"),
        ("orchard", 3000, "orchard"),
    ]
    assert {each["id"]: each["mark"] for each in found["partners"]} == {
        "nola": "nola",
        "miro": "miro",
        "rayhan": "rayhan",
    }
    assert {shop["partner_id"] for shop in found["shops"]} == {"nola", "miro", "rayhan"}
    assert found["badges"] == {"apple": None, "google": None}


async def test_it_may_be_kept_for_a_minute_by_language(town: Town):
    answer = await town.ask("GET", "/programme")

    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert "Accept-Language" in answer.headers["Vary"]


async def test_a_merchant_for_whom_nothing_is_drawn_has_no_mark(town: Town):
    body = {"id": "tea", "name": {"en": "Tea", "he": "תה", "ar": "شاي", "ru": "Чай"}, "hue": 120, "chroma": 0.1}
    assert (await town.ask("POST", "/console/partners", body, town.operator_key)).is_success

    [tea] = [each for each in (await town.ask("GET", "/programme")).json()["partners"] if each["id"] == "tea"]

    assert tea == {"id": "tea", "name": "Tea", "hue": 120, "chroma": 0.1, "mark": None}


@pytest.fixture
async def decorated(house: OneTransaction, tmp_path: Path):
    """A town whose operator has put some badges into a folder, and other things beside them."""
    folder = tmp_path / "badges"
    folder.mkdir()
    (folder / "apple.en.svg").write_bytes(DRAWING)
    (folder / "apple.he.png").write_bytes(b"\x89PNG")
    (folder / "google.ru.png").write_bytes(b"\x89PNG" + bytes(badges.BYTES_MAX))
    (folder / "secret.txt").write_bytes(b"no badge")
    settings = settings_in(tmp_path, badges_dir=folder)
    async with opened(house, settings, StandingClock()) as town:
        yield town


async def test_a_badge_is_sent_unaltered_and_can_run_nothing(decorated: Town):
    address = (await decorated.ask("GET", "/programme")).json()["badges"]["apple"]

    answer = await decorated.ask("GET", address)

    assert address.startswith("/static/badges/apple.en.svg?v=")
    assert (answer.content, answer.headers["Content-Type"]) == (DRAWING, "image/svg+xml")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("language, name", [("he", "apple.he.png"), ("ru", "apple.en.svg"), ("en", "apple.en.svg")])
async def test_a_badge_speaks_the_language_of_the_caller_or_english(decorated: Town, language: str, name: str):
    found = (await decorated.ask("GET", "/programme", language=language)).json()["badges"]

    assert found["apple"].startswith(f"/static/badges/{name}?")
    assert found["google"] is None, "what is larger than any badge is none"


@pytest.mark.parametrize("name", ["secret.txt", "google.ru.png", "apple.fr.svg", "..%2fsecret.txt", "apple"])
async def test_nothing_else_leaves_the_folder(decorated: Town, name: str):
    assert (await decorated.ask("GET", f"/static/badges/{name}")).status_code == 404
