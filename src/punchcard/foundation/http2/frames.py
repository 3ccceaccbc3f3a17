"""HTTP/2's frames as bytes (RFC 9113), in the little that a push needs."""

from collections.abc import Sequence
from struct import Struct as Layout

DATA, HEADERS, RESET, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW, CONTINUATION = 0, 1, 3, 4, 5, 6, 7, 8, 9
END_STREAM = ACK = 0x1
END_HEADERS, PADDED, PRIORITY = 0x4, 0x8, 0x20
TABLE_SIZE, ENABLE_PUSH, STREAMS_MAX, WINDOW_SIZE = 1, 2, 3, 4
REFUSED_STREAM, CANCEL = 7, 8
NUMBER_LAST = WINDOW_MOST = 2**31 - 1
FRAME_BYTES_MAX, HEAD_BYTES = 16 * 1024, 9
HEAD, SETTING = Layout(">HBBBL"), Layout(">HL")
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

Frame = tuple[int, int, int, bytes]
"""Kind, flags, the stream's number, and what it carries."""


class Broken(Exception):
    """The server does not keep to the protocol."""


def frame(kind: int, flags: int, number: int, payload: bytes = b"") -> bytes:
    size = len(payload)
    return HEAD.pack(size >> 8, size & 0xFF, kind, flags, number) + payload


def settings_frame(settings: Sequence[tuple[int, int]]) -> bytes:
    return frame(SETTINGS, 0, 0, b"".join(SETTING.pack(*each) for each in settings))


def settings_in(payload: bytes) -> list[tuple[int, int]]:
    """What a SETTINGS frame says, by number. Raises Broken."""
    if len(payload) % SETTING.size:
        raise Broken("settings cut off")
    return list(SETTING.iter_unpack(payload))


class Splitter:
    """Cuts what comes into whole frames."""

    rest = b""

    def frames(self, data: bytes) -> list[Frame]:
        """The frames that are whole now. Raises Broken for one that is longer than we allow."""
        data = self.rest + data if self.rest else data
        at, found = 0, []
        while len(data) - at >= HEAD_BYTES:
            high, low, kind, flags, number = HEAD.unpack_from(data, at)
            size = high << 8 | low
            if size > FRAME_BYTES_MAX:
                raise Broken(f"a frame of {size} bytes")
            if len(data) - at - HEAD_BYTES < size:
                break
            start, at = at + HEAD_BYTES, at + HEAD_BYTES + size
            found.append((kind, flags, number & NUMBER_LAST, data[start:at]))
        self.rest = data[at:]
        return found


def unpadded(flags: int, payload: bytes) -> bytes:
    """What a DATA or HEADERS frame carries, without padding and priority."""
    skip, padding = 0, 0
    if flags & PADDED:
        skip, padding = 1, payload[0] if payload else 0
    if flags & PRIORITY:
        skip += 5
    if skip + padding > len(payload):
        raise Broken("more padding than there is frame")
    return payload[skip : len(payload) - padding]
