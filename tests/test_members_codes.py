"""One-time codes: sent, tried, limited, thrown away."""

import asyncio
from typing import Any

import httpx
import pytest

from punchcard import members
from punchcard.foundation import ids, locale, outbox
from punchcard.foundation.clock import MINUTE, Clock
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import TooMany
from punchcard.foundation.outside import Answer, Outcome, World
from punchcard.members import codes, contacts, operations
from punchcard.members.model import CodeWrong, SignedIn

from . import people
from .conftest import OneTransaction
from .front import OLDER, SECRET, SETTINGS
from .people import ARRIVAL, AT, MAYA, SECRETS, code_for, joined

client, clock, quiet_news = people.client, people.clock, people.quiet_news


class Post:
    """A message sender that keeps what it was given, and answers as it is told."""

    def __init__(self, outcome: Outcome = Outcome.SENT):
        self.outcome = outcome
        self.sent: list[tuple[str, str, str]] = []

    async def send(self, to: str, subject: str, text: str) -> Answer:
        self.sent.append((to, subject, text))
        return Answer(self.outcome)

    async def close(self) -> None:
        """Nothing is open."""


def world_of(database: Database, post: Post) -> World:
    nobody: Any = None
    return World(database, SETTINGS, apns=nobody, google=nobody, fcm=nobody, sender=post)


async def tasks_for(db: Connection, contact: str, at: int) -> list[outbox.Task]:
    member_id = codes.outbox_key(contacts.hashed(contact))
    return [task for task in await outbox.due(db, range(64), at) if task.member_id == member_id]


