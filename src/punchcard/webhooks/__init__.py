"""What happens to members, told to the merchant's systems: signed (Standard Webhooks), at least once, each member's story in
order, for three days, and again when it is asked for. The journal is the event log; a cursor says how far each has heard."""

from .delivery import send, tell
from .operations import SEND, dead, declare, end, endpoints, exchange_secret, replay
from .routes import routes

__all__ = ["SEND", "dead", "declare", "end", "endpoints", "exchange_secret", "replay", "routes", "send", "tell"]
