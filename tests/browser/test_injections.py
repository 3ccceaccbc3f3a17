"""What anybody may write (a name, a device, a receipt's number, an offer, a rulebook) is shown as text on every screen: nothing in
it runs, reaches out, is taken for markup or a style, or pushes a phone's screen over its edge."""

import itertools
import json
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct, structs
from playwright.async_api import Browser, Page, Route, expect

from punchcard import partners
from punchcard.demo import promotions, town
from punchcard.demo.offer import draft
from punchcard.demo.people import MemberApp, good, line
from punchcard.foundation import database as databases
from punchcard.foundation.clock import DAY, HOUR
from punchcard.foundation.ids import new_id
from punchcard.passes import why

from .living import Living, living, phone, till_page, who_is
from .seeing import over_the_edge

pytestmark = pytest.mark.anyio
OK = 200
LANGUAGES = ("en", "he", "ar", "ru")
PAYLOADS = (
    "<img src=x onerror=ran=1>",
    '"><script>ran=1</script>',
    "</script><svg onload=ran=1>",
    "javascript:ran=1",
    "{{7*7}}${7*7}{n}<%=7*7%>",
    "\u202e\u2067turned\u200f&lt;b&gt;",
    "W" * 60,
    "red;}*{display:none!important}",
    "' onfocus=ran=1 autofocus x='",
)
SHORT = ("<b onclick=ran=1>", '"><u>{n}', "\u202egnol", "W" * 24)
"""What fits where 24 letters may stand."""
LOCALISED = re.compile(r'\b(en|he|ar|ru) = "(?:[^"\\]|\\.)*"')
FILES = "</script><script>ran=1</script>"
TOLERATED = ("status of 4", "Refusal")
SCRIPTS = """[...document.querySelectorAll('*')].flatMap(el => [...el.attributes]
  .filter(({name, value}) => name.startsWith('on') || name === 'srcdoc'
    || /^(href|src|action|formaction|xlink:href)$/.test(name) && /^\\s*javascript:/i.test(value))
  .map(({name, value}) => `${el.tagName} ${name}=${value}`))"""
"""An attribute that would run something, had the page's policy let it."""
STRANGERS = """[...document.querySelectorAll('script, iframe, object, embed, base, [src=x]')]
  .filter(el => !(el.tagName === 'SCRIPT' && el.src.includes('/static/v/'))).map(el => el.outerHTML)"""
OVER = """[...document.querySelectorAll('body *')].filter(el => { const {left, right, width} = el.getBoundingClientRect()
  return width && (right > innerWidth + 1 || left < -1) })
  .map(el => `${el.tagName}.${el.getAttribute('class')}`).slice(-12).join(' ')"""
SEEN = "document.body.innerText"


def nasty() -> Callable[[], str]:
    """Each of them in turn, each time otherwise, as names must differ."""
    turns, count = itertools.cycle(PAYLOADS), itertools.count()
    return lambda: f"{next(turns)}{next(count)}"


def words(say: Callable[[], str]) -> dict[str, str]:
    text = say()
    return dict.fromkeys(LANGUAGES, text)


class Hostile(Struct, frozen=True):
    """The house of people who mean no good, its member, and a till with a name."""

    house: Living
    eve: MemberApp
    claim: str


@pytest.fixture(scope="module")
async def hostile(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hostile]:
    root, say = tmp_path_factory.mktemp("hostile"), nasty()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(town, "PARTNERS", tuple(structs.replace(each, name=words(say)) for each in town.PARTNERS))
        patch.setattr(town, "PROGRAMME", poisoned(town.PROGRAMME, root / "rules.toml", say))
        patch.setattr(town, "PRODUCTS", poisoned(town.PRODUCTS, root / "products.toml", say))
        async with living(root) as house:
            known = Living(house.stage, town.Town(house.keys.operator_key, await tills(house, say)))
            eve, claim = await settled(known, say)
            yield Hostile(known, eve, claim)
            await eve.close()


def poisoned(file: Path, to: Path, say: Callable[[], str]) -> Path:
    """The same file with every text for people replaced."""
    to.write_text(LOCALISED.sub(lambda found: f"{found[1]} = {json.dumps(say())}", file.read_text()))
    return to


