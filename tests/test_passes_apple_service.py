"""The five calls that a phone makes about its pass, with Apple's exact answers, over HTTP."""

import io
import re
import zipfile
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest

from punchcard.foundation.database import Connection
from punchcard.passes.apple import operations
from tests.town import Person, Town, line

from .verify_pass import findings

pytestmark = pytest.mark.anyio
TOKEN = "0b" * 32
DEVICE = "f00d" * 8


class Holder:
    """A phone's side of the web service, as bare HTTP."""

    def __init__(self, town: Town, body: dict[str, Any]):
        self.town = town
        self.serial, self.type, self.token = (
            body[key] for key in ("serialNumber", "passTypeIdentifier", "authenticationToken")
        )

    async def call(self, method: str, path: str, authorization: str | None = "", **more: Any) -> httpx.Response:
        shown = f"ApplePass {self.token}" if authorization == "" else authorization
        headers = ({"Authorization": shown} if shown else {}) | more.pop("headers", {})
        return await self.town.client.request(method, f"/wallet/v1{path}", headers=headers, **more)

    def registration(self, device: str = DEVICE) -> str:
        return f"/devices/{device}/registrations/{self.type}/{self.serial}"

    async def register(self, device: str = DEVICE, push_token: str = TOKEN, **more: Any) -> httpx.Response:
        return await self.call("POST", self.registration(device), json={"pushToken": push_token}, **more)

    async def changed(self, since: str | None = None, device: str = DEVICE) -> httpx.Response:
        tag = {"passesUpdatedSince": since} if since is not None else None
        return await self.call("GET", f"/devices/{device}/registrations/{self.type}", None, params=tag)

    async def fetch(self, since: str = "", authorization: str | None = "") -> httpx.Response:
        headers = {"If-Modified-Since": since} if since else {}
        return await self.call("GET", f"/passes/{self.type}/{self.serial}", authorization, headers=headers)


async def added(town: Town, maya: Person) -> Holder:
    link = (await maya.get("/me/wallets"))["apple"]
    answer = await town.client.get(link)
    assert answer.headers["content-type"] == "application/vnd.apple.pkpass", answer.text
    assert town.outside.world.settings.apple_wwdr
    assert findings(answer.content, town.outside.world.settings.apple_wwdr.with_name("authority.pem")) == []
    with zipfile.ZipFile(io.BytesIO(answer.content)) as package:
        return Holder(town, msgspec.json.decode(package.read("pass.json")))


@pytest.fixture
async def maya(town: Town) -> Person:
    return await town.join("maya@example.com")


@pytest.fixture
async def holder(town: Town, maya: Person) -> Holder:
    return await added(town, maya)


async def sold(town: Town, maya: Person, amount: int = 2000) -> None:
    """A sale, and all that follows from it."""
    assert (await town.sell(maya, line(amount))).status_code < 300
    await town.follow()


async def test_a_phone_is_registered_once_and_then_known(town: Town, holder: Holder, db: Connection):
    first = await holder.register(push_token="aa" * 32)
    again = await holder.register(push_token="bb" * 32)

    assert (first.status_code, again.status_code) == (201, 200)
    assert [row["push_token"] for row in await db.fetch("select push_token from apple_registration")] == ["bb" * 32]


@pytest.mark.parametrize(
    "authorization", [None, "ApplePass", "ApplePass wrong", "Bearer {token}", "{token}", "ApplePass é"]
)
async def test_who_cannot_show_the_token_is_not_let_in(holder: Holder, authorization):
    shown = authorization and authorization.format(token=holder.token).encode()

    answers = [
        await holder.register(authorization=shown),
        await holder.fetch(authorization=shown),
        await holder.call("DELETE", holder.registration(), shown),
    ]

    assert [answer.status_code for answer in answers] == [401, 401, 401]


@pytest.mark.parametrize(
    "serial",
    [str(uuid4()), "1", "%00", "'; drop table apple_pass", "{upper}"],
    ids=lambda text: "unknown" if len(text) == 36 else text,
)
async def test_a_token_opens_its_own_pass_only(holder: Holder, serial):
    holder.serial = serial.format(upper=holder.serial.upper())

    assert (await holder.fetch()).status_code in (400, 401)
    assert (await holder.register()).status_code in (400, 401)


async def test_another_members_token_is_not_mine(town: Town, holder: Holder):
    noor = await added(town, await town.join("noor@example.com", "Noor"))
    holder.token = noor.token

    assert (await holder.fetch()).status_code == 401


async def test_another_pass_type_is_not_ours(holder: Holder):
    await holder.register()
    holder.type = "pass.com.example.other"

    assert (await holder.fetch()).status_code == 401
    assert (await holder.changed()).status_code == 204


@pytest.mark.parametrize(
    "body",
    [{}, {"pushToken": "not hex"}, {"pushToken": ""}, {"pushToken": "a" * 400}, {"pushToken": "aa" * 16 + "\n"}, []],
)
async def test_a_registration_that_cannot_be_read_is_refused(holder: Holder, body):
    assert (await holder.call("POST", holder.registration(), json=body)).status_code == 400


@pytest.mark.parametrize(
    "date", ["soon", "Mon, 01 Jan 2020 00:00:00 +" + "9" * 20, "Mon, 01 Jan " + "9" * 20 + " 00:00:00 GMT"]
)
async def test_a_date_that_is_none_counts_as_no_date(holder: Holder, date: str):
    assert (await holder.fetch(date)).status_code == 200
    assert (await holder.fetch(date, "ApplePass wrong")).status_code == 401


async def test_fields_that_apple_may_add_do_no_harm(holder: Holder):
    body = {"pushToken": TOKEN, "pushTokenType": "new"}

    assert (await holder.call("POST", holder.registration(), json=body)).status_code == 201


