"""Why a fact gave points, or did not: the ruling's verdicts and entries as reasons. The words stand elsewhere."""

from collections import Counter

from msgspec import Struct

from .lots import DAY
from .program import Program
from .standing import ADJUSTED, ISSUED, OWN, PROLONGED, Entry, Ruling, Verdict

SILENT = frozenset(map(int, (Verdict.NOT_BEGUN, Verdict.ENDED, Verdict.OTHER_OCCASION)))
"""Of these nobody asks, but of what ended lately. What a later edition promises must not change what is said of the past."""
WORDS = tuple(verdict.name.lower().replace("_", "-") for verdict in Verdict)


class Reason(Struct, frozen=True, array_like=True):
    """What one promise did: its id, the verdict (a key of `words/programme.toml`), and the points that it moved."""

    term: str
    verdict: str
    points: int = 0


def explain(ruling: Ruling, program: Program) -> tuple[Reason, ...]:
    """Every term that had a say in this fact, then whatever else moved points: challenges, rewards, adjustments."""
    gained, others = Counter[str](), Counter[tuple[str, str]]()
    for entry in ruling.entries:
        if entry.of == ruling.of:
            other, points = seen_by_member(entry)
            if other == ISSUED:
                gained[entry.term] += points
            elif other:
                others[entry.term, other] += points
    reasons = {} if speaks_of_another(ruling) else verdicts(ruling, program)
    said = [Reason(term, verdict, gained.pop(term, 0)) for term, verdict in reasons.items()]
    known = {term.id for term in program.rulebook.terms}
    said += [Reason(id, issue(id in known, points), points) for id, points in gained.items() if points]
    said += [Reason(id, movement(other, points), points) for (id, other), points in others.items() if points]
    return tuple(said)


def speaks_of_another(ruling: Ruling) -> bool:
    """A return is told by what it took, not by what the rest of the sale would earn."""
    return ruling.deal is not None and ruling.deal.fact.id != ruling.of


def verdicts(ruling: Ruling, program: Program) -> dict[str, str]:
    """What each term said; of a term that was published anew, the version that held."""
    terms, verdicts = program.rulebook.terms, ruling.reasons
    said = {terms[index].id: WORDS[verdict] for index, verdict in enumerate(verdicts) if verdict not in SILENT}
    for index in program.ended_lately(ruling.standing.at, DAY) if verdicts else ():
        if verdicts[index] == Verdict.ENDED:
            said.setdefault(terms[index].id, WORDS[Verdict.ENDED])
    return said


def issue(by_term: bool, points: int) -> str:
    if by_term:
        return "given" if points > 0 else "returned"
    return "completed" if points > 0 else "withdrawn"


def seen_by_member(entry: Entry) -> tuple[str, int]:
    """The programme's account of a movement, and what the member gained; none for what stays on one side."""
    if (entry.account in OWN) == (entry.counter in OWN):
        return "", 0
    return (entry.counter, entry.points) if entry.account in OWN else (entry.account, -entry.points)


def movement(other: str, points: int) -> str:
    if other in (ADJUSTED, PROLONGED):
        return other
    return "given-back" if points > 0 else "spent"
