"""What each live term of a plan awards to a basket: earning, stacking and limits are one loop."""

from hashlib import sha256
from typing import cast

from msgspec import Struct, field

from .awards import PerAmount, Tiered
from .facts import Payload
from .occasions import says
from .plans import Plan, Step
from .promises import Term
from .rounding import divide, for_amount
from .standing import Verdict

APPLIED, CAPPED, BELOW_MINIMUM, OUTBID, CAP_USED_UP, NOT_GRANTED, NOTHING = (
    Verdict.APPLIED, Verdict.CAPPED, Verdict.BELOW_MINIMUM, Verdict.OUTBID, Verdict.CAP_USED_UP, Verdict.NOT_GRANTED,
    Verdict.ROUNDED_TO_NOTHING,
)  # fmt: skip
NOBODY: frozenset[str] = frozenset()
Awarded = list[tuple[Step, int]]


class Scene(Struct, gc=False):
    """What is the same for every term that looks at a basket."""

    net: int
    """Minor units paid with money, of `gross`; points do not earn points."""
    gross: int
    spare: dict[str, int]
    """The room under each cap and limit."""
    grants: dict[str, int]
    seed: int = 0
    paid: dict[str, int] = {}
    """Money by the kind of tender, where a term asks for it."""
    data: Payload = {}
    """What an activity says of itself."""


class Hand(Struct, gc=False):
    """What has been dealt out so far."""

    scene: Scene
    verdicts: bytearray
    out: frozenset[str]
    """Terms that would be too many."""
    awards: Awarded = field(default_factory=list)
    gave: set[str] = field(default_factory=set)
    taken: dict[str, int] = field(default_factory=dict)
    """How many terms of a group apply."""
    alone: str = ""
    """The group that applies and goes with no other."""
    left: dict[str, int] = field(default_factory=dict)
    """What this basket itself has left of a limit."""
    rivals: list[tuple[int, int, Step]] = field(default_factory=list)


def decide(plan: Plan, amounts: list[int], units: list[int], scene: Scene) -> tuple[Awarded, bytes]:
    """The awards and a verdict for each term; where they are too many, the worst go one by one, as if it were not there:
    what builds on it, and what it used of a limit, is reckoned anew."""
    out = NOBODY
    while True:
        awards, verdicts = evaluate(plan, amounts, units, scene, out)
        rivals = [award for award in awards if not award[0].off] if plan.stack_most else []
        if len(rivals) <= plan.stack_most:
            return awards, verdicts
        worst, _ = max(rivals, key=lambda award: (-award[0].term.priority, -award[1], award[0].id))
        out |= {worst.id}


def evaluate(
    plan: Plan, amounts: list[int], units: list[int], scene: Scene, out: frozenset[str] = NOBODY
) -> tuple[Awarded, bytes]:
    """`amounts` ends with what all lines come to: a multiple of what spending earned is given in the share of its goods."""
    hand = Hand(scene, bytearray(plan.verdicts), out)
    verdicts, awards, net, gross = hand.verdicts, hand.awards, scene.net, scene.gross
    earned: dict[str, int] = {}
    for step in plan.order:
        index = step.index
        if not units[index]:
            continue
        paid = net
        if step.picky:
            if step.closes:
                choose(hand, earned)
                continue
            paid, refusal = admit(step, amounts, units, hand)
            if refusal:
                verdicts[index] = refusal
                continue
        amount = amounts[index]
        if paid != gross:
            amount = amount * paid // gross
        if amount < step.minimum:
            verdicts[index] = BELOW_MINIMUM
            continue
        if step.down:
            points = amount * step.numerator // step.divisor
        elif step.of_units:
            points = units[index] * step.numerator
            if paid != gross:
                points = divide(points * paid, gross, "half-up")
        elif step.fixed:
            points = step.numerator if paid or not gross or step.off else 0
        elif step.of_awards:
            points = multiplied(step, earned.get(step.currency, 0), amounts, paid, net)
        else:
            points = for_amount(cast(PerAmount | Tiered, step.term.award), amount)
        if step.plain and points > 0:
            verdicts[index] = APPLIED
            awards.append((step, points))
            if step.spending:
                earned[step.currency] = earned.get(step.currency, 0) + points
        elif step.plain:
            verdicts[index] = NOTHING
        elif step.rival:
            hand.rivals.append((hold_back(step, points, hand)[1], points, step))
        else:
            deal_out(step, points, hand, earned)
    return awards, bytes(verdicts)


