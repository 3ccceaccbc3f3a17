"""The page that a face starts from: its style sheets, its first module, and nothing inside that could run."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Response
from msgspec import Struct

from punchcard.foundation import locale

from . import static

PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined
)
POLICY = (
    "default-src 'none'; script-src 'self'{scripts}; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; media-src 'self' blob:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Cache-Control": "no-cache",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Face(Struct, frozen=True):
    """A face: its first module, the style sheets that its first screen needs, and the modules that are fetched at once instead
    of one after the other."""

    name: str
    main: str
    title: str
    styles: tuple[str, ...]
    modules: tuple[str, ...]
    manifest: str
    scripts: str = ""
    """What else may run, as it stands in the policy: `'wasm-unsafe-eval'` where codes are read."""
    allowed: str = ""
    """The Permissions-Policy: what of the device it may ask for."""


def page(face: Face, language: str) -> Response[str]:
    """The page. It is the same for everybody but for the title and the words that are fetched ahead."""
    return Response(written(face, language), media_type="text/html", headers=HEADERS | headers_of(face))


def headers_of(face: Face) -> dict[str, str]:
    policy = {"Content-Security-Policy": POLICY.format(scripts=face.scripts and f" {face.scripts}")}
    return policy | ({"Permissions-Policy": face.allowed} if face.allowed else {})


def written(face: Face, language: str) -> str:
    values: dict[str, Any] = {
        "face": face,
        "language": language,
        "direction": locale.direction(language),
        "static": static.address,
        "ahead": (*face.modules, f"words/{face.name}.{language}.js"),
    }
    return PAGES.get_template("shell.html").render(values)
