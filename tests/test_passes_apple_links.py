"""A pass is given out by link and kept for life: who may have it, and what never changes about it."""

import pytest
from msgspec.structs import replace

from punchcard.foundation.database import Connection
from punchcard.foundation.settings import Secret, Settings
from punchcard.passes.apple import asking
from tests.town import Person, Town

from .test_passes_apple_service import Holder, added, holder, maya

__all__ = ["holder", "maya"]  # fixtures

pytestmark = pytest.mark.anyio


async def test_an_update_carries_the_token_that_the_phone_knows_when_the_secret_is_exchanged(
    town: Town, holder: Holder, db: Connection
):
    settings = town.outside.world.settings
    exchanged: Settings = replace(settings, secret=Secret("9e1d" * 16), previous_secrets=settings.secret)

    proof = holder.type, holder.serial, holder.token
    found = await asking.newest(town.outside.world.database, exchanged, *proof, None, town.clock.now())

    assert found.sheet and found.sheet.token == holder.token


async def test_a_second_download_is_the_same_pass(town: Town, holder: Holder, maya: Person):
    again = await added(town, maya)

    assert (again.serial, again.token) == (holder.serial, holder.token)


@pytest.mark.parametrize("link", ["x", "A" * 51, "%2e%2e", "é"])
async def test_a_link_that_was_never_given_out_opens_nothing(town: Town, link):
    assert (await town.client.get(f"/c/{link}/card.pkpass")).status_code == 404


async def test_a_link_ends_after_a_day(town: Town, maya: Person):
    link = (await maya.get("/me/wallets"))["apple"]
    town.clock.at += 86400

    assert (await town.client.get(link)).status_code == 410
