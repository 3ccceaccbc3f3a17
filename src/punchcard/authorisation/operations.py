"""Read what was scanned; let a spending pass or refuse it."""

from punchcard import members
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, Database
from punchcard.partners import Till

from .model import Limits, Shown, Spending


def shown(secrets: tuple[str, ...], text: str, till: Till, at: Instant) -> Shown:
    """What was scanned or typed: a static code, a rotating one, a tap, or the session of an earlier quote at this till.

    CardMistyped for a slip. It asks no database."""
    return Shown(members.scanned(text))


def session(secrets: tuple[str, ...], shown: Shown, till: Till, at: Instant) -> str:
    """A word that stands for this card as it was shown, at this till, for a quarter of an hour."""
    return ""


async def permit(database: Database, spending: Spending) -> None:
    """Let it pass, and remember it; or refuse: switched off, locked, shown twice, above the floor, too fast, too far."""


async def limits(db: Connection, spending: Spending) -> Limits:
    """What `permit` would allow at this moment, for a quote; `worth` of the spending is not looked at."""
    return Limits(None)


async def presented(database: Database, shown: Shown, till: Till, at: Instant) -> None:
    """A rotating code is good for one till: remember that it was shown here, or refuse it as shown elsewhere."""