async def tills(house: Living, say: Callable[[], str]) -> dict[str, str]:
    """Another till in each shop, whose name somebody chose; the shop, too."""
    database, keys = await databases.connect(str(house.stage.config.database_url), connections_max=1), {}
    try:
        async with database.transaction() as db:
            for partner in house.keys.till_keys:
                shop = await partners.add_shop(db, partners.Shop(f"{partner}-2", partner, say(), town.ZONE))
                _, keys[partner] = await partners.add_till(db, shop.id, say())
    finally:
        await database.close()
    return keys


async def settled(house: Living, say: Callable[[], str]) -> tuple[MemberApp, str]:
    eve = await house.member()
    profile = await eve.get("/me/profile")
    named = {name: profile[name] for name in ("language", "zone", "birthday", "born_year")}
    await eve.put("/me/profile", {**named, "name": PAYLOADS[0]})
    await eve.put("/me/household", {"name": say()})
    card = (await eve.get("/me/card"))["code"]
    for partner, sku in {"nola": "coffee", "rayhan": "produce", "miro": "bakery"}.items():
        till = house.till(partner)
        for _ in range(3):
            basket = [line(say(), sku, 150_00, 3, say()), line(say(), say(), 5_00)]
            await till.sell(card, basket, receipt_number=say(), cashier=say())
        await till.close()
    await offered(house, say)
    claim = str(new_id())
    await eve.put(f"/me/claims/{claim}", {"reward": "any-coffee"})
    return eve, claim


async def offered(house: Living, say: Callable[[], str]) -> None:
    operator, now = house.operator(), house.stage.clock.now()
    short = itertools.cycle(SHORT)
    for id, each in {
        "double-coffee": draft(now + 2, now + 3 * HOUR),
        "fruit": promotions.offer("rayhan", promotions.FRUIT, now + 2, now + 2 * DAY, activation=True),
        "bread": promotions.offer("miro", promotions.BREAD, now + 2, now + 5 * DAY, activation=True),
        "loaf": promotions.offer("miro", promotions.LOAF, now + 2, now + 9 * DAY, art="..-constructor"),
    }.items():
        texts = {"name": words(say), "text": words(say), "short": dict.fromkeys(LANGUAGES, next(short))}
        good(await operator.ask("PUT", f"/console/offers/{id}", each | texts))
    await operator.close()


async def harmless(page: Page) -> None:
    """Nothing ran, nothing was made of what is text, and all of it stays within the screen."""
    await page.wait_for_timeout(700)
    assert await page.evaluate("typeof ran") == "undefined"
    assert await page.evaluate(SCRIPTS) == []
    assert await page.evaluate(STRANGERS) == []
    assert await page.evaluate("getComputedStyle(document.body).display") != "none"
    assert not re.search(r"(?<!\d)49(?!\d)\{n\}", await page.evaluate(SEEN)), "a template was reckoned"
    assert await over_the_edge(page) <= 0, f"{await over_the_edge(page)} px over the edge: {await page.evaluate(OVER)}"


APP = {
    "home": (),
    "code": (),
    "offers": (),
    "offers/fruit": (),
    "offers/double-coffee": (),
    "rewards": (),
    "rewards/five-off": (),
    "challenges": (),
    "challenges/weekly-table": (),
    "activity": (".app .panel .row",),
    "expiry": (),
    "inbox": (),
    "settings": ("[aria-controls=about]",),
    "devices": (),
    "privacy": (),
    "privacy/leave": (),
}


@pytest.mark.parametrize("language", ["en", "he"])
async def test_the_app_shows_it_as_text(hostile: Hostile, browser: Browser, language: str) -> None:
    agent = "Mozilla/5.0 <img src=x onerror=ran=1> Chrome/"
    async with phone(hostile.house, browser, hostile.eve, "/app/", language, user_agent=agent) as page:
        faults = []
        for path, presses in APP.items():
            await page.evaluate("to => { location.hash = to }", path)
            await expect(page.locator("h1").first).to_be_attached()
            await page.wait_for_timeout(500)
            for press in presses:
                await page.locator(press).first.click()
            try:
                await harmless(page)
            except AssertionError as fault:
                print("FAULT", path, fault)
                faults.append(path)
        assert faults == []


