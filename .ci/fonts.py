"""Cut the faces' fonts out of Rubik as it was released: `uv run --no-project --with fonttools --with brotli python .ci/fonts.py`.
It wants npm, too; nobody who runs or builds the house does, for what it writes is committed.

What nearly every page shows stands in files of its own, so that a phone fetches little before the card: Latin without letters
that have accents, Arabic without Persian's letters, and the sign of the shekel, which the release keeps with Hebrew."""

import subprocess
import tempfile
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

INTO = Path(__file__).parents[1] / "src/punchcard/surfaces/web/static/fonts"
PACKAGE = "@fontsource-variable/rubik@5.3.0"
WEIGHTS = (400, 400, 700)
"""The lightest, the usual and the boldest that the style sheets name."""
FEATURES = [
    "kern",
    "mark",
    "mkmk",
    "ccmp",
    "locl",
    "liga",
    "rlig",
    "calt",
    "init",
    "medi",
    "fina",
    "isol",
    "curs",
    "tnum",
]
SIGNS = "20-7E,A0,A9,AB,B0,B7,BB,D7,2009,2010-2014,2018-201A,201C-201E,2022,2026,202F,2039,203A,20AC,2212"
ARABIC = "60C,61B,61F,621-63A,640-652,66A-66D"
CUTS = {
    "rubik-latin": ("latin", SIGNS),
    "rubik-letters": ("latin", "A1-FF,131,152,153,2C6,2DA,2DC,2122,2215"),
    "rubik-shekel": ("hebrew", "20AA"),
    "rubik-hebrew": ("hebrew", "307,308,590-5FF,25CC,FB1D-FB4F"),
    "rubik-arabic": ("arabic", ARABIC),
    "rubik-persian": ("arabic", "653-669,66E-6FF,750-77F,FB50-FDFF,FE70-FEFC"),
    "rubik-cyrillic": ("cyrillic", "301,400-45F,490,491,4B0,4B1,2116"),
}
"""File: the script it is cut from, and its characters; fonts.css says the same to the browser."""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        subprocess.run(["tar", "xzf", *map(str, Path(folder).glob("*.tgz"))], cwd=folder, check=True)
        for name, (script, characters) in CUTS.items():
            cut(Path(folder) / f"package/files/rubik-{script}-wght-normal.woff2", INTO / f"{name}.woff2", characters)


def cut(source: Path, into: Path, characters: str) -> None:
    font = instancer.instantiateVariableFont(TTFont(source), {"wght": WEIGHTS})
    options = subset.Options(flavor="woff2", hinting=False, name_IDs=[1, 2], layout_features=FEATURES)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=subset.parse_unicodes(characters))
    cutter.subset(font)
    font.flavor = "woff2"
    font.save(into)


if __name__ == "__main__":
    main()
