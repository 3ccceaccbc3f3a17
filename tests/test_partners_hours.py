"""Opening hours by the clock on the shop's wall, over midnight, over holidays and where the clock is moved."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from punchcard import partners
from punchcard.foundation.clock import Clock, Instant
from punchcard.foundation.database import Connection
from punchcard.partners import NEVER, Catalogue, Hours, Shop
from tests.almond import open_shops
from tests.conftest import OneTransaction
from tests.front import app_of, bearer, calling

pytestmark = pytest.mark.anyio

DAY_SHIFT = Hours(week=(((480, 1200),),) * 6 + ((),), closed=("2026-11-24",))
BAR = Hours(week=((),) * 4 + (((1320, 1560),),) * 2 + ((),))
WEEK = [[[480, 1200]]] * 6 + [[]]
BERLIN = Shop("berlin", "almond", "Berlin", "Europe/Berlin")


def instant(text: str) -> Instant:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    "why, hours, at, opens",
    [
        ("it never said", None, "2026-11-22T03:00", "2026-11-22T03:00"),
        ("Monday at ten", DAY_SHIFT, "2026-11-23T09:00", "2026-11-23T09:00"),
        ("Monday before eight", DAY_SHIFT, "2026-11-23T06:59", "2026-11-23T07:00"),
        ("Monday at eight in the evening it is shut, Tuesday is a holiday", DAY_SHIFT, "2026-11-23T19:00", "2026-11-25T07:00"),
        ("the minute before it was open", DAY_SHIFT, "2026-11-23T18:59", "2026-11-23T18:59"),
        ("Sunday it stays shut", DAY_SHIFT, "2026-11-22T12:00", "2026-11-23T07:00"),
        ("Saturday at one it is still Friday's night", BAR, "2026-11-21T00:30", "2026-11-21T00:30"),
        ("and at two it is over", BAR, "2026-11-21T01:00", "2026-11-21T21:00"),
        ("summer begins: eight is an hour earlier", DAY_SHIFT, "2026-03-30T05:00", "2026-03-30T06:00"),
        ("the night of 25 hours ends at two by the second clock", BAR, "2026-10-25T00:30", "2026-10-25T00:30"),
        ("it is shut for good", Hours(week=((),) * 7), "2026-11-22T12:00", None),
    ],
)  # fmt: skip
async def test_a_shop_opens_by_its_own_clock(why: str, hours: Hours | None, at: str, opens: str | None) -> None:
    known = Catalogue({}, (BERLIN,), {"berlin": hours} if hours else {})

    assert known.next_open(BERLIN, instant(at)) == (instant(opens) if opens else NEVER), why
    assert known.open_at(BERLIN, instant(at)) == (opens == at)


async def test_an_owner_says_when_a_shop_is_open(db: Connection, house: OneTransaction, tmp_path: Path) -> None:
    await open_shops(db)
    shop = (await partners.add_shop(db, Shop("nola-port", "nola", "Port", "Europe/Berlin"))).id
    owner = bearer((await partners.add_operator(db, "Dana", "owner"))[1])
    staff = bearer((await partners.add_operator(db, "Omer"))[1])
    said, path = {"week": WEEK, "closed": ["2026-12-25"]}, f"/console/shops/{shop}/hours"

    async with calling(app_of(house, Clock(tmp_path / "ahead"))) as desk:
        before = await desk.get(path, headers=owner)
        by_staff = await desk.put(path, headers=staff, json=said)
        kept = await desk.put(path, headers=owner, json=said)
        shown = await desk.get(path, headers=staff)
        dropped = await desk.delete(path, headers=owner)
        after = await desk.get(path, headers=owner)

    assert (before.status_code, by_staff.status_code, dropped.status_code, after.status_code) == (404, 403, 204, 404)
    assert (kept.status_code, kept.json(), shown.json()) == (200, said, said)


@pytest.mark.parametrize(
    "said, code",
    [
        ({"week": [[[1200, 480]], *WEEK[1:]]}, "urn:punchcard:hours-upside-down"),
        ({"week": [[[480, 720], [700, 900]], *WEEK[1:]]}, "urn:punchcard:hours-upside-down"),
        ({"week": WEEK, "closed": ["2026-02-30"]}, "urn:punchcard:no-such-date"),
        ({"week": WEEK[1:]}, "urn:punchcard:malformed"),
        ({"week": [[[0, 1441 * 2]], *WEEK[1:]]}, "urn:punchcard:malformed"),
    ],
)
async def test_hours_that_no_door_could_keep_are_refused(
    db: Connection, house: OneTransaction, tmp_path: Path, said: dict[str, object], code: str
) -> None:
    await open_shops(db)
    shop = (await partners.add_shop(db, Shop("nola-port", "nola", "Port", "Europe/Berlin"))).id
    owner = bearer((await partners.add_operator(db, "Dana", "owner"))[1])

    async with calling(app_of(house, Clock(tmp_path / "ahead"))) as desk:
        answer = await desk.put(f"/console/shops/{shop}/hours", headers=owner, json=said)

    assert (answer.status_code, answer.json()["type"]) == (400, code)
