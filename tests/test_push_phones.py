"""Phones: whose they are, at which address, and how they are forgotten."""

import pytest

from punchcard import push
from punchcard.foundation import news
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import Malformed
from punchcard.foundation.ids import new_id
from punchcard.push import sql
from punchcard.reactions import REACTIONS
from punchcard.segments import Profile
from tests.almond import NOW, settle
from tests.street import Street, phone, settled_in

pytestmark = pytest.mark.anyio


@pytest.fixture
async def street(db: Connection, house: Database) -> Street:
    """A member who agreed to offers, in Jerusalem, with quiet hours from 22:00 to 08:00."""
    news.install(REACTIONS)
    return await settled_in(db, house)


async def test_a_phone_that_changes_hands_leaves_its_former_member(street: Street) -> None:
    other = await settle(street.db, Profile(tier="bud"))

    await push.register(street.db, other, phone("pixel"))

    assert await sql.phones(street.db, street.member_id) == []
    assert [each.installation for each in await sql.phones(street.db, other)] == ["pixel"]


async def test_of_too_many_phones_those_seen_last_stay(street: Street) -> None:
    for number in range(25):
        await street.add_phone(f"p{number:02}", seen_at=NOW + 1 + number)

    kept = [each.installation for each in await sql.phones(street.db, street.member_id)]
    assert kept == [f"p{number:02}" for number in reversed(range(5, 25))]
    assert await street.db.fetchval("select count(*) from push_address") == 20


async def test_a_phone_with_a_new_address_is_one_phone(street: Street) -> None:
    await street.add_phone("pixel", address="fid-new", seen_at=NOW + 1)

    assert [each.address for each in await sql.phones(street.db, street.member_id)] == ["fid-new"]
    assert await street.db.fetchval("select count(*) from push_address") == 1


async def test_a_forgotten_phone_is_forgotten_once_and_for_all(street: Street) -> None:
    await push.forget(street.db, street.member_id, "pixel")
    await push.forget(street.db, street.member_id, "pixel")

    assert await sql.phones(street.db, street.member_id) == []
    assert await street.db.fetchval("select count(*) from push_address") == 0


async def test_nobody_forgets_another_members_phone(street: Street) -> None:
    await push.forget(street.db, new_id(), "pixel")

    assert len(await sql.phones(street.db, street.member_id)) == 1


async def test_a_phone_on_mars_is_refused(street: Street) -> None:
    with pytest.raises(Malformed):
        await street.add_phone("pixel", zone="Mars/Olympus")
