"""Staying signed in: refresh tokens that change, and old ones that come back."""

import asyncio
import logging
from uuid import UUID

import httpx
import pytest

from punchcard.foundation import ids, tokens
from punchcard.foundation.clock import DAY
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import NotSignedIn
from punchcard.members import sessions
from punchcard.members.model import Pair, SessionEnded

from . import people
from .front import OLDER, SECRET
from .people import AT, SECRETS

client, clock, quiet_news = people.client, people.clock, people.quiet_news


async def session(db: Connection) -> tuple[UUID, Pair]:
    member_id = ids.new_id()
    return member_id, await sessions.start(db, SECRETS, member_id, "phone", AT)


async def rotated(db: Connection, token: str, at: int) -> Pair:
    answer = await sessions.rotate(db, SECRETS, token, at)
    assert isinstance(answer, Pair)
    return answer


async def ended(db: Connection, token: str, at: int) -> bool:
    return isinstance(await sessions.rotate(db, SECRETS, token, at), SessionEnded)


async def test_a_refresh_token_gives_the_next_pair(db: Connection) -> None:
    member_id, first = await session(db)

    second = await rotated(db, first.refresh_token, AT + 900)

    assert second.refresh_token != first.refresh_token and second.access_token != first.access_token
    assert tokens.read_access(SECRETS, second.access_token, AT + 900).sub == member_id
    assert first.refresh_token.startswith("pcr_")


@pytest.mark.parametrize("seconds, same", [(0, True), (10, True), (11, False), (3600, False)])
async def test_an_answer_that_was_lost_is_given_again_within_ten_seconds(
    db: Connection, seconds: int, same: bool
) -> None:
    _, first = await session(db)
    second = await rotated(db, first.refresh_token, AT)

    again = await sessions.rotate(db, SECRETS, first.refresh_token, AT + seconds)

    assert (again == second) is same
    assert await ended(db, second.refresh_token, AT + seconds) is not same


@pytest.mark.parametrize("thief_first", [True, False])
async def test_a_stolen_refresh_token_signs_both_out(db: Connection, thief_first: bool) -> None:
    _, stolen = await session(db)
    mine = theirs = stolen.refresh_token
    if thief_first:
        theirs = (await rotated(db, theirs, AT)).refresh_token
        assert await ended(db, mine, AT + 60)
    else:
        mine = (await rotated(db, mine, AT)).refresh_token
        assert await ended(db, theirs, AT + 60)

    assert await ended(db, theirs, AT + 61)
    assert await ended(db, mine, AT + 61)


async def test_the_grace_does_not_reach_to_grandparents(db: Connection) -> None:
    _, first = await session(db)
    second = await rotated(db, first.refresh_token, AT)
    third = await rotated(db, second.refresh_token, AT + 1)

    assert await ended(db, first.refresh_token, AT + 2)
    assert await ended(db, third.refresh_token, AT + 2)


async def test_another_device_stays_signed_in_when_one_family_ends(db: Connection) -> None:
    member_id, phone = await session(db)
    tablet = await sessions.start(db, SECRETS, member_id, "tablet", AT)
    await rotated(db, phone.refresh_token, AT)
    await ended(db, phone.refresh_token, AT + 60)

    assert await rotated(db, tablet.refresh_token, AT + 60)


async def test_who_only_knows_the_ids_signs_nobody_out(db: Connection) -> None:
    member_id, first = await session(db)
    family = tokens.read_access(SECRETS, first.access_token, AT).sid
    for generation in (0, 1, 2):
        forged = sessions.refresh_token(b"x" * 32, member_id, family, generation)
        assert await ended(db, forged, AT)

    assert await rotated(db, first.refresh_token, AT)


async def test_a_refresh_token_outlives_an_exchange_of_secrets(db: Connection) -> None:
    old = await sessions.start(db, (OLDER,), ids.new_id(), "phone", AT)

    answer = await sessions.rotate(db, (SECRET,), old.refresh_token, AT + DAY)

    assert isinstance(answer, Pair)


async def test_a_session_that_was_idle_for_ninety_days_ends(db: Connection) -> None:
    _, first = await session(db)
    second = await rotated(db, first.refresh_token, AT + 89 * DAY)

    assert await ended(db, second.refresh_token, AT + (89 + 90) * DAY)


async def test_a_member_is_signed_in_on_twenty_devices_at_most(db: Connection) -> None:
    member_id = ids.new_id()
    pairs = [
        await sessions.start(db, SECRETS, member_id, f"phone {n}", AT + n) for n in range(sessions.DEVICES_MAX + 1)
    ]

    assert await ended(db, pairs[0].refresh_token, AT + 100)
    assert await rotated(db, pairs[1].refresh_token, AT + 100)


@pytest.mark.parametrize(
    "token",
    ["pcr_", "pcr_aaaaaaaaaaaaaaaaaaaaaaaaaaa", "x" * 40, pytest.param(tokens.new_key("pct_"), id="a till key")],
)
async def test_a_refresh_token_that_is_none_is_refused(client: httpx.AsyncClient, token: str) -> None:
    answer = await client.post("/join/tokens", json={"refresh_token": token + "a" * 20})

    assert answer.status_code == 401


async def test_a_refresh_token_of_another_length_is_refused(db: Connection) -> None:
    assert await ended(db, tokens.new_key(tokens.REFRESH), AT)
    with pytest.raises(NotSignedIn):
        await sessions.rotate(db, SECRETS, tokens.new_key(tokens.TILL), AT)


async def test_a_hundred_devices_that_refresh_one_token_at_once_get_one_pair(pool: Database) -> None:
    async with pool.transaction() as db:
        _, first = await session(db)

    async def refresh() -> Pair | SessionEnded:
        async with pool.transaction() as db:
            return await sessions.rotate(db, SECRETS, first.refresh_token, AT + 5)

    answers = await asyncio.gather(*(refresh() for _ in range(100)))

    assert len({answer.refresh_token for answer in answers if isinstance(answer, Pair)}) == 1
    assert not [answer for answer in answers if not isinstance(answer, Pair)]


async def test_the_old_token_that_came_back_is_logged_without_the_token(
    db: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    member_id, first = await session(db)
    await rotated(db, first.refresh_token, AT)
    with caplog.at_level(logging.WARNING):
        await ended(db, first.refresh_token, AT + 60)

    assert str(member_id) in caplog.text and first.refresh_token not in caplog.text