def admit(step: Step, amounts: list[int], units: list[int], hand: Hand) -> tuple[int, int]:
    """What was paid so that the term counts it, in minor units, and why it does not apply, if it does not."""
    scene, term = hand.scene, step.term
    net, gross = scene.net, scene.gross
    if term.where and not says(term.where, scene.data):
        return net, Verdict.OTHER_ANSWER
    paid = net
    if term.tenders:
        paid = min(net, sum(scene.paid.get(kind, 0) for kind in term.tenders))
        if not paid:
            return 0, Verdict.OTHER_TENDER
    if units[step.index] < term.units_minimum:
        return paid, Verdict.TOO_FEW
    if term.basket_minimum and share(amounts[-1], net, gross) < term.basket_minimum:
        return paid, Verdict.SMALL_BASKET
    if share(amounts[step.index], paid, gross) < step.minimum:
        return paid, BELOW_MINIMUM
    if not term.requires <= hand.gave:
        return paid, Verdict.NOT_WITH_IT
    if term.hold_out_percent and held_out(term, scene.seed):
        return paid, Verdict.HELD_OUT
    return paid, 0


def multiplied(step: Step, earned: int, amounts: list[int], paid: int, net: int) -> int:
    """What a multiple adds to what spending earned, in the share of its goods and of how they were paid."""
    points = earned * step.numerator // step.divisor
    if amounts[step.index] != amounts[-1]:
        points = points * amounts[step.index] // amounts[-1]
    return points * paid // net if paid != net else points


def share(amount: int, paid: int, gross: int) -> int:
    return amount if paid == gross else amount * paid // gross


def held_out(term: Term, seed: int) -> bool:
    """Always the same members, and others for each term."""
    return int.from_bytes(sha256(f"{term.id}/{seed}".encode()).digest()[:8]) % 100 < term.hold_out_percent


def deal_out(step: Step, points: int, hand: Hand, earned: dict[str, int]) -> None:
    """Give what group, grant, caps and limits leave of an award."""
    verdict, points = hold_back(step, points, hand)
    hand.verdicts[step.index] = verdict if points > 0 else verdict or NOTHING
    if points <= 0:
        return
    if step.group:
        hand.taken[step.group] = hand.taken.get(step.group, 0) + 1
    if step.id in hand.out:
        hand.verdicts[step.index] = Verdict.TOO_MANY
        return
    if step.exclusive:
        hand.alone = hand.alone or step.group
    for key in step.limits:
        hand.left[key] = hand.left.get(key, hand.scene.spare[key]) - points
    hand.gave.add(step.id)
    if step.spending:
        earned[step.currency] = earned.get(step.currency, 0) + points
    hand.awards.append((step, 0 if step.extends else points))


def hold_back(step: Step, points: int, hand: Hand) -> tuple[Verdict, int]:
    """What group, grant, caps and limits leave of an award."""
    if step.group:
        if hand.alone and hand.alone != step.group:
            return Verdict.EXCLUDED, 0
        if hand.taken.get(step.group, 0) >= step.at_most:
            return OUTBID, 0
    if step.scarce:
        points = min(points, hand.scene.grants.get(step.id, 0))
        if points <= 0:
            return NOT_GRANTED, 0
    verdict, spare = APPLIED, hand.scene.spare
    for key, cap in step.caps:
        room = spare[key]
        if room <= 0:
            return CAP_USED_UP, 0
        if cap.of == "points" and points > room:
            verdict, points = CAPPED, room
    for key in step.limits:
        room = hand.left.get(key, spare[key])
        if room <= 0:
            return Verdict.LIMIT_USED_UP, 0
        if points > room:
            verdict, points = CAPPED, room
    return verdict, points


def choose(hand: Hand, earned: dict[str, int]) -> None:
    """Of a group whose terms have all spoken those apply that give most, with what is left under their caps and limits."""
    rivals, hand.rivals = hand.rivals, []
    rivals.sort(key=lambda rival: (-rival[0], -rival[2].term.priority, rival[2].id))
    for _, points, step in rivals:
        deal_out(step, points, hand, earned)
