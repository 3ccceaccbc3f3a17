"""HTTP/2's header blocks (RFC 7541), in the little that a push needs.

Requests are written without the dynamic table, so a block depends on nothing that was sent before. Answers may use it
until the server has said that it does not; we ask it not to, because reading by a table costs most of a push."""

from collections.abc import Iterator

from hpack.exceptions import HPACKError
from hpack.hpack import Decoder
from hpack.huffman_table import decode_huffman

from .frames import Broken

NO_TABLE = b"\x20"
"""Opens a connection's first block: we keep no table, whatever size the server would allow."""
POST, HTTPS = b"\x83", b"\x87"
AUTHORITY, PATH, AUTHORIZATION, CONTENT_TYPE = 1, 4, 23, 31


def integer(value: int, bits: int, first: int = 0) -> bytes:
    """A number in a prefix of so many bits (RFC 7541, 5.1), the other bits of its first byte as given."""
    most = (1 << bits) - 1
    if value < most:
        return bytes((first | value,))
    made, value = bytearray((first | most,)), value - most
    while value >= 0x80:
        made.append(value & 0x7F | 0x80)
        value >>= 7
    made.append(value)
    return bytes(made)


def text(value: bytes) -> bytes:
    return integer(len(value), 7) + value


def literal(name: int | bytes, value: bytes, secret: bool = False) -> bytes:
    """One header. What is secret must not be put into a table by anybody on the way either."""
    first = 0x10 if secret else 0
    named = integer(name, 4, first) if isinstance(name, int) else bytes((first,)) + text(name)
    return named + text(value)


STATUS_OF = {8: 200, 9: 204, 10: 206, 11: 304, 12: 400, 13: 404, 14: 500}
"""The table that everybody has: `:status` stands at 8 to 14, `retry-after` at 53, and 61 is the last."""
RETRY_AFTER, STATIC_LAST = 53, 61
NAMES_KNOWN_MAX = 100


class BlockReader:
    """Reads the header blocks of one connection, in their order."""

    def __init__(self) -> None:
        self.decoder = Decoder()
        self.is_plain = False
        """The server said that its table is empty from now on: blocks may be skipped through instead of decoded."""
        self.beside_the_point: set[bytes] = set()
        """Names, as they were sent, that are neither the status nor how long to wait."""

    def read(self, block: bytes) -> tuple[int, bytes]:
        """The status and what Retry-After says. Raises Broken."""
        if self.is_plain and (found := self.skimmed(block)):
            return found
        try:
            headers = {bytes(name): bytes(value) for name, value in self.decoder.decode(block, raw=True)}
            status = int(headers.get(b":status", b"0"))
        except (HPACKError, ValueError) as error:
            raise Broken(f"headers that cannot be read: {error!r}") from None
        self.is_plain = self.decoder.header_table_size == 0
        return status, headers.get(b"retry-after", b"")

    def skimmed(self, block: bytes) -> tuple[int, bytes] | None:
        """The same without decoding what nobody needs; None for a block that must be decoded after all."""
        status, wait = 0, b""
        try:
            for index, value in self.fields(block):
                if index == RETRY_AFTER:
                    wait = plain(value)
                elif index in STATUS_OF:
                    status = int(plain(value)) if value else STATUS_OF[index]
        except (IndexError, ValueError, HPACKError):
            return None
        return (status, wait) if status else None

    def fields(self, block: bytes) -> Iterator[tuple[int, bytes]]:
        """Each header's number in the common table (0: none that matters) and its value as it was sent; empty when the
        number says that, too. Raises ValueError or IndexError for a block that must be decoded."""
        at = 0
        while at < len(block):
            first = block[at]
            if first & 0x80:
                index, at = first & 0x7F, at + 1
                if not 0 < index <= STATIC_LAST:
                    raise ValueError(index)
                yield index, b""
                continue
            if first & 0xE0 == 0x20:
                raise ValueError("the table changes")
            index, at = number(block, at, 6 if first & 0x40 else 4)
            if index > STATIC_LAST:
                raise ValueError(index)
            if not index:
                name, at = string(block, at)
                self.pass_by(name)
            value, at = string(block, at)
            yield index, value

    def pass_by(self, name: bytes) -> None:
        """Raises ValueError when the name is one that we need, spelt out."""
        if name in self.beside_the_point:
            return
        if plain(name) in (b":status", b"retry-after") or len(self.beside_the_point) >= NAMES_KNOWN_MAX:
            raise ValueError(name)
        self.beside_the_point.add(name)


def number(block: bytes, at: int, bits: int) -> tuple[int, int]:
    """A number and where it ends."""
    most = (1 << bits) - 1
    value = block[at] & most
    at += 1
    if value < most:
        return value, at
    for shift in range(0, 28, 7):
        value += (block[at] & 0x7F) << shift
        at += 1
        if block[at - 1] < 0x80:
            return value, at
    raise ValueError("a number without end")


def string(block: bytes, at: int) -> tuple[bytes, int]:
    """A string as it was sent, its first bit (is it by Huffman?) in a byte before it; and where it ends."""
    huffman = block[at] & 0x80
    size, at = number(block, at, 7)
    if at + size > len(block):
        raise IndexError(size)
    return bytes((huffman,)) + block[at : at + size], at + size


def plain(sent: bytes) -> bytes:
    return decode_huffman(sent[1:]) if sent[0] else sent[1:]
