"""Folding a stretch of a journal: one new fact at its end, or a late one and everything after it."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from punchcard.foundation.clock import Instant
from punchcard.programme import (
    Activity,
    AnyFact,
    ChallengeCompleted,
    ChallengeWithdrawn,
    Deal,
    News,
    PointsSent,
    Program,
    Reason,
    Return,
    Ruling,
    Sale,
    Standing,
    StandingMoved,
    about,
    adjudicate,
    advance,
    decode,
    encode,
    explain,
)

from . import habits as ways
from .habits import Habits
from .model import Checkpoint, KeptDeal, Moved, StoredFact

CHECKPOINT_EVERY = 8

read_fact = msgspec.json.Decoder(AnyFact).decode
deal_from = msgspec.msgpack.Decoder(Deal).decode
to_bytes = msgspec.msgpack.Encoder().encode


class Place(Struct):
    """Right after the n-th fact: what a fold goes on from. `until` is how far time has passed there."""

    standing: Standing
    habits: Habits
    facts: int = 0


class Step(Struct, frozen=True):
    """What one fact did: first the time before it, then itself."""

    fact: AnyFact
    time: Ruling
    ruling: Ruling
    reasons: tuple[Reason, ...]
    earlier: Deal | None = None
    """What the deal that the fact is about had become before it."""

    @property
    def news(self) -> list[News]:
        return [*self.time.news, *self.ruling.news]


class Stretch(Struct):
    """What came of a fold: each fact's step, what time did after the last, and all that must be kept."""

    end: Place
    """Right after the last fact, before any tick."""
    steps: list[Step] = field(default_factory=list)
    rest: Ruling | None = None
    """What time has done since."""
    deals: list[KeptDeal] = field(default_factory=list)
    checkpoints: list[Checkpoint] = field(default_factory=list)

    @property
    def now(self) -> Standing:
        return self.rest.standing if self.rest else self.end.standing

    def step_of(self, fact: AnyFact) -> Step:
        return next(step for step in self.steps if step.fact is fact)

    @property
    def moved(self) -> list[Moved]:
        """Every entry in order, with the fact whose fold moved it."""
        found = []
        for step in self.steps:
            found += [Moved("", entry) for entry in step.time.entries]
            found += [Moved(step.fact.id, entry) for entry in step.ruling.entries]
        return found + [Moved("", entry) for entry in (self.rest.entries if self.rest else ())]

    @property
    def news(self) -> list[News]:
        return [news for step in self.steps for news in step.news] + (self.rest.news if self.rest else [])


def refold(
    start: Place, facts: Iterable[AnyFact], deals: Mapping[str, Deal], until: Instant, program: Program
) -> Stretch:
    """Fold these facts in their order, then let time pass until `until`. `deals` is what earlier facts left."""
    known, standing, habits = dict(deals), start.standing, start.habits.copy()
    stretch = Stretch(Place(standing, habits, start.facts))
    for fact in facts:
        earlier = known.get(about(fact) or "")
        time = advance(standing, fact.at, program)
        ruling = adjudicate(time.standing, fact, program, earlier)
        standing, deal = ruling.standing, ruling.deal
        ways.count(habits, fact, earlier, deal)
        stretch.steps.append(Step(fact, time, ruling, explained(ruling, program), earlier))
        stretch.end.facts += 1
        if deal:
            known[deal.fact.id] = deal
            stretch.deals.append(KeptDeal(deal.fact.id, fact.at, fact.id, to_bytes(deal)))
        if stretch.end.facts % CHECKPOINT_EVERY == 0:
            stretch.checkpoints.append(
                Checkpoint(stretch.end.facts, fact.at, fact.id, encode(standing), ways.encode(habits))
            )
    stretch.end.standing = standing
    if until > standing.at:
        stretch.rest = advance(standing, until, program)
    return stretch


_explained: list[tuple[Ruling, tuple[Reason, ...]]] = []
"""The last ruling, and its reasons: what is kept with a fact is what its receipt says right after."""


