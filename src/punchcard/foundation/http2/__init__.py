"""Our own HTTP/2 client for push services: many small requests over a few connections that stay open."""

from .blocks import AUTHORITY, AUTHORIZATION, CONTENT_TYPE, HTTPS, PATH, POST, literal
from .connection import STREAMS_AT_ONCE_MAX, Lost, NotTaken, Reply
from .connections import Connections, misfortune

__all__ = [
    "AUTHORITY",
    "AUTHORIZATION",
    "CONTENT_TYPE",
    "HTTPS",
    "PATH",
    "POST",
    "STREAMS_AT_ONCE_MAX",
    "Connections",
    "Lost",
    "NotTaken",
    "Reply",
    "literal",
    "misfortune",
]
