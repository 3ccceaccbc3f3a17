"""The ways onto a phone: links for the member's own app, and the Apple pass behind a signed link."""

from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Database
from punchcard.foundation.errors import Refused
from punchcard.foundation.outside import World
from punchcard.foundation.settings import Settings

from . import apple, google, links, tickets
from .desk import routes as desk_routes
from .google.routes import routes as google_routes
from .redesign_routes import routes as redesign_routes
from .ticket_routes import TicketLinks, file_of, shown
from .ticket_routes import routes as ticket_routes


class WalletLinks(Struct, frozen=True):
    """Where the member's card can be added from; none for a wallet that is not set up here."""

    apple: str | None
    google: str | None
    bundle: str | None
    """The card and all tickets in one file, for Apple Wallet."""
    tickets: list[TicketLinks]
    """What can be used now beside the card."""


@get("/me/wallets")
async def show_wallets(
    member_id: NamedDependency[UUID],
    settings: NamedDependency[Settings],
    world: NamedDependency[World],
    at: NamedDependency[Instant],
    language: NamedDependency[str],
) -> WalletLinks:
    """Links that add the card, and every reward or invitation that waits, to Apple Wallet (good for a day) and to Google
    Wallet."""
    async with world.database.reading() as db:
        page = await links.card_page(db, settings, member_id, at)
        held = await tickets.held(db, member_id, at)
    is_apple, at_google = apple.is_set_up(settings), await google_link(world, member_id, at)
    return WalletLinks(
        f"{page}/card.pkpass" if is_apple else None,
        at_google,
        f"{page}/cards.pkpasses" if is_apple and held else None,
        [shown(each, page, settings, at_google, language) for each in held],
    )


async def google_link(world: World, member_id: UUID, at: Instant) -> str | None:
    """None also while Google does not answer: whoever wants the other wallet need not wait for it."""
    try:
        return await google.link(world, member_id, at)
    except Refused:
        return None


@get("/c/{link:str}/card.pkpass")
async def give_pass(
    link: FromPath[str],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    at: NamedDependency[Instant],
) -> Response[bytes]:
    """The card for Apple Wallet, to whoever holds the link."""
    async with database.transaction() as db:
        sheet = await apple.give(db, settings, await links.reader(db, settings, link, at), at)
    return file_of(await apple.press(settings).printed(sheet, at), apple.PASS, "card.pkpass")


routes = [
    show_wallets,
    give_pass,
    *ticket_routes,
    *desk_routes,
    *redesign_routes,
    *apple.routes,
    *apple.preview_routes,
    *google_routes,
]
