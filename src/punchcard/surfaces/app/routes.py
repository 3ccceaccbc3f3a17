"""The addresses of the card page: the page, why it shows what it shows, and the way into Google Wallet."""

from typing import Annotated, Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, HeaderParameter
from litestar.response import Redirect
from msgspec import Meta

from punchcard import passes
from punchcard.foundation import tokens
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Database
from punchcard.foundation.errors import NotFound, Refused
from punchcard.foundation.outside import World
from punchcard.foundation.settings import Settings

from . import operations, page, why

PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; "
    "font-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Nothing from elsewhere, nothing written into the page runs, and the address, which is a key, is told to nobody."""

Link = Annotated[str, Meta(max_length=128, description="The signed word from a card's address.")]
Language = Annotated[str, Meta(max_length=8)]


@get("/c/{link:str}")
async def show_card(
    link: FromPath[Link],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    language: NamedDependency[str],
    at: NamedDependency[Instant],
    user_agent: Annotated[str, HeaderParameter(name="User-Agent", required=False)] = "",
    lang: FromQuery[Language | None] = None,
) -> Response[str]:
    """The card as a page, for whoever holds its link: balance, code, wallets, and the offer that ends first."""
    title = passes.card_texts(settings.designs_dir).organisation
    try:
        async with database.transaction() as db:
            face, extra = await operations.shown(db, await passes.links.reader(db, settings, link, at), at)
    except Refused as refusal:
        return sorry(refusal, title, page.spoken(lang, "", language))
    wallets = page.wallets(link, user_agent, passes.apple.is_set_up(settings), bool(settings.google_issuer_id))
    spoken = page.spoken(lang, face.language, language)
    return html(page.card(face, extra, title, wallets, spoken, at))


@get("/c/{link:str}/why")
async def show_why(
    link: FromPath[Link],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    language: NamedDependency[str],
    at: NamedDependency[Instant],
    lang: FromQuery[Language | None] = None,
) -> Response[str]:
    """The last movements with every promise that counted and every one that did not, for whoever turns the card over."""
    title = passes.card_texts(settings.designs_dir).organisation
    try:
        async with database.reading() as db:
            told = await operations.told(db, await passes.why.reader(db, settings, link, at), at)
    except Refused as refusal:
        return sorry(refusal, title, page.spoken(lang, "", language))
    return html(why.explained(told, title, page.spoken(lang, told.language, language), at))


@get("/c/{link:str}/google")
async def add_to_google(
    link: FromPath[Link],
    world: NamedDependency[World],
    settings: NamedDependency[Settings],
    language: NamedDependency[str],
    at: NamedDependency[Instant],
) -> Response[Any]:
    """Lead to Google Wallet, which saves the card."""
    try:
        async with world.database.reading() as db:
            member_id = await passes.links.reader(db, settings, link, at)
        return Redirect(await passes.google.link(world, member_id, at), status_code=303, headers=PAGE_HEADERS)
    except Refused as refusal:
        return sorry(refusal, passes.card_texts(settings.designs_dir).organisation, language)


def sorry(refusal: Refused, title: dict[str, str], language: str) -> Response[str]:
    """The refusal as a page, with its status."""
    ended = isinstance(refusal, NotFound | tokens.LinkEnded)
    return html(page.sorry(title, language, "" if ended else refusal.sentence(language)), refusal.status)


def html(text: str, status: int = 200) -> Response[str]:
    return Response(text, status_code=status, media_type="text/html", headers=PAGE_HEADERS)


routes = [show_card, show_why, add_to_google]
