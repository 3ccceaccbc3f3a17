"""How fast, and whether at all, messages go to one provider from this process: its circuit, its share of the quota, and who
was put off meanwhile."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from uuid import UUID
from weakref import WeakKeyDictionary

from punchcard.foundation import outbox
from punchcard.foundation.circuit import Circuit, Pass
from punchcard.foundation.clock import Instant
from punchcard.foundation.outbox import NotBefore, Task
from punchcard.foundation.outside import Answer, Outcome, World
from punchcard.foundation.rate import Rate

LOOK_SECONDS = 2.0
"""Between two looks at how many workers share the quota."""
PATIENCE_SECONDS = 5.0
"""So long a message waits for its turn in this worker's hands; one that would wait longer is put off."""
PUT_OFF_KEPT = 500_000
HOSTS_KEPT_MAX = 256


class Flow:
    """The way to one provider."""

    def __init__(self, circuit: Circuit, per_second: float, now: Callable[[], float] = time.monotonic):
        self.circuit, self.per_second, self.now = circuit, per_second, now
        self.rate = Rate(per_second, now)
        self.look_after = 0.0
        self.known: set[int] = set()
        """Hashes of the tasks that were decided and put off while the provider is away."""

    def enter(self) -> tuple[Pass, float] | Answer:
        """Leave to send, and in how many seconds; or how long to put the message off."""
        given = self.circuit.enter()
        if given is None:
            return self.put_off(f"{self.circuit.provider} is away", self.circuit.wait_seconds())
        wait = self.rate.take(PATIENCE_SECONDS)
        if wait > PATIENCE_SECONDS:
            self.circuit.abandon(given)
            return self.put_off("beyond our share of the quota", wait)
        return given, wait

    async def ask(self, send: Callable[[], Awaitable[Answer]]) -> Answer:
        """One attempt in its turn; PUT_OFF when nobody was asked, or nobody was there."""
        entered = self.enter()
        if isinstance(entered, Answer):
            return entered
        given, wait = entered
        try:
            await asyncio.sleep(wait)
            return self.heard(given, await send())
        except BaseException:
            self.circuit.abandon(given)
            raise

    def put_off(self, reason: str, seconds: float) -> Answer:
        return Answer(Outcome.PUT_OFF, reason=reason, after_seconds=max(1, round(seconds)))

    def heard(self, given: Pass, answer: Answer) -> Answer:
        """Learn from an answer. What is too much for them now is no try of the message's."""
        if answer.outcome is Outcome.PUT_OFF:
            self.circuit.abandon(given)
            return answer
        self.circuit.heard(given, not is_away(answer))
        if answer.status == 429:
            self.circuit.hold(float(answer.after_seconds or 0))
            return self.put_off(answer.reason, max(float(answer.after_seconds or 0), self.circuit.wait_seconds()))
        return answer

    def judged(self, answer: Answer) -> Answer:
        """The same, once all that went out together has been heard: while they are away, no answer is a try."""
        if is_away(answer) and self.circuit.is_away:
            return self.put_off(answer.reason, max(float(answer.after_seconds or 0), self.circuit.wait_seconds()))
        return answer

    def still_away(self, tasks: Sequence[Task], at: Instant) -> list[NotBefore]:
        """Those of the tasks that were put off before and need not be decided anew, since nobody would be asked now."""
        if not self.circuit.is_quiet:
            self.known = self.known if self.circuit.is_away else set()
            return []
        return [self.later(task, at) for task in tasks if hash((task.member_id, task.key)) in self.known]

    def later(self, task: Task, at: Instant) -> NotBefore:
        return NotBefore(task, at + max(1, round(self.circuit.wait_seconds())))

    def remember(self, member_id: UUID, key: str) -> None:
        """This one was decided, and put off."""
        if len(self.known) < PUT_OFF_KEPT:
            self.known.add(hash((member_id, key)))


def is_away(answer: Answer) -> bool:
    """Nobody answered, or they are in trouble, or they refuse us whatever the message."""
    if answer.outcome is Outcome.MISCONFIGURED:
        return True
    return answer.outcome is Outcome.LATER and (answer.status == 0 or answer.status >= 500)


FLOWS: WeakKeyDictionary[object, Flow] = WeakKeyDictionary()
HOSTS: WeakKeyDictionary[object, dict[str, Flow]] = WeakKeyDictionary()
"""Of a way out that leads to many hosts, each of which may be away alone: their flows, those used last at the end."""


def flow_of(world: World, provider: object, name: str, per_second: float) -> Flow:
    """The flow of this way out, for as long as it is used."""
    if (found := FLOWS.get(provider)) is None:
        found = FLOWS[provider] = made(world, name, per_second)
    return found


def flow_to_host(world: World, provider: object, host: str, name: str, per_second: float) -> Flow:
    """The flow of this way out to one host, for as long as it is used. Anybody may name hosts: so many are remembered."""
    flows = HOSTS.setdefault(provider, {})
    found = flows[host] = flows.pop(host) if host in flows else made(world, name, per_second)
    if len(flows) > HOSTS_KEPT_MAX:
        del flows[next(iter(flows))]
    return found


def flows_to_hosts(provider: object) -> list[Flow]:
    """The flows of this way out to all hosts that we remember."""
    return list(HOSTS.get(provider, {}).values())


def made(world: World, name: str, per_second: float) -> Flow:
    return Flow(Circuit(name, world.settings.push_probe_seconds, world.settings.push_ramp_per_second), per_second)


async def share(world: World, flows: Iterable[Flow]) -> None:
    """Every worker that is alive has the same part of each quota."""
    stale = [flow for flow in flows if flow.now() >= flow.look_after]
    if not stale:
        return
    async with world.database.reading() as db:
        workers = max(1, await outbox.alive(db))
    for flow in stale:
        flow.look_after = flow.now() + LOOK_SECONDS
        flow.rate.per_second = flow.per_second / workers
