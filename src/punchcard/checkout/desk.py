"""Who a till is: what its screen says before anybody comes."""

from datetime import datetime

from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import Struct

from punchcard import partners, rulebooks
from punchcard.foundation import locale
from punchcard.foundation.clock import moment

from .model import Counter

UNKEPT = {"Cache-Control": "no-store"}


class DeskTill(Struct, frozen=True):
    """The till itself."""

    id: str
    name: str


class DeskShop(Struct, frozen=True):
    """Where it stands; `zone` is the IANA time zone of its days."""

    id: str
    name: str
    zone: str


class DeskPartner(Struct, frozen=True):
    """Whose it is: the name in the caller's language, and the colour (OKLCH hue in degrees, chroma 0 to 0.4)."""

    id: str
    name: str
    hue: int
    chroma: float


class DeskProgramme(Struct, frozen=True):
    """What it serves: the name in the caller's language, the languages it has names in, the currency of its money."""

    name: str
    languages: list[str]
    currency: str


class Desk(Struct, frozen=True, kw_only=True):
    """A till as it stands at this moment."""

    till: DeskTill
    shop: DeskShop
    partner: DeskPartner
    programme: DeskProgramme
    floor_limit: int
    """So many minor units a code that can be copied may spend here a sale."""
    at: datetime
    """What our clock says."""


async def desk(counter: Counter, language: str) -> Desk:
    """Who this till is, in this language."""
    till = counter.till
    async with counter.database.reading() as db:
        known = await partners.catalogue(db)
        rulebook = (await rulebooks.program(db)).rulebook
    shop = next(each for each in known.shops if each.id == till.shop_id)
    partner = known.partners[till.partner_id]
    languages = [each for each in locale.LANGUAGES if each in rulebook.name] or ["en"]
    return Desk(
        till=DeskTill(till.id, till.name),
        shop=DeskShop(shop.id, shop.name, shop.zone),
        partner=DeskPartner(partner.id, locale.of(partner.name, language), partner.hue, partner.chroma),
        programme=DeskProgramme(locale.of(rulebook.name, language), languages, rulebook.currency),
        floor_limit=shop.floor_limit,
        at=moment(counter.at),
    )


@get("/till/desk")
async def show_desk(counter: NamedDependency[Counter], language: NamedDependency[str]) -> Response[Desk]:
    """Who I am: the till that holds this key, its shop, its partner and the programme, in the caller's language."""
    return Response(await desk(counter, language), headers=UNKEPT)


routes = [show_desk]
