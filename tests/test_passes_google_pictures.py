"""The pictures that Google fetches for the card."""

from collections.abc import AsyncIterator
from typing import Any, cast

import httpx
import pytest
from httpx import ASGITransport
from litestar import Litestar
from litestar.di import Provide

from punchcard.foundation import problems
from punchcard.foundation.ids import new_id
from punchcard.foundation.settings import Settings
from punchcard.passes import card_texts
from punchcard.passes.google import render
from punchcard.passes.google.design import design, picture_url
from punchcard.passes.google.render import House
from punchcard.passes.google.routes import show_picture
from tests.googles import AT, ISSUER, face_of

SETTINGS = Settings(demo=True, public_url="https://cards.example")


@pytest.fixture
async def visitor() -> AsyncIterator[httpx.AsyncClient]:
    app = Litestar(
        [show_picture],
        dependencies={"settings": Provide(lambda: SETTINGS, sync_to_thread=False)},
        exception_handlers=problems.HANDLERS,
    )
    async with httpx.AsyncClient(transport=ASGITransport(cast(Any, app)), base_url="https://cards.example") as client:
        yield client


def addresses(body: Any) -> list[str]:
    if isinstance(body, list):
        return [found for each in body for found in addresses(each)]
    if not isinstance(body, dict):
        return []
    mine = [body["sourceUri"]["uri"]] if "sourceUri" in body else []
    return mine + [found for each in body.values() for found in addresses(each)]


@pytest.mark.parametrize("tier", ["bud", "blossom", "orchard"])
@pytest.mark.parametrize("language", ["en", "he"])
@pytest.mark.parametrize("partner", ["", "nola", "miro", "rayhan"])
async def test_every_picture_that_a_card_names_can_be_fetched(
    visitor: httpx.AsyncClient, tier: str, language: str, partner: str
) -> None:
    designs = SETTINGS.designs_dir
    face = face_of(new_id(), tier=tier, language=language, partner=partner)
    look, card = design(designs), card_texts(designs)

    def url(picture: str) -> str:
        return picture_url(designs, SETTINGS.public_url, picture)

    house = House(ISSUER, look, card, url)
    bodies = [render.loyalty_class(face, house), render.loyalty_object(face, house, AT, b"k" * 20)]
    found = addresses(bodies)

    assert len(found) == (3 if language == "he" or partner else 2)
    for address in found:
        answer = await visitor.get(address)
        assert (
            answer.status_code == 200
            and answer.content.startswith(b"\x89PNG")
            and "immutable" in answer.headers["cache-control"]
        )


@pytest.mark.parametrize("name", ["nothing.png", "..%2Fmember.google.json", "member.google.json", "x" * 100])
async def test_nothing_else_of_the_designs_folder_is_shown(visitor: httpx.AsyncClient, name: str) -> None:
    answer = await visitor.get(f"/c/art/0/{name}")

    assert answer.status_code in (400, 404) and b"PNG" not in answer.content
