"""Coming in, being spoken to as one wishes, and leaving again, in Chromium on the whole house."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from playwright.async_api import Browser, Locator, Page, Route, expect

from punchcard.demo.people import MemberApp, code_for, letters
from punchcard.foundation.clock import DAY
from punchcard.foundation.ids import new_id
from punchcard.foundation.locale import LANGUAGES

from .living import Living, phone
from .seeing import EVERY_LOOK, over_the_edge, too_small, troubles

pytestmark = pytest.mark.anyio
REFUSED = (
    "error occurred when fetching the script",
    "status of 400",
    "status of 401",
    "status of 429",
    "Refusal",
    "Offline",
    "ERR_INTERNET_DISCONNECTED",
)
SLOW_MS = 20_000
NARROW = {"width": 320, "height": 700}


async def ask_for_code(house: Living, page: Page, contact: str) -> str:
    seen = len(letters(house.stage.mailbox))
    await page.locator("#contact").fill(contact)
    await page.keyboard.press("Enter")
    await expect(page.locator("#code")).to_be_focused()
    return await code_for(house.stage.mailbox, contact, seen)


async def paste(field: Locator, text: str) -> None:
    await field.evaluate(
        "(el, text) => { el.value = text; el.dispatchEvent(new Event('input', {bubbles: true})) }", text
    )


async def kept(page: Page) -> list[str]:
    return list(
        await page.evaluate(
            "Object.keys(localStorage).filter(key => key.startsWith('pc.kept.') || key === 'pc.session')"
        )
    )


async def test_somebody_new_comes_in_with_a_code_and_says_what_they_agree_to(house: Living, browser: Browser) -> None:
    async with phone(house, browser, None, tolerated=REFUSED) as page:
        await page.locator("#contact").fill("050 123 4567")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("alert")).to_contain_text("+972 50 123 4567")
        await expect(page.locator("#contact")).to_be_focused()

        code = await ask_for_code(house, page, f"lior-{new_id()}@example.com")
        await page.locator("#code").fill(f"{(int(code) + 1) % 1_000_000:06}")
        await expect(page.get_by_role("alert")).to_contain_text("not right")
        await paste(page.locator("#code"), f"{code[:3]} {code[3:]}")

        await expect(page.get_by_role("heading", name="Nice to meet you")).to_be_visible()
        assert await page.get_by_role("switch", checked=True).count() == 0, "something was ticked for them"
        await page.get_by_label("First name").fill("Lior")
        await page.get_by_role("switch", name="Tell me of offers").click()
        await page.get_by_role("button", name="To my card").click()
        await expect(page).to_have_url(f"{house.url}/app/#home")

        me, wishes = await asked(page, "/me/profile"), await asked(page, "/me/preferences")
        assert (me["name"], me["language"], me["zone"]) == ("Lior", "en", "Asia/Jerusalem")
        assert wishes["consents"] == {"marketing": True, "personalisation": False, "location": False}
        assert await page.evaluate("sessionStorage.getItem('pc.joining')") is None, "the address is still kept"


async def asked(page: Page, path: str) -> Any:
    """What the house says to whoever is signed in on the page."""
    ask = """async path => {
      const { access_token } = JSON.parse(localStorage.getItem('pc.session'))
      return (await fetch(path, { headers: { Authorization: `Bearer ${access_token}` } })).json()
    }"""
    return await page.evaluate(ask, path)


async def test_who_was_here_before_goes_straight_to_where_a_message_led(house: Living, browser: Browser) -> None:
    contact = f"noa-{new_id()}@example.com"
    await MemberApp(house.url).join(contact, "Noa", "en", "Asia/Jerusalem", house.stage.mailbox)
    async with phone(house, browser, None, "/app/#inbox") as page:
        code = await ask_for_code(house, page, contact)
        await paste(page.locator("#code"), code)
        await expect(page).to_have_url(f"{house.url}/app/#inbox")


async def test_how_often_a_code_is_sent_again_is_the_houses_to_say(house: Living, browser: Browser) -> None:
    async with phone(house, browser, None, tolerated=REFUSED) as page:
        await ask_for_code(house, page, f"often-{new_id()}@example.com")
        again = page.get_by_role("button", name="Send another code")
        for _ in range(3):
            await again.click()
            await expect(page.locator("button[aria-busy=true]")).to_have_count(
                0
            )  # a press meanwhile counts for nothing
        await expect(page.get_by_text("Another code can be sent in")).to_be_visible()
        await page.get_by_role("button", name="Another address").click()
        await expect(page.locator("#contact")).to_be_visible()


async def test_what_is_pressed_fast_is_all_kept_and_what_fails_is_taken_back(house: Living, browser: Browser) -> None:
    maya = await house.member()
    async with phone(house, browser, maya, "/app/#settings", tolerated=REFUSED) as page:
        more, shown = page.get_by_role("button", name="One more"), page.locator(".stepper b")
        await expect(shown).to_have_text("3")
        for _ in range(4):
            await more.click()
        await page.get_by_label("Quiet hours: From").select_option("21:00")
        await page.get_by_role("switch", name="Choose by what I buy").click()
        await expect(shown).to_have_text("7")
        await until(page, "/me/preferences", messages_a_week=7, quiet_from="21:00")
        assert (await asked(page, "/me/preferences"))["consents"]["personalisation"] is False

        await page.context.set_offline(True)
        await more.click()
        await expect(page.get_by_text("Nothing was changed")).to_be_visible()
        await expect(shown).to_have_text("7")


async def until(page: Page, path: str, **wanted: object) -> None:
    for _ in range(50):
        found = await asked(page, path)
        if all(found[name] == value for name, value in wanted.items()):
            return
        await page.wait_for_timeout(100)
    raise AssertionError(f"{path} says {found}")


async def test_the_lock_locks_and_says_what_it_does(house: Living, browser: Browser) -> None:
    maya = await house.member()
    async with phone(house, browser, maya, "/app/#settings") as page:
        await page.get_by_role("switch", name="Lock spending").click()
        await expect(page.get_by_text("The card spends nothing")).to_be_visible()
        assert (await maya.get("/me/spend-lock"))["locked"] is True


async def test_another_language_is_that_of_page_cards_and_messages(house: Living, browser: Browser) -> None:
    maya = await house.member()
    async with phone(house, browser, maya, "/app/#settings") as page:
        await page.get_by_role("button", name="עברית").click()
        await expect(page.locator("html[lang=he][dir=rtl]")).to_be_attached()
        await expect(page.get_by_role("heading", name="הגדרות")).to_be_visible()
        assert (await maya.get("/me/profile"))["language"] == "he"


async def test_who_presses_before_the_profile_is_there_is_heard(house: Living, browser: Browser) -> None:
    maya = await house.member()

    async def late(route: Route) -> None:
        await asyncio.sleep(1)
        await route.continue_()

    async with phone(house, browser, maya, "/health", tolerated=("status of 404",)) as page:
        await page.route("**/me/profile", late)
        await page.goto(house.url + "/app/#settings")
        await page.get_by_role("button", name="עברית").click()
        await expect(page.locator("html[lang=he][dir=rtl]")).to_be_attached(timeout=SLOW_MS)
        assert (await maya.get("/me/profile"))["language"] == "he"


async def test_opening_the_inbox_has_read_it(house: Living, browser: Browser) -> None:
    maya = await house.member()
    await told_everybody(house)
    assert (await maya.get("/me/inbox"))["unread"] > 0
    async with phone(house, browser, maya, "/app/#inbox") as page:
        await expect(page.get_by_text("The bakery opens at six now").first).to_be_visible()
        for _ in range(50):
            if (await maya.get("/me/inbox"))["unread"] == 0:
                return
            await page.wait_for_timeout(100)
        raise AssertionError("opened, and still unread")


async def told_everybody(house: Living) -> None:
    words, at = dict.fromkeys(("en", "he", "ar", "ru"), "The bakery opens at six now"), house.stage.clock.now()
    since, until = (datetime.fromtimestamp(each, UTC).isoformat() for each in (at - 60, at + DAY))
    said = {"title": words, "body": words, "since": since, "until": until}
    await house.operator().put(f"/console/notices/{new_id()}", said)


async def test_who_is_signed_out_elsewhere_is_told_so_and_nothing_of_them_stays(
    house: Living, browser: Browser
) -> None:
    maya = await house.member()
    async with phone(house, browser, maya, "/app/#devices", tolerated=REFUSED) as page:
        await expect(page.get_by_text("This device")).to_be_visible()
        await maya.ask("DELETE", "/me/sessions")
        await page.wait_for_timeout(1100)  # an access token is believed for a second
        await page.goto(f"{house.url}/app/#settings")
        await expect(page.get_by_text("You were signed out here")).to_be_visible()
        assert await kept(page) == []


async def test_whoever_leaves_presses_twice_and_nothing_stays_in_the_browser(house: Living, browser: Browser) -> None:
    maya = await house.member()
    # What was asked for just before may be answered just after: to nobody any more.
    async with phone(house, browser, maya, "/app/#privacy", tolerated=REFUSED) as page:
        async with page.expect_download() as saved:
            await page.get_by_role("button", name="Save the file").click()
        copy = json.loads((await (await saved.value).path()).read_bytes())
        assert UUID(copy["member"]["id"]) == maya.member_id

        await page.get_by_role("button", name="Leave Almond").click()
        sheet = page.get_by_role("alertdialog")
        await expect(sheet.get_by_text("What remains")).to_be_visible()
        await sheet.get_by_role("button", name="Go on").click()
        await expect(sheet.get_by_role("button", name="Stay")).to_be_focused()
        await sheet.get_by_role("button", name="Erase everything").click()
        await expect(page.get_by_text("You have left.")).to_be_visible()
        assert await kept(page) == []


PUSH = """host => {
  const made = {}
  const key = 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4'
  PushManager.prototype.getSubscription = async () => made.now ?? null
  PushManager.prototype.subscribe = async options => (made.now = {
    options: { applicationServerKey: options.applicationServerKey.buffer },
    toJSON: () => ({ endpoint: `http://${host}/push/of-a-test`, expirationTime: null,
                     keys: { p256dh: key, auth: 'BTBZMqHH6r4Tts7J_aSIgg' } }),
    unsubscribe: async () => delete made.now,
  })
}"""


async def test_a_browser_is_told_of_news_once_it_was_asked_and_no_more_when_it_is_switched_off(
    house: Living, browser_with_drawer: Browser
) -> None:
    maya = await house.member()
    host = house.stage.variables["PUNCHCARD_WEB_PUSH_HOSTS"]
    async with phone(house, browser_with_drawer, maya, "/app/#settings", permissions=["notifications"]) as page:
        await page.evaluate(PUSH, host)
        row = page.get_by_role("switch", name="Notifications here")
        await row.click()
        await expect(row).to_be_checked()
        phones = (await maya.get("/me/export"))["phones"]
        assert [each["platform"] for each in phones] == ["web"]
        await row.click()
        await expect(row).not_to_be_checked()
        assert (await maya.get("/me/export"))["phones"] == []


@pytest.mark.parametrize("language", LANGUAGES if EVERY_LOOK else ["ru"])
async def test_everybody_can_use_these_screens(house: Living, browser: Browser, language: str) -> None:
    maya = await house.member(language=language)
    async with phone(house, browser, None, language=language, viewport=NARROW) as page:
        await judge(page)
    for where in ("hello", "settings", "inbox", "devices", "privacy/leave"):
        async with phone(house, browser, maya, f"/app/#{where}", language=language, viewport=NARROW) as page:
            await expect(page.locator("main h1")).to_be_visible(timeout=SLOW_MS)
            closed = page.locator(".wide-row[aria-expanded=false]")
            while await closed.count():
                await closed.first.click()
            await judge(page)


async def judge(page: Page) -> None:
    await expect(page.locator("main h1")).to_be_visible(timeout=SLOW_MS)
    await page.wait_for_timeout(600)  # sheets and colours have come to rest
    assert await troubles(page) == []
    assert await too_small(page) == []
    assert await over_the_edge(page) <= 0
