"""The app is open while she shops: the stream tells of every change, and goes on where it was broken off."""

import asyncio

from punchcard.foundation import watching
from tests.journeys.people import listening
from tests.town import Town, line

COFFEE = line(18_00)


async def next_of(heard: asyncio.Queue[bytes]) -> bytes:
    return await asyncio.wait_for(heard.get(), 5)


async def test_the_app_hears_of_a_sale_and_resumes_after_a_tunnel(town: Town) -> None:
    maya = await town.join("maya@example.com")

    async with listening(town, maya) as heard:
        at_once = await next_of(heard)
        await town.sell(maya, COFFEE)
        told = await next_of(heard)
    in_the_tunnel = (await town.sell(maya, COFFEE)).json()
    async with listening(town, maya, last_seen="1") as heard:
        resumed = await next_of(heard)
    async with listening(town, maya, last_seen="2") as heard:
        await asyncio.sleep(2 * watching.POLL_SECONDS)
        silent = heard.empty()

    assert at_once == b'id: 0\nevent: standing\ndata: {"version":0}\n\n'
    assert told == b'id: 1\nevent: standing\ndata: {"version":1}\n\n'
    assert resumed.startswith(b"id: 2\n") and silent
    card = await maya.get("/me/card")
    assert (card["version"], card["points"]) == (2, in_the_tunnel["balance"])
    assert (await maya.get("/me/activity"))["lines"][0]["reasons"][0]["term"] == "base"


async def test_nobody_hears_of_anothers_sale(town: Town) -> None:
    maya, noam = await town.join("maya@example.com"), await town.join("noam@example.com", "Noam")

    async with listening(town, maya) as heard:
        await next_of(heard)
        await town.sell(noam, COFFEE)
        await asyncio.sleep(2 * watching.POLL_SECONDS)

        assert heard.empty()
