"""Points go from one member to another, once, and each journal stands on its own."""

from typing import Any
from uuid import UUID

import pytest

from punchcard import journal
from punchcard.foundation import outbox
from punchcard.foundation.clock import DAY
from punchcard.foundation.ids import new_id
from punchcard.foundation.outbox import Due
from punchcard.programme import Adjustment, Sale
from punchcard.programme import Line as Bought
from tests.town import Person, Town


@pytest.fixture
async def people(town: Town) -> tuple[Person, Person]:
    """Maya, who has 500 points, and Daniel, who has none."""
    maya, daniel = await town.join("maya@example.com"), await town.join("daniel@example.com", "Daniel")
    gift = Adjustment(id="gift", at=town.clock.now() - 9, points=500, reason="gift")
    await journal.submit(town.outside.world.database, maya.member_id, gift, town.clock.now())
    await town.follow()
    return maya, daniel


async def send(person: Person, to: str, points: int, id: UUID | None = None, **more: Any) -> Any:
    return await person.ask("PUT", f"/me/transfers/{id or new_id()}", {"points": points, "card": to, **more})


async def points(*people: Person) -> list[int]:
    return [(await each.get("/me/card"))["points"] for each in people]


async def whole(town: Town) -> None:
    assert (await journal.audit(town.outside.world.database)).findings == []


async def test_points_arrive_once_however_often_one_asks_or_the_worker_repeats_itself(town, people):
    maya, daniel = people
    id = new_id()
    first = await send(maya, daniel.card, 200, id)
    again = await send(maya, daniel.card, 200, id)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json() and first.json()["balance"] == 300

    async with town.outside.world.database.transaction() as db:
        row = await db.fetchrow("select * from outbox where reaction = 'transfers.deliver'")
    await town.follow()
    async with town.outside.world.database.transaction() as db:
        await outbox.put(db, maya.member_id, [Due(row["reaction"], row["key"], payload=row["payload"])], row["due_at"])
        await db.execute("update outbox set version = 2 where reaction = 'transfers.deliver'")
    await town.follow()

    assert await points(maya, daniel) == [300, 200]
    await whole(town)


async def test_nobody_sends_while_spending_is_switched_off(town, people):
    maya, daniel = people
    id = new_id()
    sent = await send(maya, daniel.card, 200, id)
    await town.ask("PUT", "/console/spending", {"allowed": False}, town.operator_key)

    refused, again = await send(maya, daniel.card, 200), await send(maya, daniel.card, 200, id)

    assert (refused.status_code, refused.json()["type"]) == (409, "urn:punchcard:spending-off")
    assert again.content == sent.content
    await town.ask("PUT", "/console/spending", {"allowed": True}, town.operator_key)
    assert (await send(maya, daniel.card, 200)).status_code == 201


async def test_the_terms_of_the_points_travel_with_them(town, people):
    maya, daniel = people
    await send(maya, daniel.card, 200)
    await town.follow()

    cards = [await each.get("/me/card") for each in people]

    assert cards[0]["expiring"]["at"] == cards[1]["expiring"]["at"]


async def test_a_replay_of_the_sender_never_touches_the_receiver(town, people):
    """A late sale puts other points before those that were sent; the receiver keeps what came."""
    maya, daniel = people
    database, at = town.outside.world.database, town.clock.now()
    await send(maya, daniel.card, 500)
    await town.follow()
    async with database.reading() as db:
        before = await db.fetchrow("select version, state, head from standing where member_id = $1", daniel.member_id)
        told = await db.fetchval("select told from fact where member_id = $1 and id <> 'gift'", maya.member_id)

    late = Sale(id="late", at=at - DAY, lines=(Bought("bread", "bakery", "", 1, 90_00),), shop="nola-1")
    await journal.submit(database, maya.member_id, late, at)
    settled = await town.follow()

    assert "transfers.deliver" not in {each.task.reaction for each in settled}
    async with database.reading() as db:
        assert before == await db.fetchrow(
            "select version, state, head from standing where member_id = $1", daniel.member_id
        )
    assert any(each.startswith("PointsSent") for each in told)
    await whole(town)


async def test_points_that_were_sent_before_a_replay_arrive_once_after_it(town, people):
    maya, daniel = people
    database, at = town.outside.world.database, town.clock.now()
    await send(maya, daniel.card, 500)

    late = Adjustment(id="earlier", at=at - DAY, points=50, reason="gift")
    await journal.submit(database, maya.member_id, late, at)
    await town.follow()

    assert await points(maya, daniel) == [50, 500]
    await whole(town)


@pytest.mark.parametrize(
    "card, points, more, status, code",
    [
        ("theirs", 501, {}, 409, "not-enough-points"),
        ("theirs", 0, {}, 400, "malformed"),
        ("theirs", -5, {}, 400, "malformed"),
        ("theirs", 5, {"currency": "shells"}, 409, "foreign-currency"),
        ("own", 5, {}, 409, "to-oneself"),
        ("nobody's", 5, {}, 404, "no-such-card"),
        ("mistyped", 5, {}, 400, "card-mistyped"),
    ],
)
async def test_what_cannot_be_sent_is_refused_and_nothing_leaves(town, people, card, points, more, status, code):
    from punchcard.members import cards

    maya, daniel = people
    to = {"theirs": daniel.card, "own": maya.card, "nobody's": cards.new_code(), "mistyped": "AAAA"}[card]

    answer = await send(maya, to, points, **more)

    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (status, code)
    assert (await maya.get("/me/card"))["points"] == 500


async def test_the_receiver_reads_what_came(town, people):
    maya, daniel = people
    await send(maya, daniel.card, 200)
    await town.follow()

    lines = (await daniel.get("/me/activity"))["lines"]

    assert [(each["kind"], each["points"]) for each in lines] == [("transferin", 200)]
    assert str(maya.member_id) not in str(lines)
    async with town.outside.world.database.reading() as db:
        facts = await db.fetch("select id from fact where member_id = $1", daniel.member_id)
    assert [each["id"][:3] for each in facts] == ["in:"]
