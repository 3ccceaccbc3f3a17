"""A page of an audience is decided by one statement: it says of every member exactly what the one arbiter says."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from msgspec import Struct

from punchcard.foundation.clock import DAY, HOUR, MINUTE, Instant
from punchcard.foundation.database import Connection
from punchcard.foundation.ids import new_id
from punchcard.foundation.quiet import place, quiet_until
from punchcard.push import campaign, hours
from punchcard.push.arbiter import decide
from punchcard.push.campaign_sql import Asked
from punchcard.push.model import Cards, Case, Drop, Hold, House, Inbox, Use, Window, Wishes
from tests.test_push_arbiter import instant

pytestmark = pytest.mark.anyio

ZONES = (
    "Asia/Jerusalem",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/Havana",
)
JUMPS = tuple(
    instant(text)
    for text in ("2026-03-29T01:00", "2026-10-25T01:00", "2026-03-08T07:00", "2026-11-01T06:00", "2026-10-03T15:30")
)
"""When clocks of these zones are moved, on and back."""
QUICKLY = (Phase.explicit, Phase.reuse, Phase.generate)
"""A town that fails is shown as it was found: to make it smaller takes minutes of a database."""
OBSTACLES = ("", "used", "limit", "sold-out", "too-far")


class Heard(Struct, frozen=True):
    """A message before this one: when, how, of what kind, and whether it still waits for its provider."""

    ago: int
    channel: str
    kind: str
    waits: bool


class Somebody(Struct, frozen=True):
    """A member by chance: what they allow, their phones (whether a browser, where, seen when), cards and habits."""

    agrees: bool
    personal: bool
    muted: frozenset[str]
    zone: str
    quiet: tuple[int, int]
    a_week: int
    phones: tuple[tuple[bool, str, int], ...]
    heard: tuple[Heard, ...]
    obstacle: str
    rings: int | None
    visits: tuple[int, ...]


class Town(Struct, frozen=True):
    """An offer by chance, and what the house wants."""

    at: Instant
    lasts: int
    opens_in: int | None
    sold_out: bool
    channels: tuple[bool, bool]
    likely: bool
    house: House
    fcm: bool
    web: bool

    @property
    def until(self) -> Instant:
        return self.at + self.lasts

    def asked(self) -> Asked:
        return Asked(
            message="offer:tea", topic="tea", obstacle="sold-out" if self.sold_out else "", until=self.until,
            opens_at=None if self.opens_in is None else self.at + self.opens_in, by_phone=self.channels[0],
            by_card=self.channels[1], likely=self.likely, a_day=self.house.messages_a_day,
            a_week=self.house.messages_a_week, fcm=self.fcm, web=self.web, zone="Africa/Cairo", at=self.at,
        )  # fmt: skip


mostly = st.sampled_from((True, True, True, False))
minutes = st.integers(0, 1439)
heard = st.builds(
    Heard,
    st.sampled_from((1, 30 * MINUTE, 5 * HOUR, 12 * HOUR, DAY, 3 * DAY, 7 * DAY - 1, 7 * DAY, 8 * DAY)),
    st.sampled_from(("push", "google", "pass")),
    st.sampled_from(("offer", "offer", "tier")),
    st.booleans(),
)
people = st.builds(
    Somebody,
    mostly,
    mostly,
    st.sampled_from((frozenset(), frozenset(), frozenset({"coffee"}), frozenset({"tea"}))),
    st.sampled_from((*ZONES, "")),
    st.one_of(st.just((1320, 480)), st.just((600, 600)), st.tuples(minutes, minutes)),
    st.integers(0, 3),
    st.lists(st.tuples(st.booleans(), st.sampled_from((*ZONES, "")), st.integers(0, 3)), max_size=3).map(tuple),
    st.lists(heard, max_size=4).map(tuple),
    st.sampled_from(("", "", "", *OBSTACLES)),
    st.sampled_from((None, 0, 2)),
    st.lists(st.sampled_from((0, 0, 1, 2, 7)), min_size=24, max_size=24).map(tuple),
)
towns = st.builds(
    Town,
    st.one_of(
        st.integers(instant("2026-01-01T00:00"), instant("2027-01-01T00:00")),
        st.tuples(st.sampled_from(JUMPS), st.integers(-DAY, DAY)).map(sum),
    ),
    st.sampled_from((-1, 0, 1, HOUR, 5 * HOUR, 12 * HOUR, 3 * DAY)),
    st.sampled_from((None, None, 0, 4 * HOUR, 90 * DAY)),
    st.sampled_from((False, False, False, True)),
    st.tuples(mostly, mostly),
    st.booleans(),
    st.builds(House, st.sampled_from((None, 1, 2)), st.sampled_from((None, 1, 3))),
    mostly,
    mostly,
)


async def move_in(db: Connection, who: Somebody, at: Instant) -> UUID:
    """Write this member down as the house would."""
    member_id = new_id()
    await db.execute(
        "insert into member (member_id, language, zone, card_code, joined_at, consents, muted, quiet_from, quiet_until,"
        " messages_a_week) values ($1, 'en', $2, $3, $4, $5, $6, $7, $8, $9)",
        member_id, who.zone, str(member_id), at, {"marketing": who.agrees}, sorted(who.muted), *who.quiet, who.a_week,
    )  # fmt: skip
    await db.execute(
        "insert into portrait (member_id, joined_at, language, zone, visits, consents, hours)"
        " values ($1, $2, 'en', 'UTC', $3, $4, $5)",
        member_id, at, sum(who.visits), 3 if who.personal else 1, who.visits,
    )  # fmt: skip
    for number, (web, zone, seen) in enumerate(who.phones):
        await db.execute(
            "insert into phone (member_id, installation, address_kind, address, platform, language, zone, seen_at)"
            " values ($1, $2, $3, $4, 'android', 'en', $5, $6)",
            member_id, str(number), "web" if web else "fid", f"{member_id}-{number}", zone, at + seen,
        )  # fmt: skip
    for number, each in enumerate(who.heard):
        await db.execute(
            "insert into message (member_id, id, kind, subject, title, body, decided_at, state, reason, sent_at, channel)"
            " values ($1, $2, $3, 'x', '', '', $4, $5, $6, $7, $8)",
            member_id, f"before-{number}", each.kind, at - each.ago, "held" if each.waits else "sent",
            "provider" if each.waits else "", None if each.waits else at - each.ago, each.channel,
        )  # fmt: skip
    return member_id


def reached(who: Somebody, town: Town) -> list[str]:
    """The zones of the phones whose push service is there, the one seen last first."""
    able = [
        (-seen, number, zone) for number, (web, zone, seen) in enumerate(who.phones) if (town.web if web else town.fcm)
    ]
    return [zone for _, _, zone in sorted(able)]


def case_of(who: Somebody, town: Town) -> Case:
    zones = reached(who, town)
    zone = next((zone for zone in zones if zone), who.zone) or "Africa/Cairo"
    wishes = Wishes(
        offers=who.agrees, zone=zone, quiet_from=who.quiet[0], quiet_until=who.quiet[1], messages_a_week=who.a_week,
        muted=who.muted,
    )  # fmt: skip
    obstacle: Any = "" if who.obstacle == "too-far" else who.obstacle or ("sold-out" if town.sold_out else "")
    opens_at = None if town.opens_in is None else town.at + town.opens_in
    return Case(
        kind="offer", at=town.at, wishes=wishes, topic="tea", window=Window(town.at - HOUR, town.until),
        use=Use(obstacle, opens_at, 40_000 if who.obstacle == "too-far" else None),
        recent=[town.at - each.ago for each in who.heard if each.kind == "offer" and each.channel != "pass"],
        house=town.house, by_phone=town.channels[0], by_card=town.channels[1], phones=len(zones),
        cards=Cards(who.rings is not None, who.rings or 0),
    )  # fmt: skip


def expected(who: Somebody, town: Town, house: list[int]) -> tuple[str, Instant]:
    """What the arbiter says, in the words of the statement; and since when whoever goes on may be told."""
    case = case_of(who, town)
    match decide(case):
        case Drop(reason):
            return f"dropped {reason}", 0
        case Inbox(reason):
            return f"inbox {reason}", 0
        case Hold(until, reason):
            return f"held {reason}", likely(who, town, case.wishes, house) or until
        case _:
            return "on ", likely(who, town, case.wishes, house) or town.at


def likely(who: Somebody, town: Town, wishes: Wishes, house: list[int]) -> Instant | None:
    if not town.likely:
        return None
    slots = hours.slots(town.at, town.until, wishes.zone, wishes.quiet_from, wishes.quiet_until)
    own = hours.likeliest(who.visits, slots) if who.personal else None
    return own or hours.likeliest(house, slots)


@given(st.lists(people, min_size=1, max_size=12), towns)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), phases=QUICKLY)
async def test_the_statement_says_what_the_arbiter_says(db: Connection, crowd: list[Somebody], town: Town) -> None:
    savepoint = db.transaction()
    await savepoint.start()
    try:
        known = {await move_in(db, who, town.at): who for who in crowd}
        house = [sum(column) for column in zip(*(who.visits for who in crowd), strict=True)]
        apart = {each: who.obstacle for each, who in known.items() if who.obstacle}
        cards = {each: who.rings for each, who in known.items() if who.rings is not None}

        found = await campaign.decided(db, town.asked(), sorted(known), apart, cards)
    finally:
        await savepoint.rollback()
    said = {each: (verdict.said, verdict.since) for verdict in found for each in verdict.members}
    assert said == {each: expected(who, town, house) for each, who in known.items()}


NOON = instant("2026-11-22T10:00")  # in Jerusalem; in Tokyo it is 19:00
CALM = Town(NOON, DAY, None, False, (True, True), False, House(None, None), True, False)
USUAL: dict[str, Any] = {
    "agrees": True, "personal": True, "muted": frozenset(), "zone": "Asia/Jerusalem", "quiet": (1140, 1200), "a_week": 1,
    "phones": ((False, "", 0),), "heard": (), "obstacle": "", "rings": None, "visits": (0,) * 24,
}  # fmt: skip


@pytest.mark.parametrize(
    "who, wanted",
    [
        (Somebody(**USUAL), "on "),
        (Somebody(**USUAL | {"heard": (Heard(DAY, "push", "offer", False),)}), "inbox cap"),
        (Somebody(**USUAL | {"heard": (Heard(DAY, "pass", "offer", False),)}), "on "),
        (Somebody(**USUAL | {"heard": (Heard(DAY, "push", "tier", False),)}), "on "),
        (Somebody(**USUAL | {"phones": ((False, "Asia/Tokyo", 3),)}), "held quiet-hours"),
        (Somebody(**USUAL | {"phones": ((True, "Asia/Tokyo", 3), (False, "", 0))}), "on "),
        (Somebody(**USUAL | {"phones": ((True, "Asia/Tokyo", 3),)}), "inbox no-phone"),
    ],
)
async def test_what_came_silently_and_phones_that_nothing_reaches_do_not_count(
    db: Connection, who: Somebody, wanted: str
) -> None:
    member_id = await move_in(db, who, NOON)

    (verdict,) = await campaign.decided(db, CALM.asked(), [member_id], {}, {})

    assert verdict.said == wanted == expected(who, CALM, [])[0]


@pytest.mark.parametrize("state", ["frozen", "erased"])
async def test_who_is_frozen_or_gone_hears_of_no_offer(db: Connection, state: str) -> None:
    member_id = await move_in(db, Somebody(**USUAL), NOON)
    await db.execute("update member set state = $2 where member_id = $1", member_id, state)

    (verdict,) = await campaign.decided(db, CALM.asked(), [member_id], {}, {})

    assert verdict.said == "dropped no-consent"


@pytest.mark.parametrize("more, wanted", [(0, "dropped ends-in-quiet-hours"), (1, "held quiet-hours")])
async def test_what_ends_with_the_quiet_hours_is_not_told(db: Connection, more: int, wanted: str) -> None:
    at = instant("2026-11-22T10:00")  # noon in Jerusalem, where it is quiet until 14:00
    quiet = Somebody(
        True, True, frozenset(), "Asia/Jerusalem", (660, 840), 3, ((False, "", 0),), (), "", None, (0,) * 24
    )
    town = Town(at, 2 * HOUR + more, None, False, (True, True), False, House(), True, True)
    who = await move_in(db, quiet, at)

    (verdict,) = await campaign.decided(db, town.asked(), [who], {}, {})

    assert verdict.said == wanted == expected(quiet, town, [])[0]


@pytest.mark.parametrize("ago, wanted", [(3 * HOUR, "inbox day-cap"), (5 * HOUR, "on ")])
async def test_a_day_is_the_members_own(db: Connection, ago: int, wanted: str) -> None:
    at = instant("2026-11-22T03:00")  # four in the morning in Berlin
    heard_one = (Heard(ago, "push", "offer", False),)
    night_owl = Somebody(
        True, True, frozenset(), "Europe/Berlin", (0, 0), 3, ((False, "", 0),), heard_one, "", None, (0,) * 24
    )
    town = Town(at, DAY, None, False, (True, True), False, House(messages_a_day=1), True, True)
    who = await move_in(db, night_owl, at)

    (verdict,) = await campaign.decided(db, town.asked(), [who], {}, {})

    assert verdict.said == wanted == expected(night_owl, town, [])[0]


@given(
    st.sampled_from(ZONES),
    st.sampled_from(JUMPS),
    st.integers(-2 * DAY, 2 * DAY),
    minutes,
    minutes,
    st.integers(1, 3 * DAY),
)
def test_an_hour_of_the_day_is_that_hour_by_the_members_clock_whenever_clocks_are_moved(
    zone: str, jump: Instant, before: int, quiet_from: int, quiet_end: int, lasts: int
) -> None:
    at = jump + before

    for hour, slot in enumerate(hours.slots(at, at + lasts, zone, quiet_from, quiet_end)):
        if slot is not None:
            assert datetime.fromtimestamp(slot, place(zone)).hour == hour
            assert at <= slot < at + min(lasts, DAY)
            assert quiet_until(slot, zone, quiet_from, quiet_end) == slot


@given(st.sampled_from(ZONES), st.sampled_from(JUMPS), st.integers(-2 * DAY, 2 * DAY))
def test_a_local_day_has_one_date_from_its_beginning_to_its_end(zone: str, jump: Instant, before: int) -> None:
    at = jump + before
    since, until = hours.day_of(at, zone)

    def date(when: Instant) -> object:
        return datetime.fromtimestamp(when, place(zone)).date()

    assert since <= at < until
    assert date(since - 1) != date(since) == date(at) == date(until - 1) != date(until)


@pytest.mark.parametrize(
    "visits, found, wanted",
    [
        ({8: 3, 18: 7}, {8: 100, 18: 200}, 200),
        ({8: 3, 18: 7}, {8: 100}, 100),  # the likeliest is quiet, or after the end
        ({8: 3, 18: 3}, {8: 300, 18: 200}, 200),  # the sooner of two
        ({}, {8: 100}, None),
        ({8: 3}, {18: 100}, None),
    ],
)
def test_the_likeliest_hour_is_that_of_most_visits_which_can_be_had(
    visits: dict[int, int], found: dict[int, int], wanted: int | None
) -> None:
    assert (
        hours.likeliest([visits.get(hour, 0) for hour in range(24)], [found.get(hour) for hour in range(24)]) == wanted
    )
