"""The arbiter: one order of reasons, read case by case; with the orders and the missing steps that it must not have."""

import timeit
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from punchcard.foundation.clock import DAY, HOUR, MINUTE, Instant
from punchcard.push.arbiter import ORDER, Step, channel, decide, send, still_holds
from punchcard.push.model import Cards, Case, Decision, Drop, Hold, House, Inbox, Send, Slot, Use, Window, Wishes


def instant(text: str) -> Instant:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


NOON, NIGHT = instant("2026-11-22T10:00"), instant("2026-11-22T22:00")  # 12:00 and 00:00 in Jerusalem
MORNING = instant("2026-11-23T06:00")  # 08:00, when the quiet hours are over
LATE, SOON = MORNING + 4 * HOUR, NIGHT + 2 * HOUR
WISHES: dict[str, Any] = {
    "offers": True,
    "zone": "Asia/Jerusalem",
    "quiet_from": 22 * 60,
    "quiet_until": 8 * 60,
    "messages_a_week": 3,
}
FULL = [NOON - 2 * DAY, NOON - 3 * DAY, NOON - 4 * DAY]
TODAY, YESTERDAY = NOON - 3 * HOUR, NOON - 13 * HOUR  # 09:00 and 23:00 in Jerusalem
TURN, HOUR_OF_THEIRS = Slot(NOON + HOUR), Slot(NOON + HOUR, "send-time")


def case(at: Instant, ends: Instant | None = LATE, wishes: dict[str, Any] | None = None, **more: Any) -> Case:
    """An offer to somebody with one phone who agreed, unless it says otherwise."""
    given: dict[str, Any] = {"kind": "offer", "topic": "offers", "phones": 1, "by_card": True} | more
    window = None if ends is None else Window(at - HOUR, ends)
    return Case(at=at, wishes=Wishes(**WISHES | (wishes or {})), window=window, **given)


def service(at: Instant, kind: str, **more: Any) -> Case:
    usual: dict[str, Any] = {"topic": "", "by_card": kind == "tier"}
    return case(at, None, kind=kind, **usual | more)


