"""`punchcard doctor` names what is wrong before a member notices, and stays quiet where nothing is."""

import json
import os
import shutil
import ssl
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from punchcard import passes, push
from punchcard.commands.doctoring import DOCTOR, of_address, of_contents, of_database, of_mail
from punchcard.foundation import outbox
from punchcard.foundation.checkup import Found
from punchcard.foundation.database import Database
from punchcard.foundation.ids import new_id
from punchcard.foundation.settings import Secret, Settings
from punchcard.passes.apple.doctor import context_of, greet
from punchcard.sandbox import apns, authority
from punchcard.sandbox.apns import Apns
from punchcard.sandbox.authority import Authority
from punchcard.sandbox.google import Google, google

from .apple import DESIGNS, SECRET, made
from .googles import ISSUER, key, settings_for

__all__ = ["made"]  # a fixture

pytestmark = pytest.mark.anyio


def now() -> int:
    return int(time.time())


def states(found: Sequence[Found]) -> dict[str, str]:
    return {each.check: each.state for each in found}


@pytest.fixture
async def apple(made: Authority) -> AsyncIterator[Apns]:
    async with apns.apns(made) as stand_in:
        yield stand_in


@pytest.fixture
def config(made: Authority, apple: Apns) -> Settings:
    return Settings(
        demo=True,
        secret=Secret(SECRET),
        designs_dir=DESIGNS,
        apple_certificate=made.certificate,
        apple_key=made.key,
        apple_wwdr=made.wwdr,
        apns_url=apple.url,
        apns_authority=made.root,
    )


@pytest.fixture
async def stand_in(tmp_path: Path) -> AsyncIterator[Google]:
    async with google(tmp_path, issuer=ISSUER, now=now, key=key()) as found:
        yield found


async def test_apple_is_well(config: Settings, apple: Apns):
    found = await passes.apple.checks(config, now())

    assert set(states(found).values()) == {"ok"}
    assert set(states(found)) >= {"apple.certificate.pass", "apple.certificate.wwdr", "apple.signature", "apple.apns"}
    assert apple.requests == [], "something was pushed"


@pytest.mark.parametrize("days, state", [(340, "warn"), (300, "ok")])
async def test_a_certificate_is_told_of_thirty_days_before_its_end(config: Settings, days, state):
    found = await passes.apple.checks(config, now() + days * 86400)

    assert states(found)["apple.certificate.pass"] == state


async def test_a_certificate_that_ended_fails(config: Settings, tmp_path: Path):
    old = authority.make(tmp_path / "old", now=datetime.now(UTC) - timedelta(days=400))
    changed = {"apple_certificate": old.certificate, "apple_key": old.key, "apple_wwdr": old.wwdr}

    found = await passes.apple.checks(msgspec.structs.replace(config, **changed), now())

    assert states(found)["apple.certificate"] == "fail"


async def test_a_broken_design_fails_and_names_its_file(config: Settings, tmp_path: Path):
    designs = Path(shutil.copytree(DESIGNS, tmp_path / "passes"))
    (designs / "bud.pass" / "icon.png").unlink()

    found = await passes.apple.checks(msgspec.structs.replace(config, designs_dir=designs), now())

    assert any(each.check == "apple.designs" and each.state == "fail" and "bud.pass" in each.says for each in found)


async def test_a_push_service_that_refuses_our_certificate_fails(config: Settings, tmp_path: Path):
    stranger = authority.make(tmp_path / "stranger")
    changed = {"apple_certificate": stranger.certificate, "apple_key": stranger.key, "apple_wwdr": stranger.wwdr}

    found = await passes.apple.checks(msgspec.structs.replace(config, **changed), now())

    assert states(found)["apple.signature"] == "ok"
    assert states(found)["apple.apns"] == "fail"


async def test_a_push_service_that_is_away_fails(config: Settings):
    found = await passes.apple.checks(msgspec.structs.replace(config, apns_url="https://localhost:9"), now())

    assert states(found)["apple.apns"] == "fail"


async def test_a_server_that_no_certificate_descends_from_is_not_greeted(config: Settings, apple: Apns):
    context = context_of(msgspec.structs.replace(config, apns_authority=None))

    with pytest.raises(ssl.SSLCertVerificationError):
        await greet("localhost", int(apple.url.rpartition(":")[2]), context)


async def test_google_would_save_the_card(stand_in: Google):
    found = await passes.google.checks(settings_for(stand_in, designs_dir=DESIGNS), now())

    assert states(found) == {"google.account": "ok", "google.card": "ok"}
    assert stand_in.wallet.classes == {} and stand_in.wallet.objects == {}, "something was saved"


