"""Tickets on the way onto a phone: one behind the signed link of the card, or the card with all of them in one file."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct

from punchcard.foundation import locale
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import NotFound
from punchcard.foundation.settings import Settings
from punchcard.programme import NEVER

from . import apple, links, tickets
from .model import Ticket

ENDING = ".pkpass"
File = Annotated[str, Meta(max_length=120)]


class TicketLinks(Struct, frozen=True):
    """A claimed reward or an invitation that can be added to a wallet beside the card."""

    id: str
    """`claim:<id of the claim>` or `club:<tier>`."""
    title: str
    apple: str | None
    google: str | None
    """The same as the card's: claims come with it."""


def shown(ticket: Ticket, page: str, settings: Settings, at_google: str | None, language: str) -> TicketLinks:
    """Where this one can be added from. `page` is the address of the card's page; in Google Wallet claims come with the card,
    which links them, and admissions do not come."""
    address = f"{page}/tickets/{ticket.subject}{ENDING}" if apple.is_set_up(settings) else None
    comes_along = ticket.subject.startswith(tickets.CLAIM)
    title = locale.of(ticket.title, language)
    return TicketLinks(ticket.subject, title, address, at_google if comes_along else None)


@get("/c/{link:str}/tickets/{file:str}")
async def give_ticket(
    link: FromPath[str],
    file: FromPath[File],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    at: NamedDependency[Instant],
) -> Response[bytes]:
    """A claimed reward as a coupon or event ticket for Apple Wallet, or the admission pass of an invited tier:
    `<subject>.pkpass`."""
    if not file.endswith(ENDING):
        raise NotFound
    async with database.transaction() as db:
        member_id = await links.reader(db, settings, link, at)
        sheet = await apple.give(db, settings, member_id, at, await known(db, member_id, file.removesuffix(ENDING), at))
    return file_of(await apple.press(settings).printed(sheet, at), apple.PASS, "ticket.pkpass")


async def known(db: Connection, member_id: UUID, subject: str, at: Instant) -> str:
    """The subject as the house writes it, if the member has a ticket of it: an id may be spelled in many ways, and each
    would be a pass of its own that hears of nothing. NotFound."""
    ticket = await tickets.of(db, member_id, subject, at)
    if ticket is None:
        raise NotFound
    return ticket.subject


@get("/c/{link:str}/cards.pkpasses")
async def give_bundle(
    link: FromPath[str],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    at: NamedDependency[Instant],
) -> Response[bytes]:
    """The card and every ticket that can be used now, those that end first before others: up to ten passes, which a phone
    adds at once."""
    async with database.transaction() as db:
        member_id = await links.reader(db, settings, link, at)
        found = sorted(await tickets.held(db, member_id, at), key=lambda each: each.until or NEVER)
        subjects = ["", *(each.subject for each in found)][: apple.PASSES_MAX]
        sheets = [await apple.give(db, settings, member_id, at, subject) for subject in subjects]
    making = apple.press(settings)
    passes = {f"{number}": await making.printed(sheet, at) for number, sheet in enumerate(sheets, start=1)}
    return file_of(apple.bundle(passes), apple.PASSES, "cards.pkpasses")


def file_of(content: bytes, media_type: str, name: str) -> Response[bytes]:
    """A file that the phone opens and nobody keeps."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)


routes = [give_ticket, give_bundle]
