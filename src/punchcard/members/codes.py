"""One-time codes: six digits, ten minutes, five tries, used once, bound to the contact they were sent to.

A code is nowhere kept. It is a signature over the contact and a nonce, made again when it is sent and when it is tried;
so neither the database nor the outbox holds anything that lets anybody in."""

import asyncio
import hmac
import logging
import math
import secrets as chance
from collections.abc import Sequence
from uuid import NAMESPACE_OID, UUID, uuid5

from punchcard.foundation import limits, locale, outbox, tokens
from punchcard.foundation.clock import HOUR, MINUTE, Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.errors import TooMany
from punchcard.foundation.outbox import Again, Done, Due, Settled, Task
from punchcard.foundation.outside import Outcome, World

from . import contacts, sql
from .model import OpenCode

log = logging.getLogger(__name__)

DIGITS = 6
LIFE_SECONDS = 10 * MINUTE
TRIES_MAX = 5
SENDS_BURST, SENDS_AN_HOUR = 3, 2
"""In any hour one contact is sent at most five codes: three at once, and two that came back."""
GUESSES_BURST, GUESSES_AN_HOUR = 10, 10
ALL_SENDS_BURST, ALL_SENDS_A_SECOND = 300, 5.0
SENT_AT_ONCE = 8


async def request(db: Connection, secrets: tuple[str, ...], contact: str, language: str, at: Instant) -> None:
    """Let a new code be sent to this contact (in its normal form); an older one ends. Says nothing of who is a member."""
    contact_hash = contacts.hashed(contact)
    await within(db, f"code:{contact_hash.hex()}", SENDS_BURST, SENDS_AN_HOUR / HOUR)
    signed_by, _ = tokens.signing(secrets, "code")
    await sql.open_code(db, contact_hash, OpenCode(signed_by, chance.token_bytes(16), at + LIFE_SECONDS))
    due = Due("members.code", payload={"contact": contact, "language": language})
    await outbox.put(db, outbox_key(contact_hash), [due], at)
    await within(db, "codes", ALL_SENDS_BURST, ALL_SENDS_A_SECOND)


async def accept(db: Connection, secrets: tuple[str, ...], contact: str, code: str, at: Instant) -> bool:
    """Whether this is the open code; then it is used up. A wrong try counts, so the caller must let it be committed."""
    contact_hash = contacts.hashed(contact)
    await within(db, f"guess:{contact_hash.hex()}", GUESSES_BURST, GUESSES_AN_HOUR / HOUR)
    tried = await sql.try_code(db, contact_hash, at, TRIES_MAX)
    expected = tried and code_of(secrets, contact_hash, tried)
    if not expected or not hmac.compare_digest(expected, code):
        return False
    await sql.close_code(db, contact_hash)
    return True


async def send(world: World, tasks: Sequence[Task], at: Instant) -> list[Settled]:
    """Send the codes that are open now; one that was used or is over needs no sending. Never kept for an operator: a
    task that cannot be done ends, and the person asks for another code."""
    narrow = asyncio.Semaphore(SENT_AT_ONCE)
    return await asyncio.gather(*(send_one(world, task, at, narrow) for task in tasks))


async def send_one(world: World, task: Task, at: Instant, narrow: asyncio.Semaphore) -> Settled:
    assert task.payload is not None
    contact, language = task.payload["contact"], task.payload["language"]
    contact_hash = contacts.hashed(contact)
    async with narrow, world.database.reading() as db:
        found = await sql.open_code_of(db, contact_hash, at)
    code = found and code_of(world.settings.secrets, contact_hash, found)
    if not code:
        return Done(task)
    words = {"code": code, "programme": world.settings.programme_name}
    async with narrow:
        answer = await world.sender.send(
            contact,
            locale.say("members.code-subject", language, **words),
            locale.say("members.code-text", language, **words),
        )
    if answer.outcome in (Outcome.LATER, Outcome.MISCONFIGURED):
        return Again(task, f"{answer.outcome.value} {answer.status} {answer.reason}")
    if answer.outcome is not Outcome.SENT:
        log.warning("a one-time code was not delivered: %s %s %s", answer.outcome.value, answer.status, answer.reason)
    return Done(task)


def code_of(secrets: tuple[str, ...], contact_hash: bytes, found: OpenCode) -> str | None:
    """The six digits; None when the secret that signed them is no longer accepted."""
    key = tokens.keys(secrets, "code").get(found.signed_by)
    if key is None:
        return None
    number = int.from_bytes(hmac.digest(key, contact_hash + found.nonce, "sha256"))
    return f"{number % 10**DIGITS:0{DIGITS}}"


async def within(db: Connection, key: str, burst: float, per_second: float) -> None:
    if wait := await limits.take(db, key, burst, per_second):
        raise TooMany(retry_after_seconds=math.ceil(wait))


def outbox_key(contact_hash: bytes) -> UUID:
    """Under which id the outbox keeps what is for this contact, which may be no member's."""
    return uuid5(NAMESPACE_OID, contact_hash.hex())
