"""The commands. `punchcard --help` lists them, `punchcard COMMAND --help` explains one."""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from punchcard.commands import (
    DEMO,
    DEMO_ARGUMENTS,
    DOCTOR,
    DOCTOR_ARGUMENTS,
    IMPORT,
    LIFT,
    LIFT_ARGUMENTS,
    PASS_ARGUMENTS,
    PASS_COMMANDS,
    RECONCILE,
    SIGN,
    SIGN_ARGUMENTS,
    add_operator,
    audit_all,
    backtest_file,
    check_file,
    doctor,
    import_data,
    migrate,
    play_demo,
    publish_file,
    reconcile_file,
    serve,
    show_lift,
    show_odd_patterns,
    sign,
    work,
)
from punchcard.foundation import settings
from punchcard.foundation.errors import Refused
from punchcard.foundation.settings import BadSettings

DESCRIPTION = """\
Punchcard: the backend of a smartphone loyalty app.

Try it:        punchcard demo
Run it:        punchcard serve   (the HTTP API)   and   punchcard work   (wallets, push, the clock)
Write a programme, then:  punchcard check almond.toml   and   punchcard publish almond.toml

Settings come from the environment (PUNCHCARD_…, see the README).
Without DATABASE_URL a PostgreSQL of our own is started.
"""


def main() -> NoReturn:
    if settings.shelter():
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - ourselves, as we were called
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    words = parser().parse_args()
    try:
        code = words.run(words)
    except BadSettings as error:
        print(f"punchcard: {error}", file=sys.stderr)
        code = 2
    except Refused as refusal:
        print(f"punchcard: {refusal.sentence('en')}", file=sys.stderr)
        code = 1
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser("punchcard", description=DESCRIPTION, formatter_class=argparse.RawTextHelpFormatter)
    commands = made.add_subparsers(title="commands", metavar="COMMAND", required=True)
    groups: dict[str, Any] = {}
    for name, run, what, more in COMMANDS:
        first, _, second = name.partition(" ")
        if second and first not in groups:
            groups[first] = group(commands, first)
        each = groups.get(first, commands).add_parser(
            second or first, help=what, description=f"{what}\n\n{more}", formatter_class=argparse.RawTextHelpFormatter
        )
        each.set_defaults(run=run)
        for flag, about in ARGUMENTS.get(name, ()):
            each.add_argument(flag, **about)
    return made


def group(commands: Any, name: str) -> Any:
    """A command of several: `punchcard pass --help` lists them."""
    what = GROUPS[name]
    words = commands.add_parser(name, help=what, description=what, formatter_class=argparse.RawTextHelpFormatter)
    return words.add_subparsers(title="commands", metavar="COMMAND", required=True)


Command = tuple[str, Callable[[argparse.Namespace], int], str, str]

ODD = """\
A cashier is compared with the others of the day, in the shop where there are enough of them. Looked for are

    one-card        one card on 5 or more receipts of a cashier: their own perhaps, or a friend's
    few-cards       the same cards again and again at one cashier
    own-card-tried  a cashier's own card, refused 3 times or more
    returns         more goods coming back at one cashier than at the others
    left-receipts   3 or more receipts of one cashier's day that one member claimed later
    many-claims     more receipts of one cashier claimed later than of the others
    credits-to-one  an operator who gives one member points by hand 3 times within a week
    many-credits    an operator who gives points by hand far more often than the others

"by chance" is how likely this would come about by itself, as the others do; tails count from one in a million on. It is where
to look, not a proof: ask for the receipts (--json names every one) before you ask the person. Every night looks at the day that
is over everywhere, and keeps it for the console (GET /console/reports/odd-patterns)."""

COMMANDS: tuple[Command, ...] = (
    (
        "demo",
        play_demo,
        "Play the story of one member from joining to a changed card, then stay up.",
        DEMO,
    ),
    (
        "serve",
        serve,
        "Answer HTTP: members, tills, wallets, operators.",
        "Applies new migrations first. Stops within two seconds of SIGTERM, open event streams included.",
    ),
    (
        "work",
        work,
        "Do what follows: refresh cards, send messages, let time pass.",
        "Run as many as you like, on as many machines; killed at any moment they lose nothing.",
    ),
    ("migrate", migrate, "Bring the database's schema up to date and say what was applied.", ""),
    (
        "check",
        check_file,
        "Read a programme and name every mistake with its line.",
        "Exits 0 when it can be published (warnings allowed), 1 otherwise.",
    ),
    (
        "backtest",
        backtest_file,
        "Fold all history under a draft, beside what is published: cost, winners, losers, tiers, what looks odd.",
        "Both are applied as if they had always held. `publish` wants one of the same file, over all members, within a day.",
    ),
    (
        "publish",
        publish_file,
        "Publish a programme.",
        "Its promises hold from now on. What was published before never changes what it said of the past.\n"
        "Once there is history it needs a back-test of this very file, not older than a day, and --accept NAME.",
    ),
    (
        "import",
        import_data,
        "Move sales in: a file of them, or a real grocer's year. Every basket goes through the till's or journal's own door.",
        IMPORT,
    ),
    (
        "reconcile",
        reconcile_file,
        "Compare a till's own journal with ours: every dropped, doubled and altered line.",
        RECONCILE,
    ),
    (
        "audit",
        audit_all,
        "Prove every member's ledger: sums, chains, replay.",
        "Exits 1 and names the first member that breaks an invariant.",
    ),
    (
        "odd-patterns",
        show_odd_patterns,
        "What looks odd at the tills on a day, the worst first.",
        ODD,
    ),
    ("lift", show_lift, "What an offer really brought, beside those who were held out.", LIFT),
    *PASS_COMMANDS,
    ("doctor", doctor, "Find what is wrong before members do, and say what to do about it.", DOCTOR),
    ("sign", sign, "Hold the pass certificate's key, and sign passes for the other processes of this machine.", SIGN),
    ("operator", add_operator, "Make an operator and print the key, once.", "The key opens /console/…"),
)


