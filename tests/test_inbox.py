"""The inbox: what was told and what waits there, read once on every device, and the stream that says so."""

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace

from punchcard.foundation.clock import DAY, HOUR
from punchcard.push import Message, inbox_sql, sql
from tests.test_journal_reads import listening
from tests.test_offers_benefits_till import QUARTER, publish
from tests.town import NOON, Person, Town

pytestmark = pytest.mark.anyio
SENT = Message(
    id="offer:a", kind="offer", subject="a", title="Coffee", body="Twice.", decided_at=NOON - 60, sent_at=NOON - 60,
    state="sent", channel="push", ends_at=NOON + HOUR,
)  # fmt: skip
WAITS = replace(
    SENT, id="offer:b", title="Bread", sent_at=None, channel="", state="inbox", reason="cap", decided_at=NOON - 30
)
DROPPED = replace(WAITS, id="offer:c", state="dropped", reason="no-consent")
HELD = replace(WAITS, id="offer:d", state="held", reason="quiet-hours", until=NOON + 60)
OVER = replace(SENT, id="offer:e", sent_at=NOON - HOUR, ends_at=NOON - 1)


@pytest.fixture
async def maya(town: Town) -> Person:
    return await town.join("maya@example.com")


async def keep(town: Town, person: Person, *messages: Message) -> None:
    async with town.outside.world.database.transaction() as db:
        await sql.keep_messages(db, [(person.member_id, each) for each in messages])


async def test_the_inbox_holds_what_was_told_and_what_lost_its_turn_and_nothing_else(town: Town, maya: Person) -> None:
    await keep(town, maya, SENT, WAITS, DROPPED, HELD, OVER)

    shown = await maya.get("/me/inbox")

    assert [each["message"]["id"] for each in shown["items"]] == ["offer:b", "offer:a", "offer:e"]
    assert [each["over"] for each in shown["items"]] == [False, False, True]
    assert shown["unread"] == 2
    assert shown["items"][0]["message"]["note"] == "Here only: you had your messages for this week"


async def test_a_message_of_an_offer_names_whose_offer_it_is(town: Town, maya: Person) -> None:
    await publish(town, "quarter", QUARTER)
    finished = replace(SENT, id="challenge:x", kind="challenge", subject="quarter")
    await keep(town, maya, replace(SENT, subject="quarter"), replace(OVER, subject="long-gone"), finished)

    shown = (await maya.get("/me/inbox"))["items"]

    assert {each["message"]["id"]: each["partner_id"] for each in shown} == {
        "offer:a": "nola",
        "offer:e": "",
        "challenge:x": "",
    }


async def test_the_preferences_say_how_many_offers_the_cap_has_counted(town: Town, maya: Person) -> None:
    a_week_ago = replace(SENT, id="offer:w", sent_at=NOON - 7 * DAY)
    just_within = replace(SENT, id="offer:v", sent_at=NOON - 7 * DAY + 1)
    finished = replace(SENT, id="challenge:x", kind="challenge")
    silent = replace(SENT, id="offer:s", channel="pass")
    await keep(town, maya, SENT, WAITS, DROPPED, HELD, a_week_ago, just_within, finished, silent)

    assert (await maya.get("/me/preferences"))["told_this_week"] == 2


async def test_what_is_read_is_read_once_and_on_every_device(town: Town, maya: Person) -> None:
    await keep(town, maya, SENT, WAITS)

    first = await maya.ask("PUT", "/me/inbox/read", {"messages": ["offer:a", "offer:a", "offer:none"]})
    town.clock.at += 60
    again = await maya.ask("PUT", "/me/inbox/read", {"messages": ["offer:a"]})

    shown = await maya.get("/me/inbox")
    read = {each["message"]["id"]: each["read_at"] for each in shown["items"]}
    assert (first.status_code, again.status_code, shown["unread"]) == (204, 204, 1)
    assert read["offer:b"] is None and read["offer:a"].startswith("2026-11-18T10:00:00")


async def test_nobody_reads_or_sees_anothers_inbox(town: Town, maya: Person) -> None:
    await keep(town, maya, SENT)
    noam = await town.join("noam@example.com", "Noam")

    await noam.ask("PUT", "/me/inbox/read", {"messages": ["offer:a"]})

    assert (await noam.get("/me/inbox"))["items"] == []
    assert (await maya.get("/me/inbox"))["unread"] == 1


async def told_of_inbox(sent: asyncio.Queue[dict[str, Any]]) -> bytes:
    while True:
        body: bytes = (await asyncio.wait_for(sent.get(), 5)).get("body", b"")
        if body.startswith(b"event: inbox"):
            return body


async def test_the_stream_says_that_something_came_and_that_it_was_read(town: Town, maya: Person) -> None:
    async with listening(town, maya) as sent:
        at_once = await told_of_inbox(sent)
        await keep(town, maya, WAITS)
        came = await told_of_inbox(sent)
        await maya.ask("PUT", "/me/inbox/read", {"messages": ["offer:b"]})
        read = await told_of_inbox(sent)

    assert [at_once, came, read] == [b'event: inbox\ndata: {"version":%d}\n\n' % version for version in (0, 1, 2)]


async def test_what_nobody_sees_moves_no_version(town: Town, maya: Person) -> None:
    await keep(town, maya, DROPPED, HELD)

    async with town.outside.world.database.reading() as db:
        versions = await inbox_sql.versions(db, [maya.member_id])

    assert versions.get(maya.member_id, 0) == 0


async def told_everybody(town: Town) -> None:
    words = dict.fromkeys(("en", "he", "ar", "ru"), "New hours")
    said = {"title": words, "body": words, "since": "2026-11-18T09:00:00Z", "until": "2026-11-19T09:00:00Z"}
    assert (await town.ask("PUT", "/console/notices/new-hours", said, town.operator_key)).status_code == 201
    await town.follow()


async def test_what_everybody_is_told_stands_in_the_inbox_and_is_read_once(town: Town, maya: Person) -> None:
    await keep(town, maya, WAITS)
    async with town.outside.world.database.reading() as db:
        before = (await inbox_sql.versions(db, [maya.member_id]))[maya.member_id]
    await told_everybody(town)

    new = await maya.get("/me/inbox")
    for _ in range(2):
        await maya.ask("PUT", "/me/inbox/read", {"messages": ["notice:new-hours", "notice:none"]})
    read = await maya.get("/me/inbox")
    messages = await maya.get("/me/messages")

    assert [each["message"]["id"] for each in new["items"]] == ["offer:b", "notice:new-hours"] and new["unread"] == 2
    assert [each["read_at"] is None for each in read["items"]] == [True, False] and read["unread"] == 1
    assert [each["id"] for each in messages] == ["offer:b", "notice:new-hours"]
    async with town.outside.world.database.reading() as db:
        assert (await inbox_sql.versions(db, [maya.member_id]))[maya.member_id] == before + 3  # it came; it was read


async def test_the_stream_says_that_everybody_was_told(town: Town, maya: Person) -> None:
    await told_everybody(town)

    async with town.outside.world.database.reading() as db:
        assert await inbox_sql.versions(db, [maya.member_id]) == {maya.member_id: 1}
