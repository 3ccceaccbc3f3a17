"""Members hear of their own points before they end: once for each end, at a good hour, and not of what they spent."""

from uuid import UUID

import pytest

from punchcard import push
from punchcard.foundation import outbox
from punchcard.foundation.clock import DAY, HOUR, Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.ids import BUCKETS
from punchcard.foundation.outbox import Settled, Task
from punchcard.segments import Profile
from tests.almond import NOW, settle
from tests.street import Street, phone, settled_in

pytestmark = pytest.mark.anyio

SOON, LATER = NOW + 5 * DAY, NOW + 20 * DAY


@pytest.fixture
async def street(db: Connection, house: Database) -> Street:
    return await settled_in(db, house)


async def somebody(street: Street, **more: object) -> UUID:
    """Somebody with points that end, who hears of no offers."""
    who = await settle(street.db, Profile(tier="bud", expiring=((SOON, 120), (LATER, 80)), **more))  # type: ignore[arg-type]
    await push.register(street.db, who, phone(f"of-{who}", zone="UTC"))
    return who


async def follow(street: Street, at: Instant) -> list[Settled]:
    async with street.outside.world.database.transaction() as db:
        tasks = [each for each in await outbox.due(db, range(BUCKETS), at) if each.reaction == "push.announce"]
    settled = await push.announce(street.outside.world, tasks, at) if tasks else []
    await outbox.settle(street.db, settled, at)
    return settled


async def remind(street: Street, at: Instant) -> int:
    return await push.remind_due(street.outside.world.database, at)


async def test_points_that_end_within_a_week_are_told_of_once(street: Street) -> None:
    await somebody(street)

    reminded = [await remind(street, NOW)]
    await follow(street, NOW)
    reminded += [await remind(street, NOW + HOUR), await remind(street, NOW + DAY)]

    [said] = street.fcm.messages
    assert reminded == [1, 0, 0]
    assert said["notification"]["title"] == "120 points end 23 November"
    assert said["android"]["ttl"] == f"{5 * DAY}s"


async def test_each_end_is_told_of_in_its_own_week(street: Street) -> None:
    await somebody(street)

    for day in range(22):
        await remind(street, NOW + day * DAY)
        await follow(street, NOW + day * DAY)

    assert [each["notification"]["title"][:10] for each in street.fcm.messages] == ["120 points", "80 points "]


async def test_nobody_is_woken_for_points(street: Street) -> None:
    await somebody(street)
    night = NOW + 11 * HOUR

    await remind(street, night)
    at_night = [type(each).__name__ for each in await follow(street, night)]
    await follow(street, NOW + 20 * HOUR)

    assert at_night == ["NotBefore"] and len(street.fcm.messages) == 1


async def test_points_that_were_spent_meanwhile_are_not_told_of(street: Street) -> None:
    who = await somebody(street)
    await remind(street, NOW)
    await street.db.execute("update portrait set expiring_at = '{}', expiring_points = '{}' where member_id = $1", who)

    settled = await follow(street, NOW)

    assert [each.task for each in settled] == [
        Task(who, "push.announce", f"reminder:{SOON}", 1, 0, settled[0].task.payload)
    ]
    assert street.fcm.messages == []


async def test_whoever_muted_reminders_hears_nothing_and_sees_why(street: Street) -> None:
    who = await somebody(street)
    await street.db.execute("update member set muted = '{reminders}' where member_id = $1", who)

    await remind(street, NOW)
    await follow(street, NOW)

    [said] = await push.messages(street.db, who)
    assert (said.state, said.reason, street.fcm.messages) == ("dropped", "topic", [])
