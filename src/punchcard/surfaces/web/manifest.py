"""What a phone or tablet needs to keep a face on its home screen."""

from typing import Any

import msgspec
from litestar import Response

from punchcard.foundation import locale

from . import static

BACKGROUND = "#f8f4f3"
ICONS = [
    {"src": "art/app-icon-192.png", "sizes": "192x192", "type": "image/png", "purpose": "any maskable"},
    {"src": "art/app-icon-512.png", "sizes": "512x512", "type": "image/png", "purpose": "any maskable"},
    {"src": "art/app-icon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
]


def manifest(scope: str, title: str, language: str) -> Response[bytes]:
    """The web app manifest of the face at `scope`, in a language."""
    says: dict[str, Any] = {
        "id": scope,
        "name": title,
        "short_name": title,
        "lang": language,
        "dir": locale.direction(language),
        "start_url": scope,
        "scope": scope,
        "display": "standalone",
        "background_color": BACKGROUND,
        "theme_color": BACKGROUND,
        "icons": [icon | {"src": static.address(icon["src"])} for icon in ICONS],
    }
    headers = {"Cache-Control": "no-cache"}
    return Response(msgspec.json.encode(says), media_type="application/manifest+json", headers=headers)
