"""What passes have in common, made ready: a member's own fields and texts come behind it or between it.

Members of one level who see the same offer, challenge and shops share the greater part of pass.json and of every
pass.strings. It is written, hashed and summed once; so a pass costs what is its own."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

import msgspec
from msgspec import Struct

from .bindings import SHARED, Shown
from .package import Begun, Member
from .phrases import PATHS, Lines, columns
from .slots import Entry

KEPT = 512
"""So many grounds of one plate are kept, of about 10 kB each."""
written_as_key = msgspec.msgpack.Encoder().encode
"""What sources say, as bytes: the same bytes, the same content."""


class Ground(Struct, frozen=True):
    """What is common to all passes whose shared sources say the same."""

    body: Begun
    """pass.json up to the first group that holds something of a member's own."""
    joint: bytes
    """What separates that group from those before it."""
    placed: list[bytes]
    """The entries that stand between a member's own; empty where those come."""
    texts: list[Begun]
    """The pass.strings of every language."""
    known: frozenset[str]
    """The texts that stand there."""


class Setting:
    """Entries in their order, set for passes of one plate. Nothing changes after it is made but the grounds it keeps."""

    def __init__(
        self, head: bytes, style: str, beside: Sequence[Entry], groups: Mapping[str, Sequence[Entry]], lines: Lines
    ):
        self.head, self.style, self.lines = head, f'"{style}":{{'.encode(), lines
        self.shared_beside = [each for each in beside if is_shared(each)]
        self.shared_groups = {name: group for name, group in groups.items() if all(map(is_shared, group))}
        self.entries = [each for each in beside if not is_shared(each)]
        self.beside = slice(0, len(self.entries))
        self.groups = list[tuple[bytes, slice]]()
        for name in [name for name in groups if name not in self.shared_groups]:
            start = len(self.entries)
            self.entries += groups[name]
            self.groups.append((begun(name), slice(start, len(self.entries))))
        self.own = [(place, each.write) for place, each in enumerate(self.entries) if not is_shared(each)]
        everything = chain(beside, *groups.values())
        sources = {source for each in everything if is_shared(each) for source in each.sources}
        self.keys = [SHARED[source] for source in sorted(sources)]
        self.kept: dict[bytes, Ground] = {}

    def printed(self, shown: Shown, serial: str, token: str) -> list[Member]:
        """pass.json, and the pass.strings of every language."""
        ground, lines = self.ground(shown), Lines()
        placed = ground.placed.copy()
        for place, write in self.own:
            placed[place] = write(shown, lines)
        groups = [head + fields + b"]" for head, places in self.groups if (fields := joined(placed[places]))]
        own = f'"serialNumber":"{serial}","authenticationToken":"{token}"}}'.encode()
        body = (ground.joint if groups else b"", b",".join(groups), b"},", joined((*placed[self.beside], own)))
        if not ground.known.isdisjoint(lines):
            lines = {said: line for said, line in lines.items() if said not in ground.known}
        ends = columns(lines.values()) if lines else [b""] * len(PATHS)
        texts = [begun.ended(end) for begun, end in zip(ground.texts, ends, strict=True)]
        return [ground.body.ended(b"".join(body)), *texts]

    def ground(self, shown: Shown) -> Ground:
        """The one that what this pass shares stands on."""
        key = written_as_key([each(shown) for each in self.keys])
        found = self.kept.get(key)
        if found is None:
            if len(self.kept) >= KEPT:
                self.kept.clear()
            found = self.kept[key] = self.grounded(shown)
        return found

    def grounded(self, shown: Shown) -> Ground:
        lines = self.lines.copy()

        def written(entries: Iterable[Entry]) -> list[bytes]:
            return [each.write(shown, lines) if is_shared(each) else b"" for each in entries]

        beside = joined((self.head, *written(self.shared_beside), self.style))
        groups = [(begun(name), joined(written(each))) for name, each in self.shared_groups.items()]
        before = b",".join([head + fields + b"]" for head, fields in groups if fields])
        placed = written(self.entries)
        texts = [Begun(path, head) for path, head in zip(PATHS, columns(lines.values()), strict=True)]
        return Ground(Begun("pass.json", beside + before), b"," if before else b"", placed, texts, frozenset(lines))


def is_shared(entry: Entry) -> bool:
    """Whether many members' passes show the same there."""
    return SHARED.keys() >= set(entry.sources)


def begun(group: str) -> bytes:
    return f'"{group}Fields":['.encode()


def joined(entries: Iterable[bytes]) -> bytes:
    """Those that say something."""
    return b",".join(filter(None, entries))
