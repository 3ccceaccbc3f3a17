"""An Android phone: saves the card through the link, shows what Google holds of it, and receives messages."""

import hmac
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from .google import Google
from .google_wallet_jwt import SAVE
from .google_wallet_rules import Wrong

LINK_CHARACTERS_MAX = 1800


def hotp(key: bytes, counter: int, digits: int) -> str:
    """RFC 4226, as the phone reckons it."""
    mac = hmac.digest(key, counter.to_bytes(8), "sha1")
    start = mac[-1] & 15
    number = int.from_bytes(mac[start : start + 4]) & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def worth(held: dict[str, Any]) -> str:
    balance = held.get("secondaryLoyaltyPoints", {}).get("balance", {}).get("money")
    return f"{int(balance['micros']) / 1_000_000:.2f} {balance['currencyCode']}" if balance else ""


class NotSaved(Exception):
    """The phone would not save the card; the message says why."""


class ShownCard(Struct, frozen=True):
    """The card as this phone shows it, in its own language."""

    programme: str
    tier: str
    points: str
    points_label: str
    name: str
    code: str
    code_text: str
    texts: dict[str, tuple[str, str]]
    """Header and body of each row, by its id: next, offer, challenge, last."""
    colour: str
    hero: str
    worth: str = ""
    """The secondary points, as money with its currency."""
    offers: tuple[tuple[str, str], ...] = ()
    """Title and provider of each linked offer that can be used now."""
    messages: tuple[tuple[str, str], ...] = ()
    """Header and body of what is to be shown now."""
    links: dict[str, str] = {}
    """Address by id, the class's and the member's own."""


class Notification(Struct, frozen=True):
    title: str
    body: str
    at: int
    """When it was shown (UTC seconds)."""
    tag: str = ""
    channel: str = ""
    data: dict[str, str] = {}


