"""The one decision over every message, in exactly one order. Pure: a table tests it."""

from collections.abc import Callable, Sequence

from punchcard.foundation.clock import DAY, MINUTE, Instant
from punchcard.foundation.locale import local
from punchcard.foundation.quiet import quiet_until

from .model import SERVICE, URGENT, Case, Channel, Decision, Drop, Hold, Inbox, Send

CAP_DAYS = 7
PAUSED_SECONDS = 10 * MINUTE
"""What is paused is looked at again after so long: a million messages may wait for it."""


def consent(case: Case) -> Decision | None:
    """Offers need the member's consent; what they brought about themselves does not. A muted topic is heard of no more,
    unless it is urgent."""
    if case.kind not in SERVICE and not case.wishes.offers:
        return Drop("no-consent")
    return Drop("topic") if case.topic in case.wishes.muted and case.kind not in URGENT else None


def usable(case: Case) -> Decision | None:
    """Nobody hears of what they cannot use: now, ever, or any more when their quiet hours are over."""
    if case.use.obstacle and case.use.obstacle != "paused":
        return Drop(case.use.obstacle)
    if case.use.metres is not None and case.use.metres > case.use.reach_metres:
        return Drop("too-far")
    return in_time(case) or paused(case)


def in_time(case: Case) -> Decision | None:
    """Whether it is over, now or before it could be used or told."""
    if case.window is None:
        return None
    if case.window.until <= case.at:
        return Drop("ended")
    if case.use.opens_at is not None and case.use.opens_at >= case.window.until:
        return Drop("shop-shut")
    late = case.kind not in URGENT and case.window.until <= free_at(case)
    return Drop("ends-in-quiet-hours") if late else None


def paused(case: Case) -> Decision | None:
    """Held while it is paused, for it may go on; at its end at the latest it is looked at again."""
    if case.use.obstacle != "paused":
        return None
    again = case.at + PAUSED_SECONDS
    return Hold(min(again, case.window.until) if case.window else again, "paused")


def cap(case: Case) -> Decision | None:
    """The member's own number of offers in any seven days, then the house's for a local day and for seven days; the rest
    wait in the inbox."""
    if case.kind in SERVICE:
        return None
    week = [each for each in case.recent if each > counted_since(case.at)]
    if len(week) >= case.wishes.messages_a_week:
        return Inbox("cap")
    today = local(case.at, case.wishes.zone).date()
    day = [each for each in week if local(each, case.wishes.zone).date() == today]
    if case.house.messages_a_day is not None and len(day) >= case.house.messages_a_day:
        return Inbox("day-cap")
    full = case.house.messages_a_week is not None and len(week) >= case.house.messages_a_week
    return Inbox("house-cap") if full else None


def quiet(case: Case) -> Decision | None:
    """Held to the end of the quiet hours, unless it is urgent; then every step is asked again."""
    until = free_at(case)
    return Hold(until) if until > case.at and case.kind not in URGENT else None


def channel(case: Case) -> Decision | None:
    """Where neither a phone nor a card would show it, the inbox alone has it."""
    if way(case):
        return None
    return Inbox("no-phone" if case.by_phone else "channel")


def pace(case: Case) -> Decision | None:
    """Held until its turn or the member's likely hour; what would be over by then stands in the inbox alone."""
    if case.slot is None or case.slot.at <= case.at:
        return None
    over = case.window is not None and case.window.until <= case.slot.at
    return Inbox(case.slot.reason) if over else Hold(case.slot.at, case.slot.reason)


def send(case: Case) -> Decision | None:
    """Out it goes."""
    best = way(case)
    return best and Send(best)


Step = Callable[[Case], Decision | None]
ORDER: tuple[Step, ...] = (consent, usable, cap, quiet, channel, pace, send)


def decide(case: Case, order: Sequence[Step] = ORDER) -> Decision:
    """What becomes of a message now: the first step that has an answer gives it."""
    return next(decision for step in order if (decision := step(case)))


def still_holds(case: Case) -> bool:
    """Whether what was sent a moment ago may sound now: nobody takes a cap or a channel back."""
    return not any(step(case) for step in (consent, usable, quiet))


def way(case: Case) -> Channel | None:
    """The best way to this member: the app, else their card at Google while it may ring, else the card without a sound."""
    if case.by_phone and case.phones:
        return "push"
    if case.by_phone and case.by_card and case.cards.rings_left > 0:
        return "google"
    return "pass" if case.by_card and case.cards.held else None


def free_at(case: Case) -> Instant:
    """When the quiet hours are over; the instant itself outside of them."""
    wishes = case.wishes
    return quiet_until(case.at, wishes.zone, wishes.quiet_from, wishes.quiet_until)


def counted_since(at: Instant) -> Instant:
    """What sounded at this instant or before counts no more towards a cap."""
    return at - CAP_DAYS * DAY
