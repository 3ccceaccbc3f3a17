"""What members are told: once, at a good hour, on the phones they have now; and why not, where it was not."""

from uuid import UUID

import pytest
from msgspec.structs import replace

from punchcard import offers, push, rulebooks
from punchcard.foundation import news
from punchcard.foundation.clock import DAY, HOUR, MINUTE
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.outbox import ATTEMPTS_MAX, Again, Dead, Done, NotBefore, Task
from punchcard.foundation.outside import Answer, Outcome
from punchcard.foundation.settings import Settings
from punchcard.push import sql
from punchcard.push.model import State
from punchcard.reactions import REACTIONS
from punchcard.segments import Profile
from tests.almond import NOW, settle
from tests.counting import counted
from tests.street import ENDS, EVENING, GONE, LATER, Street, settled_in

pytestmark = pytest.mark.anyio


@pytest.fixture
async def street(db: Connection, house: Database) -> Street:
    """A member who agreed to offers, in Jerusalem, with quiet hours from 22:00 to 08:00."""
    news.install(REACTIONS)
    return await settled_in(db, house)


async def test_an_offer_is_told_in_the_members_language_until_when(street: Street) -> None:
    settled = await street.tell()

    [sent] = street.fcm.messages
    said = await street.message()
    assert isinstance(settled, Done)
    assert sent["fid"] == "fid-pixel"
    assert sent["notification"] == {
        "title": "Double points on coffee (en)",
        "body": "Any coffee counts twice. (en) Until 19 November, 00:00.",
    }
    assert sent["android"]["ttl"] == f"{10 * HOUR}s"
    assert sent["data"] == {"message": "offer:coffee-x2", "kind": "offer", "subject": "coffee-x2"}
    assert (said.state, said.reason, said.sent_at, said.ends_at) == ("sent", "", NOW, ENDS)


async def test_nobody_is_told_twice(street: Street) -> None:
    await street.tell()

    assert isinstance(await street.tell(at=NOW + 1), Done)
    assert len(street.fcm.messages) == 1


async def test_what_another_worker_sent_meanwhile_stays_sent(street: Street) -> None:
    await street.tell()
    said = await street.message()

    late = replace(said, state="dropped", reason="no-consent", sent_at=None)
    await sql.keep_messages(street.db, [(street.member_id, late)])

    assert await street.message() == said


async def test_an_offer_waits_for_the_morning_and_is_told_then(street: Street) -> None:
    key = await street.offer("bread", until=NOW + 2 * DAY)

    held = await street.tell(key, EVENING)
    waiting = await street.message(key)
    morning = EVENING + 9 * HOUR + 30 * MINUTE
    told = await street.tell(key, morning)

    assert isinstance(held, NotBefore) and held.until == morning
    assert (waiting.state, waiting.reason, waiting.until) == ("held", "quiet-hours", morning)
    assert isinstance(told, Done) and (await street.message(key)).sent_at == morning
    assert len(street.fcm.messages) == 1


async def test_what_ends_in_the_quiet_hours_is_never_told(street: Street) -> None:
    assert isinstance(await street.tell(at=EVENING), Done)
    assert (await street.message()).reason == "ends-in-quiet-hours"
    assert street.fcm.messages == []


async def test_a_held_offer_that_was_stopped_meanwhile_is_dropped(street: Street) -> None:
    key = await street.offer("bread", until=NOW + 2 * DAY)
    await street.tell(key, EVENING)
    await offers.stop(street.db, "bread", EVENING + HOUR)

    settled = await street.tell(key, EVENING + 10 * HOUR)

    assert isinstance(settled, Done) and street.fcm.messages == []
    assert ((await street.message(key)).state, (await street.message(key)).reason) == ("dropped", "ended")


async def test_a_message_of_a_paused_offer_waits_and_comes_when_the_offer_goes_on(street: Street) -> None:
    await street.db.execute("update offer_round set paused_at = $1", NOW)

    held = await street.tell()
    waiting = await street.message()
    await street.db.execute("update offer_round set paused_at = null")
    told = await street.tell(at=NOW + 10 * MINUTE)

    assert isinstance(held, NotBefore) and held.until == NOW + 10 * MINUTE
    assert (waiting.state, waiting.reason, waiting.until) == ("held", "paused", NOW + 10 * MINUTE)
    assert isinstance(told, Done) and (await street.message()).state == "sent"


