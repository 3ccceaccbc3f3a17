"""The addresses of the API's documentation: the page, the files it is made of, and beside them the document itself."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from litestar import Request, Response, Router, get
from litestar.datastructures import ResponseHeader
from litestar.enums import MediaType
from litestar.openapi.plugins import OpenAPIRenderPlugin
from litestar.params import FromPath

from punchcard.foundation.errors import NotFound
from punchcard.surfaces.web import static as shared
from punchcard.surfaces.web.static import File, is_known

HERE = Path(__file__).parent
LIBRARY = "swagger-ui/swagger-ui"
YEAR_SECONDS, HOUR_SECONDS = 31_536_000, 3600
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-cache",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""Nothing from elsewhere, and a key that is typed here is sent to nobody else."""


class Page(OpenAPIRenderPlugin):
    """The page at `/docs`; it fetches the document from beside itself."""

    def __init__(self) -> None:
        super().__init__(path="/", media_type=MediaType.HTML)

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        return page()


@cache
def page() -> bytes:
    places = {
        "icon": shared.address("art/app-icon.svg"),
        "fonts": shared.address("fonts/fonts.css"),
        "tokens": shared.address("tokens.css"),
        "library": address(f"{LIBRARY}-bundle.js"),
        "library_style": address(f"{LIBRARY}.css"),
        "script": address("docs.js"),
        "style": address("docs.css"),
    }
    return re.sub(r"{{(\w+)}}", lambda hole: places[hole[1]], (HERE / "page.html").read_text()).encode()


@cache
def files() -> dict[str, File]:
    """Every file that may be asked for, by its name in `static`; the licence goes with the library."""
    folder = HERE / "static"
    return {
        path.relative_to(folder).as_posix(): shared.file_of(path.name, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.suffix in shared.TYPES
    }


def address(name: str) -> str:
    """Where the page asks for it; the digest in it lets browsers keep it for good."""
    return f"/docs/static/{name}?v={files()[name].digest}"


@get("/static/{path:path}")
async def send_docs_file(path: FromPath[str], request: Request[Any, Any, Any]) -> Response[bytes | None]:
    """A style sheet or script of the documentation page."""
    file = files().get(path.removeprefix("/"))
    if file is None:
        raise NotFound()
    kept = request.query_params.get("v") == file.digest
    headers = {
        "Cache-Control": f"public, max-age={YEAR_SECONDS}, immutable" if kept else f"public, max-age={HOUR_SECONDS}",
        "ETag": f'"{file.digest}"',
        "Vary": "Accept-Encoding",
    }
    if is_known(headers["ETag"], request.headers.get("if-none-match", "")):
        return Response(None, status_code=304, headers=headers)
    if file.packed and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(file.packed, media_type=file.media_type, headers=headers | {"Content-Encoding": "gzip"})
    return Response(file.body, media_type=file.media_type, headers=headers)


routes = [send_docs_file]


def desk() -> Router:
    """Where the document and its page are answered, for `OpenAPIConfig.openapi_router`."""
    spoken = [ResponseHeader(name=name, value=value) for name, value in HEADERS.items()]
    return Router(
        "/docs", route_handlers=routes, response_headers=spoken, include_in_schema=False, dto=None, return_dto=None
    )
