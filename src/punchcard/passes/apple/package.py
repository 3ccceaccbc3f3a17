"""The .pkpass file: a stored ZIP of pass.json, the images, the texts, their SHA-1 manifest and its signature.

What a design brings is hashed, checksummed and laid out once (`Template`): a pass costs little but its signature."""

import hashlib
import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from .signing import Signer

MADE_ON = (2026 - 1980) << 9 | 1 << 5 | 1
"""1 January 2026 as MS-DOS writes a date: files carry no time, so that the same content gives the same bytes."""
UTF8_NAMES = 0x0800
LOCAL = b"PK\x03\x04" + struct.pack("<HHHHH", 20, UTF8_NAMES, 0, 0, MADE_ON)
CENTRAL = b"PK\x01\x02" + struct.pack("<HHHHHH", 20, 20, UTF8_NAMES, 0, 0, MADE_ON)
WRITTEN = msgspec.json.Encoder(decimal_format="number")
"""Amounts of money are exact decimals; Apple wants them as numbers."""


@lru_cache(maxsize=1024)
def name_parts(name: str) -> tuple[bytes, bytes, bytes]:
    """How a member of this name goes on in its local header, in its line of the directory, and the name itself."""
    named = name.encode()
    return struct.pack("<HH", len(named), 0) + named, struct.pack("<HHHHHI", len(named), 0, 0, 0, 0, 0), named


class Member:
    """One file laid out for a stored ZIP: its header before the content, its line of the directory, and its hash."""

    __slots__ = ("central", "content", "local", "name", "sha1", "size")

    def __init__(self, name: str, content: bytes):
        after_local, after_central, named = name_parts(name)
        sizes = struct.pack("<III", zlib.crc32(content), len(content), len(content))
        self.name, self.content = name, content
        self.local = b"".join((LOCAL, sizes, after_local))
        self.central = (b"".join((CENTRAL, sizes, after_central)), named)
        self.size = len(self.local) + len(content)
        self.sha1 = hashlib.sha1(content).hexdigest()


class Template:
    """A design's files for one language: hashed, checksummed and laid out once."""

    def __init__(self, members: Iterable[Member]):
        self.members = sorted(members, key=lambda each: each.name)
        self.parts, self.directory = laid_out(self.members, 0)
        self.size = sum(each.size for each in self.members)
        self.hashes = ",".join(f'"{each.name}":"{each.sha1}"' for each in self.members)

    @property
    def files(self) -> Mapping[str, bytes]:
        """The images by name."""
        return {each.name: each.content for each in self.members}


def laid_out(members: Sequence[Member], offset: int) -> tuple[list[bytes], bytes]:
    """The members one after the other from `offset` on, and their directory."""
    parts: list[bytes] = []
    directory: list[bytes] = []
    for member in members:
        head, named = member.central
        parts += (member.local, member.content)
        directory += (head, offset.to_bytes(4, "little"), named)
        offset += member.size
    return parts, b"".join(directory)


def build(body: dict[str, Any], texts: Mapping[str, bytes], template: Template, signer: Signer) -> bytes:
    """The signed package. `body` is its pass.json, `texts` its pass.strings by path; the pass must be the signer's own
    type and team."""
    assert (body["passTypeIdentifier"], body["teamIdentifier"]) == (signer.pass_type, signer.team)
    members = [Member("pass.json", WRITTEN.encode(body))]
    members += [Member(path, content) for path, content in texts.items()]
    own = ",".join([f'"{each.name}":"{each.sha1}"' for each in members])
    manifest = f"{{{template.hashes},{own}}}".encode()
    members += (Member("manifest.json", manifest), Member("signature", signer.sign(manifest)))
    return pack(template, members)


def pack(template: Template, members: Sequence[Member]) -> bytes:
    """A ZIP of the template's files and these."""
    parts, directory = laid_out(members, template.size)
    count = len(template.members) + len(members)
    start = template.size + sum([each.size for each in members])
    end = struct.pack("<HHHHIIH", 0, 0, count, count, len(template.directory) + len(directory), start, 0)
    return b"".join((*template.parts, *parts, template.directory, directory, b"PK\x05\x06", end))
