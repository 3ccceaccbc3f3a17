"""The house rules that a machine can hold us to, as far as they are about code. The schema's and the words' stand beside."""

import ast
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

import punchcard
from punchcard import programme

HOUSE = Path(punchcard.__file__).parent
TESTS = Path(__file__).parent
FILES = sorted(HOUSE.rglob("*.py"))
ALL_FILES = [*FILES, *sorted(TESTS.rglob("*.py"))]
FILE_LINES_MAX, FUNCTION_LINES_MAX = 300, 50
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
TOOLS = {"foundation", "sandbox"}  # boxes of tools have no front door: one takes the tool


def named(file: Path) -> str:
    return str(file.relative_to(HOUSE if file.is_relative_to(HOUSE) else TESTS.parent))


def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text())


def room_of(file: Path) -> str:
    return file.relative_to(HOUSE).parts[0]


def imports(file: Path) -> Iterator[tuple[tuple[str, ...], set[str]]]:
    """Each module of ours that a file imports from, as path below `punchcard`, and the names it takes."""
    here = ("punchcard", *file.relative_to(HOUSE).parts[:-1])
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.ImportFrom):
            base = here[: len(here) - node.level + 1] if node.level else ()
            path = (*base, *(node.module or "").split("."))
            path = tuple(part for part in path if part)
            if path[:1] == ("punchcard",):
                yield path[1:], {alias.name for alias in node.names}


@pytest.mark.parametrize("file", FILES, ids=named)
def test_another_room_is_entered_by_its_front_door(file):
    for path, names in imports(file):
        room, *inside = path or ("",)
        if room and room != room_of(file) and room not in TOOLS:
            assert not inside, f"{named(file)} reaches into {'.'.join(path)} for {names}"
            assert "sql" not in names, f"{named(file)} takes the sql of {room}"


def test_the_programme_stands_on_msgspec_and_the_standard_library_alone():
    for file in (HOUSE / "programme").rglob("*.py"):
        for node in ast.walk(tree(file)):
            modules = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom) and not node.level
                else []
            )
            for module in modules:
                assert module.split(".")[0] in {"msgspec", *sys.stdlib_module_names}, f"{named(file)} imports {module}"


def test_all_news_has_a_line_in_the_table_of_reactions():
    from punchcard.reactions import REACTIONS

    told = {name for file in FILES for name in news_told(tree(file))}
    of_the_fold = {kind.__name__ for kind in get_args(programme.News)}

    known = {kind.__name__ for kind in REACTIONS}

    assert of_the_fold and told | of_the_fold <= known
    assert known <= told | of_the_fold | {name for file in FILES for name in names(tree(file))}, "nobody tells it"


def names(module: ast.Module) -> Iterator[str]:
    """Everything that the file speaks of by its bare name, as a class that is called or handed on."""
    return (part.id for part in ast.walk(module) if isinstance(part, ast.Name))


def news_told(module: ast.Module) -> Iterator[str]:
    """The classes in the list that is handed to `news.tell`, or to what writes many members' news at once."""
    for call in ast.walk(module):
        if isinstance(call, ast.Call) and getattr(call.func, "attr", "") in ("tell", "follows"):
            for part in ast.walk(call):
                if isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id[0].isupper():
                    yield part.func.id


@pytest.mark.parametrize("file", FILES, ids=named)
def test_a_file_fits_in_the_eye(file):
    assert len(file.read_text().splitlines()) <= FILE_LINES_MAX


@pytest.mark.parametrize("file", ALL_FILES, ids=named)
def test_a_function_fits_in_the_eye(file):
    for node in ast.walk(tree(file)):
        if isinstance(node, FUNCTIONS):
            inner = [each for each in ast.walk(node) if isinstance(each, FUNCTIONS) and each is not node]
            assert lines_of(node) - sum(map(lines_of, inner)) < FUNCTION_LINES_MAX, f"{named(file)}: {node.name}"


@pytest.mark.parametrize("file", sorted(TESTS.rglob("*.py")), ids=named)
def test_nobody_waits_for_what_is_always_true(file):
    """Playwright's `wait_for_function` takes a promise for a yes, whatever it comes to; `seeing.comes_true` does not."""
    called = [getattr(call.func, "attr", "") for call in ast.walk(tree(file)) if isinstance(call, ast.Call)]
    assert "wait_for_function" not in called


def lines_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno


@pytest.mark.parametrize("file", ALL_FILES, ids=named)
def test_every_folder_and_file_says_what_it_is(file):
    if file.name == "__init__.py" and not file.is_relative_to(HOUSE):
        return
    assert ast.get_docstring(tree(file)), f"{named(file)} has no docstring"


@pytest.mark.parametrize("folder", sorted({file.parent for file in FILES}), ids=named)
def test_every_folder_has_a_front_door(folder):
    assert (folder / "__init__.py").exists()


@pytest.mark.parametrize("file", [file for file in FILES if file.name == "routes.py"], ids=named)
def test_routes_keep_their_annotations_as_types(file):
    assert "from __future__ import annotations" not in file.read_text()


@pytest.mark.parametrize("room", sorted({file.parent for file in FILES if file.name == "routes.py"}), ids=named)
def test_every_verb_that_a_room_lends_out_says_what_it_does(room):
    module = __import__("punchcard." + ".".join(room.relative_to(HOUSE).parts), fromlist=["routes"])
    assert isinstance(module.routes, list), "a room exports its handlers as a list named routes"
    for name in getattr(module, "__all__", []):
        lent = getattr(module, name)
        if inspect.isfunction(lent) or inspect.isclass(lent):
            assert inspect.getdoc(lent), f"{room.name}.{name} has no docstring"
