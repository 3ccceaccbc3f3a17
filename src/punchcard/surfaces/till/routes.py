"""The till as a page: the shell it starts from, its manifest, and the service worker that keeps it for without a network."""

from functools import cache

from litestar import Response, get
from litestar.di import NamedDependency

from punchcard.foundation import locale
from punchcard.surfaces import web

SCOPE = "/till"
STYLES = ("fonts/fonts.css", "tokens.css", "ui.css", "till.css")
VENDORED = ("vendor/preact.js", "vendor/qr.js")
READER = "till/decoder.js"
"""It runs beside the page, not in it."""
WORKER_HEADERS = web.WORKER_HEADERS | {"Service-Worker-Allowed": SCOPE}


@get("/till")
async def show_till(language: NamedDependency[str]) -> Response[str]:
    """The till, as a page. Whoever opens it signs in with the till's key."""
    modules = tuple(sorted(name for name in web.static.files() if is_first(name)))
    title = locale.say("till_frame.title", language)
    face = web.Face(
        "till",
        "till/main.js",
        title,
        STYLES,
        modules,
        "/till/manifest.json",
        "'wasm-unsafe-eval'",
        "camera=(self), microphone=()",
    )
    return web.page(face, language)


def is_first(name: str) -> bool:
    ours = name.startswith(("core/", "till/")) and name.endswith(".js")
    return name in VENDORED or (ours and name != READER)


@get("/till/manifest.json")
async def show_manifest(language: NamedDependency[str]) -> Response[bytes]:
    """What a tablet needs to keep the till on its home screen."""
    return web.manifest(SCOPE, locale.say("till_frame.title", language), language)


@get("/till/worker.js")
async def send_worker() -> Response[bytes]:
    """The service worker of the till: it keeps the page for without a network."""
    return Response(worker(), media_type="text/javascript", headers=WORKER_HEADERS)


@cache
def worker() -> bytes:
    """What the till is made of is kept from the start, but for its reader of codes: the page asks for that once it is at rest."""
    return web.keeper("pc.till.", SCOPE, sorted(name for name in web.static.files() if is_kept(name)))


def is_kept(name: str) -> bool:
    return is_first(name) or name in (*STYLES, "icons.svg") or name.startswith("art/")


routes = [show_till, show_manifest, send_worker]
