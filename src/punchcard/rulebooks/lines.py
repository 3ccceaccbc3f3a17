"""On which line of a TOML file a table or a key stands. `tomllib` says so only of files that it cannot read."""

import re

HEADER = re.compile(r"^\s*(\[\[?)\s*([\w.-]+)\s*\]")
KEY = re.compile(r"^\s*([\w-]+|\"[^\"]+\")\s*(?:\.\s*[\w-]+\s*)*=")
FAULT = re.compile(r"^(?P<reason>.*?) \(at (?:line (?P<line>\d+), column \d+|end of document)\)")

Path = tuple[str | int, ...]


class Lines:
    """Paths are ("earn", 2, "award"): the third table of that name, and its key."""

    def __init__(self, text: str):
        self.found: dict[Path, int] = {}
        here: Path = ()
        counts: dict[str, int] = {}
        in_text = False
        for number, line in enumerate(text.splitlines(), 1):
            if not in_text:
                if header := HEADER.match(line):
                    here = self.table(header, number, counts)
                    self.found.setdefault(here, number)
                elif key := KEY.match(line):
                    self.found.setdefault((*here, key[1].strip('"')), number)
            in_text ^= (line.count('"""') + line.count("'''")) % 2 == 1

    def table(self, header: re.Match[str], number: int, counts: dict[str, int]) -> Path:
        name = header[2]
        if header[1] == "[":
            first, *rest = name.split(".")
            return (first, counts[first] - 1, *rest) if first in counts else (first, *rest)
        counts[name] = counts.get(name, 0) + 1
        self.found.setdefault((name,), number)
        return name, counts[name] - 1

    def of(self, path: Path) -> int:
        """The line of this path, or of the nearest table that holds it."""
        while path and path not in self.found:
            path = path[:-1]
        return self.found.get(path, 1)


def fault(message: str, text: str) -> tuple[int, str]:
    """Line and reason of what `tomllib` says."""
    said = FAULT.match(message)
    if not said:
        return 1, message
    return int(said["line"] or max(1, len(text.splitlines()))), said["reason"]
