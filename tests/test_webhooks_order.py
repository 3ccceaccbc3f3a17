"""Each member's story comes in order and none of it is lost, whatever the receiver does, and whenever a worker dies."""

import asyncio
import random
from typing import Any

import pytest

from punchcard import worker
from punchcard.foundation import outbox
from punchcard.foundation.clock import DAY, HOUR, Clock, Instant
from punchcard.foundation.database import Database
from punchcard.foundation.ids import BUCKETS, new_id
from punchcard.foundation.settings import Settings
from punchcard.sandbox.server import Reply
from punchcard.webhooks.model import GIVEN_UP_AFTER, WAITS, Cursor

from .hooks import Hook, hooked, refuse
from .town import NOON, Person, StandingClock, Town, line, opened

ALWAYS = "2026-01-01T00:00:00Z"


async def all_told(town: Town, hook: Hook, messages: int) -> None:
    """Let time pass until so many messages were accepted."""
    for _ in range(120):
        await town.follow()
        if len(hook.receiver.accepted) >= messages:
            return
        town.clock.at += HOUR
    raise AssertionError(f"{len(hook.receiver.accepted)} of {messages} were accepted")


def comes_in_order(hook: Hook, person: Person, messages: int) -> None:
    """Whatever was tried was the first that had not been accepted; nothing is missing, and repeats bear the same id."""
    accepted, ids = 0, dict[int, str]()
    for each in hook.receiver.heard:
        if each.member == str(person.member_id):
            assert each.seq == accepted + 1, f"{each.seq} is tried after {accepted} were accepted"
            assert ids.setdefault(each.seq, each.id) == each.id
            accepted += each.accepted
    assert accepted == messages and len(set(ids.values())) == messages


@pytest.mark.parametrize("seed", range(4))
async def test_a_receiver_that_fails_at_random_hears_each_member_in_order(town: Town, seed: int):
    chance = random.Random(seed)
    people = [await town.join(f"member-{n}@example.com") for n in range(3)]

    async def moody(_: dict[str, Any]) -> Reply:
        return Reply(chance.choice((200, 202, 204, 200, 503, 302, 429, 404)), headers={"retry-after": "60"})

    async with hooked(town, moody) as hook:
        for turn in range(12):
            await town.sell(people[turn % 3], line(10_00))
            if chance.random() < 0.5:
                await town.follow()
        await all_told(town, hook, 12)

    for person in people:
        comes_in_order(hook, person, 4)
    assert not hook.receiver.forged


async def test_a_worker_that_dies_between_the_answer_and_its_note_sends_again_under_the_same_id(town: Town):
    maya, arrived, dies = await town.join("maya@example.com"), asyncio.Event(), True

    async def slow(_: dict[str, Any]) -> Reply:
        arrived.set()
        if dies:
            await asyncio.sleep(0.05)
        return Reply(200)

    async with hooked(town, slow) as hook:
        await town.sell(maya, line(10_00))
        following = asyncio.create_task(town.follow())
        await arrived.wait()
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        await asyncio.sleep(0.1)
        dies = False
        await town.follow()

    first, second = hook.receiver.heard
    assert (first.id, first.seq, first.accepted) == (second.id, second.seq, second.accepted)


async def test_a_message_is_tried_for_three_days_then_laid_aside_and_the_later_ones_go_on(town: Town):
    maya, noam = await town.join("maya@example.com"), await town.join("noam@example.com", "Noam")
    poison = new_id()

    async def picky(body: dict[str, Any]) -> Reply:
        return Reply(422 if body["data"]["fact"] == str(poison) else 200)

    async with hooked(town, picky) as hook:
        await town.sell(maya, line(10_00), id=poison)
        await town.sell(maya, line(20_00))
        began = town.clock.at
        for _ in range(20):
            await town.follow()
            if any(each.member == str(maya.member_id) and each.accepted for each in hook.receiver.heard):
                break
            town.clock.at += 6 * HOUR
            await town.sell(noam, line(10_00))
        lasted = town.clock.at - began
        dead = (await hook.ask("GET", "/dead")).json()
        state = await hook.state()

    tried = [each.sent_at for each in hook.receiver.heard if each.body["data"]["fact"] == str(poison)]
    assert 72 * HOUR <= tried[-1] - tried[0] <= lasted <= 96 * HOUR and len(tried) >= 9
    assert [(each["seq"], each["error"], each["tries"]) for each in dead] == [(1, "422", len(tried))]
    assert (state["state"], state["dead"]) == ("on", 1)
    assert [each.seq for each in hook.receiver.heard if each.member == str(maya.member_id)][-1] == 2


