"""The terms that are live on an occasion, flattened, and in the order in which they are decided."""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from .awards import Extend, Fixed, Off, PerAmount, PerUnit, Tiered, Times
from .promises import (
    Cap,
    Challenge,
    Term,
)
from .rulebook import (
    Frame,
    Group,
    Limit,
)

TOTALS = ("count", "sum")
"""The challenges that have one mark, which grows."""
LIMIT = "="
"""Before the id of a limit, where what is used of it is kept."""
OFF_MOST = 10**12
"""Minor units; what is really taken off stands in the grant."""


class Step(Struct, frozen=True):
    """A live term, flattened."""

    index: int
    id: str
    term: Term
    currency: str
    numerator: int
    divisor: int
    down: bool
    """Per amount, in proportion, rounded down: the commonest award."""
    fixed: bool
    of_units: bool
    of_awards: bool
    extends: bool
    off: bool
    """Less to pay, and no points."""
    spending: bool
    """Earned by what was spent or bought: what a multiple multiplies."""
    minimum: int
    group: str
    at_most: int
    """How many of its group apply."""
    exclusive: bool
    """Its group goes with no other."""
    scarce: bool
    caps: tuple[tuple[str, Cap], ...]
    """By the key under which the standing keeps what is used of it."""
    limits: tuple[str, ...]
    awaits: bool
    """What it gives waits for an action."""
    picky: bool
    """Asks for more than goods and their minimum."""
    plain: bool = False
    """Nothing can hold the award back, and no other award looks at it."""
    rival: bool = False
    """The one of its group applies that gives most: that is decided when all of them have spoken."""
    closes: str = ""
    """No term: here the group of this id is decided."""


class Quest(Struct, frozen=True):
    """A live challenge, flattened."""

    index: int
    id: str
    challenge: Challenge
    minimum: int
    target: int
    total: bool
    """A count or a sum: one mark that grows."""
    one: bool
    """A count: each time adds one."""
    steps: bool
    again: bool
    """It recurs when it is completed."""
    asks: bool
    """For more than goods and their minimum."""


class Plan(Struct, frozen=True):
    """The rulebook as seen on one occasion."""

    steps: tuple[Step, ...]
    order: tuple[Step, ...]
    """The same, as they are decided, and where the groups are that wait until all of them have spoken."""
    verdicts: bytes
    quests: tuple[Quest, ...]
    capped: tuple[tuple[str, int], ...]
    """Every cap and limit that could bind, by its key."""
    anything: tuple[int, ...]
    """Live promises that any goods meet."""
    scarce: tuple[tuple[int, str], ...]
    by_tender: bool
    """Some term asks how the sale was paid."""
    stack_most: int


def plan(
    live: list[tuple[int, Term]],
    challenges: tuple[tuple[int, Challenge], ...],
    verdicts: bytes,
    frame: Frame,
    anything: frozenset[int],
) -> Plan:
    """`live` terms and challenges by their place in the rulebook; `anything` are the places of those for any goods."""
    groups = {group.id: group for group in frame.groups}
    wanted = frozenset[str]().union(*(term.requires for _, term in live))
    steps = sorted((flatten(index, term, groups, frame.limits) for index, term in live), key=rank)
    steps = [replace(step, plain=is_plain(step, wanted, frame)) for step in steps]
    room = {key: cap.limit for step in steps for key, cap in step.caps}
    room |= {limit_key(limit): limit.limit for limit in frame.limits if any(meant(limit, term) for _, term in live)}
    places = [step.index for step in steps] + [index for index, _ in challenges]
    return Plan(
        tuple(steps),
        tuple(in_order(steps, groups)) if wanted or groups or mixed(steps) else tuple(steps),
        verdicts,
        tuple(quest(index, challenge) for index, challenge in challenges),
        tuple(room.items()),
        tuple(index for index in places if index in anything),
        tuple((step.index, step.id) for step in steps if step.scarce),
        any(step.term.tenders for step in steps),
        frame.stack_most,
    )


def flatten(index: int, term: Term, groups: dict[str, Group], limits: tuple[Limit, ...]) -> Step:
    award, numerator, divisor, minimum = term.award, 1, 1, term.minimum
    match award:
        case PerAmount(points, per):
            numerator, divisor = points, per
        case PerUnit(points) | Fixed(points):
            numerator = points
        case Off():
            numerator = OFF_MOST
        case Times(percent):
            numerator, divisor = percent - 100, 100
        case Tiered(rates):
            minimum = max(minimum, min((rate.since for rate in rates), default=0))
    group = groups.get(term.group) or Group(term.group)
    extends, off = isinstance(award, Extend), isinstance(award, Off)
    return Step(
        index, term.id, term, term.coin.currency, numerator, divisor,
        down=isinstance(award, PerAmount) and award.rounding == "down",
        fixed=extends or off or isinstance(award, Fixed),
        of_units=isinstance(award, PerUnit),
        of_awards=isinstance(award, Times),
        extends=extends,
        off=off,
        spending=isinstance(award, PerAmount | PerUnit | Tiered),
        minimum=minimum,
        group=term.group,
        at_most=group.at_most,
        exclusive=group.exclusive,
        scarce=term.scarce,
        caps=tuple(zip(cap_keys(term), term.caps, strict=True)),
        limits=tuple(limit_key(limit) for limit in limits if meant(limit, term)),
        awaits=bool(term.coin.awaits),
        picky=bool(
            term.tenders or term.where or term.basket_minimum or term.units_minimum or term.requires
            or term.hold_out_percent
        ),
        rival=bool(term.group) and group.choose == "most",
    )  # fmt: skip


