"""Our connection to Google: access tokens, the shared rate, and what each answer means."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from punchcard.foundation.database import Database
from punchcard.foundation.google_api import Reply as ApiReply
from punchcard.foundation.google_api import after_seconds
from punchcard.foundation.google_auth import (
    MESSAGING_SCOPE,
    WALLET_SCOPE,
    AccessTokens,
    NoAccess,
    ServiceAccount,
    service_account,
)
from punchcard.foundation.outside import Outcome
from punchcard.foundation.settings import BadSettings
from punchcard.passes.google import Wallet
from punchcard.passes.google.client import NO_TURN, judged
from punchcard.sandbox.google import Google, google
from punchcard.sandbox.server import Reply
from tests.googles import key, settings_for

OBJECT = "loyaltyObject/1.x"


@pytest.fixture
async def stand_in(tmp_path: Path) -> AsyncIterator[Google]:
    async with google(tmp_path, key=key()) as made:
        yield made


@pytest.fixture
async def wallet(stand_in: Google, house: Database) -> AsyncIterator[Wallet]:
    made = Wallet(settings_for(stand_in), house)
    yield made
    await made.close()


@pytest.fixture
async def tokens(stand_in: Google) -> AsyncIterator[AccessTokens]:
    async with httpx.AsyncClient() as http:
        yield AccessTokens(service_account(stand_in.service_account), WALLET_SCOPE, http)


async def test_a_hundred_who_need_a_token_fetch_one(stand_in: Google, tokens: AccessTokens) -> None:
    got = await asyncio.gather(*(tokens.get() for _ in range(100)))

    assert len(set(got)) == 1 and len(stand_in.accounts.requests) == 1


async def test_a_token_is_fetched_again_before_it_ends(stand_in: Google, tokens: AccessTokens) -> None:
    first = await tokens.get()
    tokens.refresh_at = time.monotonic()

    assert await tokens.get() != first


async def test_a_token_that_is_still_good_outlives_trouble_with_the_account_server(
    stand_in: Google, tokens: AccessTokens
) -> None:
    first = await tokens.get()
    tokens.refresh_at = time.monotonic()
    stand_in.accounts.script.append(Reply(503))

    assert await tokens.get() == first
    assert await tokens.get() == first and len(stand_in.accounts.requests) == 2


@pytest.mark.parametrize(
    ("status", "outcome"), [(503, Outcome.LATER), (429, Outcome.LATER), (400, Outcome.MISCONFIGURED)]
)
async def test_without_a_token_nothing_is_sent(stand_in: Google, wallet: Wallet, status: int, outcome: Outcome) -> None:
    stand_in.accounts.script.append(Reply(status, {"error": "invalid_grant"}))

    answer = await wallet.call("GET", OBJECT)

    assert answer.outcome is outcome and stand_in.wallet.requests == []


async def test_an_account_that_google_does_not_know_is_refused(stand_in: Google, tokens: AccessTokens) -> None:
    stand_in.accounts.email = "somebody.else@example.com"

    with pytest.raises(NoAccess) as refused:
        await tokens.get()

    assert refused.value.answer.outcome is Outcome.MISCONFIGURED and "invalid_grant" in refused.value.answer.reason


@pytest.mark.parametrize("text", ["", "{}", '{"client_email": "a", "private_key": "no key"}'])
def test_a_file_that_cannot_sign_is_refused_by_its_name(tmp_path: Path, text: str) -> None:
    file = tmp_path / "account.json"
    file.write_text(text)

    with pytest.raises(BadSettings, match=r"PUNCHCARD_GOOGLE_SERVICE_ACCOUNT.*account\.json"):
        service_account(file)


async def test_an_account_does_not_show_its_key(stand_in: Google) -> None:
    account: ServiceAccount = service_account(stand_in.service_account)

    assert "PRIVATE" not in repr(account) and account.private_key.startswith("-----BEGIN")


async def test_a_token_that_ended_is_exchanged_once_and_the_call_made_again(stand_in: Google, wallet: Wallet) -> None:
    await wallet.call("GET", OBJECT)
    stand_in.accounts.revoke()

    answer = await wallet.call("GET", OBJECT)

    assert answer.status == 404 and len(stand_in.accounts.requests) == 2 and len(stand_in.wallet.requests) == 3


async def test_a_token_that_was_never_good_is_a_matter_of_configuration(stand_in: Google, wallet: Wallet) -> None:
    wallet.api.tokens.scope = MESSAGING_SCOPE

    answer = await wallet.call("GET", OBJECT)

    assert answer.outcome is Outcome.MISCONFIGURED and len(stand_in.wallet.requests) == 1


async def test_a_hundred_refused_calls_fetch_one_new_token(stand_in: Google, wallet: Wallet) -> None:
    await wallet.call("GET", OBJECT)
    stand_in.accounts.revoke()

    await asyncio.gather(*(wallet.call("GET", OBJECT) for _ in range(30)))

    assert len(stand_in.accounts.requests) == 2


@pytest.mark.parametrize(
    ("status", "reason", "outcome"),
    [
        (200, "", Outcome.SENT),
        (400, "invalidResource", Outcome.REFUSED),
        (401, "authError", Outcome.MISCONFIGURED),
        (403, "permissionDenied", Outcome.MISCONFIGURED),
        (403, "quotaExceeded", Outcome.LATER),
        (403, "userRateLimitExceeded", Outcome.LATER),
        (404, "resourceNotFound", Outcome.GONE),
        (409, "existingResource", Outcome.REFUSED),
        (429, "rateLimitExceeded", Outcome.LATER),
        (500, "internalError", Outcome.LATER),
        (503, "", Outcome.LATER),
        (0, "ConnectTimeout", Outcome.LATER),
    ],
)
def test_what_each_answer_of_google_wallet_means(status: int, reason: str, outcome: Outcome) -> None:
    answer = judged(ApiReply(status, reason, after_seconds=9))

    assert answer.outcome is outcome and answer.status == status


async def test_nobody_at_home_is_a_reason_to_come_later(stand_in: Google, house: Database) -> None:
    closed = settings_for(stand_in).__class__(
        google_service_account=stand_in.service_account, google_wallet_url="http://127.0.0.1:9"
    )
    wallet = Wallet(closed, house)

    answer = await wallet.call("GET", OBJECT)
    await wallet.close()

    assert answer.outcome is Outcome.LATER and answer.status == 0


@pytest.mark.parametrize(
    ("text", "seconds"), [("7", 7), ("", None), ("soon", None), ("-1", None), ("99999999999999", 3600), ("²", None)]
)
def test_how_long_they_ask_us_to_wait(text: str, seconds: int | None) -> None:
    assert after_seconds({"retry-after": text}) == seconds


def test_a_date_to_wait_for_is_seconds_from_now() -> None:
    from email.utils import formatdate

    assert 55 <= (after_seconds({"retry-after": formatdate(time.time() + 60, usegmt=True)}) or 0) <= 60


async def test_two_workers_share_one_rate(stand_in: Google, pool: Database) -> None:
    workers = [Wallet(settings_for(stand_in, google_calls_per_second=15.0), pool) for _ in range(2)]
    await asyncio.gather(*(worker.call("GET", OBJECT) for worker in workers))

    await asyncio.gather(*(worker.call("GET", OBJECT) for _ in range(16) for worker in workers))
    for worker in workers:
        await worker.close()

    assert busiest_second(stand_in.wallet.arrivals) <= 20


def busiest_second(arrivals: list[float]) -> int:
    return max(len([each for each in arrivals if since <= each < since + 1]) for since in arrivals)


class Unmetered(Wallet):
    """The mutant: each process has a rate of its own."""

    async def turn(self, unhurried: bool = False) -> float:
        return 0.0


async def test_the_check_of_the_rate_notices_who_does_not_share_it(stand_in: Google, house: Database) -> None:
    worker = Unmetered(settings_for(stand_in, google_calls_per_second=15.0), house)

    await asyncio.gather(*(worker.call("GET", OBJECT) for _ in range(34)))
    await worker.close()

    assert busiest_second(stand_in.wallet.arrivals) > 20


async def test_without_room_in_the_rate_a_call_gives_up_after_a_while(stand_in: Google, house: Database) -> None:
    wallet = Wallet(settings_for(stand_in, google_calls_per_second=0.01), house)
    async with house.transaction() as db:
        await db.execute("delete from rate_limit")
    for _ in range(2):
        await wallet.call("GET", OBJECT)

    answer = await wallet.call("GET", OBJECT)
    await wallet.close()

    assert (answer.outcome, answer.reason) == (Outcome.LATER, NO_TURN) and (answer.after_seconds or 0) > 5
    assert len(stand_in.wallet.requests) == 2
