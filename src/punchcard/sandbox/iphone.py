"""An iPhone with Wallet: takes a pass by Apple's rules, registers, is woken, fetches the newest and says what changed."""

import asyncio
import contextlib
import secrets
import time
from pathlib import Path
from typing import Any

import httpx
from cryptography import x509
from msgspec import Struct

from .apns import Apns
from .pass_rules import NotAPass, Opened, opened, unbundled

PASS = "application/vnd.apple.pkpass"  # noqa: S105  # a media type, no password
BUNDLE = "application/vnd.apple.pkpasses"

DAY_SECONDS = 86_400.0


class Front(Struct, frozen=True):
    """What one sees without turning the card over: (label, value) of each field, in the phone's language."""

    organisation: str
    header: list[tuple[str, str]]
    primary: list[tuple[str, str]]
    secondary: list[tuple[str, str]]
    auxiliary: list[tuple[str, str]]
    code: str
    code_text: str
    background: str
    style: str = "storeCard"
    is_void: bool = False


class Held(Struct):
    """A pass in the wallet."""

    package: bytes
    opened: Opened
    last_modified: str
    held_at: float
    """When this version was in place, by time.perf_counter."""


class IPhone:
    """One phone with a card in its wallet, and tickets beside it. `notices` are what it said on the lock screen, the oldest
    first."""

    def __init__(
        self,
        apns: Apns,
        root: Path,
        language: str = "en",
        *,
        http_allowed: bool = False,
        http: httpx.AsyncClient | None = None,
    ):
        """`root` is the authority that the phone trusts; `http_allowed` the developer's switch for plain HTTP."""
        self.apns, self.language, self.http_allowed = apns, language, http_allowed
        self.root = x509.load_pem_x509_certificate(root.read_bytes())
        self.http = http or httpx.AsyncClient(timeout=30)
        self.device = secrets.token_hex(16)
        self.push_token = secrets.token_hex(32)
        self.passes: dict[str, Held] = {}
        """What is in the wallet, by serial number, the first added first."""
        self.tag: str | None = None
        self.notices: list[str] = []
        self.troubles: list[str] = []
        """What it told the web service's log."""
        self.wakes = 0
        self.versions = 0
        self.push = asyncio.Event()
        self.new_version = asyncio.Condition()
        self.listening: asyncio.Task[None] | None = None
        self.pause_seconds = DAY_SECONDS

    @property
    def card(self) -> Held | None:
        """The store card in the wallet; where one was replaced, the one that counts."""
        cards = [held for held in self.passes.values() if held.opened.style == "storeCard"]
        return next((held for held in cards if not held.opened.body.get("voided")), next(iter(cards), None))

    async def add(self, link: str) -> Front:
        """Open the link to a pass, or to several, and press Add. Shows the first. Raises NotAPass when one of them is not to
        its taste."""
        answer = await self.http.get(link)
        media_type = answer.headers.get("content-type", "").split(";")[0]
        if answer.status_code != 200 or media_type not in (PASS, BUNDLE):
            raise NotAPass(f"{link}: {answer.status_code} {media_type}")
        packages = unbundled(answer.content) if media_type == BUNDLE else [answer.content]
        serials = [await self.keep(package, "") for package in packages]
        self.apns.register(self.push_token, self.wake)
        for serial in serials:
            await self.register(serial)
        self.listening = self.listening or asyncio.create_task(self.listen())
        return self.shows(serials[0])

    async def register(self, serial: str) -> None:
        answer = await self.http.post(
            self.registration(serial), json={"pushToken": self.push_token}, headers=self.authorisation(serial)
        )
        if answer.status_code not in (200, 201):
            await self.complain(f"registration was answered with {answer.status_code}")

    async def remove(self, serial: str = "") -> None:
        """Delete the card, or the pass of this serial number, from the wallet."""
        serial = serial or self.serial()
        answer = await self.http.delete(self.registration(serial), headers=self.authorisation(serial))
        if answer.status_code != 200:
            await self.complain(f"unregistering was answered with {answer.status_code}")
        del self.passes[serial]
        if not self.passes:
            self.apns.unregister(self.push_token)

    def wake(self) -> None:
        """A push came. Several before it is looked after are one."""
        self.wakes += 1
        self.push.set()

    async def listen(self) -> None:
        """Look after pushes, and ask without one when a day has gone by or the service asked for a pause."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.push.wait(), self.pause_seconds)
            self.push.clear()
            with contextlib.suppress(httpx.HTTPError):
                await self.refresh()

    async def refresh(self) -> bool:
        """Ask what changed since the tag it knows, and fetch it; also what pulling the card down does."""
        if not self.passes:
            return False
        url = f"{self.service()}/v1/devices/{self.device}/registrations/{self.body()['passTypeIdentifier']}"
        answer = await self.http.get(url, params={"passesUpdatedSince": self.tag} if self.tag else None)
        self.pause_seconds = pause_of(answer)
        if answer.status_code in (204, 429):
            return False
        said = answer.json() if answer.status_code == 200 else {}
        if not isinstance(said.get("lastUpdated"), str) or not isinstance(said.get("serialNumbers"), list):
            await self.complain(f"the list was answered with {answer.status_code} {answer.text[:200]}")
            return False
        fetched = [await self.fetch(serial) for serial in said["serialNumbers"] if serial in self.passes]
        if None not in fetched:
            self.tag = said["lastUpdated"]
        return any(fetched)

    async def fetch(self, serial: str = "") -> bool | None:
        """The newest version, unless the phone has it (False). None when it could not be had: then it is asked for again."""
        held = self.passes[serial or self.serial()]
        body = held.opened.body
        url = f"{self.service()}/v1/passes/{body['passTypeIdentifier']}/{body['serialNumber']}"
        since = {"If-Modified-Since": held.last_modified} if held.last_modified else {}
        answer = await self.http.get(url, headers=self.authorisation(body["serialNumber"]) | since)
        if answer.status_code == 304:
            return False
        if answer.status_code == 429:
            self.pause_seconds = pause_of(answer)
            return None
        if answer.status_code != 200 or "last-modified" not in answer.headers:
            await self.complain(f"the pass was answered with {answer.status_code}, or without a last-modified header")
            return None
        try:
            await self.keep(answer.content, answer.headers["last-modified"], held.opened)
        except NotAPass as error:
            await self.complain(f"the update is no pass: {error}")
            return None
        return True

    async def keep(self, package: bytes, last_modified: str, old: Opened | None = None) -> str:
        """Put this version in place of the old one, and say what changed. Its serial number. Raises NotAPass."""
        new = opened(package, self.root, http_allowed=self.http_allowed)
        serial = str(new.body["serialNumber"])
        if old is None and serial in self.passes:
            old = self.passes[serial].opened
        if old:
            for key in ("serialNumber", "passTypeIdentifier", "authenticationToken"):
                if new.body[key] != old.body[key]:
                    raise NotAPass(f"an update must not change {key}")
        self.passes[serial] = Held(package, new, last_modified, time.perf_counter())
        if old and (notice := self.notice(old, new)):
            self.notices.append(notice)
        self.versions += 1
        async with self.new_version:
            self.new_version.notify_all()
        return serial

    async def next_version(self, after: int, timeout_seconds: float = 10) -> Held:
        """Wait until more than `after` versions were taken. Raises TimeoutError."""
        async with asyncio.timeout(timeout_seconds), self.new_version:
            await self.new_version.wait_for(lambda: self.versions > after)
        assert self.card
        return self.card

    def notice(self, old: Opened, new: Opened) -> str:
        """What the lock screen says: the field's own message, or only that the card changed when several did."""
        groups = new.body[new.style]
        before = {field["key"]: field["value"] for group in groups for field in old.fields(group)}
        said = [
            self.said(new, field["changeMessage"]).replace("%@", self.value(new, field))
            for group in groups
            for field in new.fields(group)
            if "changeMessage" in field and before.get(field["key"], field["value"]) != field["value"]
        ]
        return said[0] if len(said) == 1 else f"{self.said(new, new.body['organizationName'])}: changed" if said else ""

    def tickets(self) -> list[Front]:
        """What is beside the card."""
        return [self.shows(serial) for serial, held in self.passes.items() if held.opened.style != "storeCard"]

    def shows(self, serial: str = "") -> Front:
        """The front of the card, or of the pass of this serial number."""
        card = self.passes[serial or self.serial()].opened
        code: dict[str, str] = next(iter(card.body.get("barcodes", [])), {})

        def shown(group: str) -> list[tuple[str, str]]:
            return [(self.said(card, field.get("label", "")), self.value(card, field)) for field in card.fields(group)]

        return Front(
            organisation=self.said(card, card.body["organizationName"]),
            header=shown("headerFields"),
            primary=shown("primaryFields"),
            secondary=shown("secondaryFields"),
            auxiliary=shown("auxiliaryFields"),
            code=code.get("message", ""),
            code_text=code.get("altText", ""),
            background=card.body["backgroundColor"],
            style=card.style,
            is_void=card.body.get("voided", False),
        )

    def field(self, group: str, key: str) -> tuple[str, str] | tuple[()]:
        """(label, value) of one field of the card; nothing where it is not there."""
        card = self.passes[self.serial()].opened
        found = next((each for each in card.fields(group) if each["key"] == key), None)
        return (self.said(card, found.get("label", "")), self.value(card, found)) if found else ()

    def back(self, serial: str = "") -> dict[str, tuple[str, str]]:
        """What stands behind: (label, value) by the field's key."""
        card = self.passes[serial or self.serial()].opened
        return {
            field["key"]: (self.said(card, field.get("label", "")), self.value(card, field))
            for field in card.fields("backFields")
        }

    def said(self, card: Opened, text: str) -> str:
        return card.strings.get(self.language, {}).get(text, text)

    def value(self, card: Opened, field: dict[str, Any]) -> str:
        value = field["value"]
        return self.said(card, value) if isinstance(value, str) else f"{value:,}"

    def serial(self) -> str:
        """Of the card; without one, of whatever was added first."""
        return next((serial for serial, held in self.passes.items() if held is self.card), next(iter(self.passes)))

    def body(self, serial: str = "") -> dict[str, Any]:
        return self.passes[serial or self.serial()].opened.body

    def service(self) -> str:
        return str(self.body()["webServiceURL"]).rstrip("/")

    def registration(self, serial: str = "") -> str:
        body = self.body(serial)
        names = f"{body['passTypeIdentifier']}/{body['serialNumber']}"
        return f"{self.service()}/v1/devices/{self.device}/registrations/{names}"

    def authorisation(self, serial: str = "") -> dict[str, str]:
        return {"Authorization": f"ApplePass {self.body(serial)['authenticationToken']}"}

    async def complain(self, trouble: str) -> None:
        """Tell the web service what went wrong: all that a phone ever does about it."""
        self.troubles.append(trouble)
        await self.http.post(f"{self.service()}/v1/log", json={"logs": [trouble]})

    async def close(self) -> None:
        """Switch the phone off."""
        if self.listening:
            self.listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self.listening
        await self.http.aclose()


def pause_of(answer: httpx.Response) -> float:
    """How long to wait before asking by itself: a day, or what the service says when it was asked too often."""
    return float(answer.headers.get("retry-after", "60")) if answer.status_code == 429 else DAY_SECONDS
