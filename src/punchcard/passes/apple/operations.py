"""What phones ask of the web service in a pass's life: give it, wake me for it, what changed, the newest, forget me."""

import logging
from uuid import UUID

from punchcard.foundation import limits, outbox
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.errors import NotSignedIn, TooMany
from punchcard.foundation.ids import digest, new_id
from punchcard.foundation.outbox import Due
from punchcard.foundation.settings import Settings
from punchcard.passes.operations import face

from . import sql
from .model import Changed, Newest, Sheet
from .printing import Press, press

log = logging.getLogger("punchcard.passes.apple")

REACTION = "passes.apple"
DEVICES_MAX = 50
"""Devices a pass: phones are known to come back under ever new identifiers."""
ASKS_BURST, ASKS_PER_SECOND = 60.0, 1.0
LOGS_BURST, LOGS_PER_SECOND = 100.0, 10.0
LINE_CHARACTERS_MAX = 500


async def give(db: Connection, settings: Settings, member_id: UUID, at: Instant) -> Sheet:
    """The member's pass, for whoever holds their link. The first download gives it its serial number."""
    making = press(settings)
    known = await sql.copy(db, member_id)
    copy = await sql.issue(db, member_id, known.serial if known else new_id(), at)
    if not known:
        await sql.keep_serial(db, digest(str(copy.serial)), member_id)
    return Sheet(await face(db, member_id, at, settings), copy.serial, making.token(copy.serial))


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
    member_id, _ = await holder(db, press(settings), pass_type, serial, token)
    device_hash = digest(device)
    is_new = await sql.register(db, member_id, device_hash, push_token, at)
    if is_new:
        await sql.note_device(db, device_hash, member_id)
        for phone in await sql.oldest_beyond(db, member_id, DEVICES_MAX):
            await forget(db, member_id, phone.device_hash, phone.registered_at)
        copy = await sql.copy(db, member_id)
        if copy and copy.given_modified < copy.last_modified:  # it changed while nobody could be told
            await outbox.put(db, member_id, [Due(REACTION)], at)
    return is_new


async def unregister(
    db: Connection, settings: Settings, device: str, pass_type: str, serial: str, token: str, at: Instant
) -> None:
    """The pass was deleted from this device. Asking twice is as good as once."""
    member_id, _ = await holder(db, press(settings), pass_type, serial, token)
    await forget(db, member_id, digest(device), at)


async def forget(db: Connection, member_id: UUID, device_hash: bytes, until: Instant) -> None:
    """Wake this device no more, unless it registered after `until`."""
    if await sql.forget(db, member_id, device_hash, until):
        await sql.forget_device(db, device_hash, member_id)


async def changed(db: Connection, settings: Settings, device: str, pass_type: str, since: str | None) -> Changed | None:
    """Which passes on this device are newer than the tag it knows (none known: all). None when none is.

    The device's identifier is all it proves itself with, so a known device is held to a rate."""
    device_hash = digest(device)
    members = await sql.members_of(db, device_hash)
    if not members or pass_type != press(settings).signer.pass_type:
        return None
    if wait := await limits.take(db, f"wallet.{device_hash.hex()}", ASKS_BURST, ASKS_PER_SECOND):
        raise TooMany(seconds=int(wait) + 1)
    known = int(since) if since and since.isascii() and since.isdigit() and len(since) <= 18 else -1
    found = await sql.newer(db, members, known)
    return Changed([str(each.serial) for each in found], str(found[-1].tag)) if found else None


async def newest(
    db: Connection, settings: Settings, pass_type: str, serial: str, token: str, since: Instant | None, at: Instant
) -> Newest:
    """The newest pass, or only its date when the device has it: decided before anything is built.

    The date is read before the face, so a change in between is newer than its date and will be fetched again."""
    member_id, number = await holder(db, press(settings), pass_type, serial, token)
    copy = await sql.copy(db, member_id)
    assert copy is not None
    if since is not None and copy.last_modified <= since:
        return Newest(copy.last_modified, None)
    return Newest(copy.last_modified, Sheet(await face(db, member_id, at, settings), number, token))


async def holder(db: Connection, making: Press, pass_type: str, serial: str, token: str) -> tuple[UUID, UUID]:
    """The member whose pass this is, and its serial number; NotSignedIn unless the token proves that it is held."""
    try:
        number = UUID(serial)
    except ValueError:
        raise NotSignedIn from None
    if pass_type != making.signer.pass_type or str(number) != serial or not making.holds(number, token):
        raise NotSignedIn
    member_id = await sql.member_of(db, digest(serial))
    if member_id is None:
        raise NotSignedIn
    return member_id, number


async def hear(db: Connection, lines: list[str]) -> None:
    """Keep what phones complain of in our own log: it is all that they ever say. More than a rate is let go."""
    if not await limits.take(db, "wallet.log", LOGS_BURST, LOGS_PER_SECOND):
        for line in lines:
            log.warning("a phone says: %s", line[:LINE_CHARACTERS_MAX].encode("unicode_escape").decode())
