"""For what a card at Google may ring, as the arbiter says: whom it chooses, and what holds still when the card changes."""

from collections.abc import Sequence
from uuid import UUID

import pytest
from msgspec.structs import replace

from punchcard import offers, push
from punchcard.foundation import news, outbox
from punchcard.foundation.clock import DAY, HOUR, Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.ids import BUCKETS
from punchcard.foundation.outbox import Again, Done, Task
from punchcard.foundation.outside import NotSetUp
from punchcard.foundation.settings import Settings
from punchcard.reactions import REACTIONS
from tests.almond import NOW
from tests.street import LATER, Street, settled_in

pytestmark = pytest.mark.anyio


@pytest.fixture
async def street(db: Connection, house: Database) -> Street:
    """A member who agreed to offers and has a card at Google, and no phone with the app."""
    news.install(REACTIONS)
    made = await settled_in(db, house)
    await push.forget(db, made.member_id, "pixel")
    return made


async def tell(street: Street, *keys: str, at: Instant = NOW, rings: int = 3, a_day: int = 1) -> None:
    """Decide on these together, the card having so many notifications left."""
    world = replace(street.outside.world, settings=Settings(messages_a_day=a_day))

    async def cards(db: Connection, settings: Settings, whom: Sequence[UUID], when: Instant) -> dict[UUID, int]:
        return dict.fromkeys(whom, rings)

    tasks = [
        Task(street.member_id, "push.announce", key, 1, 0, dict(zip(("kind", "subject"), key.split(":"), strict=False)))
        for key in keys
    ]
    assert all(isinstance(each, Done) for each in await push.announce(world, tasks, at, cards))


async def ringing(street: Street, at: Instant = NOW) -> frozenset[str]:
    return (await push.rings(street.outside.world, street.db, [street.member_id], at))[street.member_id]


async def test_who_has_no_app_is_rung_for_at_google_and_the_card_hears_of_it(street: Street) -> None:
    await tell(street, "offer:coffee-x2")

    said = await street.message()
    assert (said.state, said.channel, said.sent_at) == ("sent", "google", NOW)
    assert await ringing(street) == {"offer:coffee-x2", "points"}
    assert "passes.google" in {each.reaction for each in await outbox.due(street.db, range(BUCKETS), NOW)}


async def test_who_has_the_app_is_told_there_and_the_card_stays_silent(street: Street) -> None:
    await street.add_phone("pixel")

    await tell(street, "offer:coffee-x2")

    assert (await street.message()).channel == "push" and await ringing(street) == {"points"}


async def test_where_pushes_cannot_be_sent_the_app_is_none(street: Street) -> None:
    await street.add_phone("pixel")
    street.outside.world = replace(street.outside.world, fcm=NotSetUp("FCM"))

    await tell(street, "offer:coffee-x2")

    assert (await street.message()).channel == "google"


async def test_a_card_that_rang_enough_today_changes_silently_and_that_counts_towards_no_cap(street: Street) -> None:
    bread = await street.offer("bread")

    await tell(street, "offer:coffee-x2", bread, rings=0)

    assert [(await street.message(key)).channel for key in ("offer:coffee-x2", bread)] == ["pass", "pass"]
    assert await ringing(street) == {"points"}


async def test_a_reached_tier_rings_at_google_by_its_name(street: Street) -> None:
    await tell(street, "tier:blossom:2026")

    assert await ringing(street) == {"tier:blossom", "points"}


async def test_messages_of_one_batch_share_the_day_and_the_rings(street: Street) -> None:
    bread, salt = await street.offer("bread"), await street.offer("salt")

    await tell(street, "offer:coffee-x2", bread)
    await tell(street, salt, at=NOW + DAY // 3, a_day=9, rings=0)

    assert [(await street.message(key)).reason for key in ("offer:coffee-x2", bread)] == ["", "day-cap"]
    assert (await street.message(salt)).channel == "pass"


async def test_two_of_a_batch_do_not_ring_for_the_last_ring_twice(street: Street) -> None:
    bread = await street.offer("bread")

    await tell(street, "offer:coffee-x2", bread, rings=1, a_day=9)

    assert [(await street.message(key)).channel for key in ("offer:coffee-x2", bread)] == ["google", "pass"]


async def test_a_card_that_changes_late_rings_only_for_what_still_holds(street: Street) -> None:
    await tell(street, "offer:coffee-x2")
    tea = await street.offer("tea", until=NOW + 2 * DAY)
    await tell(street, tea, a_day=9)
    await offers.stop(street.db, "coffee-x2", NOW + HOUR)

    assert await ringing(street, NOW + HOUR) == {tea, "points"}
    assert await ringing(street, NOW + 11 * HOUR) == frozenset()
    await street.set("consents", {"marketing": False})
    assert await ringing(street, NOW + HOUR) == {"points"}


async def test_what_waits_for_its_provider_counts_towards_the_day(street: Street) -> None:
    await street.add_phone("pixel")
    bread = await street.offer("bread")
    street.fcm.answers["fid-pixel"] = LATER

    waits = await street.tell()
    street.fcm.answers.clear()
    await street.tell(bread)

    assert isinstance(waits, Again) and (await street.message(bread)).reason == "day-cap"
