"""Token buckets: in PostgreSQL, so that every process on every machine shares them, or in one process for what must be cheap."""

from collections.abc import Sequence

from .clock import Instant
from .database import Connection, execute, value

BUCKETS_MOST = 20_000


async def take(
    db: Connection, key: str, burst: float, per_second: float, tokens: float = 1.0, leave: float = 0.0
) -> float:
    """Take `tokens` from the bucket `key`, which holds `burst` and refills at `per_second`.

    0.0 means taken; otherwise the seconds to wait until that many are there (nothing was taken). Whoever can wait says
    how many to `leave` in it for those who cannot."""
    wait = await value(
        db,
        """
        with filled as (
            insert into rate_limit as bucket (key, tokens, refilled_at) values ($1, $2, clock_timestamp())
                on conflict (key) do update
               set tokens = least($2, bucket.tokens + $3 * extract(epoch from clock_timestamp() - bucket.refilled_at)),
                   refilled_at = clock_timestamp()
            returning tokens)
        select greatest(0, ($4::float8 + $5::float8 - tokens) / $3)::float8 from filled
        """,
        key,
        burst,
        per_second,
        tokens,
        leave,
    )
    if wait == 0:
        await value(db, "update rate_limit set tokens = tokens - $2 where key = $1 returning tokens", key, tokens)
    return float(wait)


async def forget(db: Connection, keys: Sequence[str]) -> None:
    """Nothing was ever taken from these buckets."""
    await execute(db, "delete from rate_limit where key = any($1::text[])", keys)


class Buckets:
    """Buckets in this process alone, for what is asked all day: N processes let through N times the rate, and one that
    starts anew begins with full ones."""

    def __init__(self, burst: float, per_second: float) -> None:
        self.burst, self.per_second = burst, per_second
        self.filled: dict[str, tuple[float, Instant]] = {}

    def take(self, key: str, at: Instant) -> float:
        """0.0 means taken; otherwise the seconds to wait until something is there. Who has not come for longest is forgotten
        first."""
        tokens, since = self.filled.pop(key, (self.burst, at))
        tokens = min(self.burst, tokens + self.per_second * max(0, at - since))
        wait = max(0.0, (1 - tokens) / self.per_second)
        self.filled[key] = (tokens if wait else tokens - 1, at)
        if len(self.filled) > BUCKETS_MOST:
            del self.filled[next(iter(self.filled))]
        return wait
