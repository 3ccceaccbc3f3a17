"""Progress in challenges: what counts, what a step and the target pay, what a return takes back, when a window ends.

A window is kept as it was promised when it began. What was completed in it stays in the standing until it ends, and for
ever where a challenge recurs never. Whoever has opted in stays so from window to window, until the challenge ends."""

from itertools import islice

from msgspec.structs import replace

from . import awaiting, clawback, lots
from .coins import (
    NEVER,
)
from .facts import Activity, Instant, Line, OptIn, OptOut, Sale
from .marks import KEYS_MOST, admitted, says, shown, starts_anew, steps_done, still_shown, without
from .news import ChallengeCompleted, ChallengeWithdrawn, StepReached
from .plans import TOTALS, Quest
from .program import Program
from .promises import (
    Challenge,
)
from .promises import Step as Stage
from .standing import ISSUED, Deal, Progress, Ruling, Standing
from .weighing import Weighed
from .windows import in_force, reached_by, window_end

Marks = dict[str, tuple[Instant, dict[str, int]]]
NOTHING = Progress(NEVER, {})
ONE = {"": 1}
PARTICULAR = ("sequence", "quiz")
"""Of these what is marked already does not count again."""


def step(ruling: Ruling, weighed: Weighed, fact: Sale | Activity, lines: tuple[Line, ...], program: Program) -> Marks:
    """Take every open challenge forward by what this fact shows; says what was added."""
    standing, amounts, units = ruling.standing, weighed.amounts, weighed.units
    day, under_way, marks = program.day(standing.at), standing.progress, dict[str, tuple[Instant, dict[str, int]]]()
    just_completed: set[str] = set()
    for quest in weighed.plan.quests:
        index, id, challenge = quest.index, quest.id, quest.challenge
        if not units[index] or amounts[index] < quest.minimum:
            continue
        now = under_way.get(id, NOTHING)
        if now.done and settled(challenge, now):
            continue
        if quest.asks and not may_count(challenge, now, standing, fact, just_completed):
            continue
        if quest.one:
            seen = ONE
        elif quest.total:
            seen = {"": amounts[index]} if amounts[index] else {}
        else:
            seen = shown(challenge, index, fact, lines, day, program)
            if not now.marks.keys() >= seen.keys() or challenge.kind in PARTICULAR:
                seen = admitted(challenge, now, seen, fact.id)
        if not seen:
            continue
        until = now.until
        if until >= challenge.until:
            until = min(challenge.until, window_end(challenge, day, program))
        marks[id] = until, seen
        if (further if quest.total else marked)(standing, quest, now, until, seen):
            continue
        if progress(ruling, challenge, under_way[id], fact.partner, program) and not now.done:
            just_completed.add(id)
    ruling.moved = ruling.moved or bool(marks)
    return marks


def may_count(
    challenge: Challenge, now: Progress, standing: Standing, fact: Sale | Activity, just_completed: set[str]
) -> bool:
    if (challenge.opt_in and not now.joined) or (challenge.where and not says(challenge.where, fact)):
        return False
    return not challenge.after or opened(standing, challenge, just_completed)


def settled(challenge: Challenge, now: Progress) -> bool:
    """Nothing more can come of it in this window: it was completed, and no return can change that."""
    if challenge.recurs != "completion":
        return not now.marks
    counted_back = challenge.kind in TOTALS and challenge.on_return == "undo"
    return 0 < challenge.most <= now.done and not counted_back


def opened(standing: Standing, challenge: Challenge, just_completed: set[str]) -> bool:
    """Was the challenge completed that this one comes after, by an earlier fact than the one that is being folded?"""
    before = standing.progress.get(challenge.after)
    return before is not None and before.done > 0 and challenge.after not in just_completed


def further(standing: Standing, quest: Quest, now: Progress, until: Instant, seen: dict[str, int]) -> bool:
    """Add to a count or a sum. Says whether that is all: nothing can have been reached by it."""
    way = now.marks[""] + seen[""] if now.marks else seen[""]
    standing.progress[quest.id] = Progress(
        until, {"": way}, now.done, now.paid, now.steps, now.joined, now.target, now.begun
    )
    return not quest.steps and (way < (now.target or quest.target) or (now.done > 0 and not quest.again))


def marked(standing: Standing, quest: Quest, now: Progress, until: Instant, seen: dict[str, int]) -> bool:
    """Add days, weeks or things. Says whether that is all: nothing new is among them."""
    marks = now.marks.copy()
    for key, count in seen.items():
        marks[key] = marks.get(key, 0) + count
    standing.progress[quest.id] = Progress(
        until, marks, now.done, now.paid, now.steps, now.joined, now.target, now.begun
    )
    return len(marks) == len(now.marks)


