"""Apple's stand-in out of order, and unreliable as the way to a phone is: what our client makes of it."""

import asyncio
from functools import partial
from typing import cast

import pytest

from punchcard.foundation.http2 import connections
from punchcard.foundation.http2.connection import Http2
from punchcard.foundation.http2.connections import Connections
from punchcard.foundation.outside import Outcome
from punchcard.passes.apple import ApnsClient, ByCertificate
from punchcard.sandbox import authority
from punchcard.sandbox.apns import Apns
from punchcard.sandbox.apns_delivery import Delivery
from punchcard.sandbox.authority import Authority

from .apple import made
from .test_apns import TOKEN, apple, client

__all__ = ["apple", "client", "made"]  # the fixtures of the tests beside

pytestmark = pytest.mark.anyio
TOKENS = [f"{number:064x}" for number in range(40)]


async def brought(apple: Apns, client: ApnsClient, delivery: Delivery) -> list[str]:
    """Which phones are woken, in which order, by a push to each in turn."""
    woken: list[str] = []
    apple.delivery = delivery
    for token in TOKENS:
        apple.register(token, partial(woken.append, token))
        assert (await client.wake(token, authority.PASS_TYPE)).outcome is Outcome.SENT
    await asyncio.sleep(delivery.late_seconds_max)
    return woken


async def test_some_pushes_are_lost_although_apple_took_them(apple: Apns, client: ApnsClient):
    woken = await brought(apple, client, Delivery(lost=0.5))

    assert 5 < len(woken) < 35 and woken == sorted(woken)


async def test_some_pushes_come_twice(apple: Apns, client: ApnsClient):
    woken = await brought(apple, client, Delivery(repeated=0.5))

    assert set(woken) == set(TOKENS) and len(woken) > len(TOKENS) + 5


@pytest.mark.parametrize("delivery", [Delivery(overtaken=0.5), Delivery(late_seconds_max=0.1)])
async def test_some_pushes_come_after_later_ones(apple: Apns, client: ApnsClient, delivery: Delivery):
    woken = await brought(apple, client, delivery)

    assert len(woken) >= len(TOKENS) - 5 and woken != sorted(woken)


async def test_while_connections_are_refused_pushes_wait_and_few_are_tried(apple, client, monkeypatch):
    monkeypatch.setattr(connections, "PAUSE_SECONDS_MAX", 0.05)
    apple.register(TOKEN, lambda: None)
    await client.wake(TOKEN, authority.PASS_TYPE)
    await apple.go_away("refuses")
    await asyncio.sleep(0.02)
    away = await asyncio.gather(*(client.wake(TOKEN, authority.PASS_TYPE) for _ in range(50)))
    await apple.come_back()
    await asyncio.sleep(0.06)
    back = await client.wake(TOKEN, authority.PASS_TYPE)

    assert {answer.outcome for answer in away} == {Outcome.LATER} and client.connections.trouble.reason == ""
    assert apple.connected == 2, "what was refused counts for nothing"
    assert back.outcome is Outcome.SENT


async def test_a_service_that_was_long_away_is_found_again_at_once(apple, client, monkeypatch):
    monkeypatch.setattr(connections, "PAUSE_SECONDS_MAX", 0.01)
    apple.register(TOKEN, lambda: None)
    await client.wake(TOKEN, authority.PASS_TYPE)
    await apple.go_away("refuses")
    for _ in range(20):
        await asyncio.sleep(0.011)
        await client.wake(TOKEN, authority.PASS_TYPE)
    await apple.come_back()
    tries = client.connections.failures
    await asyncio.sleep(0.011)

    assert tries > 2 + connections.DIALS_SPARE
    assert (await client.wake(TOKEN, authority.PASS_TYPE)).outcome is Outcome.SENT


