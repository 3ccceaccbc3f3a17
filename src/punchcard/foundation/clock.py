"""Time is an argument. It is read once, where a request or a worker's round begins, and passed down as `at`."""

import mmap
import struct
import time
from datetime import UTC, datetime
from pathlib import Path

Instant = int
"""Seconds since 1970, UTC. PostgreSQL's timestamptz travels as this type (see `database`)."""

MINUTE, HOUR, DAY = 60, 3600, 86400


class Clock:
    """What time it is. A story's clock runs ahead by the seconds that stand in a file of eight bytes (demo and tests)."""

    def __init__(self, ahead_file: Path | None = None):
        self.ahead: mmap.mmap | None = None
        if ahead_file:
            if not ahead_file.exists():
                ahead_file.write_bytes(bytes(8))
            with ahead_file.open("r+b") as file:
                self.ahead = mmap.mmap(file.fileno(), 8)

    def now(self) -> Instant:
        return int(time.time()) + (struct.unpack("<q", self.ahead[:8])[0] if self.ahead else 0)

    def run_ahead(self, by_seconds: int) -> None:
        """Move the story on. Only a clock that was given a file can be moved, and never back."""
        assert self.ahead is not None and by_seconds >= 0
        self.ahead[:8] = struct.pack("<q", struct.unpack("<q", self.ahead[:8])[0] + by_seconds)


def moment(at: Instant) -> datetime:
    """The instant as the outside reads it: RFC 3339 in JSON."""
    return datetime.fromtimestamp(at, UTC)
