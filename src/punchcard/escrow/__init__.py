"""Points set aside for one shop under a signed token, which a till without a network can prove by a public key alone."""

from .model import Escrowed
from .operations import opened

__all__ = ["Escrowed", "opened"]