async def test_a_service_that_takes_connections_and_says_nothing_is_away(apple, client, monkeypatch):
    monkeypatch.setattr(connections, "CONNECT_SECONDS_MAX", 1.0)
    await apple.go_away("silent")

    answers = await asyncio.gather(*(client.wake(TOKEN, authority.PASS_TYPE) for _ in range(5)))

    assert {answer.outcome for answer in answers} == {Outcome.LATER} and apple.connected == 1


async def test_a_service_that_answers_503_to_everybody_is_away(apple: Apns, client: ApnsClient):
    apple.register(TOKEN, lambda: None)
    await apple.go_away("503")
    away = await client.wake(TOKEN, authority.PASS_TYPE)
    await apple.come_back()
    back = await client.wake(TOKEN, authority.PASS_TYPE)

    assert (away.outcome, away.status, back.outcome) == (Outcome.LATER, 503, Outcome.SENT)
    assert apple.connected == 1


async def test_windows_of_one_byte_are_wide_enough(apple: Apns, client: ApnsClient):
    apple.window_bytes = 1
    apple.register(TOKEN, lambda: None)

    answers = await asyncio.gather(*(client.wake(TOKEN, authority.PASS_TYPE) for _ in range(30)))

    assert all(answer.outcome is Outcome.SENT for answer in answers)
    assert all(request["body"] == {} for request in apple.requests)


async def test_connections_are_never_dialled_rapidly(made: Authority, apple: Apns):
    """A service that says goodbye after each push gets some connections a minute from us, and then we wait."""
    access = ByCertificate(made.certificate, made.key)
    client = ApnsClient(apple.url, access, authority=made.root, connections=2)
    apple.register(TOKEN, lambda: None)
    answers = []
    for _ in range(20):
        answers.append(await client.wake(TOKEN, authority.PASS_TYPE))
        apple.goodbye()
        await asyncio.sleep(0.005)
    await client.close()

    assert apple.connected == 2 + connections.DIALS_SPARE
    assert answers[-1].outcome is Outcome.LATER and 0 < (answers[-1].after_seconds or 0) <= connections.DIALS_SECONDS


async def test_the_second_connection_is_dialled_when_the_first_is_full_and_no_third(apple: Apns, client: ApnsClient):
    apple.streams_max, apple.delay_seconds = 5, 0.02
    apple.register(TOKEN, lambda: None)
    one_by_one = [await client.wake(TOKEN, authority.PASS_TYPE) for _ in range(6)]
    before = apple.connected
    at_once = await asyncio.gather(*(client.wake(TOKEN, authority.PASS_TYPE) for _ in range(40)))

    assert (before, apple.connected) == (1, 2)
    assert all(answer.outcome is Outcome.SENT for answer in one_by_one + list(at_once))


async def test_who_gives_up_waiting_for_room_leaves_it_to_the_next(apple: Apns, client: ApnsClient):
    apple.streams_max, apple.delay_seconds = 1, 0.03
    apple.register(TOKEN, lambda: None)
    waiting = [asyncio.create_task(client.wake(TOKEN, authority.PASS_TYPE)) for _ in range(8)]
    await asyncio.sleep(0.02)
    for impatient in waiting[::2]:
        impatient.cancel()
    answers = await asyncio.gather(*waiting, return_exceptions=True)

    assert [getattr(answer, "outcome", None) for answer in answers[1::2]] == [Outcome.SENT] * 4
    assert all(isinstance(answer, asyncio.CancelledError) for answer in answers[::2])


async def test_who_gives_up_when_there_is_room_at_last_leaves_it_to_the_next():
    class Roomy:
        room, usable = 1, True

    pool = Connections("APNs", "localhost", 9, most=1, streams_at_first=1)
    first, second = [asyncio.create_task(pool.turn()) for _ in range(2)]
    await asyncio.sleep(0)
    pool.open = [cast("Http2", Roomy())]
    pool.on_room()
    first.cancel()

    async with asyncio.timeout(1):
        await asyncio.gather(first, return_exceptions=True)
        await second
