"""The member's app as a page: the shell it starts from, its manifest, and its service worker."""

from functools import cache
from pathlib import Path
from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Redirect
from msgspec import Meta

from punchcard import passes
from punchcard.foundation import locale
from punchcard.foundation.locale import LANGUAGES
from punchcard.foundation.settings import Settings
from punchcard.surfaces import web

SCOPE = "/app/"
STYLES = ("fonts/fonts.css", "tokens.css", "ui.css", "app.css")
MAIN = "app.joined/main.js"
VENDORED = ("vendor/preact.js", "vendor/qr.js")
KEPT = ("app.joined/", "art/")
"""What the worker keeps from the start, besides what it cannot do without. The words and fonts of a language are kept when a
page has loaded them."""
WORKER_HEADERS = web.WORKER_HEADERS | {"Service-Worker-Allowed": SCOPE}


@get("/app")
async def show_app(
    request: Request[Any, Any, Any], settings: NamedDependency[Settings], language: NamedDependency[str]
) -> Response[Any]:
    """The member's app, as a page that can be installed."""
    if not request.scope["raw_path"].endswith(b"/"):  # the worker's scope ends with a slash, and so must the page
        return Redirect(SCOPE, status_code=308)
    title = locale.of(passes.card_texts(settings.designs_dir).organisation, language)
    manifest = f"/app/manifest.json?lang={language}"
    return web.page(
        web.Face("app", MAIN, title, STYLES, VENDORED, manifest, allowed="camera=(), microphone=()"), language
    )


@get("/app/manifest.json")
async def show_manifest(
    settings: NamedDependency[Settings],
    language: NamedDependency[str],
    lang: FromQuery[Annotated[str, Meta(max_length=8)] | None] = None,
) -> Response[bytes]:
    """What a phone needs to put the app on its home screen, in a language."""
    spoken = lang if lang in LANGUAGES else language
    title = locale.of(passes.card_texts(settings.designs_dir).organisation, spoken)
    return web.manifest(SCOPE, title, spoken)


@get("/app/worker.js")
async def send_worker() -> Response[bytes]:
    """The service worker of the web app: it shows what is pushed to the browser, and keeps the app for without a network."""
    return Response(worker(), media_type="text/javascript", headers=WORKER_HEADERS)


@cache
def worker() -> bytes:
    """The worker: what it keeps, how, and what it does beside that."""
    shell = sorted(name for name in web.static.files() if is_kept(name))
    return web.keeper("pc.app.", SCOPE, shell) + (Path(__file__).parent / "worker.js").read_bytes()


def is_kept(name: str) -> bool:
    return name in (*VENDORED, *STYLES, "icons.svg") or name.startswith(KEPT)


routes = [show_app, show_manifest, send_worker]
