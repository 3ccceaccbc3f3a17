"""What all faces share: the files that a browser loads, the words in them, and the page they start from."""

from . import static
from .keeper import keeper
from .manifest import manifest
from .routes import WORKER_HEADERS, routes
from .shell import Face, page

__all__ = ["WORKER_HEADERS", "Face", "keeper", "manifest", "page", "routes", "static"]