@pytest.mark.parametrize(
    "column, value, state, reason",
    [
        ("consents", {"marketing": False}, "dropped", "no-consent"),
        ("messages_a_week", 0, "inbox", "cap"),
    ],
)
async def test_the_members_wishes_are_kept(
    street: Street, column: str, value: object, state: State, reason: str
) -> None:
    await street.set(column, value)

    assert isinstance(await street.tell(), Done)

    said = await street.message()
    assert (said.state, said.reason) == (state, reason) and said.title
    assert street.fcm.messages == []


async def test_who_is_frozen_hears_of_no_offer(street: Street) -> None:
    await street.db.execute("update member set state = 'frozen' where member_id = $1", street.member_id)

    await street.tell()

    assert street.fcm.messages == [] and (await street.message()).reason == "no-consent"


async def test_of_who_is_gone_not_even_a_message_is_kept(street: Street) -> None:
    await street.db.execute("update member set state = 'erased' where member_id = $1", street.member_id)

    await street.tell()

    assert street.fcm.messages == [] and not await street.db.fetchval("select count(*) from message")


async def test_the_week_rolls(street: Street) -> None:
    await street.set("messages_a_week", 2)
    keys = [await street.offer(f"bread-{n}", until=NOW + 30 * DAY) for n in range(4)]

    for day, key in enumerate(keys[:3]):
        await street.tell(key, NOW + day * DAY)
    await street.tell(keys[3], NOW + 7 * DAY)

    states = [(await street.message(key)).state for key in keys]
    assert states == ["sent", "sent", "inbox", "sent"]


@pytest.mark.parametrize(
    "a_day, a_week, sent, reason",
    [(1, 50, 1, "day-cap"), (9, 50, 2, "cap"), (9, 1, 1, "house-cap"), (0, 50, 0, "day-cap")],
)
async def test_messages_of_one_batch_know_of_each_other(
    street: Street, a_day: int, a_week: int, sent: int, reason: str
) -> None:
    await street.set("messages_a_week", 2)
    keys = [await street.offer(f"bread-{n}") for n in range(4)]
    world = replace(street.outside.world, settings=Settings(messages_a_day=a_day, messages_a_week=a_week))

    settled = await push.announce(world, [announced(street.member_id, key) for key in keys], NOW)

    assert {each.task.key for each in settled} == set(keys)
    assert len(street.fcm.messages) == sent
    assert [(await street.message(key)).reason for key in keys[sent:]] == [reason] * (4 - sent)


async def test_members_without_a_phone_are_read_and_written_together(street: Street) -> None:
    members = [await settle(street.db, Profile(tier="bud")) for _ in range(6)]
    tasks = [announced(each, key) for key in ("tier:blossom", "challenge:own-cup:sale-1") for each in members]
    await rulebooks.program(street.db)  # compiled once

    with counted(street.db) as ran:
        settled = await push.announce(street.outside.world, tasks, NOW)

    assert len(settled) == 12 and all(isinstance(each, Done) for each in settled)
    assert len(ran) == 5, "the rulebook's version, members, phones and messages; and what is written"
    kept = await street.db.fetch("select member_id, id, state, reason from message")
    assert {tuple(row) for row in kept} == {(each.member_id, each.key, "inbox", "no-phone") for each in tasks}


async def test_what_is_sent_and_what_is_not_share_a_batch(street: Street) -> None:
    await street.set("messages_a_week", 1)
    keys = [
        await street.offer("quietly", channels=("app",)),
        await street.offer("bread"),
        await street.offer("salt"),
        "tier:blossom",
        "tier:platinum",
    ]
    other = await settle(street.db, Profile(tier="bud"))
    mine = [announced(street.member_id, key) for key in keys]

    settled = await push.announce(street.outside.world, [mine[0], announced(other, "tier:blossom"), *mine[1:]], NOW)

    said = [(await street.message(key)).reason for key in keys[:4]]
    assert said == ["channel", "", "cap", ""]
    assert [type(each) for each in settled if each.task in mine] == [Done, Done, Done, Done, Dead]
    assert len(settled) == 6 and len(street.fcm.messages) == 2


def announced(member_id: UUID, key: str) -> Task:
    kind, subject = key.split(":")[:2]
    return Task(member_id, "push.announce", key, 1, 0, {"kind": kind, "subject": subject})


