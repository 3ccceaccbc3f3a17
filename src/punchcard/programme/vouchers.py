"""Points spent on a reward become a voucher; it is set aside, used up at a till, handed back, or lapses."""

from . import lots
from .facts import Hold, Sale, Spend
from .news import VoucherBack, VoucherLapsed, VoucherUsed
from .program import Program
from .standing import REDEEMED, VOUCHER_OF, Deal, Held, Ruling, Standing, Voucher


def claim(ruling: Ruling, spend: Spend, _: Program) -> None:
    drawn, credit = lots.debit(ruling, spend.currency, spend.points, REDEEMED, spend.reward)
    until = max(spend.until, spend.at + 1) if spend.until else 0
    ruling.standing.vouchers[spend.id] = Voucher(spend.reward, until, spend.points, drawn, credit, spend.currency)
    ruling.deal = Deal(spend)
    ruling.moved = True


def set_aside(ruling: Ruling, hold: Hold) -> None:
    """The door has refused what is unknown, used or held by another; here it means nothing."""
    standing = ruling.standing
    if hold.voucher in standing.vouchers and hold.voucher not in held_vouchers(standing):
        until = max(hold.until, hold.at + 1)
        standing.holds[hold.id] = Held(0, VOUCHER_OF + hold.voucher, until, purpose=hold.purpose)
        ruling.moved = True


def capture(ruling: Ruling, sale: Sale) -> None:
    """The sale takes what was set aside for it: a voucher that it uses is used up next, any other is free again."""
    holds = ruling.standing.holds
    for id in sale.holds:
        if id in holds and holds[id].voucher:
            del holds[id]
            ruling.moved = True


def take(ruling: Ruling, id: str) -> Voucher | None:
    """Out of the standing, and out of whatever hold it is in."""
    voucher = ruling.standing.vouchers.pop(id, None)
    if voucher and ruling.standing.holds:
        ruling.standing.holds.pop(held_vouchers(ruling.standing).get(id, ""), None)
    return voucher


def use_up(ruling: Ruling, sale: Sale) -> dict[str, Voucher]:
    """The vouchers that this sale takes; the door has refused what is unknown or used, here it means nothing."""
    taken: dict[str, Voucher] = {}
    for id in sale.vouchers:
        if voucher := take(ruling, id):
            taken[id] = voucher
            ruling.news.append(VoucherUsed(id, voucher.reward))
            ruling.moved = True
    return taken


def reopen(ruling: Ruling, taken: dict[str, Voucher], program: Program) -> None:
    """The whole sale came back: its vouchers can be used again; where their time has gone, the points return."""
    for id, voucher in taken.items():
        ruling.news.append(VoucherBack(id, voucher.reward))
        if voucher.until and voucher.until <= ruling.standing.at:
            dissolve(ruling, voucher, program)
        else:
            ruling.standing.vouchers[id] = voucher
            ruling.moved = True


def hand_in(ruling: Ruling, id: str, program: Program) -> None:
    """The member no longer wants what was claimed. What was used, or has lapsed, is not there to hand in."""
    if voucher := take(ruling, id):
        ruling.moved = True
        ruling.news.append(VoucherBack(id, voucher.reward))
        dissolve(ruling, voucher, program)


def lapse(ruling: Ruling, id: str, program: Program) -> None:
    if voucher := take(ruling, id):
        ruling.news.append(VoucherLapsed(id, voucher.reward))
        dissolve(ruling, voucher, program)


def dissolve(ruling: Ruling, voucher: Voucher, program: Program) -> None:
    lots.give_back(ruling, voucher.draws, voucher.credit, voucher.points, voucher.currency, voucher.reward, program)


def held_vouchers(standing: Standing) -> dict[str, str]:
    """Which vouchers are set aside, and under which hold."""
    return {held.voucher: id for id, held in standing.holds.items() if held.voucher}
