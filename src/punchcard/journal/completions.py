"""How often a member completed each challenge, ever: what each fact was told to have done, and what returns took back."""

from uuid import UUID

from msgspec import Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, many


class Completed(Struct, frozen=True):
    """A challenge, how often it was completed and stayed so, and when the last time."""

    challenge: str
    times: int
    at: Instant


async def completions(db: Connection, member_id: UUID) -> dict[str, Completed]:
    """Of every challenge that the member completed and no return undid. Several completions by one fact are one."""
    found = await many(
        db,
        Completed,
        """
        select split_part(news, ' ', 2) as challenge, sum(case when news like 'ChallengeCompleted %' then 1 else -1 end) as times,
               max(at) filter (where news like 'ChallengeCompleted %') as at
          from fact cross join lateral jsonb_array_elements_text(told) as news
         where member_id = $1 and told <> '[]'
           and (news like 'ChallengeCompleted %' or news like 'ChallengeWithdrawn %')
         group by split_part(news, ' ', 2)
        having sum(case when news like 'ChallengeCompleted %' then 1 else -1 end) > 0
        """,
        member_id,
    )
    return {each.challenge: each for each in found}
