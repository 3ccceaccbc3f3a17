"""The page behind the link on a card's back, over HTTP: what it says, what it never says, and when it says nothing more."""

import re

import pytest

from punchcard import passes
from punchcard.foundation.clock import DAY
from punchcard.foundation.database import Connection
from punchcard.foundation.locale import LANGUAGES
from tests.town import Person, Town, line

from .browser import almond_why

pytestmark = pytest.mark.anyio


@pytest.fixture
async def maya(town: Town) -> Person:
    return await town.join("maya@example.com")


async def link_of(town: Town, maya: Person, db: Connection) -> str:
    """As it stands on the back of her card."""
    face = await passes.face(db, maya.member_id, town.clock.now(), town.outside.world.settings)
    return face.why_url


async def test_the_card_leads_to_every_promise_that_counted_and_every_one_that_did_not(
    town: Town, maya: Person, db: Connection
):
    await town.sell(maya, line(2000))

    shown = await town.client.get(await link_of(town, maya, db), headers={"Accept-Language": "en"})

    assert shown.status_code == 200
    assert "Why 75 points?" in re.sub(r"</?bdi[^>]*>", "", shown.text)
    assert "Nola Coffee" in shown.text and "+20" in shown.text and "Five points for a coffee at Nola" in shown.text
    assert 'class="no"' in shown.text, "what did not count stands there, too"


async def test_it_shows_no_name_no_code_and_nothing_to_press(town: Town, maya: Person, db: Connection):
    await town.sell(maya, line(2000))

    text = (await town.client.get(await link_of(town, maya, db))).text

    assert "Maya" not in text and maya.card not in text and maya.card.replace("-", "") not in text
    assert not re.search(r"<(form|button|input|script|style)|style=|\son\w+=|https?://", text)
    assert set(re.findall(r'href="([^"]*)"', text)) >= {"?lang=en"}
    assert all(each.startswith(("/static/", "?lang=")) for each in re.findall(r'<a[^>]* href="([^"]*)"', text))


async def test_it_speaks_the_members_language_and_any_other_that_is_asked_for(town: Town, db: Connection):
    noa = await town.join("noa@example.com", language="he")
    address = await link_of(town, noa, db)

    assert '<html lang="he" dir="rtl">' in (await town.client.get(address)).text
    assert "Пока движений нет" in (await town.client.get(f"{address}?lang=ru")).text


async def test_the_link_says_the_same_for_a_year_and_then_ends(town: Town, maya: Person, db: Connection):
    address = await link_of(town, maya, db)
    town.clock.at += 30 * DAY

    assert await link_of(town, maya, db) == address
    assert (await town.client.get(address)).status_code == 200
    town.clock.at += 400 * DAY
    assert (await town.client.get(address)).status_code == 410


async def test_it_ends_with_the_cards_code(town: Town, maya: Person, db: Connection):
    address = await link_of(town, maya, db)
    await db.execute("update member set card_code = reverse(card_code) where member_id = $1", maya.member_id)

    assert (await town.client.get(address)).status_code == 404
    assert (await town.client.get(await link_of(town, maya, db))).status_code == 200


async def test_it_ends_with_the_card(town: Town, maya: Person, db: Connection):
    address = await link_of(town, maya, db)
    await db.execute("update member set state = 'frozen' where member_id = $1", maya.member_id)

    assert (await town.client.get(address)).status_code == 410


async def test_a_link_to_why_opens_no_card_and_a_card_no_why(town: Town, maya: Person, db: Connection):
    link = (await link_of(town, maya, db)).split("/")[-2]
    card = (await maya.get("/me/wallets"))["apple"].split("/")[-2]

    assert (await town.client.get(f"/c/{link}")).status_code == 404
    assert (await town.client.get(f"/c/{link}/card.pkpass")).status_code == 404
    assert (await town.client.get(f"/c/{card}/why")).status_code == 404


@pytest.mark.parametrize("link", ["x", "A" * 51, "é", "A" * 129])
async def test_what_was_never_given_out_says_nothing(town: Town, link: str):
    assert (await town.client.get(f"/c/{link}/why")).status_code in (400, 404)


async def test_nothing_yet_is_said_handsomely(town: Town, maya: Person, db: Connection):
    assert "Nothing has moved yet" in (await town.client.get(await link_of(town, maya, db))).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_expires_next_and_what_comes_later_stand_there(language: str):
    text = re.sub(r"</?bdi[^>]*>", "", almond_why.page(language))

    assert "180" in text and "32" in text and "−300" in text
    assert text.count("<details") == len(almond_why.LINES) and text.count(" open ") == 1
