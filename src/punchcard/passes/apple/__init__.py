"""The card in Apple Wallet: drawn from a design folder, signed when a phone asks, announced by an empty push."""

from .access import ByCertificate, ByToken
from .apns import ApnsClient, apns_of
from .bundle import PASSES, PASSES_MAX, bundle
from .design import check
from .doctor import checks
from .explaining import explain
from .notify import refresh
from .operations import forget_phones, give, retire, void
from .painting import paint
from .preview_routes import preview_routes
from .previewing import card_picture, desk, sample
from .printing import Press, gauges, is_set_up, press
from .repair import drift, repair
from .routes import PASS, routes
from .service import keep_memory_private, serve_signatures
from .signing import PemSigner, Signer
from .support import AppleShown, support_view

__all__ = [
    "PASS",
    "PASSES",
    "PASSES_MAX",
    "ApnsClient",
    "AppleShown",
    "ByCertificate",
    "ByToken",
    "PemSigner",
    "Press",
    "Signer",
    "apns_of",
    "bundle",
    "card_picture",
    "check",
    "checks",
    "desk",
    "drift",
    "explain",
    "forget_phones",
    "gauges",
    "give",
    "is_set_up",
    "keep_memory_private",
    "paint",
    "press",
    "preview_routes",
    "refresh",
    "repair",
    "retire",
    "routes",
    "sample",
    "serve_signatures",
    "support_view",
    "void",
]