def quest(index: int, challenge: Challenge) -> Quest:
    return Quest(
        index, challenge.id, challenge, challenge.minimum, challenge.target,
        total=challenge.kind in TOTALS,
        one=challenge.kind == "count",
        steps=bool(challenge.steps),
        again=challenge.recurs == "completion",
        asks=bool(challenge.opt_in or challenge.where or challenge.after),
    )  # fmt: skip


def is_plain(step: Step, wanted: frozenset[str], frame: Frame) -> bool:
    held_back = step.group or step.caps or step.limits or step.scarce or frame.stack_most
    return not (held_back or step.extends or step.id in wanted)


def cap_keys(term: Term) -> list[str]:
    """By period and kind, so that what another edition counted in another period blocks nothing."""
    return [f"{term.id}/{cap.every[:2]}{cap.of[0]}" for cap in term.caps]


def limit_key(limit: Limit) -> str:
    return f"{LIMIT}{limit.id}/{limit.every[:2]}"


def meant(limit: Limit, term: Term) -> bool:
    """Does what this term gives use this limit up?"""
    mine = limit.currency == term.coin.currency and (not limit.terms or term.id in limit.terms)
    return mine and not isinstance(term.award, Extend | Off)


def rank(step: Step) -> tuple[bool, int, str]:
    """Multiples after what they multiply, then by priority."""
    return step.of_awards, -step.term.priority, step.id


def mixed(steps: Iterable[Step]) -> bool:
    """Does a group hold both multiples and something to multiply?"""
    kinds = {(step.group, step.of_awards) for step in steps if step.group}
    return len({group for group, _ in kinds}) < len(kinds)


class Node(Struct):
    """One or several steps that are decided together, and what should be decided before: what they ask for comes before
    them in any case, what else should as far as that lets it."""

    steps: list[Step]
    asks: set[str]
    follows: set[str]

    @property
    def rank(self) -> tuple[bool, int, str]:
        return (
            max(step.of_awards for step in self.steps),
            min(-step.term.priority for step in self.steps),
            self.steps[0].id,
        )


def in_order(steps: list[Step], groups: dict[str, Group]) -> list[Step]:
    """Terms after those that they ask for; within a group the better ones first; a group that goes with no other before
    the others; multiples after what they multiply; then by priority."""
    nodes, order = joined(steps, groups), []
    while nodes:
        open_ids = {step.id for node in nodes for step in node.steps}
        ready = (
            [node for node in nodes if open_ids.isdisjoint(node.asks | node.follows)]
            or [node for node in nodes if open_ids.isdisjoint(node.asks)]
            or nodes
        )
        delayed = set[str]().union(*(node.asks | node.follows for node in nodes if not node.rank[0]))
        best = min(ready, key=lambda node: (node.rank[0], delayed.isdisjoint(s.id for s in node.steps), node.rank))
        nodes.remove(best)
        order += best.steps
        if best.steps[0].rival:
            order.append(replace(best.steps[0], index=-1, picky=True, closes=best.steps[0].group))
    return order


def joined(steps: list[Step], groups: dict[str, Group]) -> list[Node]:
    found: list[Node] = []
    by_group: dict[str, list[Step]] = {}
    for step in steps:
        if step.group:
            by_group.setdefault(step.group, []).append(step)
        else:
            found.append(Node([step], set(step.term.requires), set()))
    ahead: set[str] = set()
    for members in sorted(by_group.values(), key=precedence):
        group = groups.get(members[0].group) or Group(members[0].group)
        members.sort(key=newest if group.choose == "newest" else best_first)
        parts = [members] if group.choose == "most" else [[step] for step in members]
        before: set[str] = set()
        for part in parts:
            ids = {step.id for step in part}
            asks = set[str]().union(*(step.term.requires for step in part)) - ids
            found.append(Node(part, asks, before | ahead))
            before = ids
        if group.exclusive:
            ahead = ahead | {step.id for step in members}
    return found


def precedence(members: list[Step]) -> tuple[bool, int, str]:
    """Groups that go with no other first, the one with the highest priority in front."""
    return not members[0].exclusive, -max(step.term.priority for step in members), members[0].group


def best_first(step: Step) -> tuple[int, str]:
    return -step.term.priority, step.id


def newest(step: Step) -> tuple[int, int, int, str]:
    return -step.term.since, -step.term.edition, *best_first(step)
