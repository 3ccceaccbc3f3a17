"""The operator looks at passes: the designs with a sample face, and a member's own card as its phone shows it."""

import asyncio
from typing import Annotated, Literal

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from msgspec import Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Database
from punchcard.foundation.settings import Settings

from .previewing import card_picture, desk, sample

SVG = "image/svg+xml"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; img-src data:; sandbox; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
"""A picture loads nothing and runs nothing; a member's is kept nowhere."""

Spoken = Annotated[
    Literal["en", "he", "ar", "ru"] | None, QueryParameter(name="language", description="What the phone is set to.")
]


class Drawn(Struct, frozen=True):
    """A design, what its passes are, and where to look at it."""

    design: str
    style: str
    preview: str


@get("/console/designs")
async def list_designs(settings: NamedDependency[Settings]) -> list[Drawn]:
    """The pass designs as they stand in the folder now."""
    making = await asyncio.to_thread(desk, settings.designs_dir)
    return [
        Drawn(name, each.look.style, f"{settings.public_url}/console/designs/{name}/preview.svg")
        for name, each in making.designs.items()
    ]


@get("/console/designs/{design:str}/preview.svg")
async def preview_design(
    design: FromPath[str],
    settings: NamedDependency[Settings],
    at: NamedDependency[Instant],
    spoken: Spoken = None,
) -> Response[str]:
    """The design with a sample face, front and back, close to what a phone shows."""
    making = await asyncio.to_thread(desk, settings.designs_dir)
    return Response(sample(making, design, spoken or "en", at), media_type=SVG, headers=HEADERS)


@get("/console/members/{card:str}/card.svg")
async def preview_card(
    card: FromPath[str],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    at: NamedDependency[Instant],
    spoken: Spoken = None,
) -> Response[str]:
    """The member's pass as a phone in this language (unless said, the member's) shows it now."""
    async with database.reading() as db:
        drawn = await card_picture(db, settings, card, spoken, at)
    return Response(drawn, media_type=SVG, headers=HEADERS)


preview_routes = [list_designs, preview_design, preview_card]