TOKYO: dict[str, Any] = {"zone": "Asia/Tokyo"}
HONOLULU: dict[str, Any] = {"zone": "Pacific/Honolulu", "quiet_until": 0}
NO_PHONE: dict[str, Any] = {"phones": 0}
TABLE: list[tuple[str, Case, Decision]] = [
    ("a good hour, a phone, consent", case(NOON), Send()),
    # consent
    ("no consent to offers", case(NOON, wishes={"offers": False}), Drop("no-consent")),
    ("they want nothing of this topic", case(NOON, topic="flash", wishes={"muted": {"flash"}}), Drop("topic")),
    ("they want nothing of another topic", case(NOON, topic="flash", wishes={"muted": {"news"}}), Send()),
    ("consent comes before the topic", case(NOON, wishes={"offers": False, "muted": {"offers"}}), Drop("no-consent")),
    ("no consent comes before ended", case(NOON, NOON, wishes={"offers": False}), Drop("no-consent")),
    ("muted comes before used", case(NOON, use=Use("used"), wishes={"muted": {"offers"}}), Drop("topic")),
    ("a tier needs no consent", service(NOON, "tier", wishes={"offers": False}), Send()),
    ("but it can be muted", service(NOON, "tier", topic="tiers", wishes={"muted": {"tiers"}}), Drop("topic")),
    ("what was spent cannot", service(NOON, "spent", wishes={"muted": {""}}), Send()),
    # usable
    ("they go without, to compare", case(NOON, use=Use("held-out")), Drop("held-out")),
    ("they used it already", case(NOON, use=Use("used")), Drop("used")),
    ("they used it as often as they may today", case(NOON, use=Use("limit")), Drop("limit")),
    ("it is sold out", case(NOON, use=Use("sold-out")), Drop("sold-out")),
    ("it is paused and may go on", case(NOON, use=Use("paused")), Hold(NOON + 10 * MINUTE, "paused")),
    ("it is paused until it ends", case(NOON, NOON + 60, use=Use("paused")), Hold(NOON + 60, "paused")),
    ("ended comes before paused", case(NOON, NOON, use=Use("paused")), Drop("ended")),
    ("paused comes before the cap", case(NOON, use=Use("paused"), recent=FULL), Hold(NOON + 10 * MINUTE, "paused")),
    ("it was stopped", case(NOON, use=Use("ended")), Drop("ended")),
    ("ends this very second", case(NOON, NOON), Drop("ended")),
    ("one second is left", case(NOON, NOON + 1), Send()),
    ("the shop opens when it is over", case(NOON, LATE, use=Use(opens_at=LATE)), Drop("shop-shut")),
    ("the shop opens a second before it is over", case(NOON, LATE, use=Use(opens_at=LATE - 1)), Send()),
    ("over comes before shut", case(NOON, NOON, use=Use(opens_at=LATE)), Drop("ended")),
    ("the shop is farther than they go", case(NOON, use=Use(metres=30_001)), Drop("too-far")),
    ("the shop is as far as they go", case(NOON, use=Use(metres=30_000)), Send()),
    ("sold out comes before too far", case(NOON, use=Use("sold-out", metres=99_999)), Drop("sold-out")),
    ("would end in the quiet hours", case(NIGHT, SOON), Drop("ends-in-quiet-hours")),
    ("would end with the quiet hours", case(NIGHT, MORNING), Drop("ends-in-quiet-hours")),
    ("outlives the quiet hours by a second", case(NIGHT, MORNING + 1), Hold(MORNING)),
    ("an urgent thing may end at night", case(NIGHT, SOON, kind="approval"), Send()),
    ("ended comes before the cap", case(NOON, NOON, recent=FULL), Drop("ended")),
    ("used comes before the cap", case(NOON, use=Use("used"), recent=FULL), Drop("used")),
    ("unusable at night comes before the cap", case(NIGHT, SOON, recent=FULL), Drop("ends-in-quiet-hours")),
    # cap
    ("the week is full", case(NOON, recent=FULL), Inbox("cap")),
    ("one is left this week", case(NOON, recent=FULL[1:]), Send()),
    ("the first of them was seven days ago", case(NOON, recent=[*FULL[1:], NOON - 7 * DAY]), Send()),
    ("the first of them was a second later", case(NOON, recent=[*FULL[1:], NOON - 7 * DAY + 1]), Inbox("cap")),
    ("they allow none", case(NOON, wishes={"messages_a_week": 0}), Inbox("cap")),
    ("one came this morning", case(NOON, recent=[TODAY]), Inbox("day-cap")),
    ("one came last night, by their clock yesterday", case(NOON, recent=[YESTERDAY]), Send()),
    ("by the clock of Tokyo that was today", case(NOON, recent=[YESTERDAY + 2 * HOUR], wishes=TOKYO), Inbox("day-cap")),
    ("three hours ago was yesterday in Honolulu", case(NOON + HOUR, recent=[NOON - 2 * HOUR], wishes=HONOLULU), Send()),
    ("the house allows two a day", case(NOON, recent=[TODAY], house=House(2)), Send()),
    ("the house allows none", case(NOON, house=House(0)), Inbox("day-cap")),
    ("the member's week comes before the day", case(NOON, recent=[TODAY, *FULL]), Inbox("cap")),
    ("the house's week is full", case(NOON, recent=FULL[1:], house=House(1, 2)), Inbox("house-cap")),
    ("the day comes before the house's week", case(NOON, recent=[TODAY], house=House(1, 1)), Inbox("day-cap")),
    ("the cap comes before the quiet hours", case(NIGHT, recent=FULL), Inbox("cap")),
    ("a challenge passes the cap", service(NOON, "challenge", recent=FULL), Send()),
    ("a reminder passes the cap", service(NOON, "reminder", recent=FULL, house=House(0, 0)), Send()),
    # quiet hours
    ("midnight", case(NIGHT), Hold(MORNING)),
    ("the last second of the night", case(MORNING - 1), Hold(MORNING)),
    ("the first second of the morning", case(MORNING), Send()),
    ("no quiet hours", case(NIGHT, wishes={"quiet_from": 0, "quiet_until": 0}), Send()),
    ("a tier waits for the morning", service(NIGHT, "tier"), Hold(MORNING)),
    ("a reminder waits for the morning", service(NIGHT, "reminder"), Hold(MORNING)),
    ("a notice waits for the morning", service(NIGHT, "notice"), Hold(MORNING)),
    ("a till that asks does not", service(NIGHT, "approval"), Send()),
    ("what was spent does not", service(NIGHT, "spent"), Send()),
    ("quiet hours come before the channel", case(NIGHT, **NO_PHONE), Hold(MORNING)),
    ("quiet hours come before the turn", case(NIGHT, slot=Slot(MORNING + HOUR)), Hold(MORNING)),
    # channel
    ("the app comes before the card", case(NOON, cards=Cards(True, 3)), Send("push")),
    ("no app: the card at Google rings", case(NOON, **NO_PHONE, cards=Cards(True, 1)), Send("google")),
    ("it rang three times: it changes silently", case(NOON, **NO_PHONE, cards=Cards(True, 0)), Send("pass")),
    ("neither app nor card", case(NOON, **NO_PHONE), Inbox("no-phone")),
    ("not meant for cards", case(NOON, **NO_PHONE, cards=Cards(True, 3), by_card=False), Inbox("no-phone")),
    ("meant for cards alone", case(NOON, by_phone=False, cards=Cards(True, 3)), Send("pass")),
    ("meant for cards alone, and there is none", case(NOON, by_phone=False), Inbox("channel")),
    ("meant for the app alone", case(NOON, by_phone=False, by_card=False, cards=Cards(True, 3)), Inbox("channel")),
    ("a tier rings at Google, too", service(NOON, "tier", **NO_PHONE, cards=Cards(True, 3)), Send("google")),
    ("a challenge does not", service(NOON, "challenge", **NO_PHONE, cards=Cards(True, 3)), Inbox("no-phone")),
    ("the channel comes before the turn", case(NOON, **NO_PHONE, slot=TURN), Inbox("no-phone")),
    # pace and send time
    ("their turn is in an hour", case(NOON, slot=TURN), Hold(NOON + HOUR, "pace")),
    ("they come in an hour as a rule", case(NOON, slot=HOUR_OF_THEIRS), Hold(NOON + HOUR, "send-time")),
    ("their turn has come", case(NOON, slot=Slot(NOON)), Send()),
    ("it is over when their turn comes", case(NOON, NOON + HOUR, slot=TURN), Inbox("pace")),
    ("it is over when they come", case(NOON, NOON + HOUR, slot=HOUR_OF_THEIRS), Inbox("send-time")),
    ("the cap comes before the turn", case(NOON, recent=FULL, slot=TURN), Inbox("cap")),
]  # fmt: skip


