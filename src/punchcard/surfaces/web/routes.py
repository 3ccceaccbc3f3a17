"""The addresses of the files that the faces are made of."""

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from punchcard.foundation.errors import NotFound

from . import static

YEAR_SECONDS, HOUR_SECONDS = 31_536_000, 3600
WORKER_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src 'self'",
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
}
"""A service worker may fetch from us and load scripts of ours, and nothing else."""


@get("/static/{path:path}")
async def send_file(path: FromPath[str], request: Request[Any, Any, Any]) -> Response[bytes | None]:
    """A style sheet, script, drawing or font of the pages. An address with the tree's digest may be kept for good."""
    name, for_good = static.asked(path)
    file = static.files().get(name)
    if file is None:
        raise NotFound()
    headers = {
        "Cache-Control": f"public, max-age={YEAR_SECONDS}, immutable"
        if for_good
        else f"public, max-age={HOUR_SECONDS}",
        "ETag": f'"{file.digest}"',
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    if static.is_known(headers["ETag"], request.headers.get("if-none-match", "")):
        return Response(None, status_code=304, headers=headers)
    if file.packed and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(file.packed, media_type=file.media_type, headers=headers | {"Content-Encoding": "gzip"})
    return Response(file.body, media_type=file.media_type, headers=headers)


routes = [send_file]
