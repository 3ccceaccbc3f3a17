"""What each live term of a plan awards to a basket: earning, stacking and limits are one loop."""

from .program import Plan, Step
from .promises import (
    Term,
)
from .standing import Verdict

APPLIED, CAPPED, BELOW_MINIMUM, OUTBID, CAP_USED_UP, NOT_GRANTED, NOTHING = (
    Verdict.APPLIED, Verdict.CAPPED, Verdict.BELOW_MINIMUM, Verdict.OUTBID, Verdict.CAP_USED_UP, Verdict.NOT_GRANTED,
    Verdict.ROUNDED_TO_NOTHING,
)  # fmt: skip


def evaluate(
    plan: Plan,
    amounts: list[int],
    units: list[int],
    net: int,
    gross: int,
    spare: dict[str, int],
    grants: dict[str, int],
) -> tuple[list[tuple[Term, int]], bytes]:
    """The awards and a verdict for each term. `net` of `gross` was paid with money; points do not earn points.

    `amounts` ends with what all lines come to: a multiple of what spending earned is given in the share of its goods."""
    verdicts, awards = bytearray(plan.verdicts), []
    earned: dict[str, int] = {}
    taken: set[str] = set()
    for step in plan.steps:
        index = step.index
        if not units[index]:
            continue
        amount = amounts[index]
        if net != gross:
            amount = amount * net // gross
        if amount < step.minimum:
            verdicts[index] = BELOW_MINIMUM
            continue
        if step.of_awards:
            points = earned.get(step.currency, 0) * step.numerator // step.divisor
            if amounts[index] != amounts[-1]:
                points = points * amounts[index] // amounts[-1]
        elif step.of_units:
            points = units[index] * step.numerator
        elif step.fixed:
            points = step.numerator
        elif step.whole_steps:
            points = amount // step.divisor * step.numerator
        else:
            points = amount * step.numerator // step.divisor
        verdict = APPLIED
        if not step.plain:
            verdict, points = hold_back(step, points, spare, grants, taken)
        if points <= 0:
            verdicts[index] = verdict or NOTHING
            continue
        verdicts[index] = verdict
        if step.group:
            taken.add(step.group)
        if step.spending:
            earned[step.currency] = earned.get(step.currency, 0) + points
        awards.append((step.term, points))
    return awards, bytes(verdicts)


def hold_back(
    step: Step, points: int, spare: dict[str, int], grants: dict[str, int], taken: set[str]
) -> tuple[Verdict, int]:
    """What group, grant and cap leave of an award."""
    if step.group and step.group in taken:
        return OUTBID, 0
    if step.scarce:
        points = min(points, grants.get(step.id, 0))
        if points <= 0:
            return NOT_GRANTED, 0
    verdict = APPLIED
    for key, cap in step.caps:
        room = spare[key]
        if room <= 0:
            return CAP_USED_UP, 0
        if cap.of == "points" and points > room:
            verdict, points = CAPPED, room
    return verdict, points
