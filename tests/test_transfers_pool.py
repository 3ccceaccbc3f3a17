"""A household's pool is a journal without a card: what members bring is theirs in proportion, and goes back when they leave."""

from uuid import UUID

import pytest

from punchcard import journal, transfers
from punchcard.foundation import news
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.ids import BUCKETS, new_id
from punchcard.foundation.outbox import due, settle
from punchcard.foundation.settings import Settings
from punchcard.programme import Adjustment, Spend, TransferOut, balance, share_of
from punchcard.reactions import REACTIONS
from tests.doubles import Outside
from tests.journal_world import NOON, RULEBOOK, promise


class Household:
    """Three journals: of Maya, of Daniel, and of the pool."""

    def __init__(self, db: Connection, house: Database):
        self.db, self.house = db, house
        self.maya, self.daniel, self.pool = new_id(), new_id(), new_id()

    async def send(self, id: str, sender: UUID, to: UUID, points: int, at: Instant) -> None:
        await journal.submit(
            self.house, sender, TransferOut(id=id, at=at, points=points, to=str(to), pooled=to == self.pool), at
        )
        tasks = [each for each in await due(self.db, range(BUCKETS), at) if each.reaction == transfers.DELIVER]
        await settle(self.db, await transfers.deliver(Outside(self.house, Settings()).world, tasks, at), at)

    async def shares(self, at: Instant) -> list[int]:
        standing = await journal.standing(self.db, self.pool, at)
        return [share_of(standing, str(each)) for each in (self.maya, self.daniel)]


@pytest.fixture
async def home(db: Connection, house: Database) -> Household:
    """Maya has brought 300 points, Daniel 100."""
    news.install(REACTIONS)
    await promise(db, RULEBOOK)
    made = Household(db, house)
    for n, (member, points) in enumerate(((made.maya, 300), (made.daniel, 100))):
        gift = Adjustment(id=f"gift{n}", at=NOON, points=points, reason="gift")
        await journal.submit(house, member, gift, NOON)
        await made.send(f"bring{n}", member, made.pool, points, NOON + 1 + n)
    return made


async def test_what_is_spent_from_the_pool_lessens_everybodys_share_in_proportion(home):
    assert await home.shares(NOON + 5) == [300, 100]

    await journal.submit(home.house, home.pool, Spend(id="mug", at=NOON + 6, points=200, reward="mug"), NOON + 6)

    assert await home.shares(NOON + 7) == [150, 50]


async def test_whoever_leaves_takes_their_share_and_the_others_keep_theirs(home):
    await journal.submit(home.house, home.pool, Spend(id="mug", at=NOON + 6, points=200, reward="mug"), NOON + 6)

    await home.send("leave", home.pool, home.maya, 150, NOON + 7)

    assert await home.shares(NOON + 8) == [0, 50]
    assert balance(await journal.standing(home.db, home.maya, NOON + 8)) == 150
    assert (await journal.audit(home.house)).findings == []


async def test_a_replay_of_who_brought_points_leaves_the_pool_as_it_is(home):
    before = await home.db.fetchval("select head from standing where member_id = $1", home.pool)

    late = Adjustment(id="late", at=NOON - 60, points=70, reason="gift")
    await journal.submit(home.house, home.maya, late, NOON + 9)

    assert await home.db.fetchval("select head from standing where member_id = $1", home.pool) == before
    assert not await home.db.fetch("select from outbox where reaction = 'transfers.deliver'")
    assert (await journal.audit(home.house)).findings == []