GROUPS: Mapping[str, str] = {
    "pass": "The cards in wallets: check their designs, look at one, see what phones show, replace one.",
}
"""What the first word of two-word commands is about."""


def a_number(text: str) -> int:
    """One or more. Raises ValueError, of which argparse makes a sentence."""
    number = int(text)
    if number < 1:
        raise ValueError
    return number


ARGUMENTS: Mapping[str, Sequence[tuple[str, dict[str, Any]]]] = {
    "demo": DEMO_ARGUMENTS,
    "check": (
        ("file", {"type": Path, "nargs": "?", "help": "a programme in TOML"}),
        ("--explain", {"action": "store_true", "help": "without a file: every table and key there is, in Markdown"}),
    ),
    "backtest": (
        ("file", {"type": Path, "help": "the draft, a programme in TOML"}),
        ("--since", {"type": date.fromisoformat, "metavar": "DATE", "help": "count from this day on, 2026-01-31"}),
        ("--until", {"type": date.fromisoformat, "metavar": "DATE", "help": "count up to this day, included"}),
        (
            "--members",
            {"metavar": "SAMPLE", "help": "so many members, 500, or such a share, 10%%; always the same ones"},
        ),
        ("--json", {"type": Path, "metavar": "PATH", "help": "write everything here"}),
    ),
    "publish": (
        ("file", {"type": Path, "help": "a programme in TOML"}),
        (
            "--since",
            {
                "type": date.fromisoformat,
                "metavar": "DATE",
                "help": "let it hold from this day's beginning on, 2026-01-31; in the past only while no fact is written",
            },
        ),
        ("--accept", {"metavar": "NAME", "help": "the operator who accepts the back-test; kept with the edition"}),
    ),
    "import": (
        ("data_set", {"choices": ["sales", "complete-journey"], "help": "a file of sales, or the grocer's year"}),
        ("file", {"type": Path, "nargs": "?", "metavar": "FILE", "help": "sales: the file, CSV with a header"}),
        ("--partner", {"metavar": "ID", "help": "sales: of this partner's shops alone"}),
        ("--rejects", {"type": Path, "metavar": "FILE", "help": "sales: where to write what did not go in, and why"}),
        (
            "--households",
            {"type": a_number, "metavar": "N", "help": "the first so many of its 2,469 households (default: all)"},
        ),
        (
            "--data",
            {
                "type": Path,
                "metavar": "DIR",
                "help": "where transactions.parquet and products.parquet lie, if elsewhere",
            },
        ),
    ),
    "odd-patterns": (
        (
            "--day",
            {
                "type": date.fromisoformat,
                "metavar": "DATE",
                "help": "a day of the shops, 2026-01-31 (default: the last one that is over)",
            },
        ),
        ("--shop", {"metavar": "ID", "help": "this shop alone; it is still compared with the others"}),
        ("--json", {"type": Path, "metavar": "PATH", "help": "write everything here, with every receipt"}),
    ),
    "reconcile": (
        ("file", {"type": Path, "metavar": "FILE", "help": "the till's journal, CSV with a header"}),
        ("--day", {"type": date.fromisoformat, "metavar": "DAY", "help": "the one day it is about, 2026-01-31"}),
        ("--json", {"type": Path, "metavar": "PATH", "help": "write every finding here"}),
    ),
    "audit": (("--all", {"action": "store_true", "help": "go on after the first member that breaks"}),),
    **LIFT_ARGUMENTS,
    **PASS_ARGUMENTS,
    "doctor": DOCTOR_ARGUMENTS,
    "sign": SIGN_ARGUMENTS,
    "operator": (("name", {"help": "who it is for, as it will stand in records"}),),
}


if __name__ == "__main__":
    main()
