"""How fast all processes together may call Google: what the settings say, or less for a while after Google found it too fast.

Each refusal halves the rate, at most once in two seconds; then it rises again by a tenth of a call each second."""

import time

from punchcard.foundation.database import Connection, Database, execute, value

HALVED_SECONDS = 2.0
RISES_A_SECOND = 0.1
SLOWEST = 1.0
REMEMBERED_SECONDS = 1.0


class Pace:
    """This process's view of the shared rate; read again each second."""

    def __init__(self, calls_per_second: float):
        self.most = self.now = calls_per_second
        self.read_at = float("-inf")

    async def current(self, db: Connection) -> float:
        """Calls a second that are allowed now."""
        if time.monotonic() - self.read_at > REMEMBERED_SECONDS:
            self.now = await allowed(db, self.most)
            self.read_at = time.monotonic()
        return self.now

    async def lower(self, database: Database) -> None:
        """Google said that this is too fast."""
        async with database.transaction() as db:
            await halve(db, self.most)
        self.read_at = float("-inf")


async def allowed(db: Connection, most: float) -> float:
    lowered: float | None = await value(
        db,
        """
        select least($1, calls_per_second + $2 * greatest(0, extract(epoch from clock_timestamp() - lowered_at)))::float8
          from google_pace
        """,
        most,
        RISES_A_SECOND,
    )
    return most if lowered is None else lowered


async def halve(db: Connection, most: float) -> None:
    """Half of what is allowed now; what came with the same wave of refusals counts once."""
    await execute(
        db,
        """
        insert into google_pace as known (calls_per_second, lowered_at)
        values (greatest(least($3::float8, $1::float8), $1::float8 / 2), clock_timestamp())
            on conflict (single) do update
           set calls_per_second = greatest(least($3::float8, $1::float8), least($1::float8, known.calls_per_second
                   + $2::float8 * extract(epoch from clock_timestamp() - known.lowered_at)) / 2),
               lowered_at = clock_timestamp()
         where known.lowered_at < clock_timestamp() - make_interval(secs => $4)
        """,
        most,
        RISES_A_SECOND,
        SLOWEST,
        HALVED_SECONDS,
    )