def progress(ruling: Ruling, challenge: Challenge, now: Progress, partner: str, program: Program) -> bool:
    """Pay what these marks reach for the first time. Says whether they complete the challenge."""
    marks, at, target = now.marks, ruling.standing.at, now.target or challenge.target
    if challenge.kind == "streak" and len(marks) > KEYS_MOST * target:
        marks = dict(islice(marks.items(), 1, None))
    way = steps_done(challenge, marks, program, at)
    done, steps, paid, begun = now.done, now.steps, now.paid, now.begun
    if challenge.steps:
        steps = max(steps, stages_at(challenge, way))
        paid += sum(reach(ruling, challenge, stage, partner, program) for stage in stages(challenge)[now.steps : steps])
    if way >= target:
        done = max(done, completions(challenge, way, target) + (done if starts_anew(challenge) else 0))
    if done > now.done:
        paid += complete(ruling, challenge, done - now.done, partner, program)
        if starts_anew(challenge):
            marks, begun = {}, at
        elif challenge.on_return == "keep" and challenge.recurs != "completion":
            marks = {}
    if done > now.done or steps > now.steps or marks is not now.marks:
        changed = Progress(now.until, marks, done, paid, steps, now.joined, now.target, begun)
        ruling.standing.progress[challenge.id] = changed
    return done > now.done


