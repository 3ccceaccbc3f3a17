"""A worker that died without a word: its buckets are another's once its lease has lapsed, and not before."""

from uuid import UUID

from punchcard.foundation import outbox
from punchcard.foundation.database import Connection
from punchcard.foundation.ids import BUCKETS

DEAD, HEIR = UUID(int=1), UUID(int=2)


async def test_the_buckets_of_a_dead_worker_lapse(db: Connection) -> None:
    await db.execute("update bucket_lease set owner = null, until = '-infinity'")
    mine = await outbox.lease(db, DEAD, BUCKETS)

    too_early = await outbox.lease(db, HEIR, BUCKETS)
    await db.execute("update bucket_lease set until = now() - interval '1 second'")
    inherited = await outbox.lease(db, HEIR, BUCKETS)
    back = await outbox.lease(db, DEAD, BUCKETS)

    assert (len(mine), too_early) == (BUCKETS, [])
    assert inherited == mine and back == []
