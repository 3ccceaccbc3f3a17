"""Firebase Cloud Messaging v1: checks each message as the real one does and delivers it to simulated phones.

It can be told to fail in every way that the real one does: see `Fault` and `weather`."""

import asyncio
import itertools
import json
import re
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from msgspec import Struct

from .google_accounts import GoogleAccounts
from .server import Reply, Request

SCOPES = ("https://www.googleapis.com/auth/firebase.messaging", "https://www.googleapis.com/auth/cloud-platform")
ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
BYTES_MAX = 4096
TTL_SECONDS_MAX = 2_419_200
TARGETS = ("fid", "token", "topic", "condition")
KNOWN = frozenset({*TARGETS, "name", "data", "notification", "android", "android_v2", "webpush", "apns", "fcm_options"})
STATUS = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND"} | {
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}


class Phone(Protocol):
    """Shows what is delivered to it at this instant (UTC seconds)."""

    def receive(self, message: dict[str, Any], at: int) -> None: ...


class Waiting(Struct, frozen=True):
    message: dict[str, Any]
    until: int


class Fault(Struct, frozen=True):
    """What to answer instead. `is_delivered`: the phone gets the message all the same; `reset`: end the request with this
    HTTP/2 error instead of an answer; `cut`: break off the connection; `goodbye`: announce its end after the answer."""

    status: int = 200
    code: str = ""
    after_seconds: int | None = None
    is_delivered: bool = False
    seconds: float = 0.0
    reset: int | None = None
    cut: bool = False
    goodbye: bool = False


class Heard(Struct, frozen=True):
    """One message that came: at which second of a clock that never goes back, and what became of it."""

    address: str
    tag: str
    ends_at: int
    """By `apns-expiration`; 0 where it says none."""
    status: int
    is_delivered: bool
    at: float


FINE = Fault()


class Fcm:
    """Knows the installations that registered. `now` is the phones' clock: a message's life is counted by it."""

    def __init__(self, accounts: GoogleAccounts, project: str, now: Callable[[], int] = lambda: int(time.time())):
        self.accounts, self.project, self.now = accounts, project, now
        self.phones: dict[str, Phone] = {}
        self.offline: dict[str, list[Waiting]] = {}
        self.scripts: dict[str, deque[Fault]] = {}
        self.weather: Callable[[str], Fault | None] = lambda address: None
        """What befalls a message to this address, unless a script of its own says so."""
        self.requests: list[dict[str, Any]] = []
        self.heard: list[Heard] = []
        self.numbers = itertools.count(1)

    def register(self, address: str, phone: Phone) -> None:
        """The app was opened on this phone: its installation id (or token) now reaches it."""
        self.phones[address] = phone

    def uninstall(self, address: str) -> None:
        """The app was removed: the next message is answered with UNREGISTERED."""
        self.phones.pop(address, None)

    def fail(self, address: str, status: int, code: str, times: int = 1, after_seconds: int | None = None) -> None:
        """Answer the next messages to this address with an error, for example 429 QUOTA_EXCEEDED."""
        self.script(address, *[Fault(status, code, after_seconds)] * times)

    def script(self, address: str, *faults: Fault) -> None:
        """What befalls the next messages to this address."""
        self.scripts.setdefault(address, deque()).extend(faults)

    def disconnect(self, address: str) -> None:
        """The phone is out of reach; what comes meanwhile waits as long as it may."""
        self.offline.setdefault(address, [])

    def reconnect(self, address: str) -> None:
        """The phone is back and gets what is still alive."""
        for each in self.offline.pop(address, []):
            if self.now() < each.until:
                self.phones[address].receive(each.message, self.now())

    async def answer(self, request: Request) -> Reply:
        """Over HTTP/1.1, as older clients ask."""
        reply, fault = self.judged(request)
        await asyncio.sleep(fault.seconds)
        if fault.cut or fault.reset is not None:
            raise ConnectionAbortedError
        return reply

    def judged(self, request: Request) -> tuple[Reply, Fault]:
        """Check a message, deliver it, and say what to answer and how."""
        self.requests.append(request.record())
        if not any(self.accounts.admits(request, scope) for scope in SCOPES):
            return refusal(401, "Request had invalid authentication credentials."), FINE
        if request.method != "POST" or request.path != f"/v1/projects/{self.project}/messages:send":
            return refusal(404, "Requested entity was not found."), FINE
        body = request.body
        message = body.get("message") if isinstance(body, dict) else None
        if wrong := fault(message, request.content):
            return refusal(400, wrong, "INVALID_ARGUMENT"), FINE
        assert isinstance(message, dict)
        address = next(str(message[target]) for target in TARGETS if message.get(target))
        script = self.scripts.get(address)
        befalls = script.popleft() if script else self.weather(address) or FINE
        is_asked = bool(body.get("validate_only") or body.get("validateOnly"))
        return self.outcome(address, message, befalls, is_asked), befalls

    def outcome(self, address: str, message: dict[str, Any], befalls: Fault, is_asked: bool) -> Reply:
        if befalls.status != 200:
            headers = {} if befalls.after_seconds is None else {"retry-after": str(befalls.after_seconds)}
            reply = refusal(befalls.status, f"scripted: {befalls.code}", befalls.code, headers)
        elif (message.get("fid") or message.get("token")) and address not in self.phones:
            reply = refusal(404, "Requested entity was not found.", "UNREGISTERED")
        else:
            reply = Reply(200, {"name": f"projects/{self.project}/messages/0:{next(self.numbers)}"})
        is_lost = befalls.cut or befalls.reset is not None
        is_delivered = not is_asked and (befalls.is_delivered or (reply.status == 200 and not is_lost))
        if is_delivered:
            self.deliver(address, message)
        self.heard.append(heard(address, message, 0 if is_lost else reply.status, is_delivered))
        return reply

    def deliver(self, address: str, message: dict[str, Any]) -> None:
        if address in self.offline:
            until = self.now() + ttl_seconds(message)
            key = (message.get("android") or {}).get("collapse_key")
            queue = self.offline[address]
            queue[:] = [
                each for each in queue if not key or (each.message.get("android") or {}).get("collapse_key") != key
            ]
            queue.append(Waiting(message, until))
        elif address in self.phones:
            self.phones[address].receive(message, self.now())