@pytest.mark.parametrize(
    "status, reason, check, state",
    [
        (403, "permissionDenied", "google.access", "fail"),
        (400, "invalidResource", "google.card", "fail"),
        (503, "backendError", "google.card", "warn"),
    ],
)
async def test_what_google_says_of_the_card_is_reported(stand_in: Google, status, reason, check, state):
    stand_in.wallet.fail(status, reason)

    found = await passes.google.checks(settings_for(stand_in, designs_dir=DESIGNS), now())

    assert states(found)[check] == state
    assert any(reason in each.says for each in found)


async def test_an_issuer_of_somebody_else_is_reported(stand_in: Google):
    config = msgspec.structs.replace(
        settings_for(stand_in, designs_dir=DESIGNS), google_issuer_id="3388000000099999999"
    )

    found = await passes.google.checks(config, now())

    assert "fail" in states(found).values()


async def test_a_file_that_is_no_account_is_named(stand_in: Google, tmp_path: Path):
    (tmp_path / "broken.json").write_text("{}")
    broken = {"google_service_account": tmp_path / "broken.json"}
    config = msgspec.structs.replace(settings_for(stand_in, designs_dir=DESIGNS), **broken)

    found = [*await passes.google.checks(config, now()), *await push.checks(config)]

    assert states(found) == {"google.account": "fail", "fcm": "fail"}


async def test_firebase_would_take_a_message(stand_in: Google):
    well = await push.checks(settings_for(stand_in))
    elsewhere = await push.checks(msgspec.structs.replace(settings_for(stand_in), fcm_project="another"))

    assert states(well) == {"fcm": "ok"}
    assert states(elsewhere) == {"fcm": "fail"}


async def test_what_is_not_set_up_is_off_and_no_failure():
    nothing = Settings()
    found = [*await passes.apple.checks(nothing, now()), *await passes.google.checks(nothing, now())]
    found += await push.checks(nothing)

    assert states(found) == {"apple": "off", "google": "off", "fcm": "off"}


async def test_a_worker_that_does_not_run_fails(pool: Database):
    without = await of_contents(pool)
    async with pool.transaction() as db:
        await outbox.seen(db, new_id())
    with_one = await of_contents(pool)

    assert states(without) == {"database": "ok", "worker": "fail"}
    assert states(with_one) == {"database": "ok", "worker": "ok"}


async def test_a_schema_of_an_earlier_version_fails(pool: Database):
    async with pool.transaction() as db:
        await db.execute("delete from schema_migration where name like '0041%'")

    (found,) = await of_contents(pool)

    assert found.state == "fail" and "0041_foundation_outbox" in found.says


async def test_what_waits_for_long_or_was_laid_aside_is_told(pool: Database):
    async with pool.transaction() as db:
        await outbox.put(db, new_id(), [outbox.Due("passes.apple")], now() - 600)
        await outbox.put(db, new_id(), [outbox.Due("push.announce")], now())
        (old, new) = await outbox.due(db, range(64), now())
        await outbox.bury(db, new, "no")

    told = [each.says for each in await of_contents(pool) if each.state == "warn"]

    assert old.reaction == "passes.apple"
    assert len(told) == 2 and "passes.apple waits since" in told[0] and "push.announce" in told[1]


async def test_a_database_that_is_away_fails():
    (found,) = await of_database(Settings(database_url=Secret("postgresql://nobody:hunter2@localhost:1/none")))

    assert found.state == "fail" and "hunter2" not in found.says


async def test_an_address_without_tls_fails_outside_of_the_demo():
    found = await of_address(Settings(public_url="http://localhost:9"))

    assert [each.state for each in found] == ["fail", "warn"]


async def test_without_mail_nobody_signs_in(tmp_path: Path):
    assert states(await of_mail(Settings(demo=True, data_dir=tmp_path))) == {"mail": "warn"}
    assert states(await of_mail(Settings())) == {"mail": "fail"}
    away = Settings(smtp_url=Secret("smtp://user:hunter2@localhost:9"), smtp_from="cards@almond.example")
    (found,) = await of_mail(away)
    assert found.state == "fail" and "hunter2" not in found.says


def test_the_command_says_a_line_each_and_exits_with_what_failed():
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": os.environ.get("PYTHONPATH", "")}
    environment |= {"PUNCHCARD_SECRET": "weak", "PUNCHCARD_PUBLIC_URL": "http://localhost:9"}
    command = [sys.executable, "-m", "punchcard", "doctor", "--json"]

    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    found = {each["check"]: each for each in json.loads(done.stdout)}
    assert done.returncode == 1
    assert found["settings"]["state"] == "fail" and "openssl rand" in found["settings"]["do"]
    assert found["apple"]["state"] == "off"
    assert all(each["do"] for each in found.values() if each["state"] in ("warn", "fail"))
    assert "weak" not in done.stdout


def test_help_says_what_is_looked_at():
    assert all(word in DOCTOR for word in ("jwt/validate", "APNs", "Exits 0", "--json"))