def another(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


async def test_the_answer_to_a_wish_for_a_code_does_not_tell_who_is_a_member(
    client: httpx.AsyncClient, db: Connection
) -> None:
    await joined(db)

    member, stranger = [
        await client.post("/join/codes", json={"contact": each}) for each in (MAYA, "stranger@example.org")
    ]
    assert (member.status_code, member.content, dict(member.headers)) == (
        stranger.status_code,
        stranger.content,
        dict(stranger.headers),
    )
    wrong = [
        await client.post("/join/sessions", json={"contact": each, "code": "000000"})
        for each in (MAYA, "stranger@example.org", "nobody@example.org")
    ]
    assert len({(answer.status_code, answer.content) for answer in wrong}) == 1


async def test_a_code_is_sent_in_the_persons_language_and_stands_nowhere_in_the_database(
    db: Connection, house: OneTransaction
) -> None:
    post = Post()
    await operations.request_code(db, SETTINGS, MAYA, "ru", AT)
    tasks, code = await tasks_for(db, MAYA, AT), await code_for(db, MAYA, AT)
    kept = str([task.payload for task in tasks]) + str(await db.fetch("select * from one_time_code"))

    assert await members.send_code(world_of(house, post), tasks, AT) == [outbox.Done(tasks[0])]

    [(to, subject, text)] = post.sent
    assert (to, code in subject, code in text, code in kept) == (MAYA, True, True, False)
    assert text == locale.say("members.code-text", "ru", code=code, programme=SETTINGS.programme_name)


async def test_only_the_newest_code_is_sent_and_only_while_it_is_open(db: Connection, house: OneTransaction) -> None:
    post = Post()
    await operations.request_code(db, SETTINGS, MAYA, "en", AT)
    await operations.request_code(db, SETTINGS, MAYA, "en", AT + 1)
    tasks = await tasks_for(db, MAYA, AT + 1)

    assert len(tasks) == 1
    assert await members.send_code(world_of(house, post), tasks, AT + 1 + codes.LIFE_SECONDS) == [outbox.Done(tasks[0])]
    assert post.sent == []


@pytest.mark.parametrize(
    "outcome, kind",
    [
        (Outcome.SENT, outbox.Done),
        (Outcome.GONE, outbox.Done),
        (Outcome.REFUSED, outbox.Done),
        (Outcome.LATER, outbox.Again),
        (Outcome.MISCONFIGURED, outbox.Again),
    ],
)
async def test_a_code_that_cannot_be_sent_is_tried_again_or_given_up(
    db: Connection, house: OneTransaction, outcome: Outcome, kind: type
) -> None:
    await operations.request_code(db, SETTINGS, MAYA, "en", AT)
    tasks = await tasks_for(db, MAYA, AT)

    [settled] = await members.send_code(world_of(house, Post(outcome)), tasks, AT)

    assert type(settled) is kind


async def test_a_code_lets_in_once_for_ten_minutes(db: Connection) -> None:
    await operations.request_code(db, SETTINGS, MAYA, "en", AT)
    code = await code_for(db, MAYA, AT)

    assert not await codes.accept(db, SECRETS, MAYA, code, AT + 10 * MINUTE)
    assert await codes.accept(db, SECRETS, MAYA, code, AT + 10 * MINUTE - 1)
    assert not await codes.accept(db, SECRETS, MAYA, code, AT)


async def test_a_code_is_bound_to_the_contact_it_was_sent_to(db: Connection) -> None:
    await operations.request_code(db, SETTINGS, MAYA, "en", AT)
    await operations.request_code(db, SETTINGS, "mallory@example.org", "en", AT)
    code = await code_for(db, "mallory@example.org", AT)

    assert code != await code_for(db, MAYA, AT)
    assert not await codes.accept(db, SECRETS, MAYA, code, AT)


async def test_a_newer_code_ends_the_older_one(db: Connection) -> None:
    await operations.request_code(db, SETTINGS, MAYA, "en", AT)
    older = await code_for(db, MAYA, AT)
    await operations.request_code(db, SETTINGS, MAYA, "en", AT)
    newer = await code_for(db, MAYA, AT)

    assert older == newer or not await codes.accept(db, SECRETS, MAYA, older, AT)
    assert await codes.accept(db, SECRETS, MAYA, newer, AT)


async def test_a_code_outlives_an_exchange_of_secrets(db: Connection) -> None:
    await codes.request(db, (OLDER,), MAYA, "en", AT)
    code = await code_for(db, MAYA, AT)

    assert not await codes.accept(db, (SECRET,), MAYA, code, AT)
    assert await codes.accept(db, (SECRET, OLDER), MAYA, code, AT)


async def test_after_five_wrong_tries_the_right_code_is_wrong_too(client: httpx.AsyncClient, db: Connection) -> None:
    await client.post("/join/codes", json={"contact": MAYA})
    code = await code_for(db, MAYA, Clock().now())
    for _ in range(codes.TRIES_MAX):
        wrong = await client.post("/join/sessions", json={"contact": MAYA, "code": another(code)})
        assert (wrong.status_code, wrong.json()["type"]) == (401, "urn:punchcard:code-wrong")

    late = await client.post("/join/sessions", json={"contact": MAYA, "code": code})

    assert (late.status_code, late.json()) == (401, wrong.json())


async def test_the_mutant_that_raises_in_the_transaction_forgets_the_tries(
    db: Connection, house: OneTransaction
) -> None:
    await operations.request_code(db, SETTINGS, MAYA, "en", AT)
    code = await code_for(db, MAYA, AT)
    for _ in range(2 * codes.TRIES_MAX):
        with pytest.raises(CodeWrong):
            async with house.transaction() as inner:
                answer = await operations.join(inner, SETTINGS, MAYA, another(code), ARRIVAL, AT)
                assert isinstance(answer, CodeWrong)
                raise answer

    assert await codes.accept(db, SECRETS, MAYA, code, AT)


async def test_guesses_are_limited_across_codes(client: httpx.AsyncClient) -> None:
    answers = [
        await client.post("/join/sessions", json={"contact": "nobody@example.org", "code": f"{guess:06}"})
        for guess in range(codes.GUESSES_BURST + 1)
    ]

    assert [answer.status_code for answer in answers] == [401] * codes.GUESSES_BURST + [429]
    assert answers[-1].json()["facts"]["retry_after_seconds"] > 60


async def test_sends_to_a_contact_are_limited_and_to_others_not(db: Connection) -> None:
    for _ in range(codes.SENDS_BURST):
        await operations.request_code(db, SETTINGS, MAYA, "en", AT)

    with pytest.raises(TooMany):
        await operations.request_code(db, SETTINGS, MAYA.upper(), "en", AT)
    await operations.request_code(db, SETTINGS, "yael@example.org", "en", AT)
    assert codes.SENDS_BURST + codes.SENDS_AN_HOUR <= 5


async def test_sends_to_all_are_limited_too(db: Connection) -> None:
    await db.execute(
        "insert into rate_limit (key, tokens) values ('codes', -100) on conflict (key) do update set tokens = -100"
    )

    with pytest.raises(TooMany):
        await operations.request_code(db, SETTINGS, MAYA, "en", AT)


async def test_codes_that_are_over_are_thrown_away(db: Connection, house: OneTransaction) -> None:
    await operations.request_code(db, SETTINGS, MAYA, "en", AT)

    assert await members.forget_codes(house, AT + 599) == 0
    assert await members.forget_codes(house, AT + 600) == 1


async def test_one_code_tried_twice_at_once_lets_in_once(pool: Database) -> None:
    contact, at = f"{ids.new_id()}@example.org", AT
    async with pool.transaction() as db:
        await operations.request_code(db, SETTINGS, contact, "en", at)
        code = await code_for(db, contact, at)

    async def come() -> SignedIn | CodeWrong:
        async with pool.transaction() as db:
            return await operations.join(db, SETTINGS, contact, code, ARRIVAL, at)

    answers = await asyncio.gather(*(come() for _ in range(8)))

    assert sorted(type(answer).__name__ for answer in answers) == ["CodeWrong"] * 7 + ["SignedIn"]
