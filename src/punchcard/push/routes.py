"""A member's phones, and what the member was told."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from litestar import delete, get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter
from msgspec import Meta, Struct

from punchcard import members
from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.database import Database
from punchcard.foundation.zones import Zone

from . import notices, operations, texts, wording
from .model import Kind, Message, Phone, Platform, State

InstallationId = Annotated[
    str, PathParameter(pattern=r"^[A-Za-z0-9_.:-]{1,64}(?![\s\S])", description="The app's name for its installation.")
]


class PhoneSays(Struct, frozen=True, forbid_unknown_fields=True):
    """Where Firebase reaches this installation (`fid` or an older registration token), and where the phone is now."""

    kind: Literal["fid", "token"]
    address: Annotated[str, Meta(min_length=1, max_length=4096, pattern=r"^[\x21-\x7e]+(?![\s\S])")]
    platform: Platform
    language: Literal["en", "he", "ar", "ru"]
    zone: Zone


class PhoneKept(Struct, frozen=True):
    """A phone that messages reach."""

    installation: str
    platform: Platform
    language: str
    zone: str
    seen_at: datetime


class MessageView(Struct, frozen=True):
    """A message with why it came, and if it did not: why not, and until when it is held."""

    id: str
    kind: Kind
    subject: str
    title: str
    body: str
    state: State
    at: datetime
    why: str
    reason: str
    """A word for machines: why it was not sent, or not yet; empty when it was."""
    note: str | None
    until: datetime | None
    ends_at: datetime | None
    channel: str
    """The way it went: "push", "google" (the card rang), "pass" (it changed silently); empty for the inbox alone."""


@put("/me/phones/{installation:str}")
async def register_phone(
    installation: InstallationId,
    data: JSONBody[PhoneSays],
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    at: NamedDependency[Instant],
) -> PhoneKept:
    """Send me messages on this phone. Repeat it whenever the app starts."""
    said = Phone(installation, data.kind, data.address, data.platform, data.language, data.zone, at)
    async with database.transaction() as db:
        return kept(await operations.register(db, member_id, said))


def kept(phone: Phone) -> PhoneKept:
    return PhoneKept(phone.installation, phone.platform, phone.language, phone.zone, moment(phone.seen_at))


@delete("/me/phones/{installation:str}")
async def forget_phone(
    installation: InstallationId, database: NamedDependency[Database], member_id: NamedDependency[UUID]
) -> None:
    """Send me nothing on this phone any more."""
    async with database.transaction() as db:
        await operations.forget(db, member_id, installation)


@get("/me/messages")
async def list_messages(
    database: NamedDependency[Database],
    member_id: NamedDependency[UUID],
    language: NamedDependency[str],
    at: NamedDependency[Instant],
) -> list[MessageView]:
    """What you were told, and what you were not, each with its reason, and what everybody is told; the newest first."""
    async with database.transaction() as db:
        mine = await wording.worded(db, member_id, await operations.messages(db, member_id), at)
        found = [*mine, *await notices.shown(db, language, at)]
        zone = await operations.zone_of(db, await members.member(db, member_id))
    newest = sorted(found, key=lambda message: message.sent_at or message.decided_at, reverse=True)
    return [viewed(message, zone, language) for message in newest]


def viewed(message: Message, zone: str, language: str) -> MessageView:
    return MessageView(
        id=message.id,
        kind=message.kind,
        subject=message.subject,
        title=message.title,
        body=message.body,
        state=message.state,
        at=moment(message.sent_at or message.decided_at),
        why=texts.why(message.kind, language),
        reason=message.reason,
        note=texts.note(message, zone, language),
        until=moment(message.until) if message.until else None,
        ends_at=moment(message.ends_at) if message.ends_at else None,
        channel=message.channel if message.sent_at else "",
    )


routes = [register_phone, forget_phone, list_messages]
