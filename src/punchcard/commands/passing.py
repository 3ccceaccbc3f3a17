"""Passes: what stands in the designs folder, and what an operator does with the cards that are out."""

import argparse
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from punchcard.foundation import settings

from .previewing import PREVIEW_ARGUMENTS, PREVIEW_COMMANDS
from .redesigning import REDESIGN_ARGUMENTS, REDESIGN_COMMANDS
from .supporting import a_reason, show_card, void_card


def check_designs(words: argparse.Namespace) -> int:
    from punchcard import passes

    if words.explain:
        print(passes.apple.explain())
        return 0
    folder = words.folder or settings.read(os.environ).designs_dir
    findings = passes.apple.check(folder)
    for each in findings:
        print(f"{each.file}: {'warning: ' if each.warning else ''}{each.reason}")
    wrong = sum(not each.warning for each in findings)
    print(f"{folder}: {wrong} mistakes, {len(findings) - wrong} warnings" if findings else f"{folder}: good")
    return 1 if wrong else 0


PASS_COMMANDS: tuple[tuple[str, Callable[[argparse.Namespace], int], str, str], ...] = (
    (
        "pass check",
        check_designs,
        "Read the pass designs and name every mistake with its file and key.",
        "Exits 0 when passes can be printed (warnings allowed), 1 otherwise. Without DIR: PUNCHCARD_DESIGNS_DIR.",
    ),
    *PREVIEW_COMMANDS,
    *REDESIGN_COMMANDS,
    (
        "pass show",
        show_card,
        "What a member's card shows right now: in the app, on every phone with Apple Wallet, at Google.",
        "CARD is what stands on the card (also one that was replaced), or the member's id.",
    ),
    (
        "pass void",
        void_card,
        "Make a leaked card void and give it anew: another code and another pass, the same member and balance.",
        "CARD is what stands on the card, or the member's id. Asked again it does nothing more.",
    ),
)

PASS_ARGUMENTS: Mapping[str, Sequence[tuple[str, dict[str, Any]]]] = {
    "pass check": (
        ("folder", {"type": Path, "nargs": "?", "metavar": "DIR", "help": "the designs folder"}),
        ("--explain", {"action": "store_true", "help": "every key and binding that a layout may hold, in Markdown"}),
    ),
    **PREVIEW_ARGUMENTS,
    **REDESIGN_ARGUMENTS,
    "pass show": (
        ("card", {"metavar": "CARD", "help": "the card's code, or the member's id"}),
        ("--json", {"action": "store_true", "help": "everything that is known, as JSON"}),
    ),
    "pass void": (
        ("card", {"metavar": "CARD", "help": "the card's code, or the member's id"}),
        ("--because", {"metavar": "TEXT", "type": a_reason, "required": True, "help": "why, for those who ask later"}),
    ),
}
