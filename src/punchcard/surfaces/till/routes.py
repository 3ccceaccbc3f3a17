"""The till as a page: the shell it starts from, its manifest, and the service worker that keeps it for without a network."""

from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency

from punchcard.foundation import locale
from punchcard.surfaces import web

SCOPE = "/till"
STYLES = ("fonts/fonts.css", "tokens.css", "ui.css", "till.css")
READER = "till/decoder.js"
"""It runs beside the page, not in it."""
WORKER_HEADERS = web.WORKER_HEADERS | {"Service-Worker-Allowed": SCOPE}


@get("/till")
async def show_till(language: NamedDependency[str]) -> Response[str]:
    """The till, as a page. Whoever opens it signs in with the till's key."""
    modules = tuple(sorted(name for name in web.static.files() if is_first(name)))
    title = locale.say("till_frame.title", language)
    face = web.Face(
        "till", title, STYLES, modules, "/till/manifest.json", "'wasm-unsafe-eval'", "camera=(self), microphone=()"
    )
    return web.page(face, language)


def is_first(name: str) -> bool:
    ours = name.startswith(("core/", "till/")) and name.endswith(".js")
    return name == "vendor/preact.js" or (ours and name != READER)


@get("/till/manifest.json")
async def show_manifest(language: NamedDependency[str]) -> Response[bytes]:
    """What a tablet needs to keep the till on its home screen."""
    body = msgspec.json.encode(manifest(locale.say("till_frame.title", language), language))
    return Response(body, media_type="application/manifest+json", headers={"Cache-Control": "no-cache"})


def manifest(title: str, language: str) -> dict[str, Any]:
    icons = [(f"art/app-icon-{side}.png", f"{side}x{side}") for side in (192, 512)]
    return {
        "id": SCOPE,
        "name": title,
        "short_name": title,
        "lang": language,
        "dir": locale.direction(language),
        "start_url": SCOPE,
        "scope": SCOPE,
        "display": "standalone",
        "icons": [{"src": web.static.address(name), "sizes": sizes, "type": "image/png"} for name, sizes in icons],
    }


@get("/till/worker.js")
async def send_worker() -> Response[bytes]:
    """The service worker of the till: it keeps the page for without a network."""
    return Response(worker(), media_type="text/javascript", headers=WORKER_HEADERS)


@cache
def worker() -> bytes:
    return (Path(__file__).parent / "worker.js").read_bytes()


routes = [show_till, show_manifest, send_worker]
