"""Google on loopback for tests, the settings that lead there, and members with a face."""

import contextlib
import dataclasses
from collections.abc import AsyncIterator, Container, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth.credentials import CredentialsWithRegionalAccessBoundary

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.ids import new_id
from punchcard.foundation.outbox import Settled, Task
from punchcard.foundation.outside import World
from punchcard.foundation.settings import Secret, Settings
from punchcard.passes.google import Wallet, link, refresh
from punchcard.passes.model import Face, Movement, ShownChallenge, ShownOffer
from punchcard.sandbox.android import Android
from punchcard.sandbox.google import Google, google
from tests.discovery_check import check_request
from tests.doubles import Apns, Fcm, Sender

AT = 1_763_805_600
"""22 November 2025, 10:00 UTC."""
ISSUER = "3388000000022222222"

OFFER = ShownOffer(
    "coffee-x2",
    {
        "en": "Double points on coffee",
        "he": "נקודות כפולות על קפה",
        "ar": "نقاط مضاعفة على القهوة",
        "ru": "Двойные баллы за кофе",
    },
    AT + 7200,
    short={"en": "Coffee ×2", "he": "קפה ×2", "ar": "قهوة ×2", "ru": "Кофе ×2"},
    since=AT - 60,
    partner={"en": "Nola Coffee", "he": "נולה קפה"},
)


def offer_of(offer_id: str, **more: Any) -> ShownOffer:
    return msgspec.structs.replace(OFFER, id=offer_id, **more)


@cache
def key() -> rsa.RSAPrivateKey:
    """One throw-away key for the whole run: making it takes longer than a test."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def stay_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """google-auth asks the real Google beside each call in which regions an account may be used; here it must not."""
    asks = "_is_regional_access_boundary_lookup_required"
    monkeypatch.setattr(CredentialsWithRegionalAccessBoundary, asks, lambda _: False)


class Anything(frozenset[str]):
    """Everything is in it."""

    def __contains__(self, each: object) -> bool:
        return True


@dataclasses.dataclass
class Card:
    """Everything that a test of the Google card needs: their side, our side, and the faces of members."""

    google: Google
    settings: Settings
    world: World
    wallet: Wallet
    faces: dict[UUID, Face]
    hours: list[Instant]
    """The one instant that Google's clock shows; a test may move it."""
    rings: Container[str] = Anything()

    async def face(self, db: Connection, member_id: UUID, at: Instant, settings: Settings) -> Face:
        return self.faces[member_id]

    def member(self, **face: Any) -> UUID:
        """A member who shows this on the card."""
        member_id = face.pop("member_id", None) or new_id()
        self.faces[member_id] = face_of(member_id, **face)
        return member_id

    async def saved(self, **face: Any) -> tuple[UUID, Android]:
        """A member whose phone holds the card, and Google has told us so; what that took is not in the log."""
        member_id = self.member(**face)
        phone = Android(self.google)
        phone.save(await link(self.world, member_id, AT, self.face))
        async with self.world.database.transaction() as db:
            await db.execute("update google_object set held = true where member_id = $1", member_id)
        self.google.wallet.requests.clear()
        return member_id, phone

    async def joined(
        self,
        consents: tuple[str, ...] = ("marketing",),
        quiet: tuple[int, int] = (0, 0),
        messages_a_week: int = 50,
        **face: Any,
    ) -> tuple[UUID, Android]:
        """The same, of somebody who is really a member and said how to be spoken to; `quiet` in minutes of the UTC day."""
        member_id, phone = await self.saved(**face)
        async with self.world.database.transaction() as db:
            await db.execute(
                """
                insert into member (member_id, language, zone, consents, card_code, joined_at, quiet_from, quiet_until,
                                    messages_a_week)
                values ($1, 'en', 'UTC', $2, '7QK4M2XWPDR83HTBZ', $3, $4, $5, $6)
                """,
                member_id, dict.fromkeys(consents, True), AT, *quiet, messages_a_week,
            )  # fmt: skip
        return member_id, phone

    async def given(self, offer: ShownOffer, *members: UUID) -> None:
        """These members were in the audience of the offer."""
        async with self.world.database.transaction() as db:
            await db.execute(
                """
                insert into offer (id, partner_id, name, text, art, since, until, audience, benefit, goods, channels,
                                   hold_out, published_at)
                values ($1, 'nola', $2, '{}', '', $3, $4, '{}', '{}', '{}', '{pass}', 0, $3) on conflict do nothing
                """,
                offer.id, offer.title, offer.since, offer.until,
            )  # fmt: skip
            await db.execute("insert into offer_round (offer_id) values ($1) on conflict do nothing", offer.id)
            for member_id in members:
                await db.execute(
                    "insert into exposure (member_id, offer_id, held_out, opened_at) values ($1, $2, false, $3)",
                    member_id, offer.id, offer.since,
                )  # fmt: skip

    async def refreshed(self, *members: UUID, at: Instant = AT) -> list[Settled]:
        """What a worker does for these members, for whom phones may ring for `rings`."""
        return await refresh(self.world, [task(each) for each in members], at, self.face, self.may_ring)

    async def may_ring(
        self, world: World, db: Connection, members: Sequence[UUID], at: Instant
    ) -> dict[UUID, Container[str]]:
        return dict.fromkeys(members, self.rings)

    def change(self, member_id: UUID, **face: Any) -> None:
        self.faces[member_id] = msgspec.structs.replace(self.faces[member_id], **with_offers(face))

    def calls(self, method: str = "") -> list[dict[str, Any]]:
        return [each for each in self.google.wallet.requests if not method or each["method"] == method]

    def paths(self) -> list[str]:
        """What was called, the oldest first: `PATCH loyaltyObject`, `POST addMessage`."""
        said = [(each["method"], each["path"].removeprefix("/walletobjects/v1/")) for each in self.calls()]
        return [f"{method} {'addMessage' if 'addMessage' in path else path.split('/')[0]}" for method, path in said]