class Android:
    """One Google account on one phone. `fid` is the app's installation id. `rung` is what the wallet rang for, `drawer`
    what came by Firebase."""

    def __init__(
        self, google: Google, language: str = "en", fid: str = "fid-android-1", account: str = "maya@gmail.com"
    ):
        self.google, self.language, self.fid, self.account = google, language, fid, account
        self.rung: list[Notification] = []
        self.object_id = ""
        self.drawer: list[Notification] = []
        self.received: list[dict[str, Any]] = []

    def install_app(self) -> str:
        """Open the app: it registers with Firebase. Answers the installation id that it gives to our server."""
        self.google.fcm.register(self.fid, self)
        return self.fid

    def save(self, link: str) -> ShownCard:
        """Open the link as the phone does, and press Save. Raises NotSaved."""
        claims = self.opened(link)
        objects = claims["payload"].get("loyaltyObjects") or []
        if len(objects) != 1:
            raise NotSaved("the link names no loyalty card")
        named = objects[0]
        held = self.google.wallet.objects.get(named.get("id"))
        if held is None or held["classId"] != named.get("classId"):
            raise NotSaved(f"Google knows no object {named.get('id')} of class {named.get('classId')}")
        if held["state"] != "ACTIVE":
            raise NotSaved(f"the object is {held['state']}")
        try:
            self.google.wallet.saved(named["id"], self.account)
        except Wrong as wrong:
            raise NotSaved(wrong.sentence) from None
        if self.object_id != named["id"]:
            self.google.wallet.phones[named["id"]].append(self.ring)
        self.object_id = named["id"]
        return self.card()

    def delete(self) -> None:
        """Take the card out of the wallet."""
        self.google.wallet.deleted(self.object_id, self.account)
        self.google.wallet.phones[self.object_id].remove(self.ring)
        self.object_id = ""

    def ring(self, message: dict[str, Any]) -> None:
        """The wallet notifies: of a message, or (an empty one) that a field of the card changed."""
        if message:
            title, body, tag = self.read(message, "header"), self.read(message, "body"), message.get("id", "")
        else:
            title, body, tag = "Your card was updated", "", "update"
        self.rung.append(Notification(title, body, int(self.google.wallet.now()), tag))

    def opened(self, link: str) -> dict[str, Any]:
        if len(link) > LINK_CHARACTERS_MAX:
            raise NotSaved(f"the link has {len(link)} characters")
        if not link.startswith(SAVE):
            raise NotSaved("this is no save link")
        links = self.google.wallet.links
        try:
            return links.claims(links.token(link))
        except Wrong as wrong:
            raise NotSaved(wrong.sentence) from None

    def is_expired(self) -> bool:
        """The card lies among the expired ones."""
        return bool(self.google.wallet.objects[self.object_id]["state"] != "ACTIVE")

    def card(self) -> ShownCard:
        """What the wallet shows now: Google keeps it right without asking us."""
        held = self.google.wallet.objects[self.object_id]
        of = self.google.wallet.classes[held["classId"]]
        balance = held["loyaltyPoints"]["balance"]
        return ShownCard(
            programme=self.read(of, "programName"),
            tier=self.read(of, "rewardsTier"),
            points=str(balance.get("int", balance.get("string"))),
            points_label=self.read(held["loyaltyPoints"], "label"),
            name=held.get("accountName", ""),
            code=self.shown_code(held),
            code_text=held["barcode"].get("alternateText", ""),
            texts={
                each["id"]: (self.read(each, "header"), self.read(each, "body"))
                for each in held.get("textModulesData", [])
            },
            colour=of["hexBackgroundColor"],
            hero=(held.get("heroImage") or of["heroImage"])["sourceUri"]["uri"],
            worth=worth(held),
            offers=tuple(self.offers(held)),
            messages=tuple(
                (self.read(each, "header"), self.read(each, "body"))
                for each in held.get("messages", [])
                if self.is_now(each.get("displayInterval"))
            ),
            links={
                each["id"]: each["uri"]
                for body in (of, held)
                for each in body.get("linksModuleData", {}).get("uris", [])
            },
        )

    def offers(self, held: dict[str, Any]) -> Iterator[tuple[str, str]]:
        """The linked offers that can be used now: Google itself expires what has passed."""
        wallet = self.google.wallet
        for each in held.get("linkedOfferIds", []):
            offer = wallet.offers[each]
            if offer["state"] == "ACTIVE" and self.is_now(offer.get("validTimeInterval")):
                of = wallet.shelves["offerClass"][offer["classId"]]
                yield self.read(of, "title"), self.read(of, "provider")

    def is_now(self, interval: dict[str, Any] | None) -> bool:
        now = datetime.fromtimestamp(self.google.wallet.now(), UTC)
        start, end = (
            (datetime.fromisoformat(interval[name]["date"]) for name in ("start", "end")) if interval else (now, now)
        )
        return start <= now <= end

    def shown_code(self, held: dict[str, Any]) -> str:
        """What the screen shows to the till: the rotating code of this half minute where the card has one."""
        rotating = held.get("rotatingBarcode")
        if not rotating:
            return str(held["barcode"]["value"])
        details, milliseconds = rotating["totpDetails"], int(self.google.wallet.now() * 1000)
        counter = milliseconds // int(details["periodMillis"])
        code: str = rotating["valuePattern"].replace("{totp_timestamp_millis}", str(milliseconds))
        for number, each in enumerate(details["parameters"]):
            value = hotp(bytes.fromhex(each["key"]), counter, each["valueLength"])
            code = code.replace(f"{{totp_value_{number}}}", value)
        return code

    def tap(self) -> str:
        """What the phone hands to a terminal that is held to it."""
        held = self.google.wallet.objects[self.object_id]
        return str(held.get("smartTapRedemptionValue") or held["barcode"]["value"])

    def read(self, body: dict[str, Any], field: str) -> str:
        """The field in the phone's language: its translation, else the default, else the plain one."""
        localised = body.get(f"localized{field[0].upper()}{field[1:]}") or {}
        translated = {each["language"]: each["value"] for each in localised.get("translatedValues", [])}
        default = localised.get("defaultValue") or {"value": body.get(field, "")}
        return str(translated.get(self.language, default["value"]))

    def receive(self, message: dict[str, Any], at: int) -> None:
        """Firebase delivers: the system shows it in the drawer, in place of one with the same tag."""
        self.received.append(message)
        words = message.get("notification") or {}
        android = (message.get("android") or {}).get("notification") or {}
        tag = android.get("tag", "")
        self.drawer = [each for each in self.drawer if not tag or each.tag != tag]
        self.drawer.append(
            Notification(
                android.get("title") or words.get("title", ""),
                android.get("body") or words.get("body", ""),
                at,
                tag,
                android.get("channel_id", ""),
                message.get("data") or {},
            )
        )
