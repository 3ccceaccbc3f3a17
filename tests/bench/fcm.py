"""Messages to Firebase for each second of CPU: ours as the worker sends them, beside firebase-admin's send_each_async as it
is shipped, in turns on one machine, against a TLS stand-in in a process of its own.

Both send one text to many phones, four hundred at a time; both are spared the fetch of an access token."""

import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import firebase_admin
import uvloop
from firebase_admin import credentials, messaging
from google.auth.credentials import Credentials

from punchcard.foundation.database import Database
from punchcard.foundation.ids import new_id
from punchcard.foundation.outbox import Task
from punchcard.foundation.outside import NotSetUp, Outcome, World
from punchcard.foundation.settings import Settings
from punchcard.push import Firebase, delivery
from punchcard.push.model import Delivery, Message, Phone
from punchcard.sandbox.authority import Server, make_server
from punchcard.sandbox.google_accounts import GoogleAccounts

from .apns import Turn, cpu_seconds
from .figures import Figure, at_least, told

COMMAND = "make bench ONLY=fcm"
OURS, THEIRS, AT_ONCE, ROUNDS, WARM_UP = 12_000, 2_000, 400, 3, 400
TITLE, BODY = "Double points on coffee", "Any coffee counts twice at Nola Coffee. Until 19 November, 17:00."
HOUR = 3600

Send = Callable[[int], Awaitable[int]]
"""Sends so many messages at once; says how many were taken."""


def figures() -> list[Figure]:
    with tempfile.TemporaryDirectory() as name:
        files = make_server(Path(name), "bench")
        with stand_in(files) as url:
            ours, theirs = uvloop.run(in_turns(Path(name), files, url))
    return [
        told("messages for a second of CPU, ours", 1e6 / cpu(ours), "messages", COMMAND),
        told("messages for a second of CPU, send_each_async", 1e6 / cpu(theirs), "messages", COMMAND),
        at_least(
            "messages for a second of CPU, ours ÷ send_each_async",
            statistics.median(other.cpu_us / mine.cpu_us for mine, other in zip(ours, theirs, strict=True)),
            "times",
            5,
            COMMAND,
        ),
        told("messages, ours", statistics.median(each.a_second for each in ours), "a second", COMMAND),
        told("messages, send_each_async", statistics.median(each.a_second for each in theirs), "a second", COMMAND),
    ]


def cpu(turns: list[Turn]) -> float:
    return statistics.median(turn.cpu_us for turn in turns)


async def in_turns(folder: Path, files: Server, url: str) -> tuple[list[Turn], list[Turn]]:
    ours, theirs = through_ours(folder, files, url), through_firebase_admin(files, url)
    for each in (ours, theirs):
        await turn(each, WARM_UP)
    found = [(await turn(theirs, THEIRS), await turn(ours, OURS)) for _ in range(ROUNDS)]
    return [mine for _, mine in found], [other for other, _ in found]


async def turn(send: Send, number: int) -> Turn:
    """So many messages; all must be taken."""
    began, used = time.perf_counter(), cpu_seconds()
    taken = sum([await send(AT_ONCE) for _ in range(number // AT_ONCE)])
    assert taken == number, f"{taken} of {number}"
    return Turn(number / (time.perf_counter() - began), (cpu_seconds() - used) / number * 1e6)


def through_ours(folder: Path, files: Server, url: str) -> Send:
    """From the decision to send, to the answer of each phone: circuit, quota, body, request."""
    settings = Settings(
        google_service_account=GoogleAccounts("bench").write(folder / "account.json"),
        fcm_project="bench",
        fcm_url=url,
        fcm_authority=files.root,
        fcm_per_second=1e9,
    )
    firebase, none = Firebase(settings), NotSetUp("bench")
    firebase.tokens.token, firebase.tokens.refresh_at = "bench", math.inf
    world = World(Database(""), settings, none, none, firebase, none)
    delivery.to_firebase(world).look_after = math.inf  # there is nobody to share with

    async def send(number: int) -> int:
        answers = await delivery.send_all(world, [written(each) for each in range(number)], int(time.time()))
        return sum(answer.outcome is Outcome.SENT for each in answers for answer in each)

    return send


def written(number: int) -> Delivery:
    now = int(time.time())
    message = Message(
        id="offer:coffee-x2", kind="offer", subject="coffee-x2", title=TITLE, body=BODY, decided_at=now, ends_at=now + HOUR
    )  # fmt: skip
    phone = Phone(f"phone-{number}", "fid", address(number), "android", "en", "UTC", now)
    return Delivery(Task(new_id(), "push.announce", message.id, 1, 0, None), message, (phone,), "en")


def address(number: int) -> str:
    return f"fid-of-a-phone-{number:020}"


class Admitted(Credentials):
    """A token that is there and never ends."""

    def __init__(self) -> None:
        super().__init__()
        self.token = "bench"

    def refresh(self, request: object) -> None:
        raise AssertionError("nobody asks for another")


class ByToken(credentials.Base):  # type: ignore[misc]  # firebase-admin ships no types
    def get_credential(self) -> Credentials:
        return Admitted()


def through_firebase_admin(files: Server, url: str) -> Send:
    os.environ["SSL_CERT_FILE"] = str(files.root)
    messaging._MessagingService.FCM_URL = url + "/v1/projects/{0}/messages:send"
    app = firebase_admin.initialize_app(ByToken(), {"projectId": "bench"}, name="bench")

    async def send(number: int) -> int:
        done = await messaging.send_each_async([theirs(each) for each in range(number)], app=app)
        return int(done.success_count)

    return send


def theirs(number: int) -> messaging.Message:
    """The same message as ours, of their own making."""
    now = int(time.time())
    return messaging.Message(
        fid=address(number),
        notification=messaging.Notification(title=TITLE, body=BODY),
        data={"message": "offer:coffee-x2", "kind": "offer", "subject": "coffee-x2"},
        android=messaging.AndroidConfig(
            ttl=HOUR,
            priority="normal",
            notification=messaging.AndroidNotification(tag="offer:coffee-x2", channel_id="offers"),
        ),
        apns=messaging.APNSConfig(
            headers={"apns-expiration": str(now + HOUR), "apns-collapse-id": "offer:coffee-x2", "apns-priority": "5"},
            payload=messaging.APNSPayload(messaging.Aps(sound="default", thread_id="offers")),
        ),
        webpush=messaging.WebpushConfig(
            headers={"TTL": str(HOUR), "Urgency": "normal"},
            notification=messaging.WebpushNotification(
                title=TITLE, body=BODY, tag="offer:coffee-x2", language="en", direction="ltr"
            ),
        ),
    )


@contextmanager
def stand_in(files: Server) -> Iterator[str]:
    """A stand-in for Firebase, in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.fcm_server", str(files.certificate), str(files.key)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()
