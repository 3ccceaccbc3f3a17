"""What phones ask all day, thousands at once: what changed, and the newest pass. They are answered together, by a few
statements for all who ask at that moment; what they thereby have is noted after the answer (versions.py)."""

from collections.abc import Sequence
from uuid import UUID

from msgspec.structs import replace

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import NotSignedIn, TooMany
from punchcard.foundation.ids import digest
from punchcard.foundation.limits import Buckets
from punchcard.foundation.settings import Settings
from punchcard.foundation.together import Together
from punchcard.passes import tickets
from punchcard.passes.model import Face
from punchcard.passes.operations import faces, told_why

from . import sql
from .model import Sheet
from .operations import UNKNOWN, nobody, proven, sheet_of
from .phones import CARD, Changed, Listed, Newest, Owner, Told
from .printing import press

ASKS = Buckets(burst=60.0, per_second=1.0)
"""Lists that one device may ask for."""
FETCHES = Buckets(burst=200.0, per_second=4.0)
"""Of one pass by all its devices. A phone fetches once a change, and nobody buys four times a second."""

Asked = tuple[UUID, Instant | None, Instant]
"""The serial number of a pass, the date of the version that the phone has, and now."""


async def changed(
    database: Database, settings: Settings, device: str, pass_type: str, since: str | None, at: Instant
) -> tuple[Changed | None, list[Told]]:
    """Which passes on this device are newer than the tag it knows (none known: all), None when none is; and what it was told.

    The device's identifier is all it proves itself with, so a known device is held to a rate."""
    device_hash = digest(device)
    passes = await lists.get(database, device_hash)
    if not passes or pass_type != press(settings).signer.pass_type:
        return None, []
    held_to(ASKS, device_hash.hex(), at)
    known = int(since) if since and since.isascii() and since.isdigit() and len(since) <= 18 else -1
    if known > passes[0].newest_tag:
        known = -1
    told = [Told(device_hash, each.member_id, each.serial, each.tag, known, at) for each in passes]
    newer = [each for each in passes if each.tag > known]
    return Changed([str(each.serial) for each in newer], str(newer[-1].tag)) if newer else None, told


async def look_up(db: Connection, device_hashes: Sequence[bytes]) -> dict[bytes, list[Listed]]:
    """The passes on each of these devices."""
    found: dict[bytes, list[Listed]] = {}
    for each in await sql.passes_on(db, device_hashes):
        found.setdefault(each.device_hash, []).append(each)
    return found


lists = Together(look_up)


async def newest(
    database: Database,
    settings: Settings,
    pass_type: str,
    serial: str,
    token: str,
    since: Instant | None,
    at: Instant,
) -> Newest:
    """The newest pass, or only its date when the device has it: decided before anything is built.

    The date is read before the face, so a change in between is newer than its date and will be fetched again."""
    number = proven(press(settings), pass_type, serial, token)
    held_to(FETCHES, serial, at)
    found = await looks.get(database, (number, since, at))
    if found is None:
        raise NotSignedIn
    owner, shown = found
    sheet = None
    if is_newer(owner, since):
        if shown and shown.is_open:
            sheet = Sheet(told_why(shown, settings, at), number, token)
        else:
            async with database.reading() as db:
                sheet = replace(await asked_for(db, settings, owner, at), serial=number, token=token)
    return Newest(owner.member_id, number, owner.tag, owner.last_modified, sheet)


async def look(db: Connection, asked: Sequence[Asked]) -> dict[Asked, tuple[Owner, Face | None]]:
    """Whose passes these are, and the faces of the cards among them that the phones do not have."""
    owners = {owner.serial: owner for owner in await sql.owners(db, list({serial for serial, _, _ in asked}))}
    known = [(each, owners[each[0]]) for each in asked if each[0] in owners]
    cards = [
        (each, owner)
        for each, owner in known
        if owner.subject == CARD and not owner.is_void and is_newer(owner, each[1])
    ]
    drawn = await faces(db, [(owner.member_id, each[2]) for each, owner in cards]) if cards else []
    shown = {each: face for (each, _), face in zip(cards, drawn, strict=True)}
    return {each: (owner, shown.get(each)) for each, owner in known}


looks = Together(look)


def is_newer(owner: Owner, since: Instant | None) -> bool:
    return since is None or owner.last_modified > since


async def asked_for(db: Connection, settings: Settings, owner: Owner, at: Instant) -> Sheet:
    """What a pass says that is no open card. A void one says nothing of its former holder."""
    if owner.is_void:
        remains = await tickets.remains(db, owner.member_id, owner.subject, at)
        return Sheet(nobody(owner.member_id, ""), UNKNOWN, "", remains, is_void=True)
    return await sheet_of(db, settings, owner.member_id, owner.subject, at)


def held_to(buckets: Buckets, key: str, at: Instant) -> None:
    """Take a turn, or refuse with the seconds to wait for one."""
    if wait := buckets.take(key, at):
        raise TooMany(retry_after_seconds=int(wait) + 1)
