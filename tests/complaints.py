"""What members of a month could complain of, by what their phones and cards showed them alone."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from punchcard.foundation.clock import DAY, HOUR, MINUTE, Instant
from tests.month import HOURS, SHOP, Deal, Heard, Life, Month
from tests.nights import by_the_wall

A_DAY, A_WEEK = 1, 4
"""What the house allows."""


def complaints(month: Month) -> Iterator[str]:
    """Everything that should not have been."""
    by_member: dict[UUID, list[Heard]] = defaultdict(list)
    for heard in month.heard:
        by_member[heard.who].append(heard)
    for who, mine in by_member.items():
        life = month.lives[who]
        yield from nagged(life, [each for each in mine if each.id.startswith("offer:")])
        yield from told_twice(mine)
        for heard in mine:
            yield from woken(life, heard)
            if heard.id.startswith("offer:"):
                yield from misled(life, month.deals[heard.id.removeprefix("offer:")], heard)


def woken(life: Life, heard: Heard) -> Iterator[str]:
    said = life.wants(heard.at)
    if by_the_wall(heard.at, life.zone, *said.quiet):
        yield f"woken: {heard} with quiet hours {said.quiet} in {life.zone}"
    if heard.id.startswith("tier:") and "tiers" in said.muted:
        yield f"muted: {heard}"


def nagged(life: Life, mine: Sequence[Heard]) -> Iterator[str]:
    """More than they allowed in any seven days, or the house on a day or in seven."""
    for heard in mine:
        week = {each.id for each in mine if heard.at - 7 * DAY < each.at <= heard.at}
        today = {each.id for each in mine if day_of(each.at, life.zone) == day_of(heard.at, life.zone)}
        if len(week) > min(life.wants(heard.at).a_week, A_WEEK):
            yield f"nagged: {len(week)} in a week with {life.wants(heard.at).a_week} allowed: {heard}"
        if len(today) > A_DAY:
            yield f"nagged: {len(today)} on a day in {life.zone}: {heard}"


def day_of(at: Instant, zone: str) -> object:
    return datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(zone)).date()


def told_twice(mine: Sequence[Heard]) -> Iterator[str]:
    seen: dict[str, Heard] = {}
    for heard in mine:
        key = "tier" if heard.id.startswith("tier:") else heard.id
        if key != "points" and key in seen:
            yield f"told twice: {seen[key]} and {heard}"
        seen[key] = heard


def misled(life: Life, deal: Deal, heard: Heard) -> Iterator[str]:
    """Told of what they did not want to hear of, or could not use."""
    said, at = life.wants(heard.at), heard.at
    if not said.consent:
        yield f"no consent: {heard}"
    if deal.offer.topic in said.muted:
        yield f"muted: {heard}"
    if not deal.offer.since <= at < deal.ends:
        yield f"not open: {heard}, {deal.offer.since} to {deal.ends}"
    if deal.sold_out is not None and deal.sold_out <= at:
        yield f"sold out: {heard}"
    if deal.paused and deal.paused[0] <= at < deal.paused[1]:
        yield f"paused: {heard}"
    if deal.used.get(life.id, at + 1) <= at:
        yield f"used: {heard}"
    promised = deal.ends if deal.ends <= at else deal.offer.until
    if not any(is_open(minute) for minute in range(at - at % MINUTE, min(promised, at + 3 * DAY), MINUTE)):
        yield f"shut: {heard}"
    places = [near for when, near in life.is_near if at - 12 * HOUR < when <= at]
    if places and not places[-1]:
        yield f"too far: {heard}"
    if heard.title and heard.title.split()[-1] != life.languages[0]:
        yield f"another language: {heard}"


def is_open(at: Instant) -> bool:
    """Whether the shop's door is open, by the clock on its wall."""
    hands = datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(SHOP.zone))
    return any(since <= hands.hour * 60 + hands.minute < until for since, until in HOURS.week[hands.weekday()])


async def unexplained(month: Month) -> list[str]:
    """Members who were meant and heard nothing, and whom the house cannot tell why."""
    rows = await month.db.fetch(
        """
        select exposure.member_id, exposure.offer_id, message.state, message.reason, message.channel
          from exposure left join message on message.member_id = exposure.member_id
           and message.id = 'offer:' || exposure.offer_id
         where not exposure.held_out
        """
    )
    heard = {(each.who, each.id) for each in month.heard}
    wrong = []
    for row in rows:
        loud = row["state"] == "sent" and row["channel"] == "push"
        was_heard = (row["member_id"], f"offer:{row['offer_id']}") in heard
        if row["state"] in (None, "held") or (row["state"] != "sent" and not row["reason"]) or (loud and not was_heard):
            wrong.append(str(dict(row)))
    return wrong


async def reasons(month: Month) -> set[str]:
    """Every way in which a message of the month ended."""
    rows = await month.db.fetch("select distinct coalesce(nullif(reason, ''), channel) as what from message")
    return {row["what"] for row in rows}
