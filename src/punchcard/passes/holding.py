"""Who holds a card in a wallet, and how often it may ring."""

from collections.abc import Sequence
from uuid import UUID

from punchcard.foundation.clock import DAY, Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.settings import Settings

from . import campaign_sql
from .google import sql as google_sql
from .google.classes import hears_of_saves
from .google.messages import NOTIFICATIONS_A_DAY_MAX


async def rings_left(db: Connection, settings: Settings, members: Sequence[UUID], at: Instant) -> dict[UUID, int]:
    """Those among these members who hold a card anywhere, and how often the one at Google may ring until the day is over;
    an iPhone's never does for news."""
    at_google = await campaign_sql.at_google(db, members, not hears_of_saves(settings))
    rang = await google_sql.notified_lately(db, at_google, at - DAY) if at_google else {}
    at_apple = dict.fromkeys(await campaign_sql.at_apple(db, members), 0)
    return at_apple | {each: max(0, NOTIFICATIONS_A_DAY_MAX - rang.get(each, 0)) for each in at_google}
