"""A report as a person reads it in a terminal, or in a file that a pipe wrote."""

from collections.abc import Iterator, Sequence

import msgspec
from rich.console import Group, RenderableType
from rich.table import Table

from punchcard.foundation import locale
from punchcard.foundation.money import Money

from .model import Both, OfOne, Pattern, Report
from .tally import Change, rate

PROMISES_MAX = 60
SAID = {
    "high-rate": "members who get more than 5 times the median for their money",
    "dear-sale": "sales that gave more than they cost, challenges left out",
    "kept-bonus": "returns within 3 days after which more is kept than is left of the sale",
    "many-sales": "4 sales to one member at one till within 10 minutes",
}


def show(report: Report) -> RenderableType:
    """The whole report for rich to print; the rest of a long list stands in its JSON."""
    return Group(*parts(report))


def as_json(report: Report) -> bytes:
    """Everything, for programs."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"


def parts(report: Report) -> Iterator[RenderableType]:
    yield from head(report)
    for each in report.currencies:
        table = blank(f"{each.currency}")
        for name, figure in each.points.items():
            row(table, name, figure)
        for name, figure in each.money.items():
            row(table, f"{name}, {report.currency}", figure, report.currency)
        yield table
    yield issued("issued by funder", report.funders)
    yield issued("issued by promise", report.promises[:PROMISES_MAX])
    if report.completions:
        table = blank("challenges completed")
        for completed in report.completions:
            row(table, completed.challenge, completed.times)
        yield table
    yield shifts(report)
    yield moves(report)
    for title, changes in (("largest gainers", report.gainers), ("largest losers", report.losers)):
        if changes:
            yield ranked(title, changes)
    yield patterns(report)
    for pattern in report.patterns:
        if pattern.examples:
            yield worst(pattern, report)
    if not report.differs:
        yield "No difference at all."


def head(report: Report) -> Iterator[RenderableType]:
    since = locale.local(report.since, report.zone).date() if report.since else "the beginning"
    until = locale.local(report.until, report.zone).date()
    yield (
        f"{report.members:,} members, {report.facts:,} facts, {report.sales:,} sales of "
        f"{money(report.spent, report.currency)} {report.currency}, from {since} to {until} ({report.zone})"
    )
    yield f"beside {f'edition {report.beside}' if report.beside else 'an empty programme: nothing is published'}"
    yield f"SHA-256 {report.digest}"
    if report.sampled:
        yield "A sample of the members: it does not open the gate of `punchcard publish`."
    if report.ungranted:
        yield f"{len(report.ungranted)} terms need a grant and could not be tested: {', '.join(report.ungranted)}"


def blank(title: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", show_edge=False, pad_edge=False)
    table.add_column("", min_width=22, overflow="fold")
    for each in ("published", "draft", "difference", "%"):
        table.add_column(each, justify="right", min_width=10 if each != "%" else 6, no_wrap=True)
    return table


def row(table: Table, name: str, figure: Both, currency: str = "") -> None:
    percent = "" if figure.percent is None else f"{figure.percent:+.1f}"
    shown = [money(each, currency) if currency else f"{each:,}" for each in (figure.published, figure.draft)]
    sign = "+" if figure.difference > 0 else ""
    change = money(figure.difference, currency) if currency else f"{figure.difference:,}"
    table.add_row(name, *shown, f"{sign}{change}", percent)


def money(amount: int, currency: str) -> str:
    """Minor units as people write them: 1,234.50."""
    whole, point, rest = Money(abs(amount), currency).decimal.partition(".")
    return f"{'-' if amount < 0 else ''}{int(whole):,}{point}{rest}"


def issued(title: str, ones: Sequence[OfOne]) -> Table:
    table = blank(title)
    for each in ones:
        row(table, f"{each.id or 'nobody'}, {each.currency}", each.issued)
    return table


def shifts(report: Report) -> Table:
    table = plain("how members fare", "currency", "more", "less", "the same", "p10", "p50", "p90")
    for each in report.shifts:
        counts = (each.more, each.less, each.same)
        table.add_row(
            each.currency, *(f"{count:,}" for count in counts), *(f"{n:+,}" for n in (each.p10, each.p50, each.p90))
        )
    return table


def moves(report: Report) -> Table:
    """A row for each tier that somebody has under the published programme, a column for each under the draft."""
    after = list(dict.fromkeys((each.ladder, each.draft) for each in report.moves))
    table = plain("tiers: published ↓, draft →", "", *(tier for _, tier in after))
    for ladder, tier in dict.fromkeys((each.ladder, each.published) for each in report.moves):
        found = {
            (each.ladder, each.draft): each.members
            for each in report.moves
            if (each.ladder, each.published) == (ladder, tier)
        }
        table.add_row(f"{ladder}: {tier}", *(f"{found[key]:,}" if key in found else "" for key in after))
    return table


def ranked(title: str, changes: Sequence[Change]) -> Table:
    table = plain(title, "member", "published", "draft", "difference")
    for each in changes:
        table.add_row(str(each.member_id), f"{each.published:,}", f"{each.draft:,}", f"{each.difference:+,}")
    return table


def patterns(report: Report) -> Table:
    table = blank("suspicious patterns")
    for each in report.patterns:
        row(table, SAID[each.pattern], each.seen)
    return table


def worst(pattern: Pattern, report: Report) -> Table:
    """The members as they are, or what one of their sales or returns was."""
    whole = pattern.pattern == "high-rate"
    more = ("per 100", "sales") if whole else ("when", "fact")
    table = plain(f"{pattern.pattern}, under the draft", "member", "given", "paid", *more)
    for each in pattern.examples:
        rest = (f"{rate(each.worth, each.paid) / 1000:,.1f}", str(each.sales))
        if not whole:
            rest = (f"{locale.local(each.at, report.zone):%Y-%m-%d %H:%M}", each.fact)
        sums = (money(each.worth, report.currency), money(each.paid, report.currency))
        table.add_row(str(each.member_id), *sums, *rest)
    return table


def plain(title: str, first: str, *others: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", show_edge=False, pad_edge=False)
    table.add_column(first, overflow="fold")
    for each in others:
        table.add_column(each, justify="right")
    return table
