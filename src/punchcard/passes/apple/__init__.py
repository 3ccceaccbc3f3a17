"""The card in Apple Wallet: drawn from a design folder, signed when a phone asks, announced by an empty push."""

from .apns import ApnsClient, apns_of
from .design import check
from .notify import refresh
from .operations import give
from .printing import Press, is_set_up, press
from .routes import PASS, routes
from .signing import PemSigner, Signer

__all__ = [
    "PASS",
    "ApnsClient",
    "PemSigner",
    "Press",
    "Signer",
    "apns_of",
    "check",
    "give",
    "is_set_up",
    "press",
    "refresh",
    "routes",
]
