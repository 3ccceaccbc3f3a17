"""How Apple knows us: a token of the team's instead of the certificate, and a new certificate without a restart."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from punchcard.foundation.outside import Answer, NotSetUp, Outcome
from punchcard.foundation.settings import Secret, Settings
from punchcard.passes.apple import ApnsClient, ByCertificate, ByToken, apns_of
from punchcard.passes.apple import apns as real
from punchcard.passes.apple.access import EXPIRED, TOKEN_SECONDS, TOKEN_SECONDS_MIN, TOO_MANY
from punchcard.passes.apple.certificates import BadCertificate
from punchcard.sandbox import authority
from punchcard.sandbox.apns import Apns
from punchcard.sandbox.authority import Authority

from .apple import DESIGNS, made
from .test_apns import TOKEN, apple

__all__ = ["apple", "made"]  # the fixtures of the tests beside

pytestmark = pytest.mark.anyio
KEY_ID = "ABC123DEFG"


class Time:
    at = 1_800_000_000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def time(apple: Apns) -> Time:
    clock = Time()
    apple.now = lambda: int(clock.at)
    return clock


def written(file: Path, key: ec.EllipticCurvePrivateKey) -> Path:
    file.touch(0o600)
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return file


@pytest.fixture
def p8(apple: Apns, tmp_path: Path) -> Path:
    """A key from Apple's portal, as the file that one downloads."""
    key = ec.generate_private_key(ec.SECP256R1())
    apple.tokens.add(KEY_ID, authority.TEAM, key.public_key())
    apple.register(TOKEN, lambda: None)
    return written(tmp_path / "AuthKey.p8", key)


@pytest.fixture
async def client(made: Authority, apple: Apns, p8: Path, time: Time) -> AsyncIterator[ApnsClient]:
    calling = ApnsClient(apple.url, ByToken(p8, KEY_ID, authority.TEAM, time), authority=made.root)
    yield calling
    await calling.close()


async def pushed(client: ApnsClient) -> Answer:
    return await client.wake(TOKEN, authority.PASS_TYPE)


def tokens_seen(apple: Apns) -> int:
    return len(apple.tokens.seen)


async def test_a_token_of_the_team_wakes_phones_without_a_certificate(apple: Apns, client: ApnsClient):
    assert (await pushed(client)).outcome is Outcome.SENT
    assert all(not conversation.certificate for conversation in apple.conversations)


async def test_a_token_is_used_again_and_exchanged_before_it_is_an_hour_old(
    apple: Apns, client: ApnsClient, time: Time
):
    for _ in range(3):
        await pushed(client)
    time.at += TOKEN_SECONDS - 1
    await pushed(client)
    before = tokens_seen(apple)
    time.at += 2
    answer = await pushed(client)

    assert (before, tokens_seen(apple), answer.outcome) == (1, 2, Outcome.SENT)


@pytest.mark.parametrize("allowed", [1, 100])
async def test_until_a_push_was_good_only_one_is_under_way(apple: Apns, client: ApnsClient, allowed: int):
    apple.delay_seconds, apple.strangers_max = 0.02, allowed
    most = 0
    waiting = [asyncio.create_task(pushed(client)) for _ in range(20)]
    while not any(each.done() for each in waiting):
        most = max([most, *(len(each.streams) for each in client.connections.open)])
        await asyncio.sleep(0.001)
    answers = await asyncio.gather(*waiting)

    assert most == 1 and all(answer.outcome is Outcome.SENT for answer in answers)


async def test_a_token_that_apple_calls_expired_is_made_anew_once(apple: Apns, client: ApnsClient, time: Time):
    await pushed(client)
    time.at += TOKEN_SECONDS_MIN
    apple.fail(TOKEN, 403, EXPIRED)
    again = await pushed(client)
    apple.fail(TOKEN, 403, EXPIRED)
    once_more = await pushed(client)

    assert (again.outcome, once_more.outcome) == (Outcome.SENT, Outcome.MISCONFIGURED)
    assert (tokens_seen(apple), len(apple.requests)) == (2, 4)


async def test_when_apple_has_seen_too_many_tokens_no_other_is_made(apple: Apns, client: ApnsClient, time: Time):
    await pushed(client)
    time.at += TOKEN_SECONDS_MIN
    apple.fail(TOKEN, 429, TOO_MANY)
    limited = await pushed(client)
    apple.fail(TOKEN, 403, EXPIRED)
    refused = await pushed(client)

    assert (limited.outcome, limited.after_seconds) == (Outcome.LATER, 60)
    assert refused.outcome is Outcome.MISCONFIGURED and tokens_seen(apple) == 1


@pytest.mark.parametrize(
    "team, key_id, topic, status, reason",
    [
        ("ZZZZZZZZZZ", KEY_ID, authority.PASS_TYPE, 403, "InvalidProviderToken"),
        (authority.TEAM, "OTHERKEYID", authority.PASS_TYPE, 403, "InvalidProviderToken"),
        (authority.TEAM, KEY_ID, "pass.com.example.of-another-team", 400, "TopicDisallowed"),
    ],
)
async def test_a_token_is_good_for_its_own_teams_passes_alone(
    made, apple, p8, time, caplog, team, key_id, topic, status, reason
):
    client = ApnsClient(apple.url, ByToken(p8, key_id, team, time), authority=made.root)

    answer = await client.wake(TOKEN, topic)
    await client.close()

    assert (answer.outcome, answer.status, answer.reason) == (Outcome.MISCONFIGURED, status, reason)


