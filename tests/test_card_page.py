"""The card page as HTML and its files over HTTP; what a browser makes of it is in tests/browser."""

import gzip
import re
from typing import Any

import httpx
import pytest
from litestar import Litestar
from litestar.di import Provide

from punchcard import surfaces
from punchcard.foundation import problems, tokens
from punchcard.foundation.clock import DAY, HOUR, MINUTE, Clock
from punchcard.foundation.database import Database
from punchcard.foundation.ids import new_id
from punchcard.foundation.locale import LANGUAGES
from punchcard.foundation.settings import Secret, Settings
from punchcard.surfaces.app import code, page
from punchcard.surfaces.web import static

from .browser import almond
from .browser.almond import NOW
from .doubles import Outside
from .town import Person, Town, line

pytestmark = pytest.mark.anyio

SETTINGS = Settings(secret=Secret("0123456789abcdefghijklmnopqrstuvwxyz-card"), demo=True)
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)"
PIXEL = "Mozilla/5.0 (Linux; Android 15; Pixel 9)"
DESKTOP = "Mozilla/5.0 (X11; Linux x86_64)"


@pytest.fixture
def client() -> httpx.AsyncClient:
    """The faces without a database: what is refused before one is asked."""
    nowhere = Database.__new__(Database)
    app: Any = Litestar(
        surfaces.routes,
        dependencies={
            "settings": Provide(lambda: SETTINGS, sync_to_thread=False),
            "database": Provide(lambda: nowhere, sync_to_thread=False),
            "world": Provide(lambda: Outside(nowhere, SETTINGS).world, sync_to_thread=False),
            "language": Provide(problems.language_of, sync_to_thread=False),
            "at": Provide(lambda: NOW, sync_to_thread=False),
            "clock": Provide(
                lambda: Clock(), sync_to_thread=False
            ),  # the class by itself would ask the query for its file
            "member_id": Provide(new_id, sync_to_thread=False),
        },
        exception_handlers=problems.HANDLERS,
    )
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://card.test")


def written(language: str = "en", **face: Any) -> str:
    return page.card(almond.face(language, **face), almond.extra(), almond.TITLE, [], language, NOW)


async def test_a_link_that_was_never_given_out_shows_a_page_that_says_so(town: Town):
    answer = await town.client.get("/c/no-such-link", headers={"Accept-Language": "ru"})

    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "Эта ссылка больше не действует" in answer.text


async def page_of(town: Town, member: Person) -> str:
    """The card page of the link that the member is given now."""
    return str((await member.get("/me/wallets"))["apple"].removesuffix("/card.pkpass"))


async def test_a_link_that_has_ended_is_gone(town: Town):
    address = await page_of(town, await town.join("noa@example.com"))
    town.clock.at += DAY

    answer = await town.client.get(f"{address}?lang=he")

    assert answer.status_code == 410
    assert 'dir="rtl"' in answer.text


async def test_a_link_for_another_purpose_opens_no_card(town: Town):
    noa = await town.join("noa@example.com")
    link = tokens.sign_link(town.outside.world.settings.secrets, "sign-out", noa.member_id, town.clock.now() + DAY)

    assert (await town.client.get(f"/c/{link}")).status_code == 404
    assert (await town.client.get(f"/c/{link}/google")).status_code == 404


async def test_a_page_is_kept_by_nobody_and_lets_nothing_in(town: Town):
    headers = (await town.client.get("/c/no-such-link")).headers

    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]


@pytest.mark.parametrize("path", ["x" * 129, "%2e%2e%2f", "a?lang=" + "x" * 9, "%ff"])
async def test_what_cannot_be_a_link_is_refused_and_breaks_nothing(town: Town, path: str):
    assert (await town.client.get(f"/c/{path}")).status_code in (400, 404)


MADE = ("words/", "app.joined/")
"""What lies in no file: it is put together when the house starts."""


@pytest.mark.parametrize("name", sorted(each for each in static.files() if not each.startswith(MADE)))
async def test_every_file_of_the_pages_is_served_with_its_type(client: httpx.AsyncClient, name: str):
    answer = await client.get(static.address(name))

    assert answer.status_code == 200
    assert answer.content == (static.FOLDER / name).read_bytes()
    assert answer.headers["content-type"].split(";")[0] == static.files()[name].media_type
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("said", ["{tag}", "W/{tag}", '"another", {tag}'])
async def test_a_file_that_is_known_is_not_sent_again(client: httpx.AsyncClient, said: str):
    tag = (await client.get("/static/card.css")).headers["etag"]

    again = await client.get("/static/card.css", headers={"If-None-Match": said.format(tag=tag)})
    other = await client.get("/static/card.css", headers={"If-None-Match": '"another"'})

    assert (again.status_code, again.content) == (304, b"")
    assert other.status_code == 200


