"""The modules of a face's first screen as one file, since a phone asks for forty files one after the other. They are written,
read and tested as they stand; this puts them together when the house starts, so that nobody builds anything.

Each module becomes a function of its own that gives back what it exports, and whoever imports it takes that apart. What is
loaded later imports the same from the one file, so that no module is there twice. It knows the JavaScript that we write and no
more: imports and exports stand at the beginning of a line, nothing exports what changes, no ring of imports; else it says so."""

import posixpath
import re
from collections.abc import Iterator, Mapping

IMPORT = re.compile(r"^import\s+(?:\{(?P<names>[^}]*)\}\s+from\s+)?'(?P<source>[^']+)'[ \t]*\n", re.M)
EXPORT = re.compile(r"^export (?=(?:const|class|function|async function) (?P<name>\w+))", re.M)
EXPORTED = re.compile(r"^export \{(?P<names>[^}]*)\}[ \t]*\n", re.M)
COMMENT = re.compile(r"^[ \t]*//.*\n", re.M)
WAITS = re.compile(r"^(?=\S).*\bawait\b", re.M)
"""A line of the module's own, not of a function in it."""
LEFT_OVER = re.compile(r"^(?:import|export)\b.*", re.M)
VENDORED = "vendor/"


def joined(texts: Mapping[str, str], face: str, shared: str = "core") -> dict[str, str]:
    """`<face>.joined/<name>.js` for each module of the face that is not in the first file, and `main.js`, which is the first:
    `<face>/main.js` with what it imports, and all that it shares with other faces. `texts` are modules by their names.
    ValueError where one is written in a way that is not known here."""
    main = f"{face}/main.js"
    roots = sorted({each for name in texts if name.startswith(f"{face}/") for each in sources(name, texts[name])})
    order: dict[str, str] = {}
    for root in (*(each for each in roots if each.startswith(f"{shared}/")), main):
        follow(root, texts, order, ())
    first = [each for each in order if not each.startswith(VENDORED)]
    later = [each for each in texts if each.startswith(f"{face}/") and each not in order]
    found = {each: taking(each, texts[each], order) for each in later}
    return {posixpath.join(f"{face}.joined", each.partition("/")[2]): text for each, text in found.items()} | {
        f"{face}.joined/main.js": one_file(first, texts, order)
    }


def sources(name: str, text: str) -> Iterator[str]:
    """The modules that this one imports, by their names."""
    for each in IMPORT.finditer(text):
        yield source_of(name, each)


def source_of(name: str, found: re.Match[str]) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), found["source"]))


def follow(name: str, texts: Mapping[str, str], order: dict[str, str], above: tuple[str, ...]) -> None:
    """Puts the module into `order` behind what it imports; the value is what it is called in the one file."""
    if name in above:
        raise ValueError(f"a ring of imports: {' > '.join((*above, name))}")
    if name in order:
        return
    if not name.startswith(VENDORED):
        for each in sources(name, texts[name]):
            follow(each, texts, order, (*above, name))
    order[name] = "$" + name.removesuffix(".js").replace("/", "_")


def one_file(first: list[str], texts: Mapping[str, str], called: Mapping[str, str]) -> str:
    vendored = [f"import * as {called[each]} from '../{each}'\n" for each in called if each.startswith(VENDORED)]
    given = ", ".join(called[each] for each in first)
    return "".join([*vendored, *(function(each, texts[each], called) for each in first), f"export {{ {given} }}\n"])


def function(name: str, text: str, called: Mapping[str, str]) -> str:
    """The module as a function that is called at once."""
    body = IMPORT.sub(lambda found: taken(found, called[source_of(name, found)]), text)
    given = [each["name"] for each in EXPORT.finditer(body)]
    given += [each for found in EXPORTED.finditer(body) for each in re.split(r"[\s,]+", found["names"]) if each]
    body = EXPORTED.sub("", EXPORT.sub("", COMMENT.sub("", body)))
    if left := LEFT_OVER.search(body):
        raise ValueError(f"{name}: {left[0]}")
    waits = "await (async " if WAITS.search(body) else "("
    return f"const {called[name]} = {waits}() => {{\n{body}return {{ {', '.join(given)} }}\n}})()\n"


def taking(name: str, text: str, called: Mapping[str, str]) -> str:
    """A module that is loaded later, with what it takes out of the one file."""
    known: set[str] = set()

    def instead(found: re.Match[str]) -> str:
        source = source_of(name, found)
        if source.startswith(VENDORED) or source not in called:
            return found[0]
        first_time = source not in known
        known.add(source)
        imported = f"import {{ {called[source]} }} from './main.js'\n" if first_time else ""
        return imported + taken(found, called[source])

    return COMMENT.sub("", IMPORT.sub(instead, text))


def taken(found: re.Match[str], module: str) -> str:
    """What an import takes, out of the object that a module gave back: `{ a as b }` is `{ a: b }` there."""
    return f"const {{{found['names'].replace(' as ', ': ')}}} = {module}\n" if found["names"] else ""
