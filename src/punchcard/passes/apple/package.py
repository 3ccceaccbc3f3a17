"""The .pkpass file: a stored ZIP of pass.json, the images, the texts, their SHA-1 manifest and its signature.

What a design brings is hashed, checksummed and laid out once (`Template`): a pass costs little but its signature."""

import hashlib
import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from msgspec import Struct

from .signing import Signer

MADE_ON = (2026 - 1980) << 9 | 1 << 5 | 1
"""1 January 2026 as MS-DOS writes a date: files carry no time, so that the same content gives the same bytes."""
UTF8_NAMES = 0x0800
LOCAL = b"PK\x03\x04" + struct.pack("<HHHHH", 20, UTF8_NAMES, 0, 0, MADE_ON)
CENTRAL = b"PK\x01\x02" + struct.pack("<HHHHHH", 20, 20, UTF8_NAMES, 0, 0, MADE_ON)
SIZES = struct.Struct("<III").pack
HEADER_BYTES = len(LOCAL) + len(SIZES(0, 0, 0))
END = struct.Struct("<4sHHHHIIH").pack


@lru_cache(maxsize=1024)
def name_parts(name: str) -> tuple[bytes, bytes, bytes]:
    """How a member of this name goes on in its local header, in its line of the directory, and the name itself."""
    named = name.encode()
    return struct.pack("<HH", len(named), 0) + named, struct.pack("<HHHHHI", len(named), 0, 0, 0, 0, 0), named


class Member(Struct, gc=False):
    """One file of the package, with its hash and its checksum."""

    name: str
    content: bytes
    sha1: str
    crc: int


def member(name: str, content: bytes) -> Member:
    return Member(name, content, hashlib.sha1(content).hexdigest(), zlib.crc32(content))


class Begun:
    """A file whose beginning many passes share: hashed and summed once, whatever comes behind it."""

    __slots__ = ("crc", "hash", "head", "name")

    def __init__(self, name: str, head: bytes):
        self.name, self.head, self.crc, self.hash = name, head, zlib.crc32(head), hashlib.sha1(head)

    def ended(self, rest: bytes) -> Member:
        """The whole file."""
        hashed = self.hash.copy()
        hashed.update(rest)
        return Member(self.name, self.head + rest, hashed.hexdigest(), zlib.crc32(rest, self.crc))


class Template:
    """A design's files for one language: hashed, checksummed and laid out once."""

    def __init__(self, members: Iterable[Member]):
        self.members = sorted(members, key=lambda each: each.name)
        self.parts, self.directory, self.size = laid_out(self.members, 0)
        self.hashes = ",".join(f'"{each.name}":"{each.sha1}"' for each in self.members)

    @property
    def files(self) -> Mapping[str, bytes]:
        """The images by name."""
        return {each.name: each.content for each in self.members}


def laid_out(members: Sequence[Member], offset: int) -> tuple[list[bytes], bytes, int]:
    """The members one after the other from `offset` on, their directory, and where they end."""
    parts: list[bytes] = []
    directory: list[bytes] = []
    for member in members:
        local, central, named = name_parts(member.name)
        size = len(member.content)
        sums = SIZES(member.crc, size, size)
        parts += (LOCAL, sums, local, member.content)
        directory += (CENTRAL, sums, central, offset.to_bytes(4, "little"), named)
        offset += HEADER_BYTES + len(local) + size
    return parts, b"".join(directory), offset


def build(members: Sequence[Member], template: Template, signer: Signer) -> bytes:
    """The signed package of these files and the template's."""
    manifest = manifest_of(template, members)
    return pack(template, [*members, unlisted("manifest.json", manifest), unlisted("signature", signer.sign(manifest))])


def unlisted(name: str, content: bytes) -> Member:
    """A file that the manifest does not name: itself and its signature."""
    return Member(name, content, "", zlib.crc32(content))


def manifest_of(template: Template, members: Sequence[Member]) -> bytes:
    """manifest.json: every file's SHA-1 by its name."""
    own = ",".join([f'"{each.name}":"{each.sha1}"' for each in members])
    return f"{{{template.hashes},{own}}}".encode()


def pack(template: Template, members: Sequence[Member]) -> bytes:
    """A ZIP of the template's files and these."""
    parts, directory, start = laid_out(members, template.size)
    count = len(template.members) + len(members)
    end = END(b"PK\x05\x06", 0, 0, count, count, len(template.directory) + len(directory), start, 0)
    return b"".join((*template.parts, *parts, template.directory, directory, end))
