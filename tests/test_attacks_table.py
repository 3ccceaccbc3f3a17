"""docs/attacks.md names tests and mutants that there are, and leaves no attack on the till out."""

import ast
import importlib
import re
from pathlib import Path

from tests.mutants import __main__ as rooms
from tests.mutants import programme
from tests.mutants.copies import Mutant

ROOT = Path(__file__).parents[1]
TABLE = [line for line in (ROOT / "docs" / "attacks.md").read_text().splitlines() if line.startswith("| **")]
ATTACKS = {"A1", "A3", "A4", "A5", "A8", "A9", "A10", "A11", "A12", "A13", "F12", "F13", "F14", "F15"}


def test_every_attack_on_the_till_has_a_line_with_tests_and_a_mutant():
    named = {name for line in TABLE for name in re.findall(r"\b[AF]\d+\b", line.split("**")[1])}

    assert named == ATTACKS
    assert [line for line in TABLE if not re.search(r"`tests/\S+::\w+`.*\|.*“", line)] == []


def test_every_test_that_is_named_exists():
    named = {tuple(each.split("::")) for line in TABLE for each in re.findall(r"`(tests/\S+)`", line)}

    missing = {(file, test) for file, test in named if test not in functions(ROOT / file)}

    assert named and not missing


def test_every_mutant_that_is_named_exists():
    named = {each for line in TABLE for each in re.findall(r"“([^”]+)”", line)}
    known = {each.name for room in rooms.ROOMS for each in room.MUTANTS} | set(programme.EVERY) | of_the_chaos()

    assert named and named - known == set()


def functions(file: Path) -> set[str]:
    tree = ast.parse(file.read_text()).body
    return {node.name for node in tree if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def of_the_chaos() -> set[str]:
    modules = [importlib.import_module(f"tests.chaos.{file.stem}") for file in (ROOT / "tests/chaos").glob("test_*.py")]
    return {each.name for module in modules for each in vars(module).values() if isinstance(each, Mutant)}
