"""A browser in the arbiter's hands: registered through the door, told as phones are, forgotten when it is gone, and its
receipts by the link that the message brought."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from punchcard.foundation import news, tokens
from punchcard.foundation.circuit import FAILURES_MAX
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.outbox import Done, Task
from punchcard.foundation.outside import Answer, Outcome, World
from punchcard.push import Message, by_browser, delivery, sql
from punchcard.push.flow import HOSTS_KEPT_MAX, flows_to_hosts
from punchcard.push.model import Delivery
from punchcard.reactions import REACTIONS
from punchcard.sandbox.webpush import PushService, Window
from tests.almond import NOW
from tests.street import Street, phone, settled_in
from tests.test_webpush import key, serving
from tests.town import Town

__all__ = ["key"]
pytestmark = pytest.mark.anyio


class Browsing:
    """A member's browser, and the street it stands in."""

    def __init__(self, street: Street, service: PushService, window: Window, endpoint: str, world: World):
        self.street, self.service, self.window, self.endpoint, self.world = street, service, window, endpoint, world


@pytest.fixture
async def browsing(db: Connection, house: Database, key: Path, tmp_path: Path) -> AsyncIterator[Browsing]:
    """One member whose only way is a browser."""
    news.install(REACTIONS)
    street = await settled_in(db, house)
    await sql.forget_phone(db, street.member_id, "pixel", "fid-pixel")
    async with serving(key, tmp_path) as (service, client, config):
        window = Window()
        subscription = service.subscribe(window, client.vapid.public)
        address = json.dumps({"endpoint": subscription["endpoint"], **subscription["keys"]})
        await street.add_phone("firefox", address=address)
        await db.execute("update phone set address_kind = 'web', platform = 'web'")
        street.outside.world = replace(street.outside.world, web=client, settings=config)
        yield Browsing(street, service, window, subscription["endpoint"], street.outside.world)


async def test_a_browser_is_told_as_a_phone_is(browsing: Browsing) -> None:
    settled = await browsing.street.tell()

    [(_, shown)] = browsing.window.shown
    said = await browsing.street.message()
    assert isinstance(settled, Done) and (said.state, said.sent_at) == ("sent", NOW)
    assert (shown["id"], shown["title"]) == ("offer:coffee-x2", "Double points on coffee (en)")
    assert shown["ends"] == said.ends_at and shown["url"] == "/app/#message/offer:coffee-x2"
    assert browsing.street.fcm.messages == []


async def test_a_text_that_no_push_service_takes_is_shortened(browsing: Browsing) -> None:
    key = await browsing.street.offer("long", text=dict.fromkeys(("en", "he", "ar", "ru"), "ש" * 3000))

    settled = await browsing.street.tell(key)

    [(_, shown)] = browsing.window.shown
    assert isinstance(settled, Done) and shown["body"].endswith("ש…") and len(shown["body"]) > 1500


async def test_a_browser_that_is_gone_is_forgotten(browsing: Browsing) -> None:
    browsing.service.unsubscribe(browsing.endpoint)

    await browsing.street.tell()

    assert await sql.phones(browsing.street.db, browsing.street.member_id) == []
    assert (await browsing.street.message()).reason == "no-phone"


async def test_the_trouble_of_browsers_leaves_phones_alone(browsing: Browsing) -> None:
    await browsing.street.add_phone("pixel")
    browsing.service.fail(503, times=1)

    await browsing.street.tell()

    said = await browsing.street.message()
    assert len(browsing.street.fcm.messages) == 1 and said.state == "sent" and said.waiting == ["firefox"]


def subscription(endpoint: str) -> dict[str, Any]:
    window = PushService()
    window.url = "https://fcm.googleapis.com"
    made = window.subscribe(Window(), "")
    return {
        "endpoint": endpoint,
        "keys": made["keys"],
        "expirationTime": None,
        "language": "he",
        "zone": "Asia/Jerusalem",
    }


async def test_she_registers_her_browser_and_takes_it_back(town: Town) -> None:
    maya = await town.join("maya@example.com")
    body = subscription("https://fcm.googleapis.com/fcm/send/abc")

    made = await maya.ask("PUT", "/me/browsers/firefox", body)
    again = await maya.ask("PUT", "/me/browsers/firefox", body)

    assert (made.status_code, again.status_code) == (200, 200)
    assert (made.json()["platform"], made.json()["installation"]) == ("web", "firefox")
    assert (await maya.ask("DELETE", "/me/phones/firefox")).status_code == 204