def face_of(member_id: UUID, **face: Any) -> Face:
    usual: dict[str, Any] = {
        "card_code": "7QK4M2XWPDR83HTBZ",
        "name": "Maya",
        "language": "en",
        "zone": "Asia/Jerusalem",
        "points": 121,
        "tier": "bud",
        "tier_name": {"en": "Bud", "he": "ניצן", "ar": "برعم", "ru": "Бутон"},
        "next_tier": "blossom",
        "next_tier_name": {"en": "Blossom", "he": "פריחה", "ar": "زهرة", "ru": "Цветение"},
        "missing": 379,
        "challenge": ShownChallenge("weekly", {"en": "Weekly table", "he": "שולחן שבועי"}, 5, 8),
        "last": Movement(85, AT, {"en": "Nola Coffee"}, {"en": "coffee counts twice today"}),
    }
    return Face(member_id=member_id, **usual | with_offers(face))


def with_offers(face: dict[str, Any]) -> dict[str, Any]:
    """The face's one offer is the first of its offers."""
    match face:
        case {"offers": (first, *_)}:
            return {"offer": first} | face
        case {"offers": ()}:
            return {"offer": None} | face
        case {"offer": offer}:
            return {"offers": (offer,) if offer else ()} | face
    return face


def task(member_id: UUID, version: int = 1) -> Task:
    return Task(member_id, "passes.google", "", version, 0, None)


def settings_for(stand_in: Google, **more: Any) -> Settings:
    return Settings(
        secret=Secret("a secret of the tests, and of nothing else"),
        demo=True,
        public_url="https://cards.example",
        google_service_account=stand_in.service_account,
        google_issuer_id=stand_in.issuer,
        google_wallet_url=stand_in.url,
        google_callback_keys_url=stand_in.callbacks.keys_url,
        google_calls_per_second=more.pop("google_calls_per_second", 1000.0),
        fcm_project=stand_in.project,
        fcm_url=stand_in.door.url,
        fcm_authority=stand_in.door.authority,
        **more,
    )


@contextlib.asynccontextmanager
async def card_at_google(folder: Path, database: Database) -> AsyncIterator[Card]:
    """Every request that the stand-in saw must fit Google's own documents when the test ends."""
    hours = [AT]
    async with google(folder, issuer=ISSUER, now=lambda: hours[0], key=key()) as stand_in:
        stand_in.callbacks.silent = True
        settings = settings_for(stand_in)
        wallet = Wallet(settings, database)
        try:
            world = World(database, settings, Apns(), wallet, Fcm(), Sender())
            yield Card(stand_in, settings, world, wallet, {}, hours)
        finally:
            await wallet.close()
        assert not misfits(stand_in.wallet.requests)


def misfits(requests: list[dict[str, Any]]) -> list[str]:
    return [
        f"{each['method']} {each['path']} {wrong}"
        for each in requests
        for wrong in check_request(each["method"], each["path"], each["body"])
    ]
