"""Points that leave for another journal, arrive from one, or are given to a cause."""

from . import lots
from .facts import Donation, TransferIn, TransferOut
from .news import PointsSent
from .program import Program
from .standing import DONATED, TRANSFERRED, Ruling


def donate(ruling: Ruling, fact: Donation, _: Program) -> None:
    lots.debit(ruling, fact.currency, fact.points, DONATED, fact.cause)


def send(ruling: Ruling, fact: TransferOut, _: Program) -> None:
    """What leaves keeps its terms; the other journal writes them down as its own fact."""
    draws, credit = lots.debit(ruling, fact.currency, fact.points, TRANSFERRED, fact.to)
    if credit:
        draws = (*draws, lots.uncovered(fact.currency, credit))
    ruling.news.append(PointsSent(fact.id, fact.to, draws))


def receive(ruling: Ruling, fact: TransferIn, program: Program) -> None:
    """Points arrive on the terms under which they left; what has expired on the way has a grace."""
    standing = ruling.standing
    era = program.era(standing.at)
    for lot in fact.lots:
        if not lot.expires:
            lot = lots.mint(era.coin(lot.currency), lot.points, standing.at, "", program)
        lots.credit(ruling, lots.alive(lot, lot.points, standing.at, era.grace_days), TRANSFERRED, fact.sender)