async def test_without_token_and_certificate_nobody_is_let_in(made: Authority, apple: Apns, p8: Path, time: Time):
    class Nobody(ByToken):
        def authorization(self) -> bytes:
            return b""

    client = ApnsClient(apple.url, Nobody(p8, KEY_ID, authority.TEAM, time), authority=made.root)

    assert (await pushed(client)).reason == "MissingProviderToken"
    await client.close()


async def test_a_token_says_what_apple_asks_for(p8: Path, time: Time):
    access = ByToken(p8, KEY_ID, authority.TEAM, time)
    client = ApnsClient("https://localhost:9", access)

    scheme, _, token = access.authorization().decode().partition(" ")

    assert scheme == "bearer" and client.access is access
    assert jwt.get_unverified_header(token) == {"alg": "ES256", "kid": KEY_ID, "typ": "JWT"}
    assert jwt.decode(token, options={"verify_signature": False}) == {"iss": authority.TEAM, "iat": int(time.at)}


@pytest.mark.parametrize("curve, mode", [(ec.SECP384R1(), 0o600), (ec.SECP256R1(), 0o644)])
def test_a_key_that_is_none_of_apples_or_that_others_can_read_is_refused(tmp_path: Path, curve, mode):
    file = written(tmp_path / "key.p8", ec.generate_private_key(curve))
    file.chmod(mode)

    with pytest.raises(BadCertificate):
        ApnsClient("https://localhost:9", ByToken(file, KEY_ID, authority.TEAM))


@pytest.fixture
def papers(made: Authority, tmp_path: Path) -> Authority:
    """A copy that a test may overwrite."""
    shutil.copytree(made.folder, tmp_path / "papers")
    return Authority(tmp_path / "papers")


async def test_a_new_certificate_is_used_without_a_restart_and_nothing_under_way_is_lost(
    apple: Apns, papers: Authority, monkeypatch
):
    monkeypatch.setattr(real, "LOOK_SECONDS", 0.0)
    apple.register(TOKEN, lambda: None)
    client = ApnsClient(apple.url, ByCertificate(papers.certificate, papers.key), authority=papers.root)
    await pushed(client)
    apple.delay_seconds = 0.05
    under_way = asyncio.create_task(pushed(client))
    await asyncio.sleep(0.02)
    papers.key.touch()
    answers = [await pushed(client), await under_way]
    await client.close()

    assert [answer.outcome for answer in answers] == [Outcome.SENT, Outcome.SENT]
    assert apple.connected == 2 and len(apple.requests) == 3


async def test_a_new_certificate_that_is_none_leaves_the_old_one_at_work(apple, papers, monkeypatch, caplog):
    monkeypatch.setattr(real, "LOOK_SECONDS", 0.0)
    apple.register(TOKEN, lambda: None)
    client = ApnsClient(apple.url, ByCertificate(papers.certificate, papers.key), authority=papers.root)
    await pushed(client)
    papers.certificate.write_text("half a certifi")
    answer = await pushed(client)
    await client.close()

    assert answer.outcome is Outcome.SENT and apple.connected == 1
    assert "the old one goes on" in caplog.text


def settings(made: Authority, **more: Any) -> Settings:
    return Settings(
        demo=True,
        secret=Secret("5f0c" * 16),
        designs_dir=DESIGNS,
        apple_certificate=made.certificate,
        apple_key=made.key,
        apple_wwdr=made.wwdr,
        **more,
    )


async def test_the_settings_say_how_apple_knows_us(made: Authority, p8: Path):
    by_certificate = apns_of(settings(made))
    by_token = apns_of(settings(made, apns_key=p8, apns_key_id=KEY_ID))
    other_team = apns_of(settings(made, apns_key=p8, apns_key_id=KEY_ID, apns_team="ZZZZZZZZZZ"))

    assert isinstance(by_certificate, ApnsClient) and isinstance(by_certificate.access, ByCertificate)
    assert isinstance(by_token, ApnsClient) and isinstance(by_token.access, ByToken)
    assert by_token.access.team == authority.TEAM
    assert isinstance(other_team, ApnsClient) and isinstance(other_team.access, ByToken)
    assert other_team.access.team == "ZZZZZZZZZZ"
    assert isinstance(apns_of(Settings(demo=True)), NotSetUp)


async def test_type_and_priority_are_left_out_unless_they_are_set(made: Authority, apple: Apns):
    apple.register(TOKEN, lambda: None)
    made_settings = settings(
        made, apns_url=apple.url, apns_authority=made.root, apns_push_type="background", apns_priority=5
    )
    client = apns_of(made_settings)
    await client.wake(TOKEN, authority.PASS_TYPE)
    await client.close()

    headers = {"apns-topic": authority.PASS_TYPE, "apns-push-type": "background", "apns-priority": "5"}
    assert apple.requests[0]["headers"] == headers