@pytest.mark.parametrize(
    "change, code",
    [
        ({"endpoint": "https://169.254.169.254/latest"}, "no-push-service"),
        ({"keys": {"p256dh": "B" * 87, "auth": "A" * 22}}, "no-such-keys"),
    ],
)
async def test_a_browser_elsewhere_or_without_keys_is_refused(town: Town, change: dict[str, Any], code: str) -> None:
    maya = await town.join("maya@example.com")

    refused = await maya.ask("PUT", "/me/browsers/b", subscription("https://fcm.googleapis.com/fcm/send/a") | change)

    assert refused.status_code == 400 and refused.json()["type"].endswith(code)


async def test_where_web_push_is_not_set_up_there_is_no_key(town: Town) -> None:
    maya = await town.join("maya@example.com")

    assert await maya.get("/me/browsers/key") == {"key": ""}


async def received(town: Town, link: str, message: str, what: str = "received") -> int:
    return (await town.ask("PUT", f"/c/{link}/receipts/{message}/{what}")).status_code


async def test_a_receipts_link_is_good_for_its_message_and_its_member_alone(town: Town) -> None:
    maya, noam = await town.join("maya@example.com"), await town.join("noam@example.com", "Noam")
    async with town.outside.world.database.transaction() as db:
        told = Message(id="tier:x", kind="tier", subject="x", decided_at=NOW, sent_at=NOW, state="sent", channel="push")
        await sql.keep_messages(db, [(maya.member_id, told), (maya.member_id, replace(told, id="tier:y"))])
    secrets, until = town.outside.world.settings.secrets, town.clock.now() + 60
    link = tokens.sign_link(secrets, by_browser.purpose("tier:x"), maya.member_id, until)
    noams = tokens.sign_link(secrets, by_browser.purpose("tier:x"), noam.member_id, until)

    answers = [
        await received(town, link, "tier:x"),
        await received(town, link, "tier:x", "opened"),
        await received(town, link, "tier:y"),
        await received(town, noams, "tier:x"),
        await received(town, link[:-2] + "AA", "tier:x"),
    ]
    town.clock.at += 61
    answers.append(await received(town, link, "tier:x"))

    assert answers == [204, 204, 404, 404, 404, 410]
    async with town.outside.world.database.reading() as db:
        said = await sql.known(db, [(maya.member_id, "tier:x"), (maya.member_id, "tier:y")])
    assert [each.opened_at is not None for each in said.values()] == [True, False]


class Services:
    """Push services by the host of an address: those in trouble answer 503, the others take everything."""

    def __init__(self, *away: str):
        self.away, self.asked = away, list[str]()

    async def send(self, address: str, plain: bytes, ttl_seconds: int, topic: str, urgent: bool) -> Answer:
        self.asked.append(address)
        is_away = any(host in address for host in self.away)
        return Answer(Outcome.LATER, 503, "away") if is_away else Answer(Outcome.SENT, 201)

    async def close(self) -> None: ...


async def test_the_outage_of_one_push_service_stops_no_other(browsing: Browsing) -> None:
    street = browsing.street
    services = Services("mozilla")
    world = replace(browsing.world, web=services)
    at = {
        host: told_at(f"https://{host}/x", street.member_id)
        for host in ("up.push.services.mozilla.com", "b.push.apple.com")
    }
    for _ in range(FAILURES_MAX + 2):
        await delivery.send_all(world, [at["up.push.services.mozilla.com"]], NOW)
    tried = len(services.asked)

    [[lost], [heard]] = await delivery.send_all(world, list(at.values()), NOW)

    assert tried == FAILURES_MAX and len(services.asked) == tried + 1
    assert (lost.outcome, heard.outcome) == (Outcome.PUT_OFF, Outcome.SENT)


def told_at(endpoint: str, member_id: UUID) -> Delivery:
    """A message for one browser."""
    address = json.dumps({"endpoint": endpoint, "p256dh": "", "auth": ""})
    browser = replace(phone("firefox", address=address), address_kind="web", platform="web")
    message = Message(id="tier:bud", kind="tier", subject="bud", decided_at=NOW, state="held")
    return Delivery(Task(member_id, "push.announce", "tier:bud", 1, 0, {}), message, (browser,), "en")


async def test_whoever_names_many_push_services_takes_no_memory(db: Connection, house: Database) -> None:
    street = await settled_in(db, house)
    world = replace(street.outside.world, web=Services())

    for number in range(HOSTS_KEPT_MAX + 50):
        delivery.flow_to(world, told_at(f"https://{number}.push.apple.com/x", street.member_id).phones[0])

    assert len(flows_to_hosts(world.web)) == HOSTS_KEPT_MAX


async def test_a_browser_is_registered_through_its_own_door_alone(town: Town) -> None:
    maya = await town.join("maya@example.com")
    said = {"kind": "web", "address": "{}", "platform": "web", "language": "en", "zone": "Asia/Jerusalem"}

    assert (await maya.ask("PUT", "/me/phones/firefox", said)).status_code == 400