def test_the_waits_make_three_days_and_are_never_shorter():
    tries = [Cursor(0, tries=n, first_tried_at=NOON).waits_until(NOON, None) - NOON for n in range(len(WAITS))]

    assert sum(WAITS) >= GIVEN_UP_AFTER == 72 * HOUR
    assert all(wait <= tried <= wait * 1.1 + 1 for wait, tried in zip(WAITS, tries, strict=True))


@pytest.mark.parametrize(("asked", "waited"), [("3600", HOUR), ("999999999", DAY), ("soon", 5), ("", 5)])
async def test_what_they_ask_for_is_waited_for_but_never_over_a_day(town: Town, asked: str, waited: int):
    maya = await town.join("maya@example.com")

    async def later(_: dict[str, Any]) -> Reply:
        return Reply(503, headers={"retry-after": asked} if asked else {})

    async with hooked(town, later) as hook:
        await town.sell(maya, line(10_00))
        await town.follow()
        oldest = (await hook.state())["oldest_due_at"]
        town.clock.at += waited - 1
        await town.follow()
        assert len(hook.receiver.heard) == 1
        town.clock.at += 2 + waited // 8
        await town.follow()

    assert oldest is not None and len(hook.receiver.heard) == 2


async def test_who_answers_gone_is_switched_off_and_hears_what_it_missed_when_it_is_put_again(town: Town):
    maya, gone = await town.join("maya@example.com"), True

    async def answer(_: dict[str, Any]) -> Reply:
        return Reply(410 if gone else 200)

    async with hooked(town, answer) as hook:
        await town.sell(maya, line(10_00))
        await town.follow()
        await town.sell(maya, line(20_00))
        await town.follow()
        state, heard = (await hook.state())["state"], len(hook.receiver.heard)
        replayed = await hook.ask("POST", "/replay", {"since": ALWAYS})
        gone = False
        await hook.ask("PUT", body={"url": hook.url})
        await town.follow()

    assert (state, heard, replayed.status_code) == ("gone", 1, 409)
    comes_in_order(hook, maya, 2)


async def test_what_waits_is_tried_at_once_when_its_address_is_mended(town: Town):
    maya = await town.join("maya@example.com")
    async with hooked(town) as hook:
        await hook.ask("PUT", body={"url": hook.url.replace("127.0.0.1", "127.0.0.2")})
        await town.sell(maya, line(10_00))
        await town.follow()
        failing = await hook.state()
        await hook.ask("PUT", body={"url": hook.url})
        await town.follow()
        mended = await hook.state()

    assert (failing["trouble"], failing["waiting"], failing["failing_since"] is None) == (
        "ConnectionRefusedError",
        1,
        False,
    )
    assert (mended["trouble"], mended["waiting"], mended["failing_since"]) == ("", 0, None)
    assert [each.seq for each in hook.receiver.heard] == [1]


async def test_who_accepts_nothing_for_three_days_is_switched_off_and_shown(town: Town):
    people = [await town.join(f"member-{n}@example.com") for n in range(2)]
    async with hooked(town, refuse) as hook:
        for person in people:
            await town.sell(person, line(10_00))
            await town.sell(person, line(10_00))
        for _ in range(20):
            await town.follow()
            town.clock.at += 6 * HOUR
        state = await hook.state()
        count = len(hook.receiver.heard)
        town.clock.at += 30 * DAY
        await town.follow()

    assert (state["state"], state["trouble"]) == ("failing", "503") and state["failing_since"]
    assert len(hook.receiver.heard) == count


async def test_what_is_sent_again_comes_in_order_under_the_same_ids_before_anything_newer(town: Town):
    maya, noam = await town.join("maya@example.com"), await town.join("noam@example.com", "Noam")
    async with hooked(town) as hook:
        for amount in (10_00, 20_00, 30_00):
            await town.sell(maya, line(amount))
            await town.sell(noam, line(amount))
        await town.follow()
        before = [each for each in hook.receiver.heard if each.member == str(maya.member_id)]
        hook.receiver.heard.clear()
        again = await hook.ask("POST", "/replay", {"since": ALWAYS, "member": str(maya.member_id)})
        await town.sell(maya, line(40_00))
        await town.follow()

    assert (again.status_code, again.json()) == (202, {"members": 1})
    assert [each.seq for each in hook.receiver.heard] == [1, 2, 3, 4]
    assert [each.id for each in hook.receiver.heard[:3]] == [each.id for each in before]
    assert [each.body for each in hook.receiver.heard[:3]] == [each.body for each in before]


