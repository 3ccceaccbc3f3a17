"""Name every function, method, class and import that nothing uses. Exits 1 when there is one.

vulture finds them; fields of structs are left out, since JSON and rows read them. What looks dead and is not stands in
ALIVE with who calls it."""

import sys
from pathlib import Path

from vulture import Vulture

HOUSE = Path(__file__).parents[1]
CODE = {"function", "method", "property", "class", "import", "unreachable_code"}
CALLED_BY_NAME = ["@get", "@post", "@put", "@patch", "@delete", "@head", "@route", "@pytest.*", "@fixture", "@given"]
CALLED_BY_NAME += ["@rule", "@initialize"]  # of state machines
ALIVE: dict[str, str] = {
    "do_*": "argparse and http.server call handlers by name",
    "test_*": "pytest",
    "Test*": "pytest",
    "pytest_*": "pytest",
    "teardown": "hypothesis, after each run of a state machine",
    "app": "the server finds it as punchcard.api:app",
    "connection_*": "asyncio calls a protocol's methods",
    "data_received": "asyncio",
    "log_message": "http.server",
    "eof_received": "asyncio",
    "*_writing": "asyncio",
    "init": "detangle asks a model where it starts",
    "get_credential": "firebase-admin asks its credentials",
    "anyio_backend": "anyio's pytest plugin asks for this fixture",
}


def dead() -> list[str]:
    finder = Vulture(ignore_names=list(ALIVE), ignore_decorators=CALLED_BY_NAME)
    finder.scavenge([HOUSE / "src", HOUSE / "tests"])
    return [
        f"{Path(item.filename).relative_to(HOUSE)}:{item.first_lineno}: {item.message}"
        for item in finder.get_unused_code(min_confidence=60)
        if item.typ in CODE
    ]


if __name__ == "__main__":
    found = dead()
    sys.stdout.writelines(f"{line}\n" for line in found)
    sys.exit(bool(found))
