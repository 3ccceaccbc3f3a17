"""The house rules about words: four languages, every plural form, the same values in each; and what is committed."""

import ast
import importlib
import os
import re
import string
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from babel import Locale

from punchcard.foundation.errors import Refused
from punchcard.foundation.locale import BABEL, LANGUAGES, WORDS, maybe_say

from .test_house import FILES, HOUSE, named, tree

ROWS = [
    (f"{file.stem}.{key}", row)
    for file in sorted(WORDS.glob("*.toml"))
    for key, row in tomllib.loads(file.read_text()).items()
]
COUNT_IN_WORDS = {"zero", "one", "two"}  # these forms may say the number in words
each_row = pytest.mark.parametrize("key, row", ROWS, ids=[key for key, _ in ROWS])


def values_in(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def forms(row: dict[str, Any], language: str) -> dict[str, str]:
    said = row[language]
    return said if isinstance(said, dict) else {"other": said}


@each_row
def test_every_text_is_written_in_four_languages(key: str, row: dict[str, Any]):
    assert set(row) == set(LANGUAGES)
    assert all(text.strip() for language in LANGUAGES for text in forms(row, language).values())


@each_row
def test_a_text_that_counts_has_every_plural_form_of_its_language(key: str, row: dict[str, Any]):
    if any(isinstance(row[language], dict) for language in row):
        for language in LANGUAGES:
            wanted = {*Locale.parse(BABEL[language]).plural_form.tags, "other"}
            assert set(forms(row, language)) == wanted, f"{key} in {language}"


@each_row
def test_a_text_names_the_same_values_in_every_language(key: str, row: dict[str, Any]):
    wanted = values_in(forms(row, "en")["other"])
    for language in LANGUAGES:
        for form, text in forms(row, language).items():
            missing = wanted - values_in(text)
            assert values_in(text) <= wanted and not missing - ({"n"} if form in COUNT_IN_WORDS else set()), (
                f"{key} in {language}, {form}: {text}"
            )


def test_every_refusal_has_its_sentence():
    for file in FILES:
        if file.name != "__main__.py":
            importlib.import_module(".".join(("punchcard", *file.relative_to(HOUSE).with_suffix("").parts)))

    silent = [
        f"{kind.words}.{code}"
        for kind in kinds_of(Refused)
        if kind.__module__.startswith("punchcard.")
        and f"{kind.words}.{(code := kind().code)}" not in {key for key, _ in ROWS}
    ]

    assert not silent


def kinds_of(kind: type[Refused]) -> set[type[Refused]]:
    return {each for direct in kind.__subclasses__() for each in {direct, *kinds_of(direct)}}


def test_every_sentence_that_the_code_asks_for_is_written():
    asked = [
        (named(file), call.args[0].value)
        for file in FILES
        for call in ast.walk(tree(file))
        if isinstance(call, ast.Call)
        and getattr(call.func, "attr", getattr(call.func, "id", "")) in ("say", "maybe_say")
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    ]

    assert asked
    for where, key in asked:
        assert key in {written for written, _ in ROWS}, f"{where} says {key}"


def test_numbers_in_sentences_are_written_in_western_digits():
    assert maybe_say("passes.points", "ar", n=2480) == "2,480 نقطة"


ELSEWHERE = re.compile(
    "|".join(
        [
            "/wor" + "k/(?:main|shared|notes|steering|.library)",
            "/opt/" + "pypi",
            "py" + "pi.org",
            "files.python" + "hosted",
            "registry." + "npmjs",
        ]
    )
)


def committed() -> list[Path]:
    root = HOUSE.parents[1]
    git = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=False)
    assert git.returncode == 0 or not (root / ".git").exists() or not os.environ.get("CI"), git.stderr
    return [root / name for name in git.stdout.split("\0") if name and (root / name).is_file()]


def test_nothing_committed_names_the_place_where_it_was_written():
    for file in committed():
        text = file.read_bytes().decode("utf-8", "ignore")
        assert not (found := ELSEWHERE.search(text)), f"{file} names {found[0]}"
