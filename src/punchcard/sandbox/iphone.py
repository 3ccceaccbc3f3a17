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
from .pass_rules import NotAPass, Opened, opened

PASS = "application/vnd.apple.pkpass"  # noqa: S105  # a media type, no password


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


class Held(Struct):
    """A pass in the wallet."""

    package: bytes
    opened: Opened
    last_modified: str
    held_at: float
    """When this version was in place, by time.perf_counter."""


class IPhone:
    """One phone with one card in its wallet. `notices` are what it said on the lock screen, the oldest first."""

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
        self.card: Held | None = None
        self.tag: str | None = None
        self.notices: list[str] = []
        self.troubles: list[str] = []
        """What it told the web service's log."""
        self.wakes = 0
        self.versions = 0
        self.push = asyncio.Event()
        self.new_version = asyncio.Condition()
        self.listening: asyncio.Task[None] | None = None

    async def add(self, link: str) -> Front:
        """Open the link to a pass and press Add. Raises NotAPass when the pass is not to its taste."""
        answer = await self.http.get(link)
        if answer.status_code != 200 or answer.headers.get("content-type", "").split(";")[0] != PASS:
            raise NotAPass(f"{link}: {answer.status_code} {answer.headers.get('content-type')}")
        await self.keep(answer.content, "")
        self.apns.register(self.push_token, self.wake)
        answer = await self.http.post(
            self.registration(), json={"pushToken": self.push_token}, headers=self.authorisation()
        )
        if answer.status_code not in (200, 201):
            await self.complain(f"registration was answered with {answer.status_code}")
        self.listening = self.listening or asyncio.create_task(self.listen())
        return self.shows()

    async def remove(self) -> None:
        """Delete the card from the wallet."""
        answer = await self.http.delete(self.registration(), headers=self.authorisation())
        if answer.status_code != 200:
            await self.complain(f"unregistering was answered with {answer.status_code}")
        self.card = None
        self.apns.unregister(self.push_token)

    def wake(self) -> None:
        """A push came. Several before it is looked after are one."""
        self.wakes += 1
        self.push.set()

    async def listen(self) -> None:
        while True:
            await self.push.wait()
            self.push.clear()
            with contextlib.suppress(httpx.HTTPError):
                await self.refresh()

    async def refresh(self) -> bool:
        """Ask what changed since the tag it knows, and fetch it; also what pulling the card down does."""
        url = f"{self.service()}/v1/devices/{self.device}/registrations/{self.body()['passTypeIdentifier']}"
        answer = await self.http.get(url, params={"passesUpdatedSince": self.tag} if self.tag else None)
        if answer.status_code == 204:
            return False
        said = answer.json() if answer.status_code == 200 else {}
        if not isinstance(said.get("lastUpdated"), str) or not isinstance(said.get("serialNumbers"), list):
            await self.complain(f"the list was answered with {answer.status_code} {answer.text[:200]}")
            return False
        fetched = [await self.fetch() for serial in said["serialNumbers"] if serial == self.body()["serialNumber"]]
        self.tag = said["lastUpdated"]
        return any(fetched)

    async def fetch(self) -> bool:
        """The newest version, unless the phone has it."""
        assert self.card
        url = f"{self.service()}/v1/passes/{self.body()['passTypeIdentifier']}/{self.body()['serialNumber']}"
        since = {"If-Modified-Since": self.card.last_modified} if self.card.last_modified else {}
        answer = await self.http.get(url, headers=self.authorisation() | since)
        if answer.status_code == 304:
            return False
        if answer.status_code != 200 or "last-modified" not in answer.headers:
            await self.complain(f"the pass was answered with {answer.status_code}, or without a last-modified header")
            return False
        try:
            await self.keep(answer.content, answer.headers["last-modified"])
        except NotAPass as error:
            await self.complain(f"the update is no pass: {error}")
            return False
        return True

    async def keep(self, package: bytes, last_modified: str) -> None:
        """Put this version in place of the one that is there, and say what changed. Raises NotAPass."""
        new = opened(package, self.root, http_allowed=self.http_allowed)
        old = self.card.opened if self.card else None
        if old:
            for key in ("serialNumber", "passTypeIdentifier", "authenticationToken"):
                if new.body[key] != old.body[key]:
                    raise NotAPass(f"an update must not change {key}")
        self.card = Held(package, new, last_modified, time.perf_counter())
        if old and (notice := self.notice(old, new)):
            self.notices.append(notice)
        self.versions += 1
        async with self.new_version:
            self.new_version.notify_all()

    async def next_version(self, after: int, timeout_seconds: float = 10) -> Held:
        """Wait until more than `after` versions were taken. Raises TimeoutError."""
        async with asyncio.timeout(timeout_seconds), self.new_version:
            await self.new_version.wait_for(lambda: self.versions > after)
        assert self.card
        return self.card

    def notice(self, old: Opened, new: Opened) -> str:
        """What the lock screen says: the field's own message, or only that the card changed when several did."""
        before = {field["key"]: field["value"] for group in new.body["storeCard"] for field in old.fields(group)}
        said = [
            self.said(new, field["changeMessage"]).replace("%@", self.value(new, field))
            for group in new.body["storeCard"]
            for field in new.fields(group)
            if "changeMessage" in field and before.get(field["key"], field["value"]) != field["value"]
        ]
        return said[0] if len(said) == 1 else f"{self.said(new, new.body['organizationName'])}: changed" if said else ""

    def shows(self) -> Front:
        """The front of the card."""
        assert self.card
        card = self.card.opened

        def shown(group: str) -> list[tuple[str, str]]:
            return [(self.said(card, field.get("label", "")), self.value(card, field)) for field in card.fields(group)]

        return Front(
            organisation=self.said(card, card.body["organizationName"]),
            header=shown("headerFields"),
            primary=shown("primaryFields"),
            secondary=shown("secondaryFields"),
            auxiliary=shown("auxiliaryFields"),
            code=card.body["barcodes"][0]["message"],
            code_text=card.body["barcodes"][0].get("altText", ""),
            background=card.body["backgroundColor"],
        )

    def back(self) -> dict[str, tuple[str, str]]:
        """What stands behind: (label, value) by the field's key."""
        assert self.card
        card = self.card.opened
        return {
            field["key"]: (self.said(card, field.get("label", "")), self.value(card, field))
            for field in card.fields("backFields")
        }

    def said(self, card: Opened, text: str) -> str:
        return card.strings.get(self.language, {}).get(text, text)

    def value(self, card: Opened, field: dict[str, Any]) -> str:
        value = field["value"]
        return self.said(card, value) if isinstance(value, str) else f"{value:,}"

    def body(self) -> dict[str, Any]:
        assert self.card
        return self.card.opened.body

    def service(self) -> str:
        return str(self.body()["webServiceURL"]).rstrip("/")

    def registration(self) -> str:
        body = self.body()
        names = f"{body['passTypeIdentifier']}/{body['serialNumber']}"
        return f"{self.service()}/v1/devices/{self.device}/registrations/{names}"

    def authorisation(self) -> dict[str, str]:
        return {"Authorization": f"ApplePass {self.body()['authenticationToken']}"}

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
