"""The card in Apple Wallet: drawn from a design folder, signed when a phone asks, announced by an empty push."""

from .access import ByCertificate, ByToken
from .apns import ApnsClient, apns_of
from .design import check
from .notify import refresh
from .operations import give
from .printing import Press, gauges, is_set_up, press
from .routes import PASS, routes
from .service import keep_memory_private, serve_signatures
from .signing import PemSigner, Signer

__all__ = [
    "PASS",
    "ApnsClient",
    "ByCertificate",
    "ByToken",
    "PemSigner",
    "Press",
    "Signer",
    "apns_of",
    "check",
    "gauges",
    "give",
    "is_set_up",
    "keep_memory_private",
    "press",
    "refresh",
    "routes",
    "serve_signatures",
]
