"""What phones ask of the web service in a pass's life: give it, wake me for it, what changed, the newest, forget me."""

import logging
from uuid import UUID

from msgspec.structs import replace

from punchcard.foundation import limits, outbox
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.errors import NotFound, NotSignedIn, TooMany
from punchcard.foundation.ids import digest, new_id
from punchcard.foundation.outbox import Due
from punchcard.foundation.settings import Settings
from punchcard.passes import tickets
from punchcard.passes.model import Face
from punchcard.passes.operations import face

from . import sql, versions, versions_sql
from .model import Sheet
from .phones import AGAIN, CARD, REACTION, Copy, Fetched, Owner
from .printing import Press, press

log = logging.getLogger("punchcard.passes.apple")

DEVICES_MAX = 50
"""Devices a pass: phones are known to come back under ever new identifiers."""
REGISTRATIONS_BURST, REGISTRATIONS_PER_SECOND = 200.0, 2.0
"""Of one pass by all its devices: twice the hundreds of identifiers that one phone was seen to come up with."""
LOGS_BURST, LOGS_PER_SECOND = 100.0, 10.0
SOURCE_LOGS_BURST, SOURCE_LOGS_PER_SECOND = 20.0, 1.0
LINE_CHARACTERS_MAX = 500
UNKNOWN = UUID(int=0)


async def give(db: Connection, settings: Settings, member_id: UUID, at: Instant, subject: str = CARD) -> Sheet:
    """The member's pass of this subject (empty: the card), for whoever holds their link. The first download gives it its
    serial number. NotFound when the member has no such ticket."""
    making = press(settings)
    sheet = await sheet_of(db, settings, member_id, subject, at)
    if sheet.is_void and subject:
        raise NotFound
    copy = await issued(db, member_id, subject, at)
    await versions_sql.printed(db, [Fetched(member_id, copy.serial, copy.tag, at, versions.said(sheet))])
    return replace(sheet, serial=copy.serial, token=making.token(copy.serial))


async def issued(db: Connection, member_id: UUID, subject: str, at: Instant) -> Copy:
    """The pass of this subject that counts; the first time it gets its serial number."""
    known = await sql.copy(db, member_id, subject)
    copy = await sql.issue(db, member_id, subject, known.serial if known else new_id(), at)
    if not known:
        await sql.keep_serial(db, digest(str(copy.serial)), member_id)
    return copy


async def sheet_of(db: Connection, settings: Settings, member_id: UUID, subject: str, at: Instant) -> Sheet:
    """What the pass of this subject says now; void when its holder left or there is no such ticket any more. Serial number
    and token are not on it yet."""
    shown = await face(db, member_id, at, settings)
    ticket = await tickets.of(db, member_id, subject, at) if subject and shown.is_open else None
    if not shown.is_open or (subject and ticket is None):
        remains = await tickets.remains(db, member_id, subject, at)
        return Sheet(nobody(member_id, shown.tier), UNKNOWN, "", remains, is_void=True)
    return Sheet(shown, UNKNOWN, "", ticket)


def nobody(member_id: UUID, tier: str) -> Face:
    """What a void pass knows of its former holder."""
    return Face(
        member_id=member_id, card_code="", name="", language="en", zone="UTC", points=0, tier=tier, tier_name={}
    )


async def register(
    db: Connection,
    settings: Settings,
    device: str,
    pass_type: str,
    serial: str,
    token: str,
    push_token: str,
    at: Instant,
) -> bool:
    """Wake this device from now on when the pass changes. True when it was not registered; asking twice registers once."""
    number = proven(press(settings), pass_type, serial, token)
    owner = await owner_of(db, number)
    await held_to(db, f"wallet.registrations.{number}", REGISTRATIONS_BURST, REGISTRATIONS_PER_SECOND)
    device_hash = digest(device)
    kept = await sql.register(db, owner.member_id, number, device_hash, push_token, at)
    if kept.is_new:
        for phone in await sql.oldest_beyond(db, owner.member_id, number, DEVICES_MAX):
            await forget(db, owner.member_id, number, phone.device_hash, phone.registered_at)
        if kept.is_behind:  # it changed while nobody could be told
            key = f"{AGAIN}{number}" if owner.is_void else owner.subject
            await outbox.put(db, owner.member_id, [Due(REACTION, key)], at)
    elif kept.is_behind:  # what was told to its former address may have reached nobody
        await outbox.put(db, owner.member_id, [Due(REACTION, f"{AGAIN}{number}:{device_hash.hex()}")], at)
    return kept.is_new


