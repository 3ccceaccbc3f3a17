"""The pictures of the Google card, which Google fetches from us."""

from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta

from punchcard.foundation.errors import NotFound
from punchcard.foundation.settings import Settings

from .callbacks import routes as callback_routes
from .design import pictures

Version = Annotated[str, Meta(max_length=64)]
Name = Annotated[str, Meta(max_length=64)]


@get("/c/art/{version:str}/{name:str}", sync_to_thread=False)
def show_picture(
    version: FromPath[Version], name: FromPath[Name], settings: NamedDependency[Settings]
) -> Response[bytes]:
    """A picture of the design. Its address changes when it does, so whoever has it may keep it for a year."""
    if not (content := pictures(settings.designs_dir).get(name)):
        raise NotFound()
    return Response(content, media_type="image/png", headers={"Cache-Control": "public, max-age=31536000, immutable"})


routes = [show_picture, *callback_routes]
