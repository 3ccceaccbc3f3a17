"""What one grant draws on: a term's budget in points, in money, in units, and in units of a shop are a pot each. What a door
reserves and what the journal reports are reckoned by the same rule."""

from collections.abc import Mapping

from punchcard.programme import Budget, Off, Program, Term

from .model import Wanted


def worth_of(program: Program, term: Term) -> int:
    """What one of what the term gives is worth, in minor units: a point by its currency, of money off one; 0 is unknown."""
    currency = program.currency(term.coin.currency)
    return 1 if isinstance(term.award, Off) else currency.value if currency else 0


def pots(term: Term, points: int, shop: str, worth: int) -> dict[str, tuple[int, int]]:
    """Every pot of the term that a fact at this shop draws on: how much so many points (or money off) take of it, and what
    it holds at most. `worth`: of one point, in minor units."""
    if term.budget is None:
        return {}
    budget, unit = term.budget, int(points > 0)
    found: dict[str, tuple[int, int]] = {}
    if budget.limit and not isinstance(term.award, Off):
        found[term.id] = points, budget.limit
    if budget.cents and worth:
        found[f"{term.id}/cents"] = points * worth, in_whole(budget.cents, worth)
    if budget.uses:
        found[f"{term.id}/units"] = unit, budget.uses
    if shop in budget.shop_uses:
        found[f"{term.id}/units/{shop}"] = unit, budget.shop_uses[shop]
    return found


def ceiling(term: Term, wanted: Mapping[str, Wanted], got: Mapping[str, int], worth: int, without: int) -> int:
    """How many points the term may give, by what its pots gave; `without` where none of them counts points."""
    found = without
    for pot in wanted:
        if of(pot) == term.id:
            points = got[pot] // worth if pot.endswith("/cents") else got[pot] if pot == term.id else without * got[pot]
            found = min(found, points)
    return found


def all_pots(id: str, budget: Budget, worth: int) -> dict[str, int]:
    """Every pot that the budget of this term has, and what it holds at most."""
    found = {id: budget.limit, f"{id}/cents": in_whole(budget.cents, worth) if worth else 0, f"{id}/units": budget.uses}
    found |= {f"{id}/units/{shop}": units for shop, units in budget.shop_uses.items()}
    return {pot: most for pot, most in found.items() if most}


def in_whole(cents: int, worth: int) -> int:
    """As much of it as whole points can use: the rest would never be used up."""
    return cents // worth * worth


def of(pot: str) -> str:
    """The term that this is a pot of."""
    return pot.partition("/")[0]
