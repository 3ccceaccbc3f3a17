"""Why a fact gave points, or did not: the ruling's verdicts and entries as reasons. The words stand elsewhere."""

from collections import Counter

from msgspec import Struct

from .awards import Off
from .lots import DAY
from .program import Program
from .promises import Term
from .standing import (
    ADJUSTED,
    DONATED,
    HELD,
    ISSUED,
    LOADED,
    OWN,
    PENDING,
    PROLONGED,
    TRANSFERRED,
    Entry,
    Ruling,
    Verdict,
)

SILENT = frozenset(map(int, (Verdict.NOT_BEGUN, Verdict.ENDED, Verdict.OTHER_OCCASION)))
"""Of these nobody asks, but of what ended lately. What a later edition promises must not change what is said of the past."""
WORDS = tuple(verdict.name.lower().replace("_", "-") for verdict in Verdict)
BEGUN = "begun"
"""Where points that waited for an action begin."""
MOVED = {
    ADJUSTED: ("adjusted", "adjusted"),
    BEGUN: ("activated", "activated"),
    DONATED: ("given-back", "donated"),
    HELD: ("released", "held"),
    LOADED: ("loaded", "loaded"),
    TRANSFERRED: ("received", "transferred"),
}
"""What is said of points that come from the other side or go there; otherwise they are given back or spent."""


class Reason(Struct, frozen=True, array_like=True):
    """What one promise did: its id, the verdict (a key of `words/programme.toml`), and the points that it moved."""

    term: str
    verdict: str
    points: int = 0


def explain(ruling: Ruling, program: Program) -> tuple[Reason, ...]:
    """Every term that had a say in this fact; then whatever else moved points: challenges, rewards, adjustments; then what
    lives longer, and what a return could not bring back."""
    gained, others, longer = Counter[str](), Counter[tuple[str, str]](), dict[str, None]()
    for entry in ruling.entries:
        for other, points in seen_by_member(entry) if entry.of == ruling.of else ():
            if other == ISSUED:
                gained[entry.term] += points
            elif other == PROLONGED and entry.term:
                longer[entry.term] = None
            elif other != PROLONGED:
                others[entry.term, other] += points
    reasons = {} if speaks_of_another(ruling) else verdicts(ruling, program)
    said = [Reason(term, verdict, gained.pop(term, 0)) for term, verdict in reasons.items()]
    known = {term.id for term in program.rulebook.terms}
    said += [Reason(id, issue(id in known, points, ruling), points) for id, points in gained.items() if points]
    said += [Reason(id, movement(other, points), points) for (id, other), points in others.items() if points]
    spoken = {reason.term for reason in said}
    said += [Reason(id, "extended") for id in longer if id not in spoken]
    return (*said, *(Reason(kept.of, kept.why) for kept in ruling.kept))


def speaks_of_another(ruling: Ruling) -> bool:
    """A return is told by what it took, not by what the rest of the sale would earn."""
    return ruling.deal is not None and ruling.deal.fact.id != ruling.of


def verdicts(ruling: Ruling, program: Program) -> dict[str, str]:
    """What each term said; of a term that was published anew, the version that held."""
    terms, verdicts = program.rulebook.terms, ruling.reasons
    said = {
        terms[index].id: WORDS[verdict]
        for index, verdict in enumerate(verdicts)
        if verdict not in SILENT and not untaken(terms[index], verdict)
    }
    for index in program.ended_lately(ruling.standing.at, DAY) if verdicts else ():
        if verdicts[index] == Verdict.ENDED:
            said.setdefault(terms[index].id, WORDS[Verdict.ENDED])
    return said


def untaken(term: Term, verdict: int) -> bool:
    """A price that the till did not lower is nothing that the journal could explain."""
    return verdict == Verdict.NOT_GRANTED and isinstance(term.award, Off)


def issue(by_term: bool, points: int, ruling: Ruling) -> str:
    if by_term and points < 0:
        return "returned" if ruling.deal else "cancelled"
    if by_term:
        return "given"
    return "completed" if points > 0 else "withdrawn"


def seen_by_member(entry: Entry) -> tuple[tuple[str, int], ...]:
    """Where points came from or went to, and what the member gained.

    What is set aside is on the other side until it is set free; what is paid with it is set free and spent at once."""
    account, counter, points = entry.account, entry.counter, entry.points
    if account == HELD:
        return ((HELD, -points),)
    if counter == HELD:
        return ((HELD, points),) if account == PROLONGED else ((HELD, points), (account, -points))
    if PROLONGED in (account, counter) and PENDING in (account, counter):
        return ((BEGUN, points if counter == PENDING else -points),)
    if (account in OWN) == (counter in OWN):
        return ()
    return ((counter, points),) if account in OWN else ((account, -points),)


def movement(other: str, points: int) -> str:
    gained, lost = MOVED.get(other, ("given-back", "spent"))
    return gained if points > 0 else lost
