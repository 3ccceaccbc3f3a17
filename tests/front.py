"""The house's door for tests of a few rooms: the real app on the test's own database and clock."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx

from punchcard.api import House, create_app
from punchcard.foundation.clock import Clock
from punchcard.foundation.database import Database
from punchcard.foundation.outside import World
from punchcard.foundation.settings import Secret, Settings
from tests.doubles import Outside

SECRET = "c0ffee00" * 4 + "almond-blossom-orchard"
OLDER = "decafbad" * 4 + "hazelnut"
SETTINGS = Settings(secret=Secret(SECRET), previous_secrets=Secret(OLDER), demo=True)


Routes = tuple[Any, ...]
free: dict[Routes, list[House]] = {}
"""Apps of earlier tests, by their further routes: making the routes takes most of a second, standing on another database none."""
lent: list[tuple[Routes, House]] = []


def give_back() -> None:
    """Those of the test before are free again."""
    while lent:
        more, app = lent.pop()
        free.setdefault(more, []).append(app)


def house_on(config: Settings, database: Database, clock: Clock, world: World, more: Routes = ()) -> House:
    """The app on these, with `more` routes, until the test ends."""
    if free.get(more):
        app = free[more].pop()
        app.stand_on(config, database, clock, world)
    else:
        app = create_app(config, database, clock, world)
        for route in more:
            app.register(route)
    lent.append((more, app))
    return app


def app_of(database: Database, clock: Clock, more: Sequence[Any] = ()) -> House:
    """The app, with `more` routes that a test needs."""
    return house_on(SETTINGS, database, clock, Outside(database, SETTINGS).world, tuple(more))


@asynccontextmanager
async def calling(app: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A client in the same event loop, so that both share the test's connection."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://punchcard.test") as client:
        yield client


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
