"""The arbiter: one order of reasons, and quiet hours by the wall clock of any zone; with the mutants it must kill."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import permutations
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from punchcard.foundation.clock import DAY, HOUR, MINUTE, Instant
from punchcard.foundation.quiet import is_quiet, quiet_until
from punchcard.push.arbiter import ORDER, Case, Step, cap, channel, consent, decide, quiet, usable
from punchcard.push.model import Decision, Drop, Hold, Inbox, Kind, Phone, Send, Window, Wishes

ZONES = sorted(available_timezones() - {"localtime"})
PHONE = Phone("pixel", "fid", "f1", "android", "en", "Asia/Jerusalem", 0)
NIGHT = (22 * 60, 8 * 60)


def instant(text: str) -> Instant:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


NOON, MIDNIGHT = instant("2026-11-22T10:00"), instant("2026-11-22T22:00")  # 12:00 and 00:00 in Jerusalem
MORNING = instant("2026-11-23T06:00")


def case(at: Instant, *, ends: Instant | None = None, **more: object) -> Case:
    given: dict[str, object] = {
        "kind": "offer",
        "consents": True,
        "phones": (PHONE,),
        "sent": 0,
        "by_phone": True,
    } | more
    window = None if ends is None else Window(at - HOUR, ends)
    wishes = Wishes(
        offers=bool(given["consents"]),
        zone="Asia/Jerusalem",
        quiet_from=NIGHT[0],
        quiet_until=NIGHT[1],
        messages_a_week=3,
    )
    return Case(given["kind"], wishes, given["phones"], window, given["sent"], at, given["by_phone"], 0)  # type: ignore[arg-type]  # a table of facts


def verdict(asked: Case, order: Sequence[Step] = ORDER) -> Decision:
    return decide(
        asked.kind, asked.wishes, asked.phones, asked.window, asked.recent_sends, asked.at, asked.by_phone, order
    )


LATE, SOON = MORNING + 2 * HOUR, MIDNIGHT + 2 * HOUR
TABLE: list[tuple[str, Case, Decision]] = [
    ("a good hour, a phone, consent", case(NOON, ends=NOON + 2 * HOUR), Send()),
    ("no consent to offers", case(NOON, ends=LATE, consents=False), Drop("no-consent")),
    ("no consent comes before ended", case(NOON, ends=NOON, consents=False), Drop("no-consent")),
    ("ends this very second", case(NOON, ends=NOON), Drop("ended")),
    ("one second is left", case(NOON, ends=NOON + 1), Send()),
    ("ended comes before the cap", case(NOON, ends=NOON, sent=3), Drop("ended")),
    ("would end in the quiet hours", case(MIDNIGHT, ends=SOON), Drop("ends-in-quiet-hours")),
    ("would end with the quiet hours", case(MIDNIGHT, ends=MORNING), Drop("ends-in-quiet-hours")),
    ("outlives the quiet hours by a second", case(MIDNIGHT, ends=MORNING + 1), Hold(MORNING)),
    ("unusable comes before the cap", case(MIDNIGHT, ends=SOON, sent=3), Drop("ends-in-quiet-hours")),
    ("the week is full", case(NOON, ends=LATE, sent=3), Inbox("cap")),
    ("one is left this week", case(NOON, ends=LATE, sent=2), Send()),
    ("the cap comes before the quiet hours", case(MIDNIGHT, ends=LATE, sent=3), Inbox("cap")),
    ("quiet hours come before the channel", case(MIDNIGHT, ends=LATE, phones=()), Hold(MORNING)),
    ("no phone", case(NOON, ends=LATE, phones=()), Inbox("no-phone")),
    ("not meant for phones", case(NOON, ends=LATE, by_phone=False), Inbox("channel")),
    ("a tier needs no consent", case(NOON, kind="tier", consents=False), Send()),
    ("a challenge passes the cap", case(NOON, kind="challenge", sent=9), Send()),
    ("a tier waits for the morning", case(MIDNIGHT, kind="tier"), Hold(MORNING)),
]


@pytest.mark.parametrize("why, asked, wanted", TABLE, ids=[why for why, _, _ in TABLE])
def test_the_arbiter_gives_the_first_reason_in_its_order(why: str, asked: Case, wanted: Decision) -> None:
    assert verdict(asked) == wanted


def test_any_other_order_gives_somebody_another_reason() -> None:
    for order in permutations(ORDER):
        if order != ORDER and order[-1] is channel:
            assert any(verdict(asked, order) != wanted for _, asked, wanted in TABLE), [step.__name__ for step in order]


def test_a_missing_step_gives_somebody_another_reason() -> None:
    for left_out in (consent, usable, cap, quiet):
        order = [step for step in ORDER if step is not left_out]
        assert any(verdict(asked, order) != wanted for _, asked, wanted in TABLE), left_out.__name__


times = st.integers(instant("2025-01-01T00:00"), instant("2031-01-01T00:00"))
minutes = st.integers(0, 1439)
zones = st.sampled_from(ZONES)


def jumps(zone: str) -> list[Instant]:
    """When the clock of the zone was moved, or will be, by 2031."""
    place, found = ZoneInfo(zone), []
    at, offset = instant("2025-01-01T00:00"), None
    while at < instant("2031-01-01T00:00"):
        now = datetime.fromtimestamp(at, place).utcoffset()
        if offset is not None and now != offset:
            found.append(at)
        at, offset = at + 7 * DAY, now
    return found


JUMPS = [(zone, at) for zone in ZONES[::7] for at in jumps(zone)]


@given(zones, times, minutes, minutes)
def test_a_hold_ends_outside_the_quiet_hours_and_within_a_day(zone: str, at: Instant, since: int, until: int) -> None:
    end = quiet_until(at, zone, since, until)

    assert not is_quiet(end, zone, since, until)
    assert end == at if not is_quiet(at, zone, since, until) else at < end <= at + DAY + 2 * HOUR


@given(st.sampled_from(JUMPS), st.integers(-DAY, 7 * DAY), minutes, minutes)
def test_quiet_hours_hold_where_the_clock_is_moved(
    jump: tuple[str, Instant], before: int, since: int, until: int
) -> None:
    zone, at = jump[0], jump[1] - before
    end = quiet_until(at, zone, since, until)

    assert not is_quiet(end, zone, since, until)
    assert end == at or is_quiet(end - 1, zone, since, until) or offset(end - 1, zone) != offset(end, zone)


def offset(at: Instant, zone: str) -> object:
    return datetime.fromtimestamp(at, ZoneInfo(zone)).utcoffset()


@pytest.mark.parametrize(
    "zone, at, since, until, end",
    [
        ("Asia/Jerusalem", "2026-11-22T20:30", 22 * 60, 8 * 60, "2026-11-23T06:00"),
        ("Europe/Berlin", "2026-03-29T00:30", 22 * 60, 8 * 60, "2026-03-29T06:00"),  # the night of 23 hours
        ("Europe/Berlin", "2026-10-25T00:30", 22 * 60, 8 * 60, "2026-10-25T07:00"),  # the night of 25 hours
        ("Europe/Berlin", "2026-03-29T00:30", 0, 150, "2026-03-29T01:00"),  # 02:30 is left out: over at the jump
        ("Europe/Berlin", "2026-10-25T00:10", 120, 150, "2026-10-25T00:30"),  # 02:30 comes twice
        ("Europe/Berlin", "2026-10-25T01:10", 120, 150, "2026-10-25T01:30"),  # and is quiet twice
        ("Asia/Jerusalem", "2026-11-22T12:00", 600, 600, "2026-11-22T12:00"),  # both ends alike: none
        ("Asia/Kathmandu", "2026-11-22T17:00", 22 * 60, 7 * 60 + 15, "2026-11-23T01:30"),  # +05:45
        ("Pacific/Apia", "2011-12-30T09:30", 22 * 60, 8 * 60, "2011-12-30T18:00"),  # a day that never was
    ],
)
def test_quiet_hours_by_the_wall_clock(zone: str, at: str, since: int, until: int, end: str) -> None:
    assert quiet_until(instant(at), zone, since, until) == instant(end)


Decide = Callable[[Kind, Wishes, Sequence[Phone], Window | None, int, Instant], Decision]


def day_of(decision: Decide, wishes: Wishes, window: Window) -> list[Instant]:
    """When a message about an offer goes out, if every hold is asked again at its end."""
    at, sent = window.since, []
    for _ in range(5):
        match decision("offer", wishes, (PHONE,), window, 0, at):
            case Hold(until):
                at = until
            case Send():
                sent.append(at)
                break
            case _:
                break
    return sent


def broken(sent: Sequence[Instant], wishes: Wishes, window: Window) -> bool:
    """What may never be: a push in the quiet hours, or of something that is over."""
    return any(at >= window.until or is_quiet(at, wishes.zone, wishes.quiet_from, wishes.quiet_until) for at in sent)


@given(zones, times, st.integers(1, 2 * DAY), minutes, minutes)
def test_nothing_is_sent_in_quiet_hours_or_after_the_end(
    zone: str, since: Instant, lasts: int, quiet_from: int, quiet_end: int
) -> None:
    wishes = Wishes(offers=True, zone=zone, quiet_from=quiet_from, quiet_until=quiet_end)
    window = Window(since, since + lasts)

    assert not broken(day_of(decide, wishes, window), wishes, window)


def held_and_then_sent(
    kind: Kind, wishes: Wishes, phones: Sequence[Phone], window: Window | None, *rest: int
) -> Decision:
    """The mutant: it asks whether an offer is usable when it opens, and not again when a hold is over."""
    recent, at = rest
    fresh = window if window and at == window.since and not wishes_quiet(wishes, at) else None
    return decide(kind, wishes, phones, fresh, recent, at)


def deaf(kind: Kind, wishes: Wishes, phones: Sequence[Phone], window: Window | None, *rest: int) -> Decision:
    """The mutant: no quiet hours."""
    recent, at = rest
    return decide(kind, wishes, phones, window, recent, at, order=[step for step in ORDER if step not in (quiet,)])


def wishes_quiet(wishes: Wishes, at: Instant) -> bool:
    return is_quiet(at, wishes.zone, wishes.quiet_from, wishes.quiet_until)


@pytest.mark.parametrize("mutant", [held_and_then_sent, deaf])
def test_a_mutant_is_found(mutant: Decide) -> None:
    wishes = Wishes(offers=True, zone="Asia/Jerusalem", quiet_from=NIGHT[0], quiet_until=NIGHT[1])
    windows = [Window(MIDNIGHT, MIDNIGHT + hours * HOUR) for hours in range(1, 12)]

    assert any(broken(day_of(mutant, wishes, window), wishes, window) for window in windows)
    assert not any(broken(day_of(decide, wishes, window), wishes, window) for window in windows)


def test_a_decision_is_quick() -> None:
    import timeit

    asked = case(MIDNIGHT, ends=MORNING + 5 * MINUTE)

    print(f"{timeit.timeit(lambda: verdict(asked), number=2000) / 2000 * 1e6:.0f} µs a decision in the quiet hours")
