"""Print the part of requirements.lock that some extras need: `python .ci/pick.py journey > wanted.txt`.

The lock holds every extra at once; its `# via` lines say who asked for a package. What punchcard itself asks for, and
what those packages ask for in turn, is wanted."""

import re
import sys
import tomllib
from pathlib import Path

HOUSE = Path(__file__).parents[1]


def named(requirement: str) -> str:
    """The bare name in a requirement: 'PyJWT[crypto]>=2' is 'pyjwt'."""
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", requirement)[0].lower())  # type: ignore[index]  # all have a name


def asked_for(extras: list[str]) -> set[str]:
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text())["project"]
    lists = [project["dependencies"], *(project["optional-dependencies"][extra] for extra in extras)]
    return {named(requirement) for one in lists for requirement in one}


def locked(text: str) -> list[tuple[str, str]]:
    """Each package's name and lines in the lock; a package may stand there once for each range of Python versions."""
    return [(named(block), block) for block in re.split(r"^(?=\w)", text, flags=re.M) if re.match(r"\w", block)]


def askers(block: str) -> set[str]:
    return {named(line) for line in re.findall(r"#\s+(?:via +)?(\w\S*)", block) if line != "via"}


def wanted(blocks: list[tuple[str, str]], asked: set[str]) -> list[str]:
    """The lines of what is asked for, and of what that asks for in turn."""
    found = set(asked)
    while more := {name for name, block in blocks if name not in found and askers(block) & found}:
        found |= more
    return [block for name, block in blocks if name in found]


if __name__ == "__main__":
    blocks = locked((HOUSE / "requirements.lock").read_text())
    asked = asked_for(sys.argv[1:])
    if missing := asked - {name for name, _ in blocks}:
        sys.exit(f"requirements.lock lacks {', '.join(sorted(missing))}: run `make lock`")
    sys.stdout.write("".join(wanted(blocks, asked)))
