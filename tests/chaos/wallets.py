"""Members with the card on iPhones and an Android, and what their phones remember of each version that they were shown."""

import asyncio
import secrets
import time
from email.utils import parsedate_to_datetime
from uuid import UUID

import httpx
from msgspec import Struct

from punchcard.demo import town
from punchcard.demo.people import Caller, MemberApp, TillApp, good, line
from punchcard.demo.stage import Stage
from punchcard.foundation.ids import new_id
from punchcard.sandbox.android import Android
from punchcard.sandbox.iphone import Front, IPhone
from punchcard.sandbox.pass_rules import Opened

LEAKED = {"because": "a picture of it was posted"}
FRUIT, COFFEE = ("oranges", "produce"), line("latte", "coffee", 16_00)


class Taken(Struct, frozen=True):
    """A version that a phone has shown. `modified` is its Last-Modified, 0 where it came by link."""

    serial: str
    modified: int
    points: int | None
    """None: it is no card, or void."""


class Phone(IPhone):
    """Looks after one thing at a time, can be switched off, and remembers."""

    def __init__(self, stage: Stage, http: httpx.AsyncClient):
        super().__init__(stage.apns, stage.authority.root, http_allowed=True, http=http)
        self.taken: list[Taken] = []
        self.missed = 0
        """How often it may have missed a push: lost, or sent to an address of before."""
        self.in_hand = asyncio.Lock()
        self.gone: dict[str, float] = {}
        """When it gave up which push token for good, by time.monotonic."""

    async def keep(self, package: bytes, last_modified: str, old: Opened | None = None) -> str:
        serial = await super().keep(package, last_modified, old)
        modified = int(parsedate_to_datetime(last_modified).timestamp()) if last_modified else 0
        self.taken.append(Taken(serial, modified, points_on(self, serial)))
        return serial

    async def add_from(self, link: str) -> str:
        """The serial number of the pass behind this link, which the phone now has."""
        async with self.in_hand:
            await self.add(link)
            return self.taken[-1].serial

    async def refresh(self) -> bool:
        async with self.in_hand:
            return await super().refresh()

    async def renew_address(self) -> None:
        """A new push token, as after an update of the phone's system; the old one is dead from then on."""
        async with self.in_hand:
            old, self.push_token = self.push_token, secrets.token_hex(32)
            self.missed += 1
            self.apns.register(self.push_token, self.wake)
            self.apns.unregister(old)
            for serial in self.passes:
                await self.register(serial)

    async def switch_off(self) -> None:
        """Pushes are kept for it, as Apple does."""
        async with self.in_hand:
            assert self.listening
            self.listening.cancel()

    def switch_on(self) -> None:
        self.listening = asyncio.create_task(self.listen())

    async def empty(self) -> None:
        """All passes are deleted from it."""
        async with self.in_hand:
            for serial in list(self.passes):
                await self.remove(serial)
            self.gone[self.push_token.lower()] = time.monotonic()

    async def knows_all(self) -> bool:
        """Whether it is told that nothing is newer than what it has."""
        if self.tag is None:
            return True
        url = f"{self.service()}/v1/devices/{self.device}/registrations/{self.body()['passTypeIdentifier']}"
        return (await self.http.get(url, params={"passesUpdatedSince": self.tag})).status_code == 204


class Holder:
    """A member, their phones, and the passes that are theirs."""

    def __init__(self, stage: Stage, number: int):
        self.stage, self.number = stage, number
        self.app = MemberApp(stage.url)
        self.phones: list[Phone] = []
        self.android: Android | None = None
        self.card = self.serial = ""
        self.void_serials: set[str] = set()
        self.coupons: dict[str, str] = {}
        """By serial number: the claim."""

    @property
    def member_id(self) -> UUID:
        assert self.app.member_id
        return self.app.member_id

    async def join(self, phones: list[Phone], saves: bool) -> None:
        """Join, and add the card to these phones; in Google Wallet it is saved, or only asked for."""
        await self.app.join(f"wallet-{self.number}@example.com", f"Maya {self.number}", "en", town.ZONE, self.mailbox)
        links = await self.app.get("/me/wallets")
        self.card = (await self.app.get("/me/card"))["code"]
        for phone in phones:
            self.phones.append(phone)
            self.serial = await phone.add_from(links["apple"])
        if saves:
            self.android = Android(self.stage.google, account=f"wallet-{self.number}@gmail.com")
            self.android.save(links["google"])

    @property
    def mailbox(self):
        return self.stage.mailbox

    async def shop(self, till: TillApp, cents: int) -> None:
        await till.sell(self.card, [line(*FRUIT, cents)])

    async def claim(self) -> bool:
        """A coffee, whose coupon the first phone takes. False where the points do not suffice."""
        claim = str(new_id())
        if (await self.app.ask("PUT", f"/me/claims/{claim}", {"reward": "any-coffee"})).status_code != 201:
            return False
        tickets = (await self.app.get("/me/wallets"))["tickets"]
        link = next(each["apple"] for each in tickets if each["id"] == f"claim:{claim}")
        self.coupons[await self.phones[0].add_from(link)] = claim
        return True

    async def use(self, nola: TillApp) -> None:
        """The oldest claim that can be used, at the till; where there is none, nothing."""
        waiting = {each["id"] for each in await self.app.get("/me/claims") if each["state"] == "active"}
        claim = next((each for each in self.coupons.values() if each in waiting), None)
        if claim:
            await nola.sell(self.card, [COFFEE], vouchers=[claim])

    async def renew_card(self, operator: Caller) -> None:
        """The card leaked: it is made void, and the phones get the new one beside it."""
        good(await operator.ask("POST", f"/console/members/{self.card}/passes/void", LEAKED))
        self.card = (await self.app.get("/me/card"))["code"]
        self.void_serials |= {self.serial, *self.coupons}
        self.coupons.clear()
        link = (await self.app.get("/me/wallets"))["apple"]
        for phone in self.phones:
            if phone.passes:
                self.serial = await phone.add_from(link)

    async def close(self) -> None:
        for phone in self.phones:
            if phone.listening:
                phone.listening.cancel()
        await self.app.close()


def points_on(phone: IPhone, serial: str) -> int | None:
    """What the pass says of points; None where it is no card, or void."""
    card = phone.passes[serial].opened
    fields = card.fields("primaryFields")
    if card.body.get("voided") or card.style != "storeCard":
        return None
    return int(next(each["value"] for each in fields if each["key"] == "points"))


def tier_on(front: Front) -> str:
    return front.header[0][1]