def explained(ruling: Ruling, program: Program) -> tuple[Reason, ...]:
    """Why the ruling gave what it gave, reckoned once."""
    if not _explained or _explained[0][0] is not ruling:
        _explained[:] = [(ruling, explain(ruling, program))]
    return _explained[0][1]


def canonical(fact: AnyFact) -> AnyFact:
    """The fact with its maps in order, however it was spelled: jsonb keeps an order of its own."""
    match fact:
        case Sale(grants=grants) if len(grants) > 1:
            return replace(fact, grants=dict(sorted(grants.items())))
        case Activity(grants=grants, data=data) if len(grants) > 1 or len(data) > 1:
            return replace(fact, grants=dict(sorted(grants.items())), data=dict(sorted(data.items())))
        case Return(quantities=quantities, refunds=refunds) if len(quantities) > 1 or len(refunds) > 1:
            return replace(fact, quantities=dict(sorted(quantities.items())), refunds=dict(sorted(refunds.items())))
    return fact


def fact_from(body: str) -> AnyFact:
    """A fact as it stands in the journal."""
    return canonical(read_fact(body))


def place(state: bytes, habits: bytes, facts: int) -> Place:
    return Place(decode(state), ways.decode(habits), facts)


def nowhere(member_id: UUID) -> Place:
    """Before the member's first fact."""
    return Place(Standing(seed=seed_of(member_id)), Habits())


def seed_of(member_id: UUID) -> int:
    """What tells this member from others where a hold-out asks: 32 bits from which nobody finds the member."""
    return int.from_bytes(hashlib.sha256(member_id.bytes).digest()[:4])


def stands(checkpoint: int, facts: int) -> bool:
    """Whether a checkpoint still stands when the journal has so many facts: dense near the end, sparse long ago."""
    octave = ((facts - checkpoint) // (8 * CHECKPOINT_EVERY)).bit_length()
    return checkpoint % (CHECKPOINT_EVERY << max(0, octave - 1)) == 0


def outgrown(facts: int) -> list[int]:
    """The checkpoints that no longer stand when the journal grows to so many facts."""
    if facts % CHECKPOINT_EVERY:
        return []
    ages = (8 * CHECKPOINT_EVERY << octave for octave in range(1, 40))
    return [facts - age for age in ages if age < facts and not stands(facts - age, facts)]


def keys(news: Iterable[News]) -> list[str]:
    """What was told, as it is remembered with the fact: a challenge is told once, whichever fact completes it; points are
    sent once, whatever lots they come from after a replay."""
    return [key(each) for each in news if not isinstance(each, StandingMoved)]


def key(news: News) -> str:
    match news:
        case ChallengeCompleted(challenge) | ChallengeWithdrawn(challenge):
            return f"{type(news).__name__} {challenge}"
        case PointsSent(fact):
            return f"PointsSent {fact}"
    return msgspec.json.encode(news).decode()


def untold(news: Sequence[News], told: Iterable[str]) -> list[News]:
    """What of this has not been told yet. Whatever shows the standing is stale in any case."""
    before, fresh = Counter(told), list[News]()
    for each in news:
        if isinstance(each, StandingMoved):
            continue
        if before[key(each)]:
            before[key(each)] -= 1
        else:
            fresh.append(each)
    return [*fresh, StandingMoved()]


class Outcome(Struct, frozen=True):
    """A fact folded, not yet written."""

    stretch: Stretch
    mine: Step
    ruling: Ruling
    """What the fact did; its standing is where the member stands after all."""
    moved: Sequence[Moved]
    news: Sequence[News]
    told: list[str]
    """What has been told by the end of this fact, since the one before it."""
    retold: Sequence[StoredFact] = ()
    """Later facts whose reasons are others now."""
    cut_after: tuple[Instant, str] | None = None
    """After which position the checkpoints and deals are made anew."""

    @property
    def before(self) -> Standing:
        return self.mine.time.standing
