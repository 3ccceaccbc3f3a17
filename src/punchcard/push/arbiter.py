"""The one decision over every message, in exactly one order. Pure: a table tests it."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from punchcard.foundation.clock import DAY, Instant
from punchcard.foundation.quiet import quiet_until

from .model import SERVICE, URGENT, Decision, Drop, Hold, Inbox, Kind, Phone, Send, Window, Wishes

CAP_DAYS = 7


class Case(Struct, frozen=True):
    """Everything a step may look at."""

    kind: Kind
    wishes: Wishes
    phones: Sequence[Phone]
    window: Window | None
    recent_sends: int
    at: Instant
    by_phone: bool
    quiet_until: Instant
    """When the quiet hours are over; `at` outside of them."""


def consent(case: Case) -> Decision | None:
    """Offers need the member's consent; what they brought about themselves does not."""
    return Drop("no-consent") if case.kind not in SERVICE and not case.wishes.offers else None


def usable(case: Case) -> Decision | None:
    """Nobody hears of what is over, or of what will be over when their quiet hours are."""
    if case.window is None:
        return None
    if case.window.until <= case.at:
        return Drop("ended")
    late = case.kind not in URGENT and case.window.until <= case.quiet_until
    return Drop("ends-in-quiet-hours") if late else None


def cap(case: Case) -> Decision | None:
    """The member's own number of offers in any seven days; the rest wait in the inbox."""
    return Inbox("cap") if case.kind not in SERVICE and case.recent_sends >= case.wishes.messages_a_week else None


def quiet(case: Case) -> Decision | None:
    """Held to the end of the quiet hours, unless it is urgent; then every step is asked again."""
    return Hold(case.quiet_until) if case.quiet_until > case.at and case.kind not in URGENT else None


def channel(case: Case) -> Decision | None:
    """A push where its author wants one and there is a phone, else the inbox alone."""
    if not case.by_phone:
        return Inbox("channel")
    return Send() if case.phones else Inbox("no-phone")


Step = Callable[[Case], Decision | None]
ORDER: tuple[Step, ...] = (consent, usable, cap, quiet, channel)


def decide(
    kind: Kind,
    wishes: Wishes,
    phones: Sequence[Phone],
    window: Window | None,
    recent_sends: int,
    at: Instant,
    by_phone: bool = True,
    order: Sequence[Step] = ORDER,
) -> Decision:
    """What becomes of a message now. `window`: when its thing can be used; `recent_sends`: offers that went out in the
    `CAP_DAYS` before `at`; `by_phone`: whether its author wants it on phones at all."""
    free_at = quiet_until(at, wishes.zone, wishes.quiet_from, wishes.quiet_until)
    case = Case(kind, wishes, phones, window, recent_sends, at, by_phone, free_at)
    return next(decision for step in order if (decision := step(case)))


def counted_since(at: Instant) -> Instant:
    """Sends before this no longer count towards the cap."""
    return at - CAP_DAYS * DAY
