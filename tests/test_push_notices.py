"""What everybody with the app is told goes out once a language, stands in every inbox, and asks for no row a member; and what
phones say of messages is written down once."""

import json
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from punchcard import push, segments
from punchcard.foundation import outbox
from punchcard.foundation.clock import HOUR, moment
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import OtherBody
from punchcard.foundation.ids import BUCKETS
from punchcard.foundation.outbox import Done, Settled
from punchcard.foundation.outside import Answer, Outcome
from punchcard.push import notices, receipts
from punchcard.push.notices_model import Body, NoticeTooLong, NoticeWindow, Telling, Title
from tests.almond import NOW
from tests.discovery_check import findings
from tests.street import Street, settled_in
from tests.town import Town

pytestmark = pytest.mark.anyio

TITLE = Title("New hours", "שעות חדשות", "ساعات جديدة", "Новые часы")
BODY = Body("We close at 23:00 now.", "נסגרים ב־23:00.", "نغلق في 23:00.", "Теперь до 23:00.")
BY = uuid4()


@pytest.fixture
async def street(db: Connection, house: Database) -> Street:
    return await settled_in(db, house)


async def publish(street: Street, **more: Any) -> tuple[Telling, bool]:
    said: dict[str, Any] = {"title": TITLE, "body": BODY, "since": NOW, "until": NOW + HOUR, "by": BY, "at": NOW} | more
    return await notices.publish(street.db, "new-hours", **said)


async def work(street: Street, at: int = NOW) -> list[Settled]:
    due = [task for task in await outbox.due(street.db, range(BUCKETS), at) if task.reaction == notices.REACTION]
    settled = await push.send_notices(street.outside.world, due, at)
    await outbox.settle(street.db, settled, at)
    return settled


async def test_a_notice_goes_to_one_topic_a_language_and_only_once(street: Street) -> None:
    await publish(street)

    first = await work(street)
    again, is_new = await publish(street)
    second = await work(street)

    assert {each["topic"] for each in street.fcm.messages} == {f"notices-{each}" for each in ("en", "he", "ar", "ru")}
    assert len(street.fcm.messages) == 4 and all(isinstance(each, Done) for each in first)
    assert not is_new and second == [] and set(again.sent) == {"en", "he", "ar", "ru"}


async def test_every_notice_fits_googles_document_and_a_topics_size(street: Street) -> None:
    most = "а" * 140
    told, _ = await publish(street, title=Title(most, most, most, most), body=Body(most, most, most, most))

    for language in ("en", "he", "ar", "ru"):
        body = notices.written(told, language, NOW)
        assert findings("fcm.v1", "SendMessageRequest", json.loads(body), snake_case=True) == []
        assert len(body) <= 2100 and "…" not in body.decode()


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"body": Body("x" * 601, "x", "x", "x")}, NoticeTooLong),
        ({"until": NOW}, NoticeWindow),
        ({"since": NOW - 2 * HOUR, "until": NOW - HOUR}, NoticeWindow),
        ({"until": NOW + 29 * 24 * HOUR}, NoticeWindow),
    ],
)
async def test_what_cannot_be_told_is_refused(street: Street, wrong: dict[str, Any], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        await publish(street, **wrong)


async def test_another_notice_under_the_same_name_is_refused(street: Street) -> None:
    await publish(street)

    with pytest.raises(OtherBody):
        await publish(street, until=NOW + 2 * HOUR)


async def test_a_language_that_was_not_taken_is_sent_again_under_the_same_name(street: Street) -> None:
    await publish(street)
    later = Answer(Outcome.LATER, 503, "UNAVAILABLE", 30)
    street.fcm.answers |= {f"notices-{language}": later for language in ("en", "he", "ar", "ru")}
    await work(street)
    street.fcm.answers.clear()

    await work(street, NOW + 60)

    tags = {each["android"]["notification"]["tag"] for each in street.fcm.messages}
    assert len(street.fcm.messages) == 8 and tags == {"notice:new-hours"}
    assert await work(street, NOW + 120) == []


async def test_nothing_is_sent_before_its_window_and_nothing_after(street: Street) -> None:
    await publish(street, since=NOW + 600)

    early = await work(street)
    late = await work(street, NOW + HOUR)

    assert early == [] and len(late) == 4 and street.fcm.messages == []


async def test_a_notice_stands_in_every_inbox_without_a_row(street: Street) -> None:
    await publish(street)

    [shown] = await notices.shown(street.db, "ar", NOW + 1)

    assert (shown.id, shown.title, shown.state) == ("notice:new-hours", TITLE.ar, "inbox")
    assert await notices.shown(street.db, "ar", NOW + HOUR) == []
    assert await street.db.fetchval("select count(*) from message") == 0


async def test_what_a_phone_says_of_a_message_counts_once(street: Street) -> None:
    await street.tell()
    db, me = street.db, street.member_id

    assert await receipts.receive(db, me, "offer:coffee-x2", "received", NOW + 1)
    assert await receipts.receive(db, me, "offer:coffee-x2", "opened", NOW + 5)
    assert await receipts.receive(db, me, "offer:coffee-x2", "received", NOW + 7)
    assert await receipts.receive(db, me, "offer:coffee-x2", "opened", NOW + 9)

    said = await street.message()
    [profile] = (await segments.profiles(db, [(me, NOW + 10)])).values()
    assert (said.received_at, said.opened_at) == (NOW + 1, NOW + 5)
    assert profile.offers["coffee-x2"] == "opened"


async def test_what_was_tapped_had_come(street: Street) -> None:
    await street.tell()

    await receipts.receive(street.db, street.member_id, "offer:coffee-x2", "opened", NOW + 5)

    assert (await street.message()).received_at == NOW + 5


async def test_nobody_says_what_became_of_anothers_message_or_of_none(street: Street) -> None:
    await street.tell()

    assert not await receipts.receive(street.db, uuid4(), "offer:coffee-x2", "opened", NOW)
    assert not await receipts.receive(street.db, street.member_id, "offer:tea", "opened", NOW)
    assert (await street.message()).opened_at is None


async def test_the_desk_tells_everybody_and_a_phone_says_that_it_has_it(town: Town) -> None:
    maya, now = await town.join("maya@example.com"), town.clock.now()
    says = {
        "title": msgspec.to_builtins(TITLE),
        "body": msgspec.to_builtins(BODY),
        "since": moment(now).isoformat(),
        "until": moment(now + HOUR).isoformat(),
    }

    told = await town.ask("PUT", "/console/notices/new-hours", says, town.operator_key)
    again = await town.ask("PUT", "/console/notices/new-hours", says, town.operator_key)
    other = await town.ask("PUT", "/console/notices/new-hours", says | {"title": says["body"]}, town.operator_key)
    await town.follow()

    seen = (await town.ask("GET", "/console/notices/new-hours", key=town.operator_key)).json()
    [shown] = await maya.get("/me/messages", language="ru")
    said = await maya.ask("PUT", "/me/messages/notice:new-hours/receipts/received")
    unknown = await maya.ask("PUT", "/me/messages/notice:old-hours/receipts/received")
    assert (told.status_code, again.status_code, other.status_code) == (201, 200, 422)
    assert set(seen["sent"]) == {"en", "he", "ar", "ru"} and len(town.outside.fcm.messages) == 4
    assert (shown["kind"], shown["title"]) == ("notice", TITLE.ru) and shown["why"]
    assert (said.status_code, unknown.status_code) == (204, 404)
