"""What is known of a member, as conditions may ask it."""

from msgspec import Struct

from punchcard.foundation.clock import Instant

PURPOSE_BITS = {"marketing": 1, "personalisation": 2, "location": 4}
"""How the table `portrait` spells consents."""
RECENT_MAX, EXPIRING_MAX, NAMES_MAX, CHANNELS_MAX = 32, 12, 48, 8
"""How many visits, expiring lots, categories (and brands), channels are kept."""

Bought = tuple[Instant, int, int]
"""When last, for how much in minor units less what came back, in how many sales."""
Place = tuple[int, int, Instant]
"""Latitude and longitude in 1e-4 degrees, and when the member was there."""


class Profile(Struct, frozen=True, kw_only=True):
    """What conditions may ask of a member. Whoever has no purchase yet is in the first tier with nothing."""

    tier: str
    points: int = 0
    last_visit_at: Instant | None = None
    home_shop: str | None = None
    language: str = "en"
    consents: frozenset[str] = frozenset()
    zone: str = "UTC"
    joined_at: Instant = 0
    born_year: int | None = None
    traits: dict[str, str] = {}
    """What the member or an operator said: household, income band …"""
    balances: dict[str, int] = {}
    """What can be spent, by currency."""
    expiring: tuple[tuple[Instant, int], ...] = ()
    """Points of the main currency that expire: when and how many, soonest first, an entry an instant."""
    visits: int = 0
    spend_cents: int = 0
    """Of all sales less what came back."""
    recent: tuple[tuple[Instant, int], ...] = ()
    """The newest visits, newest first, and what each came to in minor units. Of several in one second the first has it all."""
    channels: frozenset[str] = frozenset()
    """How was bought: shop, web, app, phone."""
    categories: dict[str, Bought] = {}
    brands: dict[str, Bought] = {}
    hours: tuple[int, ...] = (0,) * 24
    """Visits by hour of the local day."""
    challenges: dict[str, int] = {}
    """How far each running challenge is, in percent; 100 is completed."""
    offers: dict[str, str] = {}
    """The furthest that the member went with an offer: opened, activated, used."""
    scores: dict[str, float] = {}
    """What models predict."""
    place: Place | None = None
