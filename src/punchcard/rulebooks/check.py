"""What is wrong with a file, or may be meant otherwise: a line and a plain reason for each."""

import tomllib
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec.structs import replace

from .checks_challenges import faults_of_challenges
from .checks_earning import faults_of_earning, faults_of_goods, faults_of_rewards
from .checks_names import Fault, faults_of_names
from .checks_shape import faults_of_shape, faults_of_zone
from .checks_whole import faults_of_whole
from .checks_windows import faults_of_windows
from .doubts import doubts
from .file import File
from .lines import Lines, fault
from .model import Finding

NESTED = Finding(1, "tables within tables within tables: nobody could read it")


def check(text: str) -> list[Finding]:
    """Everything that can be said of this file, by line. Without a finding that is no warning it can be published."""
    return sorted(set(examine(text)[1]))


def examine(text: str) -> tuple[File | None, list[Finding]]:
    """The file, if it can be published, and what is to be said of it."""
    try:
        document = tomllib.loads(text)
    except ValueError as error:
        return None, [Finding(*fault(str(error), text))]
    except RecursionError:
        return None, [NESTED]
    try:
        return examined(document, Lines(text))
    except RecursionError:
        return None, [NESTED]


def examined(document: dict[str, Any], lines: Lines) -> tuple[File | None, list[Finding]]:
    findings = [*faults_of_shape(document, lines), *faults_of_zone(document, lines)]
    try:
        file = msgspec.convert(document, File)
    except msgspec.ValidationError:
        return None, findings or [Finding(1, "there are more tables than anybody could read")]
    if findings:
        file = replace(file, programme=replace(file.programme, zone="UTC"))
    findings += [Finding(lines.of(path), reason) for path, reason in faults(file)]
    said = [Finding(lines.of(path), reason, warning=True) for path, reason in doubts(file)]
    return (None if findings else file), findings + said


def faults(file: File) -> Iterator[Fault]:
    yield from faults_of_names(file)
    yield from faults_of_windows(file)
    yield from faults_of_whole(file)
    yield from faults_of_earning(file)
    yield from faults_of_challenges(file)
    yield from faults_of_goods(file)
    yield from faults_of_rewards(file)
