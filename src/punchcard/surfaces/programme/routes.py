"""The addresses that a face asks before anybody has signed in."""

import re
from functools import cache
from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta

from punchcard import partners, passes, rulebooks
from punchcard.foundation import locale
from punchcard.foundation.clock import DAY, MINUTE, Instant
from punchcard.foundation.database import Database
from punchcard.foundation.errors import NotFound
from punchcard.foundation.settings import Settings
from punchcard.surfaces.web import static

from . import badges
from .model import Badges, ProgrammeView, Wallets, languages_of, partner_of, shops_of, tiers_of

SPRITE = "art/partners.svg"
SYMBOL = re.compile(rb'<symbol[^>]*\bid="([a-z0-9-]+)"')
BADGE_HEADERS = {
    "Cache-Control": f"public, max-age={DAY}",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox",
    "X-Content-Type-Options": "nosniff",
}
"""A drawing that somebody else made runs nothing and loads nothing, even where it is opened by itself."""
BadgeName = Annotated[str, Meta(max_length=24, description="A wallet, a language and a kind: apple.he.svg.")]


@get("/programme")
async def show_programme(
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    language: NamedDependency[str],
    at: NamedDependency[Instant],
) -> Response[ProgrammeView]:
    """What a face must know before anybody has signed in: names, colours, tiers, shops, and what is set up here."""
    async with database.reading() as db:
        program, known = await rulebooks.program(db), await partners.catalogue(db)
    book, main = program.rulebook, program.currencies[program.main]
    view = ProgrammeView(
        name=locale.of(book.name, language) or settings.programme_name,
        languages=languages_of(program),
        currency=book.currency,
        zone=book.zone,
        unit=locale.of(main.name, language),
        point_value=book.point_value,
        partners=[partner_of(each, marks(), language) for each in known.partners.values()],
        tiers=tiers_of(program, language, at),
        shops=shops_of(known),
        wallets=Wallets(passes.apple.is_set_up(settings), bool(settings.google_issuer_id)),
        push=settings.web_push_key is not None,
        badges=Badges(*(badges.address(settings.badges_dir, wallet, language) for wallet in badges.WALLETS)),
    )
    return Response(view, headers={"Cache-Control": f"public, max-age={MINUTE}", "Vary": "Accept-Language"})


@get("/static/badges/{name:str}")
async def send_badge(name: FromPath[BadgeName], settings: NamedDependency[Settings]) -> Response[bytes]:
    """A wallet's official badge, exactly as the operator laid it down."""
    badge = badges.badges(settings.badges_dir).get(name)
    if badge is None:
        raise NotFound()
    return Response(badge.body, media_type=badge.media_type, headers=BADGE_HEADERS)


@cache
def marks() -> frozenset[str]:
    """The symbols that are drawn for merchants, by their ids."""
    return frozenset(id.decode() for id in SYMBOL.findall(static.files()[SPRITE].body))


routes = [show_programme, send_badge]
