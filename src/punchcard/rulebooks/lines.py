"""On which line of a TOML file a table or a key stands. `tomllib` says so only of files that it cannot read."""

import re

HEADER = re.compile(r"^\s*(\[\[?)\s*((?:[\w-]+|\"[^\"]+\"|'[^']+')(?:\s*\.\s*(?:[\w-]+|\"[^\"]+\"|'[^']+'))*)\s*\]")
KEY = re.compile(r"^\s*((?:[\w-]+|\"[^\"]+\"|'[^']+')(?:\s*\.\s*(?:[\w-]+|\"[^\"]+\"|'[^']+'))*)\s*=(.*)$", re.DOTALL)
PART = re.compile(r"[\w-]+|\"[^\"]+\"|'[^']+'")
SAID = re.compile(r"\"(?:\\.|[^\"\\])*\"|'[^']*'")
FAULT = re.compile(r"^(?P<reason>.*?) \(at (?:line (?P<line>\d+), column \d+|end of document)\)")

Path = tuple[str | int, ...]


class Lines:
    """Paths are ("earn", 2, "award"): the third table of that name, and its key."""

    def __init__(self, text: str):
        self.found: dict[Path, int] = {}
        self.counts: dict[Path, int] = {}
        here: Path = ()
        in_text, depth, index = False, 0, 0
        key: Path = ()
        for number, line in enumerate(text.splitlines(), 1):
            if not in_text:
                rest = line
                if not depth:
                    if header := HEADER.match(line):
                        here = self.table(header, number)
                        rest = ""
                    elif written := KEY.match(line):
                        key, rest, index = self.key(here, written[1], number), written[2], 0
                depth, index = self.elements(key, rest, number, depth, index)
            in_text ^= (line.count('"""') + line.count("'''")) % 2 == 1

    def table(self, header: re.Match[str], number: int) -> Path:
        *outer, last = names(header[2])
        path: Path = ()
        for name in outer:
            path = self.newest((*path, name))
        path = (*path, last)
        self.found.setdefault(path, number)
        if header[1] == "[[":
            self.counts[path] = self.counts.get(path, 0) + 1
            path = self.newest(path)
            self.found.setdefault(path, number)
        return path

    def newest(self, path: Path) -> Path:
        return (*path, self.counts[path] - 1) if path in self.counts else path

    def key(self, here: Path, written: str, number: int) -> Path:
        for name in names(written):
            here = (*here, name)
            self.found.setdefault(here, number)
        return here

    def elements(self, key: Path, rest: str, number: int, depth: int, index: int) -> tuple[int, int]:
        """Follow an array over its lines; says how deep in brackets the line ends and in which element."""
        for sign in SAID.sub("s", rest).partition("#")[0]:
            if depth == 1 and not sign.isspace() and sign not in ",]":
                self.found.setdefault((*key, index), number)
            if sign in "[{":
                depth += 1
            elif sign in "]}":
                depth = max(0, depth - 1)
            elif sign == "," and depth == 1:
                index += 1
        return depth, index

    def of(self, path: Path) -> int:
        """The line of this path, or of the nearest table that holds it."""
        while path and path not in self.found:
            path = path[:-1]
        return self.found.get(path, 1)


def names(dotted: str) -> list[str]:
    return [part.strip("\"'") for part in PART.findall(dotted)]


def fault(message: str, text: str) -> tuple[int, str]:
    """Line and reason of what `tomllib` says."""
    said = FAULT.match(message)
    if not said:
        return 1, message
    return int(said["line"] or max(1, len(text.splitlines()))), said["reason"]
