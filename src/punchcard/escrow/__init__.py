"""Points set aside for one shop under a signed token, which a till without a network can prove by a public key alone."""

from .model import Escrowed, TokenNotGood
from .operations import SET_ASIDE_FOR
from .routes import routes
from .signing import opened
from .token import BadToken, SpendToken, verified

__all__ = ["SET_ASIDE_FOR", "BadToken", "Escrowed", "SpendToken", "TokenNotGood", "opened", "routes", "verified"]
