"""What offers take off a basket: which of them go together, and how much of each line. Pure: lines in, minor units out."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from punchcard import programme
from punchcard.programme import Line

from .benefits import PERCENT_MOST, Discount, FreeItem
from .model import Conditions, Goods

Off = dict[int, int]
"""Minor units by line; lines count from 0."""


class Less(Struct, frozen=True, kw_only=True):
    """An offer that lowers the price, as the door knows it."""

    id: str
    name: dict[str, str]
    benefit: Discount | FreeItem
    goods: Goods = Goods()
    conditions: Conditions = Conditions()
    stacking: str = ""
    priority: int = 0


class Taken(Struct, frozen=True):
    """What one offer takes off."""

    offer: Less
    lines: Off

    @property
    def cents(self) -> int:
        return sum(self.lines.values())


def best(
    lines: Sequence[Line], candidates: Mapping[str, Less], room: Mapping[str, int], most: Mapping[str, int]
) -> list[Taken]:
    """What these offers take off together, from prices before any of them. Of a class only as many apply as `most` says
    (one where it is silent), those of the highest priority, then those that give more; one after the other, each on what the
    one before left. `room`: how many minor units an offer may still give."""
    alone = {id: taken_off(less, lines, prices(lines), room.get(id, 0)) for id, less in candidates.items()}
    giving = [candidates[id] for id, off in alone.items() if off]
    giving.sort(key=lambda less: (-less.priority, -sum(alone[less.id].values()), less.id))
    chosen, of_class = list[Less](), Counter[str]()
    for less in giving:
        if not less.stacking or of_class[less.stacking] < most.get(less.stacking, 1):
            of_class[less.stacking] += 1
            chosen.append(less)
    found, left = list[Taken](), prices(lines)
    for less in sorted(chosen, key=lambda less: (-less.priority, less.id)):
        if off := taken_off(less, lines, left, room.get(less.id, 0)):
            found.append(Taken(less, off))
            left = [price - off.get(line, 0) for line, price in enumerate(left)]
    return found


def prices(lines: Iterable[Line]) -> list[int]:
    return [line.amount for line in lines]


def taken_off(less: Less, lines: Sequence[Line], left: Sequence[int], room: int) -> Off:
    """What one offer takes off lines that still cost so much; nothing of a basket that is too small."""
    if sum(prices(lines)) < less.conditions.basket_minimum:
        return {}
    goods = programme.Goods(less.goods.skus, less.goods.categories, less.goods.brands)
    mine = {i: left[i] for i, line in enumerate(lines) if goods.match(line.sku, line.category, line.brand)}
    if sum(lines[i].quantity for i in mine) < less.conditions.units_minimum:
        return {}
    match less.benefit:
        case Discount(percent, amount, most):
            total = sum(mine.values())
            off = min(amount, total) if amount else total * percent // PERCENT_MOST
            return spread(min(off, most or off, room), mine, lines)
        case FreeItem(units):
            free = cheapest(units, mine, lines)
            return free if sum(free.values()) <= room else spread(room, free, lines)


def cheapest(units: int, mine: Off, lines: Sequence[Line]) -> Off:
    """The price of so many of the pieces that cost least, and cost anything."""
    by_price = sorted(
        (mine[i] // lines[i].quantity, likeness(lines[i]), i) for i in mine if mine[i] >= lines[i].quantity
    )
    off: Off = {}
    for price, _, i in by_price:
        pieces = min(units, lines[i].quantity)
        if pieces:
            off[i] = price * pieces
            units -= pieces
    return off


def spread(total: int, mine: Off, lines: Sequence[Line]) -> Off:
    """So much over these lines in the share of what they cost, no line below zero: what does not divide goes where most of a
    unit is left over."""
    whole = sum(mine.values())
    if total <= 0 or not whole:
        return {}
    shares = {i: divmod(total * price, whole) for i, price in mine.items()}
    over = total - sum(share for share, _ in shares.values())
    order = sorted(mine, key=lambda i: (-shares[i][1], -mine[i], likeness(lines[i]), i))
    parts = {i: shares[i][0] + (place < over) for place, i in enumerate(order)}
    return {i: parts[i] for i in mine if parts[i]}


def likeness(line: Line) -> tuple[str, str, str, int]:
    """Tells lines apart, so that their order does not matter."""
    return line.sku, line.category, line.brand, line.quantity
