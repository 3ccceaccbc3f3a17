"""What may be meant otherwise. Nobody is stopped by it."""

from collections import Counter
from collections.abc import Iterator

from .checks_names import Fault
from .checks_whole import lives
from .file import File, currencies, ladders, main_currency, promises
from .lines import Path
from .reach import most_within_life
from .tables_parts import TimesTable


def doubts(file: File) -> Iterator[Fault]:
    for path, life in lives(file):
        if life.round == "day" and not life.rolling:
            yield path, "points of every single day would be kept apart: let them expire with a month"
    yield from missing_languages(file)
    yield from doubts_of_groups(file)
    for index, each in enumerate(file.challenge):
        if each.every == "ever" and each.until is None and each.kind in ("distinct", "days", "streak"):
            yield ("challenge", index, "every"), "it would keep count for ever: give it a period or an end"
    yield from doubts_of_multiples(file)
    yield from doubts_of_prices(file)


def missing_languages(file: File) -> Iterator[Fault]:
    texts: list[tuple[Path, dict[str, str]]] = [(("programme", "name"), file.programme.name)]
    texts += [((*path, "name"), each.name) for path, each in currencies(file) if each.name]
    texts += [(("ladder", i, "name"), each.name) for i, each in enumerate(file.ladder)]
    texts += [((*s.tiers, i, "name"), tier.name) for s in ladders(file) for i, tier in enumerate(s.ladder.tier)]
    texts += [(("activity", i, "name"), each.name) for i, each in enumerate(file.activity)]
    texts += [(("segment", i, "name"), each.name) for i, each in enumerate(file.segment)]
    texts += [((*path, "name"), table.name) for path, table in promises(file)]
    texts += [(("reward", i, "text"), reward.text) for i, reward in enumerate(file.reward) if reward.text]
    for index, challenge in enumerate(file.challenge):
        written = (("text", challenge.text), ("badge", challenge.badge))
        texts += [(("challenge", index, key), text) for key, text in written if text]
    for path, text in texts:
        missing = [language for language in file.programme.languages if not text.get(language)]
        if missing:
            yield path, f"no text in {', '.join(missing)}"


def doubts_of_groups(file: File) -> Iterator[Fault]:
    by_priority = {each.id: each.choose == "priority" for each in file.group}
    ranks: Counter[tuple[str, int]] = Counter()
    for index, table in enumerate(file.earn):
        ranks[table.group, table.priority] += bool(table.group) and by_priority.get(table.group, True)
        if ranks[table.group, table.priority] > 1:
            yield ("earn", index), f"another promise of group `{table.group}` has this priority: say which one applies"
    for index, group in enumerate(file.group):
        if not any(table.group == group.id for table in file.earn):
            yield ("group", index), f"nothing is of group `{group.id}`"


def doubts_of_multiples(file: File) -> Iterator[Fault]:
    main = main_currency(file)
    for index, table in enumerate(file.earn):
        others = [
            each
            for each in file.earn
            if each.award.__struct_config__.tag in ("per-amount", "per-unit", "tiered")
            and (each.currency or main, each.on) == (table.currency or main, table.on)
        ]
        if isinstance(table.award, TimesTable) and not others:
            yield ("earn", index, "award"), "there is nothing to multiply: no other promise pays for what is spent"


def doubts_of_prices(file: File) -> Iterator[Fault]:
    main = main_currency(file)
    for index, reward in enumerate(file.reward):
        most = most_within_life(file, reward.currency or main)
        if most is not None and reward.points > most:
            reason = f"nobody can have {reward.points}: caps let a member earn {most} at most before they expire"
            yield ("reward", index, "points"), reason
