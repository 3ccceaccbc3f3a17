"""The simulated iPhone: a member's card on it follows every sale, and it is as strict as a real one about the service."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from punchcard.foundation.outbox import Done, Task
from punchcard.passes.apple import ApnsClient, ByCertificate, refresh
from punchcard.passes.apple.model import Sheet
from punchcard.sandbox import apns
from punchcard.sandbox.apns import Apns
from punchcard.sandbox.authority import Authority
from punchcard.sandbox.iphone import IPhone
from punchcard.sandbox.pass_rules import NotAPass
from tests.town import Person, Town, line

from .apple import AT, FACE, SERIAL, made, press
from .test_passes_apple_service import maya

__all__ = ["made", "maya", "press"]  # fixtures

pytestmark = pytest.mark.anyio


@pytest.fixture
async def iphone(town: Town, maya: Person) -> AsyncIterator[IPhone]:
    """Maya's, with the card in its wallet. It asks when the test says so, not by itself."""
    settings = town.outside.world.settings
    assert settings.apple_wwdr
    phone = IPhone(
        Apns(town.clock.now), settings.apple_wwdr.with_name("authority.pem"), http_allowed=True, http=town.client
    )
    await phone.add((await maya.get("/me/wallets"))["apple"])
    assert phone.listening
    phone.listening.cancel()
    yield phone
    assert phone.troubles == []


async def sold(town: Town, maya: Person, iphone: IPhone, amount: int) -> None:
    await town.sell(maya, line(amount))
    await town.follow()
    assert town.outside.apns.woken[-1][0] == iphone.push_token
    assert await iphone.refresh()


async def test_a_sale_changes_the_front_and_says_so_once(town: Town, maya: Person, iphone: IPhone):
    before = iphone.shows()
    await sold(town, maya, iphone, 2000)

    points = (await maya.get("/me/card"))["points"]
    assert before.primary == [("points", "0")] and iphone.shows().primary == [("points", str(points))]
    assert iphone.notices == [f"New balance: {points}"]
    assert iphone.shows().code == maya.card.replace("-", "")


async def test_the_back_says_where_and_why(town: Town, maya: Person, iphone: IPhone):
    await sold(town, maya, iphone, 2000)

    label, text = iphone.back()["last"]

    assert label == "Last movement" and text.startswith("+") and "Nola" in text


async def test_a_phone_in_another_language_shows_its_own(town: Town, maya: Person, iphone: IPhone):
    iphone.language = "he"
    await sold(town, maya, iphone, 2000)

    assert iphone.shows().header[0][0] == "דרגה"
    assert iphone.notices[0].startswith("יתרה חדשה")


async def test_asking_without_a_change_fetches_nothing(iphone: IPhone):
    await iphone.refresh()
    versions = iphone.versions

    assert await iphone.refresh() is False
    assert iphone.versions == versions and iphone.notices == []


async def test_a_member_who_changes_language_gets_another_card(town: Town, maya: Person, iphone: IPhone):
    assert iphone.card
    before = iphone.card.opened.files["strip@2x.png"]
    profile = {"name": "مايا", "language": "ar", "zone": "Asia/Jerusalem"}
    assert (await maya.ask("PUT", "/me/profile", profile)).status_code == 200
    await town.follow()
    await iphone.refresh()

    assert iphone.card.opened.body["storeCard"]["headerFields"][0]["label"] == "المستوى"
    assert iphone.card.opened.files["strip@2x.png"] != before


async def test_a_card_that_was_removed_is_never_woken_again(town: Town, maya: Person, iphone: IPhone):
    await iphone.remove()
    await town.sell(maya, line(2000))
    await town.follow()

    assert not town.outside.apns.woken and iphone.card is None


async def test_a_push_over_tls_and_http2_makes_the_phone_fetch_by_itself(town: Town, maya: Person):
    settings = town.outside.world.settings
    assert settings.apple_certificate and settings.apple_key
    papers = Authority(settings.apple_certificate.parent)
    async with apns.apns(papers, town.clock.now) as apple:
        phone = IPhone(apple, papers.root, http_allowed=True, http=town.client)
        client = ApnsClient(apple.url, ByCertificate(papers.certificate, papers.key), authority=papers.root)
        await phone.add((await maya.get("/me/wallets"))["apple"])
        await town.sell(maya, line(2000))
        task = Task(maya.member_id, "passes.apple", "", 1, 0, None)
        versions = phone.versions

        settled = await refresh(replace(town.outside.world, apns=client), [task], town.clock.now())
        await phone.next_version(versions)

        assert settled == [Done(task)] and phone.wakes == 1
        assert phone.shows().primary[0][1] == str((await maya.get("/me/card"))["points"])
        await client.close()
        assert phone.listening
        phone.listening.cancel()


# What a real phone would only say to the log


