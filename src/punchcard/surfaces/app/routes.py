"""The addresses of the card page: the page, the way into Google Wallet, and the files it is made of."""

from functools import cache
from pathlib import Path
from typing import Annotated, Any

from litestar import Request, Response, get
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

from . import operations, page, static, why

YEAR_SECONDS, HOUR_SECONDS = 31_536_000, 3600
PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; "
    "font-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Nothing from elsewhere, nothing written into the page runs, and the address, which is a key, is told to nobody."""

WORKER_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; connect-src 'self'",
    "Cache-Control": "no-cache",
    "Service-Worker-Allowed": "/app/",
    "X-Content-Type-Options": "nosniff",
}

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


@get("/static/{path:path}")
async def send_file(path: FromPath[str], request: Request[Any, Any, Any]) -> Response[bytes | None]:
    """A style sheet, script, drawing or font of the pages. An address with its digest may be kept for good."""
    file = static.files().get(path.removeprefix("/"))
    if file is None:
        raise NotFound()
    kept = YEAR_SECONDS if request.query_params.get("v") == file.digest else HOUR_SECONDS
    headers = {
        "Cache-Control": f"public, max-age={kept}" + (", immutable" if kept == YEAR_SECONDS else ""),
        "ETag": f'"{file.digest}"',
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(None, status_code=304, headers=headers)
    if file.packed and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(file.packed, media_type=file.media_type, headers=headers | {"Content-Encoding": "gzip"})
    return Response(file.body, media_type=file.media_type, headers=headers)


@get("/app/worker.js")
async def send_worker() -> Response[bytes]:
    """The service worker of the web app: it shows what is pushed to the browser."""
    return Response(worker(), media_type="text/javascript", headers=WORKER_HEADERS)


@cache
def worker() -> bytes:
    return (Path(__file__).parent / "worker.js").read_bytes()


def sorry(refusal: Refused, title: dict[str, str], language: str) -> Response[str]:
    """The refusal as a page, with its status."""
    ended = isinstance(refusal, NotFound | tokens.LinkEnded)
    return html(page.sorry(title, language, "" if ended else refusal.sentence(language)), refusal.status)


def html(text: str, status: int = 200) -> Response[str]:
    return Response(text, status_code=status, media_type="text/html", headers=PAGE_HEADERS)


routes = [show_card, show_why, add_to_google, send_file, send_worker]
