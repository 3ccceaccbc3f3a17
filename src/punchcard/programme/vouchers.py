"""Points spent on a reward become a voucher; it is used up at a till, handed back, or lapses."""

from . import lots
from .facts import Sale, Spend
from .news import VoucherLapsed, VoucherUsed
from .program import Program
from .standing import REDEEMED, Deal, Ruling, Voucher


def claim(ruling: Ruling, spend: Spend, _: Program) -> None:
    drawn, credit = lots.debit(ruling, spend.currency, spend.points, REDEEMED, spend.reward)
    until = max(spend.until, spend.at + 1) if spend.until else 0
    ruling.standing.vouchers[spend.id] = Voucher(spend.reward, until, spend.points, drawn, credit, spend.currency)
    ruling.deal = Deal(spend)
    ruling.moved = True


def use_up(ruling: Ruling, sale: Sale) -> dict[str, Voucher]:
    """The vouchers that this sale takes; the door has refused what is unknown or used, here it means nothing."""
    taken: dict[str, Voucher] = {}
    for id in sale.vouchers:
        voucher = ruling.standing.vouchers.pop(id, None)
        if voucher:
            taken[id] = voucher
            ruling.news.append(VoucherUsed(id, voucher.reward))
            ruling.moved = True
    return taken


def reopen(ruling: Ruling, taken: dict[str, Voucher], program: Program) -> None:
    """The whole sale came back: its vouchers can be used again; where their time has gone, the points return."""
    for id, voucher in taken.items():
        if voucher.until and voucher.until <= ruling.standing.at:
            dissolve(ruling, voucher, program)
        else:
            ruling.standing.vouchers[id] = voucher
            ruling.moved = True


def hand_in(ruling: Ruling, id: str, program: Program) -> None:
    """The member no longer wants what was claimed. What was used, or has lapsed, is not there to hand in."""
    voucher = ruling.standing.vouchers.pop(id, None)
    if voucher:
        ruling.moved = True
        dissolve(ruling, voucher, program)


def lapse(ruling: Ruling, id: str, program: Program) -> None:
    voucher = ruling.standing.vouchers.pop(id)
    ruling.news.append(VoucherLapsed(id, voucher.reward))
    dissolve(ruling, voucher, program)


def dissolve(ruling: Ruling, voucher: Voucher, program: Program) -> None:
    lots.give_back(ruling, voucher.draws, voucher.credit, voucher.points, voucher.currency, voucher.reward, program)
