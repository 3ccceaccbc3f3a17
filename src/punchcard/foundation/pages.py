"""The same must follow for a whole page of members: one statement, and nothing for a member in Python."""

from collections.abc import Sequence
from uuid import UUID

from .clock import Instant
from .database import Connection, execute
from .outbox import Due


async def put_once(db: Connection, due: Due, member_ids: Sequence[UUID], due_at: Sequence[Instant]) -> int:
    """Let this follow for each of these members at the instant beside them. Where it waits already it stays as it is. Says
    for how many it is new. The shard is that of `ids.bucket_of`."""
    return await execute(
        db,
        """
        insert into outbox (member_id, reaction, key, bucket, due_at, payload)
        select member_id, $1, $2, get_byte(uuid_send(member_id), 15) % 64, to_timestamp(due_at), $3
          from unnest($4::uuid[], $5::bigint[]) as page (member_id, due_at) order by member_id
            on conflict (member_id, reaction, key) do nothing
        """,
        due.reaction,
        due.key,
        due.payload,
        member_ids,
        due_at,
    )
