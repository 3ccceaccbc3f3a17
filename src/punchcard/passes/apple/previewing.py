"""Passes to be looked at: a design with a sample face, or a member's own, drawn without a certificate."""

import asyncio
from pathlib import Path
from typing import cast
from uuid import UUID

from punchcard import members
from punchcard.foundation import locale
from punchcard.foundation.clock import DAY, HOUR, Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.errors import NotFound
from punchcard.foundation.locale import Text
from punchcard.foundation.money import Money
from punchcard.foundation.settings import Settings
from punchcard.passes import texts
from punchcard.passes.model import Face, Movement, ShownChallenge, ShownOffer, Ticket

from . import render
from .design import Design, load
from .model import Sheet
from .operations import sheet_of
from .phones import CARD
from .phrases import Common
from .plate import Issuer
from .preview import draw
from .printing import Press, texts_in
from .signing import Signer

CODE = "7QK4PXM2W9TR5HBCD"
SERIAL = UUID(int=7)


def desk(folder: Path) -> Press:
    """A press of the designs in this folder that prints for the eye alone: it cannot sign. Raises BadDesign."""
    nobody = Issuer("pass.preview", "PREVIEW", "")
    return Press(cast(Signer, nobody), load(folder), Common(texts_in(folder)), "https://preview.example/wallet", ("",))


async def card_picture(db: Connection, settings: Settings, card: str, language: str | None, at: Instant) -> str:
    """The pass of the member with this card (as it is read or scanned) on a phone in this language, unless said the
    member's. NotFound for a card that was never given out or is replaced, CardMistyped for a slip."""
    code = members.scanned(card)
    holder = (await members.by_cards(db, [code])).get(code)
    if holder is None:
        raise NotFound
    sheet = await sheet_of(db, settings, holder.id, CARD, at)
    making = await asyncio.to_thread(desk, settings.designs_dir)
    return picture(making, sheet, language or holder.language, at)


def picture(making: Press, sheet: Sheet, language: str, at: Instant, design: Design | None = None) -> str:
    """The pass of this sheet on a phone in this language, front and back: an SVG."""
    dress = design or making.design(sheet)
    made = render.render(sheet, dress, making.common, making.signer, making.web_service_url, at)
    images = render.template(sheet, dress).files
    return draw({**images, **made.strings, "pass.json": made.written}, language)


def sample(making: Press, name: str, language: str, at: Instant) -> str:
    """This design with a sample face. NotFound when there is no such design."""
    design = making.designs.get(name)
    if design is None:
        raise NotFound
    shown = face(name, language, at)
    style = design.look.style
    if style == "storeCard":
        return picture(making, Sheet(shown, SERIAL, ""), language, at, design)
    said = ("event", "") if style == "eventTicket" else ("reward", "reward-text")
    title, text = (words(key) if key else {} for key in said)
    ticket = Ticket(id=str(SERIAL), kind=style, title=title, text=text, code="7QK4-PXM2", until=at + 30 * DAY)
    return picture(making, Sheet(shown, SERIAL, "", ticket), language, at, design)


def face(tier: str, language: str, at: Instant) -> Face:
    """A member whom every design can be looked at with: each field of a card says something."""
    level = texts.every(lambda _: tier.capitalize())
    return Face(
        member_id=SERIAL,
        card_code=CODE,
        name=locale.of(words("name"), language),
        language=language,
        zone="UTC",
        points=2480,
        tier=tier,
        tier_name=level,
        next_tier="next",
        next_tier_name=words("next-tier"),
        missing=520,
        worth=Money(2480, "EUR"),
        offer=ShownOffer("sample", words("offer"), at + 3 * HOUR, short=words("offer-short"), partner=words("shop")),
        challenge=ShownChallenge("sample", words("challenge"), 5, 8),
        last=Movement(85, at - HOUR, words("shop"), words("reason")),
    )


def words(key: str) -> Text:
    return texts.every(lambda language: locale.say(f"passes_preview.{key}", language))
