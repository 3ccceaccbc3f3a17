"""The .pkpass file: a stored ZIP of pass.json, the images, the texts, their SHA-1 manifest and its signature.

What a design brings is hashed, checksummed and laid out once (`Template`): a pass costs little but its signature."""

import hashlib
import struct
import zlib
from collections.abc import Mapping
from typing import Any

import msgspec

from .signing import Signer

MADE_ON = (2026 - 1980) << 9 | 1 << 5 | 1
"""1 January 2026 as MS-DOS writes a date: files carry no time, so that the same content gives the same bytes."""
UTF8_NAMES = 0x0800


class Member:
    """One file laid out for a stored ZIP: its local header with the content, and its line of the directory."""

    __slots__ = ("central", "local")

    def __init__(self, name: str, content: bytes):
        named = name.encode()
        common = struct.pack(
            "<HHHHHIIIHH", 20, UTF8_NAMES, 0, 0, MADE_ON, zlib.crc32(content), len(content), len(content), len(named), 0
        )
        self.local = b"".join((b"PK\x03\x04", common, named, content))
        self.central = (b"PK\x01\x02" + struct.pack("<H", 20) + common + struct.pack("<HHHI", 0, 0, 0, 0), named)


class Template:
    """A design's files for one language: hashed, checksummed and laid out once."""

    def __init__(self, files: Mapping[str, bytes]):
        self.files = files
        self.hashes = {name: hashlib.sha1(content).hexdigest() for name, content in files.items()}
        self.members = [Member(name, files[name]) for name in sorted(files)]
        self.body, self.directory = laid_out(self.members, 0)


def laid_out(members: list[Member], offset: int) -> tuple[bytes, bytes]:
    """The members one after the other from `offset` on, and their directory."""
    directory = []
    for member in members:
        head, named = member.central
        directory.append(head + struct.pack("<I", offset) + named)
        offset += len(member.local)
    return b"".join(member.local for member in members), b"".join(directory)


def build(body: dict[str, Any], texts: Mapping[str, bytes], template: Template, signer: Signer) -> bytes:
    """The signed package. `body` is its pass.json, `texts` its pass.strings by path; the pass must be the signer's own
    type and team."""
    assert (body["passTypeIdentifier"], body["teamIdentifier"]) == (signer.pass_type, signer.team)
    files = {"pass.json": msgspec.json.encode(body), **texts}
    manifest = msgspec.json.encode(
        template.hashes | {n: hashlib.sha1(content).hexdigest() for n, content in files.items()}
    )
    files |= {"manifest.json": manifest, "signature": signer.sign(manifest)}
    return pack(template, files)


def pack(template: Template, files: Mapping[str, bytes]) -> bytes:
    """A ZIP of the template's files and these."""
    body, directory = laid_out([Member(name, content) for name, content in files.items()], len(template.body))
    count = len(template.members) + len(files)
    size, start = len(template.directory) + len(directory), len(template.body) + len(body)
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, size, start, 0)
    return b"".join((template.body, body, template.directory, directory, end))