def completions(challenge: Challenge, way: int, target: int) -> int:
    """How often the target is reached: once, or where a total goes on, as often as it holds the target."""
    if challenge.recurs != "completion" or challenge.kind not in TOTALS:
        return int(way >= target)
    return min(way // target, challenge.most or way)


def stages(challenge: Challenge) -> list[Stage]:
    return sorted(challenge.steps, key=lambda stage: stage.at)


def stages_at(challenge: Challenge, way: int) -> int:
    """How many of its steps lie on this way."""
    return sum(stage.at <= way for stage in challenge.steps)


def reach(ruling: Ruling, challenge: Challenge, stage: Stage, partner: str, program: Program) -> int:
    pay(ruling, challenge, stage.reward, partner, program)
    ruling.news.append(StepReached(challenge.id, stage.at, ruling.of))
    return stage.reward


def complete(ruling: Ruling, challenge: Challenge, times: int, partner: str, program: Program) -> int:
    """Pay for so many completions at once; it is one piece of news."""
    pay(ruling, challenge, times * challenge.reward, partner, program)
    ruling.news.append(ChallengeCompleted(challenge.id, ruling.of))
    return times * challenge.reward


def pay(ruling: Ruling, challenge: Challenge, points: int, partner: str, program: Program) -> None:
    if points and challenge.coin.awaits:
        awaiting.give(ruling, challenge, points, partner)
    elif points:
        lot = lots.mint(challenge.coin, points, ruling.standing.at, partner, program)
        lots.credit(ruling, lot, ISSUED, challenge.id, challenge.edition)


def unmark(ruling: Ruling, weighed: Weighed, deal: Deal, lines: tuple[Line, ...], program: Program) -> Marks:
    """Take the sale's progress back, as long as the window of the challenge is open."""
    marks, amounts, units, sale = dict(deal.marks), weighed.amounts, weighed.units, deal.fact
    for quest in weighed.plan.quests:
        index, challenge = quest.index, quest.challenge
        if challenge.id not in marks or not isinstance(sale, Sale):
            continue
        until, seen = marks[challenge.id]
        left: dict[str, int] = {}
        if units[index] and amounts[index] >= challenge.minimum:
            if challenge.kind in TOTALS:
                shows = {"": 1 if challenge.kind == "count" else amounts[index]}
            else:
                shows = shown(challenge, index, sale, lines, program.day(sale.at), program)
            left = still_shown(challenge, seen, shows)
        gone = {key: count - left.get(key, 0) for key, count in seen.items() if count > left.get(key, 0)}
        if gone:
            take_off(ruling, challenge, until, gone, sale.at, program)
        marks[challenge.id] = until, left
    return marks


def take_off(
    ruling: Ruling, challenge: Challenge, until: Instant, gone: dict[str, int], at: Instant, program: Program
) -> None:
    """Take marks away that a sale made at `at` in the window that ends at `until`, and what they had reached."""
    now = ruling.standing.progress.get(challenge.id, NOTHING)
    if now.until != until or at <= now.begun or (now.done and settled(challenge, now)):
        if now.done and now.until in (until, NEVER):
            ruling.keep("challenge-stays-completed", challenge.id)
        return
    challenge = reached_by(challenge, now, program, ruling.standing.at)
    target, marks = now.target or challenge.target, without(challenge, now.marks, gone)
    before, after = (steps_done(challenge, each, program, ruling.standing.at) for each in (now.marks, marks))
    lost = min(now.done, completions(challenge, before, target) - completions(challenge, after, target))
    fallen = min(now.steps, stages_at(challenge, before) - stages_at(challenge, after))
    if starts_anew(challenge) and now.done:
        lost = fallen = 0
    elif challenge.on_return == "keep" and (lost or fallen):
        if challenge.kind in TOTALS and now.done:
            marks = {"": max(after, now.done * target)}
        lost = fallen = 0
        ruling.keep("challenge-stays-completed", challenge.id)
    paid = now.paid
    if lost or fallen:
        taken, forgiven = withdraw(ruling, challenge, now, lost, fallen, program)
        paid -= taken
        if forgiven:
            lost = fallen = 0
    left = replace(now, marks=marks, done=now.done - lost, steps=now.steps - fallen, paid=paid)
    hold(ruling, challenge.id, left)


def withdraw(
    ruling: Ruling, challenge: Challenge, now: Progress, lost: int, fallen: int, program: Program
) -> tuple[int, int]:
    """Take back what completions and steps had paid; of what has all gone, all that was paid. Says how much, and how much
    is forgiven: where anything is, it all stays completed, so that it is not paid again."""
    paid_for = stages(challenge)[now.steps - fallen : now.steps]
    taken = min(now.paid, lost * challenge.reward + sum(stage.reward for stage in paid_for))
    if (lost, fallen) == (now.done, now.steps):
        taken = now.paid
    forgiven = clawback.withdraw(ruling, challenge, taken, program)
    if lost and not forgiven:
        ruling.news.append(ChallengeWithdrawn(challenge.id, ruling.of))
    return taken - forgiven, forgiven


def hold(ruling: Ruling, id: str, now: Progress) -> None:
    """Keep what there is of it, if there is anything."""
    if now.marks or now.done or now.steps or now.joined:
        ruling.standing.progress[id] = now
    else:
        ruling.standing.progress.pop(id, None)
    ruling.moved = True


def opt_in(ruling: Ruling, fact: OptIn, program: Program) -> None:
    """The member takes part, with a target of their own if the door gave one. What was done before counts only in a
    challenge that needs no opting in."""
    standing = ruling.standing
    challenge = in_force(program, fact.challenge, fact.at)
    if challenge is None or not challenge.holds(fact.at):
        return
    now = standing.progress.get(fact.challenge)
    if now is None:
        until = challenge.until
        if challenge.window_days:
            until = min(until, window_end(challenge, program.day(fact.at), program))
        now = Progress(until, {}, begun=fact.at)
    elif challenge.opt_in and not now.joined:
        now = forgotten(challenge, now, fact.at)
    marks, further = now.marks, now.done * ((fact.target or challenge.target) - (now.target or challenge.target))
    if further and challenge.recurs == "completion" and challenge.kind in TOTALS:
        marks = {"": marks[""] + further}
    standing.progress[fact.challenge] = replace(now, marks=marks, joined=True, target=fact.target)
    ruling.moved = True


def opt_out(ruling: Ruling, fact: OptOut, program: Program) -> None:
    """Everything is forgotten but what was paid for: that is not paid again in this window."""
    now = ruling.standing.progress.get(fact.challenge)
    challenge = in_force(program, fact.challenge, fact.at)
    if now and challenge:
        hold(ruling, fact.challenge, forgotten(challenge, replace(now, joined=False), fact.at))


def forgotten(challenge: Challenge, now: Progress, at: Instant) -> Progress:
    """Without the marks; a total stands where its completions leave it, and an answer given is given."""
    goes_on = now.done and challenge.recurs == "completion" and challenge.kind in TOTALS
    marks = {"": now.done * challenge.target} if goes_on else {}
    return replace(now, marks=now.marks if challenge.kind == "quiz" else marks, begun=at, target=0)


def end_window(ruling: Ruling, id: str, program: Program) -> None:
    """What recurs never is remembered; whoever has opted in stays so while the challenge holds; all else is gone."""
    standing = ruling.standing
    now, at = standing.progress.pop(id), standing.at
    challenge = in_force(program, id, at) if now.done or now.joined else None
    if challenge and challenge.recurs == "never" and now.done:
        standing.progress[id] = replace(now, until=NEVER, marks={})
    elif challenge and now.joined and challenge.holds(at):
        standing.progress[id] = Progress(challenge.until, {}, joined=True, target=now.target, begun=now.begun)
    ruling.moved = True