async def test_names_stand_there_letter_by_letter(hostile: Hostile, browser: Browser) -> None:
    async with phone(hostile.house, browser, hostile.eve, "/app/#offers") as page:
        offers = await hostile.eve.get("/me/offers")
        assert len(offers) == 4
        await expect(page.locator(".tabs")).to_be_visible()
        await page.wait_for_timeout(1000)
        seen = re.sub(r"\s+", " ", await page.evaluate("document.body.textContent"))
        assert all(re.sub(r"\s+", " ", each["title"]) in seen for each in offers)


async def test_a_till_that_asks_and_a_device_are_text(hostile: Hostile, browser: Browser) -> None:
    card = (await hostile.eve.get("/me/card"))["code"]
    async with phone(hostile.house, browser, hostile.eve) as page:
        till = hostile.house.till()
        await till.put(f"/till/approvals/{new_id()}", {"card": card, "worth": 500, "total": 39_00})
        await till.close()
        await page.locator("[role=alertdialog]").wait_for()
        await harmless(page)


@pytest.mark.parametrize("width", [1024, 390])
async def test_the_till_shows_it_as_text(hostile: Hostile, browser: Browser, width: int) -> None:
    card = (await hostile.eve.get("/me/card"))["code"]
    size = {"width": width, "height": 768}
    async with till_page(hostile.house, browser, tolerated=TOLERATED, viewport=size) as page:
        await page.locator("main.till").wait_for()
        await harmless(page)
        for n in (0, 1):
            await page.evaluate(f"document.querySelectorAll('.products button')[{n}]?.click()")
        await page.get_by_label("Card number").fill(card)
        await page.keyboard.press("Enter")
        await page.locator(".mini").wait_for()
        await expect(page.locator("main")).to_contain_text(PAYLOADS[0])
        await harmless(page)
        await page.locator(".acts .btn.primary").click()
        await page.locator(".paper").wait_for()
        await harmless(page)
        await page.keyboard.press("Enter")
        await page.keyboard.type(FILES)
        await page.keyboard.press("Enter")
        await harmless(page)


async def test_the_card_page_shows_it_as_text(hostile: Hostile, browser: Browser) -> None:
    links, now = await hostile.eve.get("/me/wallets"), hostile.house.stage.clock.now()
    address = next(each for each in (links["apple"], links["google"]) if each).rsplit("/", 1)[0]
    card = (await hostile.eve.get("/me/card"))["code"].replace("-", "")
    story = why.address(hostile.house.stage.config, who_is(hostile.eve), card, now)
    async with phone(hostile.house, browser, None) as page:
        for path in (address, f"{address}?lang=%22%3E%3Cscript%3Eran=1%3C/script%3E", story):
            said = await page.goto(path)
            assert said and said.status == OK
            await harmless(page)
            assert await page.locator("img[src=x], svg[onload]").count() == 0


TYPES: tuple[Any, ...] = (None, "<img src=x onerror=ran=1>", -1e308, [], {"constructor": {"type": "script"}})


@pytest.mark.parametrize("value", TYPES, ids=repr)
async def test_an_answer_of_another_kind_makes_no_markup(hostile: Hostile, browser: Browser, value: Any) -> None:
    """A house that lost its mind: what is expected as text or number is something else."""
    profile = {"name": value, "language": "en", "zone": town.ZONE, "birthday": value, "born_year": value}
    devices = [
        {"id": "x", "name": value, "since": "2026-01-01T00:00:00Z", "seen_at": "2026-01-01T00:00:00Z", "this": value}
    ]

    async def odd(route: Route) -> None:
        await route.fulfill(json=devices if "devices" in route.request.url else profile)

    async with phone(hostile.house, browser, hostile.eve, tolerated=("",)) as page:
        for path in ("devices", "profile"):
            await page.route(f"**/me/{path}", odd)
        for path in ("devices", "settings"):
            await page.goto(f"{hostile.house.url}/app/#{path}")
            await page.reload()
            await harmless(page)