async def unregister(
    db: Connection, settings: Settings, device: str, pass_type: str, serial: str, token: str, at: Instant
) -> None:
    """The pass was deleted from this device. Asking twice is as good as once."""
    number = proven(press(settings), pass_type, serial, token)
    await forget(db, (await owner_of(db, number)).member_id, number, digest(device), at)


async def forget(
    db: Connection, member_id: UUID, serial: UUID, device_hash: bytes, until: Instant, push_token: str = ""
) -> None:
    """Wake this device no more for this pass, unless it registered after `until`, or with another push token than the one
    that is named."""
    if await sql.forget(db, member_id, serial, device_hash, until, push_token):
        await sql.forget_device(db, device_hash, member_id, serial)


async def void(db: Connection, member_id: UUID, at: Instant) -> None:
    """The member's passes are void: phones that hold one are woken and then show so, and its token opens nothing personal.
    Where there was a card, a new one with another serial number and token stands in its place."""
    if CARD in await ended(db, member_id, at):
        await issued(db, member_id, CARD, at)


async def retire(db: Connection, member_id: UUID, at: Instant) -> None:
    """The member left: their passes are void for good, phones that hold one are woken to show so, and what earlier
    versions said is forgotten. Asking twice is no harm."""
    await ended(db, member_id, at)
    await versions_sql.forget_prints(db, member_id)


async def ended(db: Connection, member_id: UUID, at: Instant) -> set[str]:
    """No pass of the member's is valid any more, and phones that hold one are woken; says what the passes were of."""
    gone = await versions_sql.void(db, member_id, at)
    await outbox.put(db, member_id, [Due(REACTION, f"{AGAIN}{each.serial}") for each in gone], at)
    return {each.subject for each in gone}


async def forget_phones(db: Connection, member_id: UUID) -> None:
    """Wake none of the phones that hold a pass of this member any more."""
    await sql.forget_phones(db, member_id)


async def held_to(db: Connection, key: str, burst: float, per_second: float) -> None:
    """Take a turn, or refuse with the seconds to wait for one."""
    if wait := await limits.take(db, key, burst, per_second):
        raise TooMany(retry_after_seconds=int(wait) + 1)


def proven(making: Press, pass_type: str, serial: str, token: str) -> UUID:
    """The serial number; NotSignedIn unless the token proves that its pass is held. Takes as long whatever is wrong, and
    asks the database nothing: only who holds the token of a serial number can learn whether it exists."""
    try:
        number = UUID(serial)
    except ValueError:
        number = UNKNOWN
    is_held = making.holds(number, token)
    if not is_held or pass_type != making.signer.pass_type or str(number) != serial:
        raise NotSignedIn
    return number


async def owner_of(db: Connection, number: UUID) -> Owner:
    """Whose pass this is; NotSignedIn when there is none."""
    for owner in await sql.owners(db, [number]):
        return owner
    raise NotSignedIn


async def hear(db: Connection, lines: list[str], source: str) -> None:
    """Keep what phones complain of in our own log: it is all that they ever say. More than a rate, from one address or from
    all, is let go."""
    key = f"wallet.log.{digest(source).hex()[:16]}"
    if await limits.take(db, key, SOURCE_LOGS_BURST, SOURCE_LOGS_PER_SECOND, max(1, len(lines) / 4)):
        return
    if not await limits.take(db, "wallet.log", LOGS_BURST, LOGS_PER_SECOND):
        for line in lines:
            log.warning("a phone says: %s", line[:LINE_CHARACTERS_MAX].encode("unicode_escape").decode())
