"""The ways onto a phone: links for the member's own app, and the Apple pass behind a signed link."""

from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from punchcard.foundation import tokens
from punchcard.foundation.clock import DAY, Instant
from punchcard.foundation.database import Database
from punchcard.foundation.errors import Refused
from punchcard.foundation.outside import World
from punchcard.foundation.settings import Settings

from . import apple, google
from .desk import routes as desk_routes
from .google.routes import routes as google_routes

LINK_PURPOSE = "card"
"""What a link to the card page may do; the pass behind it is the same card."""
LINK_SECONDS = DAY


class WalletLinks(Struct, frozen=True):
    """Where the member's card can be added from; none for a wallet that is not set up here."""

    apple: str | None
    google: str | None


@get("/me/wallets")
async def show_wallets(
    member_id: NamedDependency[UUID],
    settings: NamedDependency[Settings],
    world: NamedDependency[World],
    at: NamedDependency[Instant],
) -> WalletLinks:
    """Links that add the card to Apple Wallet (good for a day) and to Google Wallet."""
    link = tokens.sign_link(settings.secrets, LINK_PURPOSE, member_id, at + LINK_SECONDS)
    pass_url = f"{settings.public_url}/c/{link}/card.pkpass" if apple.is_set_up(settings) else None
    return WalletLinks(pass_url, await google_link(world, member_id, at))


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
    member_id = tokens.read_link(settings.secrets, LINK_PURPOSE, link, at)
    async with database.transaction() as db:
        sheet = await apple.give(db, settings, member_id, at)
    return Response(
        await apple.press(settings).printed(sheet, at),
        media_type=apple.PASS,
        headers={"Content-Disposition": 'attachment; filename="card.pkpass"', "Cache-Control": "no-store"},
    )


routes = [show_wallets, give_pass, *desk_routes, *apple.routes, *apple.preview_routes, *google_routes]
