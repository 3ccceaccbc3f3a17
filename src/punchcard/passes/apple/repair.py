"""Phones that do not come: pushes get lost, and a phone that asks by itself does so about once a day.

A device that shows something older for ten minutes, while nobody is about to wake it, is woken again: with growing gaps, five
times a day at most and so many a minute in all. Apple slows down whoever pushes for nothing. After a month it counts as lost."""

from uuid import UUID

from msgspec import Struct

from punchcard.foundation import outbox
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, Database, many
from punchcard.foundation.metrics import Gauge
from punchcard.foundation.outbox import Due
from punchcard.foundation.settings import Settings

from .phones import AGAIN, REACTION

DEVICES_A_ROUND = 200
REPAIRS_A_DAY = 5
AGES = ("1m", "10m", "1h", "1d", "30d", "lost")
BEHIND = (
    "punchcard_pass_devices_behind",
    "Devices that show something older than the pass is, by for how long they have.",
)
OLDEST = "punchcard_pass_drift_oldest_seconds", "Since when the oldest of them."


class Behind(Struct, frozen=True):
    """A device to be woken again."""

    member_id: UUID
    serial: UUID
    device_hash: bytes


class Drift(Struct, frozen=True):
    """How many devices have been behind for so long, and for how many seconds the first of them."""

    age: str
    devices: int
    seconds: float


async def repair(database: Database, at: Instant) -> int:
    """Let the phones that are behind be woken again; says how many. The clock calls it, so it opens its own transaction."""
    async with database.transaction() as db:
        found = await to_repair(db, at, REPAIRS_A_DAY, DEVICES_A_ROUND)
        dues = [(each.member_id, Due(REACTION, f"{AGAIN}{each.serial}:{each.device_hash.hex()}")) for each in found]
        if dues:
            await outbox.put_many(db, dues, at)
    return len(found)


async def to_repair(db: Connection, at: Instant, a_day: int, limit: int) -> list[Behind]:
    """Take those whose turn it is, those that are behind longest first. The gap doubles from twenty minutes on."""
    return await many(
        db,
        Behind,
        """
        with behind as (
            select ctid from apple_registration phone
             where stale_since <= $1::timestamptz - interval '10 minutes' and stale_since > $1::timestamptz - interval '30 days'
               and (pushed_at is null or pushed_at <= $1::timestamptz - interval '10 minutes')
               and (repaired_at is null or repaired_at <= $1::timestamptz - interval '1 day'
                    or repairs < $2 and repaired_at <= $1::timestamptz - interval '10 minutes' * 2 ^ repairs)
               and not exists (select from outbox where member_id = phone.member_id and reaction = 'passes.apple')
             order by stale_since limit $3 for update skip locked)
        update apple_registration phone
           set repairs = case when repaired_at <= $1::timestamptz - interval '1 day' then 1 else repairs + 1 end,
               repaired_at = $1
          from behind where phone.ctid = behind.ctid
        returning member_id, serial, device_hash
        """,
        at,
        a_day,
        limit,
    )


async def drift(db: Connection, settings: Settings, at: Instant) -> list[Gauge]:
    """How many devices are behind, by age, and the age of the oldest."""
    found = {each.age: each for each in await by_age(db, at)}
    wallet = {"wallet": "apple"}
    counts = [Gauge(*BEHIND, found[age].devices if age in found else 0, wallet | {"age": age}) for age in AGES]
    oldest = max((each.seconds for each in found.values() if each.age != "lost"), default=0.0)
    return [*counts, Gauge(*OLDEST, oldest, wallet)]


async def by_age(db: Connection, at: Instant) -> list[Drift]:
    return await many(
        db,
        Drift,
        """
        select case when seconds < 60 then '1m' when seconds < 600 then '10m' when seconds < 3600 then '1h'
                    when seconds < 86400 then '1d' when seconds < 2592000 then '30d' else 'lost' end as age,
               count(*) as devices, max(seconds) as seconds
          from (select greatest(0, extract(epoch from $1::timestamptz - stale_since))::float8 as seconds
                  from apple_registration where stale_since is not null) as behind
         group by age
        """,
        at,
    )
