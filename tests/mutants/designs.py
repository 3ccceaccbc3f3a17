"""Mutants of how Apple passes are laid out: in each one rule is broken, and the tests named beside it must notice."""

from tests.mutants.copies import Mutant

MUTANTS = (
    Mutant(
        "a void pass shows what is personal",
        "passes/apple/plate.py",
        "(self.void if shown.is_void else self.whole)",
        "self.whole",
        ("test_passes_designs.py",),
    ),
    Mutant(
        "a void pass wears the strip of its holder's partner",
        "passes/apple/render.py",
        '"" if is_void else partner',
        "partner",
        ("test_passes_designs.py", "test_passes_apple_grounds.py"),
    ),
    Mutant(
        "one member's pass shows another's challenge",
        "passes/apple/bindings.py",
        '    "challenge": lambda shown: shown.face.challenge,\n',
        '    "challenge": lambda shown: None,\n',
        ("test_passes_apple_grounds.py",),
    ),
    Mutant(
        "a text that many and one share has two lines",
        "passes/apple/grounds.py",
        "        if not ground.known.isdisjoint(lines):\n",
        "        if False:\n",
        ("test_passes_apple_grounds.py",),
    ),
    Mutant(
        "what passes share is kept for ever",
        "passes/apple/grounds.py",
        "            if len(self.kept) >= KEPT:\n                self.kept.clear()\n",
        "",
        ("test_passes_apple_grounds.py",),
    ),
)