async def test_the_list_names_what_changed_since_the_tag_and_its_new_tag_is_a_string(town, holder, maya):
    await holder.register()
    everything = (await holder.changed()).json()
    nothing = await holder.changed(everything["lastUpdated"])
    await sold(town, maya)

    changed = (await holder.changed(everything["lastUpdated"])).json()

    assert everything["serialNumbers"] == changed["serialNumbers"] == [holder.serial]
    assert isinstance(everything["lastUpdated"], str) and int(changed["lastUpdated"]) > int(everything["lastUpdated"])
    assert nothing.status_code == 204 and nothing.content == b""


async def test_a_device_that_nobody_knows_hears_nothing(holder: Holder):
    assert (await holder.changed(device="unknown")).status_code == 204


@pytest.mark.parametrize("tag", ["", "x", "-1", "9" * 40, "\u0663"])
async def test_a_tag_that_is_none_of_ours_brings_everything(holder: Holder, tag):
    await holder.register()

    assert (await holder.changed(tag)).json()["serialNumbers"] == [holder.serial]


async def test_a_device_that_asks_too_often_waits(holder: Holder):
    await holder.register()
    answers = [(await holder.changed()).status_code for _ in range(62)]

    assert answers[0] == 200 and answers[-1] == 429


async def test_the_pass_comes_with_its_date_and_only_when_it_is_newer(town: Town, holder: Holder, maya: Person):
    await holder.register()
    first = await holder.fetch()
    date = first.headers["last-modified"]
    unchanged = await holder.fetch(date)
    town.clock.at += 60
    await sold(town, maya)
    newer = await holder.fetch(date)

    assert (first.status_code, unchanged.status_code, newer.status_code) == (200, 304, 200)
    assert first.headers["content-type"] == "application/vnd.apple.pkpass"
    assert unchanged.content == b"" and unchanged.headers["last-modified"] == date
    assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", newer.headers["last-modified"])


@pytest.mark.parametrize("since", ["yesterday", "Thu, 99 Foo 2026 00:00:00 GMT", "0", "Thu, 01 Jan 1970 00:00:00 GMT"])
async def test_a_date_that_is_none_brings_the_pass(holder: Holder, since):
    assert (await holder.fetch(since)).status_code == 200


async def test_unchanged_is_said_before_anything_is_read_or_built(holder: Holder, monkeypatch):
    async def never(*_: Any) -> None:
        raise AssertionError("the face was read")

    date = (await holder.fetch()).headers["last-modified"]
    monkeypatch.setattr(operations, "face", never)

    assert (await holder.fetch(date)).status_code == 304


async def test_two_changes_in_one_second_are_both_fetched(town: Town, holder: Holder, maya: Person):
    """Last-Modified has steps of a second: two versions of the same second would look like one."""
    await holder.register()
    dates: list[str] = []
    balances: list[int] = []
    for _ in range(3):
        await sold(town, maya)
        answer = await holder.fetch(dates[-1] if dates else "")
        dates.append(answer.headers["last-modified"])
        balances.append(answer.status_code)

    assert balances == [200, 200, 200] and len(set(dates)) == 3


async def test_a_phone_that_deletes_the_pass_is_forgotten(town: Town, holder: Holder, maya: Person, db: Connection):
    await holder.register()
    answers = [await holder.call("DELETE", holder.registration()) for _ in range(2)]
    await sold(town, maya)

    assert [answer.status_code for answer in answers] == [200, 200]
    assert (await holder.changed()).status_code == 204
    assert not town.outside.apns.woken
    assert not await db.fetchval("select count(*) from apple_device")


async def test_what_phones_complain_of_is_kept_in_our_log_on_one_line(holder: Holder, caplog):
    answer = await holder.call("POST", "/log", None, json={"logs": ["no icon\nERROR forged line", "x" * 3000]})

    assert answer.status_code == 200
    assert "no icon\\nERROR forged line" in caplog.text and "x" * 501 not in caplog.text


@pytest.mark.parametrize(
    "body, status", [({"logs": ["x"] * 65}, 400), ({"logs": "x"}, 400), ({"logs": ["x" * 3900] * 3}, 413), ({}, 400)]
)
async def test_a_complaint_that_is_too_long_or_none_is_refused(holder: Holder, body, status):
    assert (await holder.call("POST", "/log", None, json=body)).status_code == status


async def test_a_pass_wakes_fifty_devices_at_most_the_oldest_goes(town: Town, holder: Holder, maya: Person):
    for number in range(52):
        town.clock.at += 1
        await holder.register(device=f"device-{number}", push_token=f"{number:064x}")
    await sold(town, maya)

    assert sorted(int(token, 16) for token, _ in town.outside.apns.woken) == list(range(2, 52))


async def test_no_device_identifier_and_no_token_is_kept_or_logged(holder: Holder, db: Connection, caplog):
    caplog.set_level("DEBUG")
    await holder.register()
    await holder.changed()
    tables = ("apple_registration", "apple_device", "apple_pass", "pass_serial", "rate_limit")
    kept = [str(await db.fetchval(f"select coalesce(json_agg(t), '[]') from {table} t")) for table in tables]
    kept += [each.getMessage() for each in caplog.records if each.name.startswith("punchcard")]

    assert not [each for each in kept if DEVICE in each or holder.token in each]


async def test_a_change_before_the_phone_registered_wakes_it_when_it_does(town: Town, holder: Holder, maya: Person):
    await sold(town, maya)
    assert not town.outside.apns.woken
    await holder.register()
    await town.follow()

    assert [token for token, _ in town.outside.apns.woken] == [TOKEN]


async def test_registering_with_the_newest_pass_wakes_nobody(town: Town, holder: Holder):
    await holder.register()
    await town.follow()

    assert not town.outside.apns.woken
