"""Firebase's stand-in, driven by Google's own firebase-admin; and what importing it costs the API: nothing."""

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import anyio
import firebase_admin
import pytest
from firebase_admin import credentials, exceptions, messaging

from punchcard.sandbox.android import Android
from punchcard.sandbox.google import Google, google
from tests.discovery_check import check_request
from tests.googles import AT, key, stay_home

FID = "fid-android-1"


@pytest.fixture
async def stand_in(tmp_path: Path) -> AsyncIterator[Google]:
    async with google(tmp_path, now=lambda: AT, key=key()) as made:
        Android(made, fid=FID).install_app()
        yield made


@pytest.fixture
async def app(stand_in: Google, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[firebase_admin.App]:
    """firebase-admin with the sandbox's service account; only the address of Firebase is another."""
    stay_home(monkeypatch)
    url = stand_in.url + "/v1/projects/{0}/messages:send"
    monkeypatch.setattr(messaging._MessagingService, "FCM_URL", url)
    made = firebase_admin.initialize_app(credentials.Certificate(str(stand_in.service_account)))
    yield made
    await anyio.to_thread.run_sync(firebase_admin.delete_app, made)


async def send(app: firebase_admin.App, dry_run: bool = False, **message: Any) -> str:
    made = messaging.Message(**{"fid": FID, "notification": messaging.Notification("Hello", "there")} | message)
    name: str = await anyio.to_thread.run_sync(lambda: messaging.send(made, dry_run, app))
    return name


async def test_firebases_own_library_reaches_the_phone(stand_in: Google, app: firebase_admin.App) -> None:
    name = await send(app, data={"a": "b"})

    phone = stand_in.fcm.phones[FID]
    assert name.startswith(f"projects/{stand_in.project}/messages/")
    assert isinstance(phone, Android) and phone.drawer[0].title == "Hello"
    assert [check_request(**each) for each in stand_in.fcm.requests] == [[]]


async def test_a_dry_run_is_checked_and_not_delivered(stand_in: Google, app: firebase_admin.App) -> None:
    await send(app, dry_run=True)

    phone = stand_in.fcm.phones[FID]
    assert isinstance(phone, Android) and phone.drawer == []


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (404, "UNREGISTERED", messaging.UnregisteredError),
        (404, "", exceptions.NotFoundError),
        (403, "SENDER_ID_MISMATCH", messaging.SenderIdMismatchError),
        (429, "QUOTA_EXCEEDED", messaging.QuotaExceededError),
        (400, "INVALID_ARGUMENT", exceptions.InvalidArgumentError),
    ],
)
async def test_firebases_own_library_knows_our_errors_by_name(
    stand_in: Google, app: firebase_admin.App, status: int, code: str, error: type[Exception]
) -> None:
    stand_in.fcm.fail(FID, status, code, times=10)

    with pytest.raises(exceptions.FirebaseError) as refused:
        await send(app)

    assert type(refused.value) is error


async def test_an_address_that_never_registered_is_unregistered(app: firebase_admin.App) -> None:
    with pytest.raises(messaging.UnregisteredError):
        await send(app, fid="fid-of-nobody")


@pytest.mark.parametrize(
    "message",
    [
        {"data": {"from": "me"}},
        {"data": {"google.x": "me"}},
        {"data": {"long": "x" * 5000}},
    ],
)
async def test_what_the_stand_in_refuses(app: firebase_admin.App, message: dict[str, Any]) -> None:
    with pytest.raises(exceptions.InvalidArgumentError):
        await send(app, **message)


@pytest.fixture(scope="module")
def imported() -> Iterator[str]:
    """Which of Firebase's modules a process has that can write and send messages, but has written none."""
    code = "import sys, punchcard.push.fcm, punchcard.passes.google; print([m for m in sys.modules if 'firebase' in m])"
    yield subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_the_api_never_imports_firebase(imported: str) -> None:
    assert imported == "[]"
