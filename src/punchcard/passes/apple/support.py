"""What each phone shows of a member's passes right now, as far as it told us: desired, sent and seen side by side."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from punchcard.foundation.clock import Instant, moment
from punchcard.foundation.database import Connection

from . import support_sql as sql
from .support_sql import Device, Kept


class DeviceShown(Struct, frozen=True):
    """A phone or watch. `device` is the beginning of the hash of its identifier, which nobody keeps."""

    device: str
    registered_at: datetime
    pushed_version: int | None
    """The newest version for which Apple took a push."""
    pushed_at: datetime | None
    push_answer: str
    """What Apple said to the last push: sent, later, gone, refused, misconfigured; empty when none was needed."""
    asked_at: datetime | None
    """When it last asked and was told of something new."""
    version: int | None
    """The version that it has; null when it never fetched nor proved one."""
    version_at: datetime | None
    says: dict[str, Any] | None
    """What that version said: points, tier, offer, ticket, void."""
    behind_since: datetime | None
    """Since when it shows something older than the pass is; null: it is up to date."""
    repairs: int
    """How often it was woken again because it did not come, of late."""


class PassShown(Struct, frozen=True):
    """A pass in Apple Wallet and the phones that hold it."""

    subject: str
    """Empty: the card; claim:… or club:… a ticket."""
    serial: str
    version: int
    """The version that every phone should show; they grow over all passes together."""
    changed_at: datetime
    voided_at: datetime | None
    devices: list[DeviceShown]


class AppleShown(Struct, frozen=True):
    passes: list[PassShown]
    waits_until: datetime | None
    """When a push that waits is tried; null when none waits."""


async def support_view(db: Connection, member_id: UUID) -> AppleShown:
    """Every pass that the member was given, with each phone that holds it."""
    devices = await sql.devices_of(db, member_id)
    passes = [
        shown(each, [device for device in devices if device.serial == each.serial])
        for each in await sql.passes_of(db, member_id)
    ]
    held = [each for each in passes if each.devices or each.voided_at is None]
    return AppleShown(held, time(await sql.waits(db, member_id)))


def shown(kept: Kept, devices: list[Device]) -> PassShown:
    return PassShown(
        subject=kept.subject,
        serial=str(kept.serial),
        version=kept.tag,
        changed_at=moment(kept.last_modified),
        voided_at=time(kept.voided_at),
        devices=[on(each) for each in devices],
    )


def on(device: Device) -> DeviceShown:
    return DeviceShown(
        device=device.device_hash.hex()[:8],
        registered_at=moment(device.registered_at),
        pushed_version=device.pushed_tag,
        pushed_at=time(device.pushed_at),
        push_answer=device.push_outcome,
        asked_at=time(device.listed_at),
        version=device.seen_tag,
        version_at=time(device.seen_at),
        says=device.shown,
        behind_since=time(device.stale_since),
        repairs=device.repairs,
    )


def time(at: Instant | None) -> datetime | None:
    return None if at is None else moment(at)
