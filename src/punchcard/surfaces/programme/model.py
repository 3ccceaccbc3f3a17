"""The programme as a face shows it. Nothing in here is about a person."""

from msgspec import Struct

from punchcard.foundation import locale
from punchcard.foundation.clock import Instant
from punchcard.foundation.locale import LANGUAGES
from punchcard.foundation.looks import Look, look_of
from punchcard.partners import Catalogue, Partner
from punchcard.programme import Program


class ProgrammePartner(Struct, frozen=True):
    """A merchant: its name, its colour (OKLCH hue in degrees, chroma 0 to 0.4), and the id of its symbol in
    `art/partners.svg`; none is drawn for every merchant."""

    id: str
    name: str
    hue: int
    chroma: float
    mark: str | None


class ProgrammeTier(Struct, frozen=True):
    """A tier of the card's ladder: what it takes to reach it in a season, and how its card looks."""

    id: str
    name: str
    threshold: int
    look: Look
    invited: bool
    """Nobody climbs into it: it is given."""


class ProgrammeShop(Struct, frozen=True):
    """A place of a merchant."""

    id: str
    partner_id: str
    name: str
    zone: str


class Wallets(Struct, frozen=True):
    """Which wallets the card can be added to here."""

    apple: bool
    google: bool


class Badges(Struct, frozen=True):
    """Where the wallets' official badges stand, in the caller's language; null where the operator put none."""

    apple: str | None
    google: str | None


class ProgrammeView(Struct, frozen=True, kw_only=True):
    """What the programme is called, what its points are worth, and who takes part in it."""

    name: str
    languages: list[str]
    """In which it is written; all four where its name says nothing of it."""
    currency: str
    """ISO 4217, of all prices."""
    zone: str
    """By whose clock its days and weeks go."""
    unit: str
    """What the card counts is called; empty where it is simply points."""
    point_value: int
    """What one of them is worth at a till, in minor units."""
    partners: list[ProgrammePartner]
    tiers: list[ProgrammeTier]
    shops: list[ProgrammeShop]
    wallets: Wallets
    push: bool
    """Whether a browser can be told of something."""
    badges: Badges


def partner_of(partner: Partner, marks: frozenset[str], language: str) -> ProgrammePartner:
    mark = partner.id if partner.id in marks else None
    return ProgrammePartner(partner.id, locale.of(partner.name, language), partner.hue, partner.chroma, mark)


def tiers_of(program: Program, language: str, at: Instant) -> list[ProgrammeTier]:
    return [
        ProgrammeTier(
            tier.id, locale.of(tier.name, language) or tier.id, tier.threshold, look_of(tier.id), tier.invited
        )
        for tier in program.tiers(at)
    ]


def shops_of(known: Catalogue) -> list[ProgrammeShop]:
    return [ProgrammeShop(shop.id, shop.partner_id, shop.name, shop.zone) for shop in known.shops]


def languages_of(program: Program) -> list[str]:
    written = [language for language in LANGUAGES if program.rulebook.name.get(language)]
    return written or list(LANGUAGES)
