"""One member of the street with a phone and an offer, for the tests of messages."""

from typing import Any
from uuid import UUID

from msgspec.structs import replace

from punchcard import offers, push
from punchcard.foundation.clock import HOUR, MINUTE, Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.outbox import Settled, Task
from punchcard.foundation.outside import Answer, Outcome
from punchcard.foundation.settings import Settings
from punchcard.push import Message, Phone, sql
from punchcard.segments import All, Profile
from tests.almond import NOW, open_shops, publish, settle
from tests.doubles import Outside
from tests.test_offers import COFFEE

OPENS, ENDS = NOW, NOW + 10 * HOUR  # 14:00 to midnight in Jerusalem
EVENING = NOW + 8 * HOUR + 30 * MINUTE  # 22:30: quiet until 08:00
GONE, LATER = Answer(Outcome.GONE, 404, "UNREGISTERED"), Answer(Outcome.LATER, 503, "UNAVAILABLE", 30)


class Street:
    """One member with one phone, an offer, and the four things outside."""

    def __init__(self, db: Connection, house: Database, member_id: UUID):
        self.db, self.member_id, self.outside = db, member_id, Outside(house, Settings())
        self.fcm = self.outside.fcm

    async def tell(self, key: str = "offer:coffee-x2", at: Instant = NOW, attempts: int = 0) -> Settled:
        kind, subject = key.split(":")[:2]
        task = Task(self.member_id, "push.announce", key, 1, attempts, {"kind": kind, "subject": subject})
        [settled] = await push.announce(self.outside.world, [task], at)
        return settled

    async def message(self, key: str = "offer:coffee-x2") -> Message:
        [found] = (await sql.known(self.db, [(self.member_id, key)])).values()
        return found

    async def add_phone(self, installation: str, **more: Any) -> None:
        await push.register(self.db, self.member_id, phone(installation, **more))

    async def set(self, column: str, value: object) -> None:
        assert column in {"consents", "language", "messages_a_week"}
        await self.db.execute(f"update member set {column} = $2 where member_id = $1", self.member_id, value)

    async def offer(self, id: str, until: Instant = ENDS, **more: Any) -> str:
        made = replace(COFFEE, id=id, since=OPENS, until=until, audience=All(), **more)
        await offers.publish(self.db, made, NOW)
        await self.db.execute(
            "insert into exposure (member_id, offer_id, held_out, opened_at) values ($1, $2, false, $3)",
            self.member_id,
            id,
            NOW,
        )
        return f"offer:{id}"


def phone(installation: str, address: str = "", zone: str = "Asia/Jerusalem", seen_at: Instant = NOW) -> Phone:
    return Phone(installation, "fid", address or f"fid-{installation}", "android", "en", zone, seen_at)


async def settled_in(db: Connection, house: Database) -> Street:
    """A member who agreed to offers, in Jerusalem, with quiet hours from 22:00 to 08:00."""
    await publish(db)
    await open_shops(db)
    made = Street(db, house, await settle(db, Profile(tier="bud", consents=frozenset({"marketing"}))))
    await made.add_phone("pixel")
    await made.offer("coffee-x2")
    return made
