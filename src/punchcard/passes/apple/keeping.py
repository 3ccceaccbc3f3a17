"""What was made from files, made again when they change: the press, and the signer of a process that only signs."""

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Generic, TypeVar

from punchcard.foundation.clock import DAY, Clock, Instant
from punchcard.foundation.metrics import counter
from punchcard.foundation.settings import BadSettings

from .certificates import BadCertificate, Stamp, warn_of_end
from .signing import Signer

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
AGAIN_SECONDS = 60.0
"""Unfit files are read again so often, unchanged as they lie there: one may hold from midnight on, or a signer be back."""
RELOADS = counter(
    "punchcard_press_reloads_total", "Changed certificates or designs: taken, or refused as unfit.", ("outcome",)
)

T = TypeVar("T")


class Kept(Generic[T]):
    """Holds one thing and looks now and then whether its files still are what they were. Threads may share it."""

    def __init__(
        self, stamp: Callable[[], tuple[Stamp, ...]], make: Callable[[], T], signer: Callable[[T], Signer]
    ) -> None:
        """`stamp` says how the files stand, `make` reads them or raises BadSettings, `signer` finds the one in it."""
        self.stamp, self.make, self.signer = stamp, make, signer
        self.stamped = stamp()
        self.made = make()
        self.is_unfit = False
        """Whether the files as they are now could not be taken."""
        self.again_at = 0.0
        self.looks_at = time.monotonic() + LOOK_SECONDS
        self.warned_at = Clock().now()
        self.looking = threading.Lock()

    def now(self) -> T:
        """The thing as it is. At most once a second a thread of its own looks at the files and reads what changed."""
        if time.monotonic() >= self.looks_at:
            self.looks_at = time.monotonic() + LOOK_SECONDS
            self.warn(Clock().now())
            threading.Thread(target=self.look, daemon=True).start()
        return self.made

    def look(self) -> None:
        """Read the files again if they are other ones than at the last look. Unfit ones leave everything as it was, and are
        tried again now and then."""
        if not self.looking.acquire(blocking=False):
            return
        try:
            self.read()
        finally:
            self.looking.release()

    def read(self) -> None:
        stamped = self.stamp()
        if stamped == self.stamped and not (self.is_unfit and time.monotonic() >= self.again_at):
            return
        self.stamped, self.again_at = stamped, time.monotonic() + AGAIN_SECONDS
        try:
            made = self.make()
            check_same(self.signer(self.made), self.signer(made))
        except (BadSettings, OSError, ValueError) as error:
            self.is_unfit = True
            RELOADS.inc(outcome="refused")
            logger.error("the changed certificate or designs are unfit, the former stay in use: %s", error)
        else:
            self.made, self.is_unfit = made, False
            RELOADS.inc(outcome="taken")
            logger.info("took the changed certificate or designs")

    def warn(self, at: Instant) -> None:
        """Once a day: which certificate ends soon."""
        if at - self.warned_at >= DAY:
            self.warned_at = at
            for name, ends in self.ends().items():
                warn_of_end(f"the {name} certificate", ends, at)

    def ends(self) -> Mapping[str, Instant]:
        """When each certificate ends."""
        return self.signer(self.made).papers.ends


def check_same(old: Signer, new: Signer) -> None:
    """Passes that are out can still be served: raises BadCertificate when they are of another type or team."""
    if (old.pass_type, old.team) != (new.pass_type, new.team):
        raise BadCertificate(
            f"the certificate is for {new.pass_type} of {new.team} now; passes that are out are {old.pass_type} of "
            f"{old.team}. Restart if that is meant"
        )


def below(folder: Path) -> list[Path]:
    """Every file and folder below this one, in order."""
    found = [Path(at, name) for at, folders, files in os.walk(folder) for name in (*folders, *files)]
    return sorted(found)
