"""Passes: what stands in the designs folder, and what an operator does with the cards that are out."""

import argparse

from punchcard.foundation import settings


def check_designs(words: argparse.Namespace) -> int:
    from punchcard.passes.apple import design

    folder = words.folder or settings.load().designs_dir
    found = design.load(folder)
    print(f"{folder}: good: {', '.join(found)}")
    return 0