class Service:
    """A web service that errs as it is told."""

    def __init__(self, package: bytes):
        self.package = package
        self.answers: dict[str, httpx.Response] = {}
        self.logs: list[Any] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path == "/card.pkpass":
            return httpx.Response(200, content=self.package, headers={"content-type": "application/vnd.apple.pkpass"})
        if path == "/wallet/v1/log":
            self.logs.append(request.read())
            return httpx.Response(200)
        kind = "pass" if "/passes/" in path else "list" if request.method == "GET" else "register"
        return self.answers.get(kind, httpx.Response(204 if kind == "list" else 201))


@pytest.fixture
async def service(press, made: Authority) -> Service:
    return Service(press.print(Sheet(FACE, SERIAL, press.token(SERIAL)), AT))


async def holding(service: Service, made: Authority) -> IPhone:
    http = httpx.AsyncClient(transport=httpx.MockTransport(service))
    phone = IPhone(Apns(lambda: AT), made.root, http=http)
    await phone.add("https://loyalty.example/card.pkpass")
    return phone


@pytest.mark.parametrize(
    "kind, answer, trouble",
    [
        ("list", httpx.Response(200, json={"serialNumbers": [str(SERIAL)], "lastUpdated": 7}), "the list"),
        ("list", httpx.Response(200, json={"lastUpdated": "7"}), "the list"),
        ("list", httpx.Response(500), "the list was answered with 500"),
        ("pass", httpx.Response(200, content=b"x"), "last-modified"),
        ("pass", httpx.Response(500), "500"),
        ("pass", httpx.Response(200, content=b"x", headers={"last-modified": "now"}), "no pass"),
    ],
)
async def test_what_the_service_does_wrong_is_told_to_its_log(service: Service, made: Authority, kind, answer, trouble):
    service.answers["list"] = httpx.Response(200, json={"serialNumbers": [str(SERIAL)], "lastUpdated": "7"})
    service.answers[kind] = answer
    phone = await holding(service, made)

    assert await phone.refresh() is False
    assert trouble in phone.troubles[0] and len(service.logs) == 1
    await phone.close()


async def test_an_update_that_changes_the_token_is_not_taken(service: Service, made: Authority, press):
    phone = await holding(service, made)
    other = press.print(Sheet(FACE, SERIAL, "f" * 64), AT)
    service.answers["list"] = httpx.Response(200, json={"serialNumbers": [str(SERIAL)], "lastUpdated": "7"})
    service.answers["pass"] = httpx.Response(200, content=other, headers={"last-modified": "now"})

    assert await phone.refresh() is False and "authenticationToken" in phone.troubles[0]
    await phone.close()


async def test_a_page_that_is_no_pass_is_not_added(service: Service, made: Authority):
    http = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200, text="<html>")))

    with pytest.raises(NotAPass):
        await IPhone(Apns(lambda: AT), made.root, http=http).add("https://loyalty.example/card.pkpass")


async def test_a_phone_that_could_not_have_the_new_version_asks_for_it_again(town: Town, maya: Person, iphone: IPhone):
    await town.sell(maya, line(2000))
    await town.follow()
    tag, http = iphone.tag, iphone.http
    iphone.http = httpx.AsyncClient(transport=Refusing(http), base_url=str(http.base_url))
    assert not await iphone.refresh() and iphone.tag == tag and iphone.pause_seconds == 7
    iphone.http = http

    assert await iphone.refresh() and iphone.shows().primary[0][1] != "0"


class Refusing(httpx.AsyncBaseTransport):
    """Every fetch of a pass comes too often."""

    def __init__(self, http: httpx.AsyncClient):
        self.inner = http

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if "/v1/passes/" in request.url.path:
            return httpx.Response(429, headers={"retry-after": "7"})
        return await self.inner.send(request)


async def test_a_phone_asks_by_itself_when_no_push_came(town: Town, maya: Person, iphone: IPhone):
    await iphone.refresh()
    versions, iphone.pause_seconds = iphone.versions, 0.01
    await town.sell(maya, line(2000))
    await town.follow()
    iphone.push.clear()
    asking = asyncio.create_task(iphone.listen())
    await iphone.next_version(versions)
    asking.cancel()

    assert iphone.wakes == 0


async def test_a_leaked_card_turns_void_on_the_phone_and_the_new_one_stands_beside_it(town, maya, iphone: IPhone):
    old = iphone.shows().code
    answer = await town.ask(
        "POST", f"/console/members/{maya.card}/passes/void", {"because": "it was shared"}, town.operator_key
    )
    await town.follow()
    assert await iphone.refresh()
    void = iphone.shows()
    await iphone.add(answer.json()["card_page"] + "/card.pkpass")

    assert void.is_void and void.code == "" and "Maya" not in str(void)
    assert not iphone.shows().is_void and iphone.shows().code not in ("", old)
