"""Make a throw-away authority for development: `throw_away.py FOLDER [PASS_TYPE [TEAM]]`."""

import sys
from pathlib import Path

from punchcard.sandbox import authority


def main(folder: str = "", pass_type: str = authority.PASS_TYPE, team: str = authority.TEAM) -> int:
    if not folder:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    made = authority.make(Path(folder), pass_type, team)
    for file in sorted(made.folder.iterdir()):
        sys.stdout.write(f"{file}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
