"""The card in Google Wallet: a class a tier, an object a member, a short link to save it, and patches with what changed."""

from .callbacks import forget_callbacks
from .client import Wallet
from .operations import ensure, link, refresh, save_link
from .routes import routes

__all__ = ["Wallet", "ensure", "forget_callbacks", "link", "refresh", "routes", "save_link"]