async def test_style_sheets_travel_packed_where_the_browser_can_unpack(client: httpx.AsyncClient):
    async with client.stream("GET", "/static/card.css", headers={"Accept-Encoding": "gzip"}) as packed:
        raw = b"".join([part async for part in packed.aiter_raw()])
    plain = await client.get("/static/card.css", headers={"Accept-Encoding": "identity"})

    assert packed.headers["vary"] == "Accept-Encoding"
    assert gzip.decompress(raw) == plain.content


@pytest.mark.parametrize(
    "path",
    [
        "../page.py",
        "%2e%2e/page.py",
        "..%2fpage.py",
        "art/../../page.py",
        "/etc/passwd",
        "art",
        "",
        "CARD.CSS",
    ],
)
async def test_no_other_file_can_be_had(client: httpx.AsyncClient, path: str):
    assert (await client.get(httpx.URL(f"https://card.test/static/{path}"))).status_code == 404


@pytest.mark.parametrize(
    "agent, seen", [(IPHONE, ["apple"]), (PIXEL, ["google"]), (DESKTOP, ["apple", "google"]), ("", ["apple", "google"])]
)
def test_a_phone_is_offered_its_own_wallet(agent: str, seen: list[str]):
    assert [each.name for each in page.wallets("x", agent, apple=True, google=True)] == seen


def test_a_wallet_that_is_not_set_up_is_not_offered():
    assert page.wallets("x", DESKTOP, apple=False, google=False) == []
    assert [each.name for each in page.wallets("x", DESKTOP, apple=True, google=False)] == ["apple"]


@pytest.mark.parametrize("asked, theirs, language", [("ar", "he", "ar"), (None, "he", "he"), ("xx", "", "ru")])
def test_the_page_speaks_as_asked_then_as_the_member_then_as_the_browser(asked: str | None, theirs: str, language: str):
    assert page.spoken(asked, theirs, "ru") == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_holds_no_style_no_script_and_nothing_from_elsewhere(language: str):
    text = written(language)

    assert not re.search(r"<style|style=|<script(?! type=\"module\" src=\"/static/)|\son\w+=|https?://", text)


@pytest.mark.parametrize(
    "seconds, timer, said",
    [
        (1, "0:01", "today until"),
        (2 * HOUR + 47 * MINUTE, "2:47", "today until\u00a017:00"),
        (13 * HOUR, "13:00", "until 23 November,\u00a003:13"),
        (DAY + 9 * HOUR + 47 * MINUTE, "", "until 23 November"),
        (3 * DAY, "", "3 days left"),
    ],
)
def test_an_offer_says_when_it_ends(seconds: int, timer: str, said: str):
    text = written(offer_seconds=seconds)

    assert (f">{timer}</span>" in text) if timer else ('class="timer' not in text)
    assert said in text.replace("<bdi>", "").replace("</bdi>", "")


def test_an_offer_that_is_over_is_not_shown():
    assert 'class="panel next"' not in written(offer_seconds=0)
    assert 'class="panel next"' not in written(offer_seconds=-1)


def test_the_highest_level_has_nothing_to_climb_to():
    assert "<progress" not in written(tier="orchard")
    assert '<progress class="track" value="1480" max="2000"' in written(tier="blossom")


def test_the_code_on_the_page_is_a_full_qr_code_with_its_quiet_zone():
    drawn = code.draw(almond.CODE)

    assert drawn.box == "-4 -4 29 29"
    assert drawn.path.startswith("M0 0h7v1h-7z")


async def test_whoever_holds_the_link_sees_the_card_as_it_is_now(town: Town):
    noa = await town.join("noa@example.com", name="Noa <b>", language="he")
    address = await page_of(town, noa)
    await town.sell(noa, line(12_000))

    shown = await town.client.get(address, headers={"User-Agent": IPHONE})
    in_russian = await town.client.get(f"{address}?lang=ru")

    assert shown.status_code == 200
    assert '<html lang="he" dir="rtl">' in shown.text
    assert "Noa &lt;b&gt;" in shown.text
    path = httpx.URL(address).path
    assert f"{path}/card.pkpass" in shown.text and f"{path}/google" not in shown.text
    points = (await noa.get("/me/card"))["points"]
    assert points and f"<bdi>{points}</bdi>" in shown.text
    assert "Цветение" in in_russian.text or "Бутон" in in_russian.text