def heard(address: str, message: dict[str, Any], status: int, is_delivered: bool) -> Heard:
    tag = ((message.get("android") or {}).get("notification") or {}).get("tag", "")
    ends_at = ((message.get("apns") or {}).get("headers") or {}).get("apns-expiration", "0")
    return Heard(address, tag, int(ends_at), status, is_delivered, time.monotonic())


def ttl_seconds(message: dict[str, Any]) -> int:
    text = (message.get("android") or {}).get("ttl", "")
    return int(float(text[:-1])) if text else TTL_SECONDS_MAX


def fault(message: Any, content: bytes) -> str:
    """What is wrong with the message, in a sentence; empty when it is well."""
    if not isinstance(message, dict):
        return "Message is not set."
    if unknown := sorted({snake(name) for name in message} - KNOWN):
        return f"Invalid JSON payload received. Unknown name \"{unknown[0]}\" at 'message': Cannot find field."
    if len([target for target in TARGETS if message.get(target)]) != 1:
        return "Exactly one of fid, token, topic or condition is required."
    data = message.get("data") or {}
    if not isinstance(data, dict) or not all(isinstance(each, str) for each in data.values()):
        return "Invalid value at 'message.data' (TYPE_STRING)."
    if set(data) & {"from", "notification", "message_type"} or any(key.startswith(("google.", "gcm.")) for key in data):
        return "Invalid data payload key."
    android = message.get("android") or {}
    if not re.fullmatch(r"\d+(\.\d{1,9})?s", android.get("ttl", "0s")) or ttl_seconds(message) > TTL_SECONDS_MAX:
        return "Invalid value at 'message.android.ttl' (type.googleapis.com/google.protobuf.Duration)."
    if android.get("priority", "normal").lower() not in ("normal", "high"):
        return "Invalid value at 'message.android.priority'."
    if not all(
        isinstance(each, str)
        for part in ("apns", "webpush")
        for each in ((message.get(part) or {}).get("headers") or {}).values()
    ):
        return "Invalid value at headers (TYPE_STRING)."
    return "Message is too big." if shown_bytes(message, content) > BYTES_MAX else ""


def shown_bytes(message: dict[str, Any], content: bytes) -> int:
    """What a phone would be sent: its own platform's part, which is never more than the largest one."""
    parts = [
        len(json.dumps(message.get(part) or {}, ensure_ascii=False).encode()) for part in ("android", "apns", "webpush")
    ]
    return len(content) - sum(parts) + max(parts)


def snake(name: str) -> str:
    return re.sub("(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def refusal(status: int, sentence: str, code: str = "", headers: dict[str, str] | None = None) -> Reply:
    details = [{"@type": ERROR, "errorCode": code}] if code else []
    error = {"code": status, "message": sentence, "status": STATUS.get(status, "UNKNOWN"), "details": details}
    return Reply(status, {"error": error}, headers or {})