@pytest.mark.parametrize("why, asked, wanted", TABLE, ids=[why for why, _, _ in TABLE])
def test_the_arbiter_gives_the_first_reason_in_its_order(why: str, asked: Case, wanted: Decision) -> None:
    assert decide(asked) == wanted


def told_apart(order: Sequence[Step]) -> bool:
    """Whether some line of the table has another verdict in this order."""
    return any(decide(asked, order) != wanted for _, asked, wanted in TABLE)


@pytest.mark.parametrize("place", range(len(ORDER) - 2))
def test_any_two_steps_that_change_places_give_somebody_another_reason(place: int) -> None:
    swapped = [*ORDER[:place], ORDER[place + 1], ORDER[place], *ORDER[place + 2 :]]

    assert told_apart(swapped), [step.__name__ for step in swapped]


@pytest.mark.parametrize(
    "left_out", [step for step in ORDER if step not in (channel, send)], ids=lambda step: step.__name__
)
def test_a_missing_step_gives_somebody_another_reason(left_out: Step) -> None:
    assert told_apart([step for step in ORDER if step is not left_out])


def test_a_cap_that_is_off_by_one_gives_somebody_another_reason() -> None:
    for more in (-1, 1):
        loose = [(why, asked, wanted) for why, asked, wanted in TABLE if decide(a_week(asked, more)) != wanted]
        assert loose, f"the table does not tell {more:+} message a week"


def a_week(asked: Case, more: int) -> Case:
    allowed = max(0, asked.wishes.messages_a_week + more)
    return replace(asked, wishes=replace(asked.wishes, messages_a_week=allowed))


@pytest.mark.parametrize(
    "why, asked, holds",
    [
        ("nothing changed", case(NOON), True),
        ("it is night by now", case(NIGHT), False),
        ("it is over by now", case(NOON, NOON), False),
        ("it was used meanwhile", case(NOON, use=Use("used")), False),
        ("consent was taken back", case(NOON, wishes={"offers": False}), False),
        ("the topic was muted", case(NOON, wishes={"muted": {"offers"}}), False),
        ("the cap was asked before", case(NOON, recent=FULL), True),
    ],
)
def test_what_was_sent_to_a_card_rings_only_while_it_would_be_sent_still(why: str, asked: Case, holds: bool) -> None:
    assert still_holds(asked) is holds, why


def test_a_decision_is_quick() -> None:
    asked = case(NIGHT, MORNING + 5 * MINUTE)

    took = timeit.timeit(lambda: decide(asked), number=2000) / 2000

    assert took < 0.001
