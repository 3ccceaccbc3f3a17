"""Members with a phone each, an offer for all of them, Firebase's stand-in, and a worker's rounds by a clock that the test
moves: for the tests of delivery."""

import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from uuid import UUID

from msgspec.structs import replace

from punchcard import push
from punchcard.foundation import news, outbox
from punchcard.foundation.circuit import Circuit
from punchcard.foundation.clock import HOUR, Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.ids import BUCKETS
from punchcard.foundation.outbox import Due, Settled, Task
from punchcard.foundation.outside import World
from punchcard.push.flow import FLOWS, Flow
from punchcard.reactions import REACTIONS
from punchcard.sandbox.android import Android
from punchcard.sandbox.fcm import Heard
from punchcard.sandbox.google import Google, google
from punchcard.segments import Profile
from tests.almond import NOW, settle
from tests.doubles import Outside
from tests.googles import key, settings_for
from tests.street import Street, phone, settled_in

OFFER = "offer:coffee-x2"
PROBE_SECONDS, RAMP_PER_SECOND = 30.0, 500.0
ENDS = NOW + 10 * HOUR
ALL = range(BUCKETS)


class Audience:
    """The members, their phones by address, and the world that reaches them. `now` is everybody's clock."""

    def __init__(self, db: Connection, street: Street, stand_in: Google, world: World):
        self.db, self.street, self.google, self.world = db, street, stand_in, world
        self.now: Instant = NOW
        self.members: list[UUID] = []
        self.phones: dict[str, Android] = {}
        circuit = Circuit("FCM", PROBE_SECONDS, RAMP_PER_SECOND, now=lambda: float(self.now))
        self.flow = FLOWS[world.fcm] = Flow(circuit, 9000.0, now=lambda: float(self.now))

    async def gather(self, number: int) -> None:
        """So many members, each in the offer's audience and with the app; it is due to all of them."""
        for _ in range(number):
            member_id = await settle(self.db, Profile(tier="bud", consents=frozenset({"marketing"})))
            await self.db.execute(
                "insert into exposure (member_id, offer_id, held_out, opened_at) values ($1, 'coffee-x2', false, $2)",
                member_id,
                NOW,
            )
            await self.install(member_id, f"fid-{len(self.members)}")
            self.members.append(member_id)
        await self.announce("coffee-x2")

    async def install(self, member_id: UUID, address: str) -> None:
        made = self.phones[address] = Android(self.google, fid=address)
        made.install_app()
        await push.register(self.db, member_id, phone("app", address, seen_at=self.now))

    async def announce(self, offer: str) -> None:
        payload = {"kind": "offer", "subject": offer}
        dues = [(each, Due("push.announce", f"offer:{offer}", payload=payload)) for each in self.members]
        await outbox.put_many(self.db, dues, self.now)

    async def due(self) -> list[Task]:
        found = await outbox.due(self.db, ALL, self.now)
        return [task for task in found if task.reaction == "push.announce"]

    async def work(self) -> list[Settled]:
        """One round of a worker."""
        tasks = await self.due()
        settled = await push.announce(self.world, tasks, self.now) if tasks else []
        await outbox.settle(self.db, settled, self.now)
        return settled

    async def waiting(self) -> int:
        return int(await self.db.fetchval("select count(*) from outbox where reaction = 'push.announce'"))

    async def dead(self) -> int:
        return int(await self.db.fetchval("select count(*) from outbox_dead"))

    async def run(self, seconds: int) -> None:
        """Rounds, one a second."""
        for _ in range(seconds):
            await self.work()
            self.now += 1

    async def until_calm(self, seconds_max: int) -> int:
        """Rounds until nothing waits; how many seconds that took."""
        for second in range(seconds_max):
            if not await self.waiting():
                return second
            await self.work()
            self.now += 1
        raise AssertionError(f"{await self.waiting()} messages still wait after {seconds_max} seconds")

    async def states(self) -> Counter[tuple[str, str]]:
        rows = await self.db.fetch("select state, reason from message where member_id = any($1::uuid[])", self.members)
        return Counter((row["state"], row["reason"]) for row in rows)

    @property
    def heard(self) -> Sequence[Heard]:
        return self.google.fcm.heard


@contextlib.asynccontextmanager
async def audience(folder: Path, db: Connection, house: Database, number: int) -> AsyncIterator[Audience]:
    """The scene, with so many members."""
    news.install(REACTIONS)
    street = await settled_in(db, house)
    hours = [NOW]
    async with google(folder, now=lambda: hours[0], key=key()) as stand_in:
        settings = replace(settings_for(stand_in), push_probe_seconds=PROBE_SECONDS)
        world = replace(Outside(house, settings).world, fcm=push.Firebase(settings))
        made = Audience(db, street, stand_in, world)
        await made.gather(number)
        try:
            yield made
        finally:
            await world.fcm.close()