async def test_a_message_that_was_laid_aside_is_raised_by_a_replay(town: Town):
    maya, answers = await town.join("maya@example.com"), [422]

    async def picky(body: dict[str, Any]) -> Reply:
        return Reply(answers[0] if body["data"]["seq"] == 1 else 200)

    async with hooked(town, picky) as hook:
        await town.sell(maya, line(10_00))
        for _ in range(20):
            await town.follow()
            town.clock.at += 6 * HOUR
        await town.sell(maya, line(20_00))
        await town.follow()
        (dead,) = (await hook.ask("GET", "/dead")).json()
        answers[0] = 200
        await hook.ask("POST", "/replay", {"since": ALWAYS})
        await town.follow()
        left = (await hook.ask("GET", "/dead")).json()

    assert (dead["member"], dead["seq"], dead["type"]) == (str(maya.member_id), 1, "sale.recorded")
    assert left == [] and [each.seq for each in hook.receiver.heard][-3:] == [2, 1, 2]


async def test_a_receiver_that_is_down_costs_few_requests(town: Town):
    people = [await town.join(f"member-{n}@example.com") for n in range(20)]
    async with hooked(town, refuse) as hook:
        for person in people:
            await town.sell(person, line(10_00))
        await town.follow()

    assert 5 <= len(hook.receiver.heard) <= 5 + 8


async def test_a_new_endpoint_hears_only_what_is_written_from_then_on_unless_it_asks(pool: Database, papers: Settings):
    async with opened(pool, papers, StandingClock()) as town:
        maya = await town.join("maya@example.com")
        await town.sell(maya, line(10_00))
        await asyncio.sleep(1.1)
        async with hooked(town) as hook:
            await town.sell(maya, line(20_00))
            await town.follow()
            from_then_on = [each.seq for each in hook.receiver.heard]
            await hook.ask("POST", "/replay", {"since": ALWAYS})
            await town.follow()

    assert from_then_on == [2]
    assert [each.seq for each in hook.receiver.heard] == [2, 1, 2]


async def test_a_slow_receiver_holds_up_no_other(pool: Database, papers: Settings):
    async with opened(pool, papers, StandingClock()) as town:
        people = [await town.join(f"member-{n}@example.com") for n in range(4)]
        others_are_done, slowly, meanwhile = asyncio.Event(), list[str](), list[int]()

        async def slow(body: dict[str, Any]) -> Reply:
            slowly.append(body["data"]["member"])
            await others_are_done.wait()
            return Reply(200)

        async def quick(_: dict[str, Any]) -> Reply:
            if len(swift.receiver.heard) == 11:
                meanwhile.append(len(late.receiver.heard))
                others_are_done.set()
            return Reply(200)

        async with hooked(town, slow) as late, hooked(town, quick) as swift:
            working = worker.Worker(pool, town.clock, town.outside.world)
            running = asyncio.create_task(working.run())
            for person in people * 3:
                await town.sell(person, line(10_00))
            await asyncio.wait_for(others_are_done.wait(), 9)
            working.stop()
            await running

    assert slowly and meanwhile == [0]


async def test_two_hands_at_one_member_leave_no_gap(pool: Database, papers: Settings):
    async with opened(pool, papers, StandingClock()) as town:
        maya = await town.join("maya@example.com")
        async with hooked(town) as hook:
            for _ in range(10):
                await town.sell(maya, line(10_00))
            await asyncio.gather(hand(town, town.clock), hand(town, town.clock))
            await asyncio.gather(hand(town, town.clock), hand(town, town.clock))

    once = [each.seq for each in hook.receiver.accepted.values()]
    assert once == list(range(1, 11))


async def hand(town: Town, clock: Clock) -> None:
    """What a worker does with what is due now, although another does it too."""
    database, at = town.outside.world.database, Instant(clock.now())
    async with database.reading() as db:
        tasks = [each for each in await outbox.due(db, range(BUCKETS), at) if each.reaction.startswith("webhooks")]
    for name in {each.reaction for each in tasks}:
        await worker.attempt(town.outside.world, name, [each for each in tasks if each.reaction == name], at)
