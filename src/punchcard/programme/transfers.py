"""Points that leave for another journal, arrive from one, or are given to a cause; and who brought how much to a pool."""

from . import lots
from .coins import NEVER, POINTS
from .facts import Donation, Lot, TransferIn, TransferOut
from .news import PointsSent
from .program import Program
from .standing import DONATED, TRANSFERRED, Ruling, Standing, balance


def donate(ruling: Ruling, fact: Donation, _: Program) -> None:
    lots.debit(ruling, fact.currency, fact.points, DONATED, fact.cause)


def send(ruling: Ruling, fact: TransferOut, _: Program) -> None:
    """What leaves keeps its terms; the other journal writes them down as its own fact."""
    standing, share = ruling.standing, key(fact.currency, fact.to)
    if share in standing.shares:
        settle(standing, fact.currency)
        change(standing, share, -fact.points)
    draws, credit = lots.debit(ruling, fact.currency, fact.points, TRANSFERRED, fact.to)
    if credit:
        draws = (*draws, lots.uncovered(fact.currency, credit))
    ruling.news.append(PointsSent(fact.id, fact.to, draws, fact.pooled))


def receive(ruling: Ruling, fact: TransferIn, program: Program) -> None:
    """Points arrive on the terms under which they left; what has expired on the way has a grace. A pool notes who brought
    them."""
    standing = ruling.standing
    era = program.era(standing.at)
    for currency in sorted({lot.currency for lot in fact.lots}) if fact.pooled else ():
        settle(standing, currency)
    for lot in fact.lots:
        if lot.expires:
            lot = Lot(lot.currency, min(lot.expires, NEVER), lot.starts, lot.rolling, lot.funder, lot.points)
        else:
            lot = lots.mint_begun(era.coin(lot.currency), lot.points, standing.at, program)
        lots.credit(ruling, lots.alive(lot, lot.points, standing.at, era.grace_days), TRANSFERRED, fact.sender)
        if fact.pooled:
            change(standing, key(lot.currency, fact.sender), max(0, lot.points))


def share_of(standing: Standing, member: str, currency: str = POINTS) -> int:
    """How much of what a household's pool can spend just now is this member's: what they brought, less their part of
    what was spent or has expired."""
    return shares_now(standing, currency).get(key(currency, member), 0)


def shares_now(standing: Standing, currency: str) -> dict[str, int]:
    """Everybody's share by `currency/sender`. Where less is there than was brought, all have lost in proportion; points
    that cannot be divided go to the largest remainders, and among equals by name."""
    brought = {each: points for each, points in standing.shares.items() if each.startswith(f"{currency}/")}
    there, whole = balance(standing, currency), sum(brought.values())
    if there >= whole:
        return brought
    parts = {each: points * there // whole for each, points in brought.items()}
    left = there - sum(parts.values())
    for each in sorted(brought, key=lambda each: (-(brought[each] * there % whole), each))[:left]:
        parts[each] += 1
    return parts


def settle(standing: Standing, currency: str) -> None:
    """Let what was spent or has expired lessen the shares, before these change."""
    for each, points in shares_now(standing, currency).items():
        change(standing, each, points - standing.shares[each])


def change(standing: Standing, share: str, points: int) -> None:
    points += standing.shares.pop(share, 0)
    if points > 0:
        standing.shares[share] = points


def key(currency: str, member: str) -> str:
    return f"{currency}/{member}"
