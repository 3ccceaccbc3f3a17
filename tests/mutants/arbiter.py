"""Mutants of the arbiter: in each one rule is broken, and the tests named beside it must notice."""

from tests.mutants.copies import Mutant

TABLE, ZONES, MONTH = "test_push_arbiter.py", "test_push_arbiter_zones.py", "test_push_month.py"

MUTANTS = (
    Mutant(
        "arbiter: the cap is asked before use",
        "push/arbiter.py",
        "= (consent, usable, cap, quiet, channel, pace, send)",
        "= (consent, cap, usable, quiet, channel, pace, send)",
        (TABLE,),
    ),
    Mutant(
        "arbiter: quiet hours are asked before use and caps, and never again",
        "push/arbiter.py",
        "= (consent, usable, cap, quiet, channel, pace, send)",
        "= (consent, quiet, usable, cap, channel, pace, send)",
        (TABLE,),
    ),
    Mutant(
        "arbiter: one message more a week than was allowed",
        "push/arbiter.py",
        "if len(week) >= case.wishes.messages_a_week:",
        "if len(week) > case.wishes.messages_a_week:",
        (TABLE,),
    ),
    Mutant(
        "arbiter: two messages on a day",
        "push/arbiter.py",
        "len(day) >= case.house.messages_a_day",
        "len(day) > case.house.messages_a_day",
        (MONTH,),
    ),
    Mutant(
        "arbiter: quiet hours by the clock in Greenwich",
        "push/arbiter.py",
        "quiet_until(case.at, wishes.zone, ",
        'quiet_until(case.at, "UTC", ',
        (ZONES, MONTH),
    ),
    Mutant(
        "arbiter: whoever used it is told of it",
        "push/using.py",
        'if telling.was_used and telling.state != "limit":',
        "if False:",
        ("test_push_wishes.py", MONTH),
    ),
    Mutant(
        "arbiter: a card rings for what was sent there, whatever happened since",
        "push/ringing.py",
        "if arbiter.still_holds(case_of(message, wishes, telling, use, at)):",
        "if True:",
        ("test_push_ringing.py",),
    ),
    Mutant(
        "arbiter: messages of one batch do not know of each other",
        "push/deciding.py",
        "            given.recent[task.member_id][task.key] = at\n",
        "            pass\n",
        ("test_push_ringing.py",),
    ),
    Mutant(
        "arbiter: what waits for its provider does not count",
        "push/sql.py",
        " or state = 'held' and reason = 'provider'",
        "",
        ("test_push_ringing.py",),
    ),
    Mutant(
        "arbiter: what is paused is never told",
        "push/arbiter.py",
        '    if case.use.obstacle and case.use.obstacle != "paused":\n',
        "    if case.use.obstacle:\n",
        (TABLE,),
    ),
)
