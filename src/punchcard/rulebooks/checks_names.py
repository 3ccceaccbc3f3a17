"""Whether every name that a table calls is one that another declares, and no two share one."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches

import msgspec

from punchcard.programme import Condition, Expression, conditions, people

from .file import File, currencies, ladders, paid, promises
from .lines import Path
from .tables_parts import ExtendTable
from .tables_promises import ChallengeTable, EarnTable, RewardTable

Fault = tuple[Path, str]
SHOWN_MAX = 12


def unknown(what: str, name: str, known: Iterable[str], declared: str) -> str:
    """There is no such thing, but these."""
    names = list(dict.fromkeys(known))
    if not names:
        return f"there is no {what} `{name}`: declare it with [[{declared}]]"
    shown = ", ".join(names[:SHOWN_MAX]) + (" …" if len(names) > SHOWN_MAX else "")
    meant = get_close_matches(name, names, 1)
    if meant:
        return f"there is no {what} `{name}`; did you mean `{meant[0]}`? There are {shown}"
    return f"there is no {what} `{name}`; there are {shown}"


def faults_of_names(file: File) -> Iterator[Fault]:
    yield from faults_of_twins(file)
    yield from faults_of_tiers(file)
    yield from faults_of_currencies(file)
    yield from faults_of_activities(file)
    yield from faults_of_segments(file)
    yield from faults_of_promises(file)


def faults_of_twins(file: File) -> Iterator[Fault]:
    stands = ladders(file)
    yield from twins([((*path, "id"), each.id) for path, each in promises(file)], "promise")
    yield from twins([((*path, "id"), each.id) for path, each in currencies(file)], "currency")
    yield from twins([((*stand.path, "id"), stand.ladder.id) for stand in stands], "ladder")
    tiers = [((*s.tiers, i, "id"), tier.id) for s in stands for i, tier in enumerate(s.ladder.tier)]
    yield from twins(tiers, "tier")
    yield from twins([(("activity", i, "id"), each.id) for i, each in enumerate(file.activity)], "activity")
    yield from twins([(("segment", i, "id"), each.id) for i, each in enumerate(file.segment)], "segment")
    yield from twins([(("group", i, "id"), each.id) for i, each in enumerate(file.group)], "group")
    yield from twins([(("limit", i, "id"), each.id) for i, each in enumerate(file.limit)], "limit")
    for index, activity in enumerate(file.activity):
        fields = [(("activity", index, "field", i, "id"), each.id) for i, each in enumerate(activity.field)]
        yield from twins(fields, "field")
        if activity.id == "sale":
            yield ("activity", index, "id"), "`sale` is what a purchase is called: give the activity another id"


def twins(ids: Sequence[tuple[Path, str]], what: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for path, id in ids:
        if id in seen and what == "promise":
            yield path, f"`{id}` is already taken: every promise needs an id of its own"
        elif id in seen:
            yield path, f"there is another {what} `{id}`: each needs an id of its own"
        seen.add(id)


def faults_of_tiers(file: File) -> Iterator[Fault]:
    known = [tier.id for stand in ladders(file) for tier in stand.ladder.tier]
    for path, table in promises(file):
        if isinstance(table, EarnTable | RewardTable):
            for tier in table.tiers:
                if tier not in known:
                    yield (*path, "tiers"), unknown("tier", tier, known, "tier")


def faults_of_currencies(file: File) -> Iterator[Fault]:
    known = [each.id for _, each in currencies(file)]
    for path, name in currencies_called(file):
        if name and name not in known:
            yield path, unknown("currency", name, known, "currency")


def currencies_called(file: File) -> Iterator[tuple[Path, str | None]]:
    """Where a currency is called by its name."""
    for path, table in promises(file):
        if isinstance(table, EarnTable | ChallengeTable | RewardTable):
            yield (*path, "currency"), table.currency
        if isinstance(table, EarnTable) and isinstance(table.award, ExtendTable):
            yield (*path, "award", "currency"), table.award.currency
    for index, ladder in enumerate(file.ladder):
        for name in ladder.currencies:
            yield ("ladder", index, "currencies"), name
    for index, limit in enumerate(file.limit):
        yield ("limit", index, "currency"), limit.currency


def faults_of_activities(file: File) -> Iterator[Fault]:
    known = [each.id for each in file.activity]
    for path, table in promises(file):
        if isinstance(table, EarnTable | ChallengeTable) and table.on != "sale" and table.on not in known:
            yield (*path, "on"), unknown("activity", table.on, ["sale", *known] if known else [], "activity")
    waiting = [(path, each.awaits) for path, each in currencies(file)]
    waiting += [(path, each.awaits or "") for path, each in paid(file)]
    for path, name in waiting:
        if name and name not in known:
            yield (*path, "awaits"), unknown("activity", name, known, "activity")


def faults_of_segments(file: File) -> Iterator[Fault]:
    """Segments that promises call, and what segments call."""
    known = [each.id for each in file.segment]
    for index, earn in enumerate(file.earn):
        if earn.segment and earn.segment not in known:
            yield ("earn", index, "segment"), unknown("segment", earn.segment, known, "segment")
    for index, segment in enumerate(file.segment):
        path = ("segment", index, "who")
        try:
            asked = conditions(msgspec.convert(segment.who, Expression))
        except msgspec.ValidationError as error:
            yield path, f"this is no condition: {str(error).replace(' - at `$', ' - at `who')}"
            continue
        if asked is None:
            yield path, "so many conditions within conditions: nobody could reason about them"
        for condition in asked or ():
            yield from ((path, said) for said in unknown_to(file, condition))


def unknown_to(file: File, condition: Condition) -> Iterator[str]:
    """What a condition calls and the file does not declare: tiers of the card's ladder, currencies and challenges."""
    match condition:
        case people.TierIn(named):
            known, what = [tier.id for tier in ladders(file)[0].ladder.tier], "tier"
        case people.BalanceAtLeast(currency):
            named, known, what = frozenset({currency}), [each.id for _, each in currencies(file)], "currency"
        case people.ChallengeAtLeast(challenge):
            named, known, what = frozenset({challenge}), [each.id for each in file.challenge], "challenge"
        case _:
            return
    for name in sorted(named.difference(known)):
        yield unknown(what, name, known, what)


def faults_of_promises(file: File) -> Iterator[Fault]:
    """Promises and groups that others call."""
    earns, challenges = [each.id for each in file.earn], [each.id for each in file.challenge]
    groups = [each.id for each in file.group]
    for index, earn in enumerate(file.earn):
        for name in earn.requires:
            if name not in earns:
                yield ("earn", index, "requires"), unknown("earn", name, earns, "earn")
        if earn.group and groups and earn.group not in groups:
            yield ("earn", index, "group"), unknown("group", earn.group, groups, "group")
    for index, challenge in enumerate(file.challenge):
        if challenge.after and challenge.after not in challenges:
            yield ("challenge", index, "after"), unknown("challenge", challenge.after, challenges, "challenge")
    for index, limit in enumerate(file.limit):
        for name in limit.earn:
            if name not in earns:
                yield ("limit", index, "earn"), unknown("earn", name, earns, "earn")
