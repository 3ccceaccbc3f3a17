"""Offers, rewards, challenges and the statement in Chromium on the whole house: one tap does what it says, once."""

from typing import Any
from uuid import UUID

import pytest
from playwright.async_api import Browser, Page, Route, expect

from punchcard.demo.people import MemberApp, line, prefers
from punchcard.foundation.clock import DAY, moment
from punchcard.foundation.ids import new_id
from punchcard.foundation.locale import LANGUAGES

from .living import Living, phone
from .seeing import EVERY_LOOK, over_the_edge, too_small, troubles

pytestmark = pytest.mark.anyio
NARROW = {"width": 320, "height": 700}
MANY = line("olive-oil", "groceries", 500_00)
LOST = ("ERR_FAILED", "Offline")
SCREENS = ("offers", "rewards", "challenges", "challenges/weekly-table", "activity", "activity/receipt", "expiry")


async def rich(house: Living) -> MemberApp:
    """Somebody who spent ₪500 at Rayhan's."""
    maya = await house.member("Maya")
    await house.till("rayhan").sell((await maya.get("/me/card"))["code"], [MANY])
    return maya


async def offered(house: Living, app: MemberApp, **more: Any) -> str:
    """An offer that is for whoever agreed, taken with a tap."""
    await prefers(app, consents={"marketing": True, "personalisation": False, "location": False})
    id, at = f"tap-{new_id().hex[:12]}", house.stage.clock.now()
    said = dict.fromkeys(("en", "he", "ar", "ru"), f"Taken with a tap {id[-4:]}")
    body = {
        "partner_id": "nola",
        "name": said,
        "text": said,
        "art": "cup",
        "since": moment(at + 3).isoformat(),
        "until": moment(at + DAY // 2).isoformat(),
        "audience": {"type": "all", "of": [{"type": "consents-to", "purpose": "marketing"}]},
        "benefit": {"type": "discount", "amount": 200},
        "activation": True,
    }
    await house.operator().put(f"/console/offers/{id}", body | more)
    return id


async def offer_of(app: MemberApp, id: str) -> Any:
    return next((each for each in await app.get("/me/offers") if each["id"] == id), None)


async def test_an_offer_is_taken_with_one_tap_left_with_another_and_says_why(house: Living, browser: Browser) -> None:
    maya = await house.member("Maya")
    id = await offered(house, maya)
    async with phone(house, browser, maya, "/app/#offers") as page:
        tap = page.get_by_role("button", name=f"tap {id[-4:]}")
        await expect(tap).to_have_attribute("aria-pressed", "false", timeout=20_000)
        await expect(page.get_by_role("timer").first).to_contain_text(":")

        await tap.click()
        await expect(tap).to_have_attribute("aria-pressed", "true")
        assert (await offer_of(maya, id))["activated_at"]

        await page.get_by_role("link", name=f"tap {id[-4:]}").click()
        sheet = page.get_by_role("dialog")
        await sheet.get_by_role("button", name="Why this offer?").click()
        await expect(sheet).to_contain_text((await maya.get(f"/me/offers/{id}/why"))["because"][0])

        await sheet.get_by_role("button", name="Active").click()
        await expect(sheet.get_by_role("button", name="Activate")).to_be_visible()
        assert (await offer_of(maya, id))["activated_at"] is None

        await page.keyboard.press("Escape")
        await expect(sheet).to_be_hidden()
        await expect(page).to_have_url(f"{house.url}/app/#offers")
        await expect(page.get_by_role("link", name=f"tap {id[-4:]}")).to_be_focused()


async def test_a_reward_is_claimed_once_although_the_answer_was_lost_and_handed_back(
    house: Living, browser: Browser
) -> None:
    maya = await rich(house)
    before = (await maya.get("/me/card"))["points"]
    async with phone(house, browser, maya, "/app/#rewards/any-coffee", tolerated=LOST) as page:
        asked: list[str] = []

        async def lose(route: Route) -> None:
            """The first time nobody hears it, the second time the house does, and the phone hears nothing."""
            if route.request.method != "PUT":
                return await route.fallback()
            if asked:
                await route.fetch()
            asked.append(route.request.url)
            await route.abort()
            return None

        await page.route("**/me/claims/*", lose)
        for _ in range(2):
            await page.get_by_role("button", name="Get it for 300 points").click()
            await expect(page.locator(".toast.bad")).to_contain_text("No connection just now")
            await page.locator(".toast.bad").click()
        (claim,) = await claims_of(maya, 1)
        assert asked == [f"{house.url}/me/claims/{claim['id']}"] * 2, "it was asked for under another name"

        await expect(page.get_by_role("dialog").get_by_text(claim["code"])).to_be_visible(timeout=20_000)
        assert (await maya.get("/me/card"))["points"] == before - 300

        if await page.locator(".party").count():
            await page.locator(".party button").click()
        await page.goto(f"{house.url}/app/#rewards/claim:{claim['id']}")
        await page.get_by_role("button", name="Hand it back").click()
        await page.get_by_role("button", name="Hand it back for 300 points").click()
        await expect(page.get_by_text("300 points came back")).to_be_visible()
        assert (await maya.get("/me/card"))["points"] == before
        assert [each["state"] for each in await claims_of(maya, 1)] == ["handed-back"]


async def claims_of(app: MemberApp, count: int) -> Any:
    claims = await app.get("/me/claims")
    assert len(claims) == count
    return claims


async def test_a_line_opens_to_terms_that_come_to_its_points(house: Living, browser: Browser) -> None:
    maya = await rich(house)
    (sold,) = (await maya.get("/me/activity"))["lines"]
    async with phone(house, browser, maya, "/app/#activity") as page:
        shown = page.get_by_role("button", name="Rayhan Grocery")
        await expect(shown).to_contain_text(f"+{sold['points']}")
        await shown.click()
        await expect(shown).to_have_attribute("aria-expanded", "true")

        terms = await page.locator(".whybox .l").all_inner_texts()
        figures = [int(each.rsplit("+", 1)[1].replace(",", "")) for each in terms if "+" in each]
        assert sum(figures) == sold["points"] > 0
        assert len(terms) == len(sold["reasons"]) > len(figures)


async def test_a_receipt_without_the_card_counts_when_it_is_typed_in(house: Living, browser: Browser) -> None:
    maya, sale = await house.member("Maya"), UUID(str(new_id()))
    number = f"R{sale.hex[-8:]}"
    printed = await house.till("miro").sell("", [line("rye", "bakery", 42_50)], sale, receipt_number=number)
    async with phone(house, browser, maya, "/app/#activity/receipt", tolerated=("status of 404", "Refusal")) as page:
        await page.get_by_label("Shop").select_option("Miro Bakery")
        await page.get_by_label("Day").fill(printed["day"])
        await page.get_by_label("Receipt number").fill(f"{number}0")
        await page.get_by_label("Total").fill("42,50")
        await page.get_by_role("button", name="Claim it").click()
        await expect(page.locator(".toast.bad")).to_be_visible()

        await page.get_by_label("Receipt number").fill(number)
        await page.get_by_role("button", name="Claim it").click()
        await expect(page.get_by_role("button", name="Miro Bakery")).to_contain_text("₪42.50")
        (mine,) = (await maya.get("/me/activity"))["lines"]
        assert (mine["shop"], mine["amount"]["amount"]) == ("Miro Bakery", 42_50)


async def test_a_challenge_says_how_far_it_is_and_what_comes_next(house: Living, browser: Browser) -> None:
    maya = await rich(house)
    table = next(each for each in await maya.get("/me/challenges") if each["id"] == "weekly-table")
    async with phone(house, browser, maya, "/app/#challenges") as page:
        await expect(page.get_by_role("link", name="Weekly table")).to_contain_text("1/8")
        badges = await maya.get("/me/badges")
        await expect(page.locator(".badge")).to_have_count(len(badges))
        await expect(page.locator(".badge.todo")).to_have_count(sum(not each["earned_at"] for each in badges))

        await page.get_by_role("link", name="Weekly table").click()
        await expect(page.get_by_text(table["next_step"])).to_be_visible()
        await expect(page.get_by_text(table["prize"])).to_be_visible()
        await expect(page.locator(".stamp")).to_have_count(8)
        await expect(page.locator(".stamp.on")).to_have_count(1)


@pytest.mark.parametrize("language", LANGUAGES if EVERY_LOOK else ["ar"])
async def test_everybody_can_use_these_screens(house: Living, browser: Browser, language: str) -> None:
    maya = await rich(house)
    await offered(house, maya)
    async with phone(house, browser, maya, "/app/#home", language, viewport=NARROW) as page:
        for screen in SCREENS:
            await shows(page, screen)
            found = await troubles(page)
            assert (screen, found, await over_the_edge(page), await too_small(page)) == (screen, [], 0, [])


async def shows(page: Page, screen: str) -> None:
    await page.evaluate("to => (location.hash = to)", screen)
    await expect(page.locator("main.app h1")).to_be_visible(timeout=20_000)
    await expect(page.locator(".panel, .hero-offer, .field").first).to_be_visible(timeout=20_000)