async def test_a_tier_and_a_challenge_are_told_whatever_the_week_held(street: Street) -> None:
    await street.set("messages_a_week", 0)
    await street.set("consents", {})
    await street.set("language", "ru")

    await street.tell("tier:blossom")
    await street.tell("challenge:own-cup:sale-1")

    assert [(sent["notification"]["title"], sent["notification"]["body"]) for sent in street.fcm.messages] == [
        ("Новый уровень: Цветение", "Карта изменилась вместе с вами."),
        ("Готово: Своя кружка", "На карте прибавилось 400 баллов."),
    ]


async def test_what_the_member_brought_about_waits_for_the_morning_too(street: Street) -> None:
    assert isinstance(await street.tell("tier:blossom", EVENING), NotBefore)
    assert street.fcm.messages == []


async def test_an_offer_for_the_app_alone_stays_in_the_inbox(street: Street) -> None:
    key = await street.offer("quietly", channels=("app", "pass"))

    await street.tell(key)

    assert (await street.message(key)).reason == "channel" and street.fcm.messages == []


async def test_what_is_not_this_members_is_laid_aside(street: Street) -> None:
    await street.db.execute("update exposure set held_out = true where member_id = $1", street.member_id)

    assert isinstance(await street.tell(), Done) and (await street.message()).reason == "held-out"
    assert isinstance(await street.tell("offer:nobodys"), Dead)
    assert isinstance(await street.tell("tier:platinum"), Dead)
    assert street.fcm.messages == []


async def test_a_dead_address_is_forgotten(street: Street) -> None:
    street.fcm.answers["fid-pixel"] = GONE

    settled = await street.tell()

    assert isinstance(settled, Done) and (await street.message()).reason == "no-phone"
    assert await sql.phones(street.db, street.member_id) == []
    assert await street.db.fetchval("select count(*) from push_address") == 0


async def test_their_trouble_is_no_reason_to_give_up(street: Street) -> None:
    street.fcm.answers["fid-pixel"] = LATER

    settled = await street.tell()
    waiting = await street.message()
    street.fcm.answers.clear()
    again = await street.tell(at=NOW + 30, attempts=1)

    assert isinstance(settled, Again) and 30 <= (settled.after_seconds or 0) <= 38
    assert (waiting.state, waiting.reason, waiting.sent_at) == ("held", "provider", None)
    assert isinstance(again, Done) and (await street.message()).state == "sent"


async def test_a_repeat_reaches_only_the_phone_that_was_not_reached(street: Street) -> None:
    await street.add_phone("tablet")
    street.fcm.answers["fid-tablet"] = LATER

    first = await street.tell()
    street.fcm.answers.clear()
    second = await street.tell(at=NOW + 30, attempts=1)

    assert isinstance(first, Again) and isinstance(second, Done)
    assert [sent["fid"] for sent in street.fcm.messages].count("fid-pixel") == 1
    assert [sent["fid"] for sent in street.fcm.messages].count("fid-tablet") == 2
    assert (await street.message()).sent_at == NOW


async def test_a_repeat_never_comes_after_the_end(street: Street) -> None:
    await street.add_phone("tablet")
    street.fcm.answers |= {"fid-tablet": LATER}
    await street.tell()
    street.fcm.answers.clear()

    settled = await street.tell(at=ENDS, attempts=1)

    assert isinstance(settled, Done) and len(street.fcm.messages) == 2
    assert ((await street.message()).state, (await street.message()).waiting) == ("sent", [])


async def test_after_the_last_try_the_message_stays_in_the_inbox(street: Street) -> None:
    street.fcm.answers["fid-pixel"] = LATER

    settled = await street.tell(attempts=ATTEMPTS_MAX - 1)

    assert isinstance(settled, Again) and (await street.message()).reason == "unreachable"


async def test_a_message_that_is_refused_is_an_operators_business(street: Street) -> None:
    street.fcm.answers["fid-pixel"] = Answer(Outcome.REFUSED, 400, "INVALID_ARGUMENT")

    settled = await street.tell()

    assert isinstance(settled, Dead) and (await street.message()).state == "failed"


async def test_quiet_hours_are_those_of_the_place_where_the_phone_is(street: Street) -> None:
    await street.add_phone("pixel", zone="America/New_York", seen_at=NOW + 1)

    assert isinstance(await street.tell(at=EVENING), Done)
    assert len(street.fcm.messages) == 1
