"""A run that brings every card of a wallet up to a changed design, and when it will be through."""

from typing import Literal
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from punchcard.foundation.clock import Instant
from punchcard.foundation.errors import Refused

Wallet = Literal["apple", "google"]
WALLETS: tuple[Wallet, ...] = ("apple", "google")
State = Literal["running", "paused", "finished", "stopped", "superseded"]
NEWER_WEIGHS = 0.1
"""How much the last step weighs in the rate that is shown."""


class RunIsOver(Refused):
    """This re-design is over."""

    words = "passes_redesign"


class Run(Struct, frozen=True, kw_only=True):
    """Where a run stands. `handed` cards went to the outbox, `done` of them are out of it, `skipped` ones nobody holds."""

    id: UUID
    wallet: Wallet
    design_hash: bytes
    state: State
    total: int
    held: int
    last_member: UUID = UUID(int=0)
    handed: int = 0
    skipped: int = 0
    done: int = 0
    per_second: float = 0.0
    stepped_at: Instant
    began_at: Instant
    ended_at: Instant | None = None

    @property
    def is_open(self) -> bool:
        return self.state in ("running", "paused")

    def remaining(self) -> int:
        """Cards that somebody held when it began and that are not done."""
        return max(0, self.held - self.done)

    def ends_at(self, at: Instant, usual_per_second: float) -> Instant | None:
        """When it will be through at the rate of late (at first: the usual one); None unless it runs."""
        if self.state != "running":
            return None
        return at + round(self.remaining() / (self.per_second or usual_per_second))

    def stepped(self, waiting: int, at: Instant) -> "Run":
        """The same run when so many of its cards still wait. What left the outbox since gives the rate."""
        done = max(self.done, self.handed - waiting)
        seconds = at - self.stepped_at
        if seconds <= 0:
            return replace(self, done=done)
        lately = (done - self.done) / seconds
        rate = lately if not self.per_second else (1 - NEWER_WEIGHS) * self.per_second + NEWER_WEIGHS * lately
        return replace(self, done=done, per_second=rate, stepped_at=at)
