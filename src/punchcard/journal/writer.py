"""The only way into a journal. The writer owns the transaction: hold the member, fold, write everything, commit.

Facts that come while others are being written wait for no clock and no number: as soon as a lane is free, it takes all
that wait into one transaction, several of one member too. Whoever another process holds, and whoever comes late, goes
alone."""

import asyncio
import hashlib
from collections import Counter, deque
from collections.abc import Coroutine, Sequence
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

import asyncpg
from msgspec.structs import replace

from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection, Database
from punchcard.foundation.errors import OtherBody, Running
from punchcard.programme import Activity, AnyFact, Hold, OptIn, Sale, Spend, about, encode, next_change_at

from . import deciding, keeping, late, refold, sql
from . import habits as ways
from .deciding import Ask, DealDoor, Door, Receipt
from .model import Case, Held, Posting, Printed, ReceiptTaken, Recorded, Row
from .refold import Outcome
from .rules import compiled

LANES = 1
"""Transactions of a process at once. A second one makes both smaller, and costs more than it hides."""
HOLD_TRIES = 5
TOGETHER_MOST = 64
IN_ONE_GO = 8
"""After so many facts the others of this process have their turn: whoever is refused is not kept waiting either."""
SAME_MEMBER_MOST = 16
"""Facts of one member in a transaction, folded one upon the other."""
AWAY = (ConnectionError, TimeoutError, asyncpg.InterfaceError, asyncpg.PostgresConnectionError)
"""The database is not there, which is not one fact's fault."""


async def submit(
    database: Database,
    member_id: UUID,
    fact: AnyFact,
    at: Instant,
    *,
    door: Door | None = None,
    receipt: Receipt | None = None,
    deal_door: DealDoor | None = None,
    asked: bytes | None = None,
    printed: Printed | None = None,
) -> Recorded:
    """Write a fact into the member's journal, if the doors let it in: four round trips from begin to commit.

    The same id again answers what the first one was answered and moves nothing, if the same was asked: by `asked`, else
    by the fact without what the door decides (time, grants, a birthday, a personal target, the end of a voucher or hold).
    What cannot have happened, or is none of the rulebook's, is refused (`doors.check`). Otherwise it raises OtherBody. A fact
    that happens now (`fact.at` is `at`) is given a time after all that is known; `before.at` says which. One that comes
    late passes the door twice: as things stand now, and in its own place.

    While a fact of the same id is being written, here or by another process, it raises Running; where another one bears
    the same receipt number, ReceiptTaken."""
    fact = refold.canonical(fact)
    digest = hashlib.sha256(asked if asked is not None else refold.to_bytes(undecided(fact))).digest()
    answer: asyncio.Future[Recorded] = asyncio.get_running_loop().create_future()
    queues.setdefault(database, Queue()).put(
        database, Ask(member_id, fact, at, digest, door, receipt, deal_door, answer, printed)
    )
    return await answer


def undecided(fact: AnyFact) -> AnyFact:
    """The fact as it was asked for, without what the door decides anew each time."""
    match fact:
        case Sale() | Activity():
            return replace(fact, at=0, grants={}, birthday=0)
        case Spend() | Hold():
            return replace(fact, at=0, until=0)
        case OptIn():
            return replace(fact, at=0, target=0)
    return replace(fact, at=0)


class Queue:
    """Who waits for a database, and which members this process writes for just now. Nobody waits in an idle house."""

    def __init__(self) -> None:
        self.waiting: deque[Ask] = deque()
        self.held: set[UUID] = set()
        self.writing: set[str] = set()
        self.lanes = 0
        self.running: set[asyncio.Task[None]] = set()

    def put(self, database: Database, ask: Ask) -> None:
        if ask.fact.id in self.writing:
            raise Running(id=ask.fact.id)
        self.writing.add(ask.fact.id)
        ask.answer.add_done_callback(lambda _: self.writing.discard(ask.fact.id))
        self.waiting.append(ask)
        self.wake(database)

    def wake(self, database: Database) -> None:
        if self.waiting and self.lanes < LANES:
            self.lanes += 1
            self.start(self.lane(database))

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self.running.add(task)
        task.add_done_callback(self.running.discard)

    def take(self) -> list[Ask]:
        """The next ones, those of a member by their ids, in which they follow each other within a second; whoever has gone
        away meanwhile is asked for no more."""
        taken: list[Ask] = []
        passed: list[Ask] = []
        facts: Counter[UUID] = Counter()
        while self.waiting and len(taken) < TOGETHER_MOST:
            ask = self.waiting.popleft()
            if ask.member_id in self.held or facts[ask.member_id] == SAME_MEMBER_MOST:
                passed.append(ask)
            elif not ask.answer.done():
                facts[ask.member_id] += 1
                taken.append(ask)
        self.held.update(facts)
        self.waiting.extendleft(reversed(passed))
        return sorted(taken, key=lambda ask: (ask.member_id, ask.fact.id))

    async def lane(self, database: Database) -> None:
        try:
            while asks := self.take():
                left = await settled(database, asks)
                first = {ask.member_id: ask for ask in reversed(left)}
                self.held.difference_update({ask.member_id for ask in asks} - first.keys())
                self.waiting.extendleft(ask for ask in reversed(left) if first[ask.member_id] is not ask)
                for ask in first.values():
                    self.start(self.alone(database, ask))
        finally:
            self.lanes -= 1

    async def alone(self, database: Database, ask: Ask) -> None:
        try:
            answer(ask, await alone(database, ask))
        except Exception as error:
            answer(ask, error)
        finally:
            ask.answer.cancel()
            self.held.discard(ask.member_id)
            self.wake(database)


queues: WeakKeyDictionary[Database, Queue] = WeakKeyDictionary()


async def settled(database: Database, asks: Sequence[Ask]) -> list[Ask]:
    """Write these together and answer; those who must go alone are left. One's misfortune is nobody else's."""
    try:
        answers = await together(database, asks)
    except AWAY as error:
        answers = dict.fromkeys(asks, error)
    except Exception:
        return list(asks)
    except BaseException:
        for ask in asks:
            ask.answer.cancel()
        raise
    for ask, found in answers.items():
        answer(ask, found)
    return [ask for ask in asks if ask not in answers]


def answer(ask: Ask, found: Recorded | Exception) -> None:
    if ask.answer.done():
        return
    if isinstance(found, Exception):
        ask.answer.set_exception(found)
    else:
        ask.answer.set_result(found)


async def together(database: Database, asks: Sequence[Ask]) -> dict[Ask, Recorded | Exception]:
    """One transaction for all whom nobody else holds, and what each is answered, a refusal included."""
    answers: dict[Ask, Recorded | Exception] = {}
    posted: list[keeping.Posted] = []
    rows: dict[UUID, Row] = {}
    async with database.transaction() as db:
        found = await hold_free(db, asks)
        for number, ask in enumerate(asks, 1):
            if number % IN_ONE_GO == 0:
                await asyncio.sleep(0)
            held, before = found.get(ask.fact.id), rows.get(ask.member_id)
            if held is None or held.seen != held.version or (before and about(ask.fact)):
                continue
            program = await compiled(db, held.rulebook)
            try:
                if known := deciding.repeated(ask, held):
                    answers[ask] = known
                    continue
                case = deciding.case_of(ask, deciding.going_on(held, before) if before else held, program)
                if not case.is_ordinary:
                    continue
                answers[ask], posting = deciding.written(ask, case, deciding.next_in_order(case))
                posted.append((ask.member_id, posting))
                rows[ask.member_id] = posting.row
            except Exception as error:
                answers[ask] = error
        if posted:
            await keeping.write(db, posted)
        new = {ask.member_id for ask in asks if (held := found.get(ask.fact.id)) and not held.version}
        if empty := new - rows.keys():
            await sql.drop_empty(db, list(empty))
    return answers


async def hold_free(db: Connection, asks: Sequence[Ask]) -> dict[str, Held]:
    """Hold whom nobody else holds, by the ids of the facts; journals whose first fact this is are opened."""
    found = await sql.hold_free(db, [ask.names for ask in asks])
    known = {ask.member_id for ask in asks if ask.fact.id in found}
    missing = {ask.member_id: ask for ask in reversed(asks) if ask.member_id not in known}
    if missing:
        opened = await open_standings(db, [ask.names for ask in missing.values()])
        found |= {missing[member_id].fact.id: held for member_id, held in opened.items()}
    return found


async def open_standings(db: Connection, asked: Sequence[sql.Asked]) -> dict[UUID, Held]:
    starts = [refold.nowhere(member_id) for member_id, *_ in asked]
    states, habits = [encode(each.standing) for each in starts], ways.encode(starts[0].habits)
    return await sql.open_standings(db, asked, next_change_at(starts[0].standing), states, habits)


async def alone(database: Database, ask: Ask) -> Recorded:
    """A transaction for one fact: it waits for whoever holds the member, and may come before others that are known."""
    try:
        async with database.transaction() as db:
            if not await sql.claim(db, ask.fact.id):
                raise Running(id=ask.fact.id)
            held = await hold(db, ask)
            if known := deciding.repeated(ask, held):
                return known
            case = deciding.case_of(ask, held, await compiled(db, held.rulebook))
            outcome = await judge(db, ask, case)
            recorded, posting = deciding.written(ask, case, outcome)
            await keep(db, ask.member_id, outcome, posting)
            return recorded
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name == "fact_owner_pkey":
            raise OtherBody(id=ask.fact.id) from None
        raise
    except asyncpg.NotNullViolationError as error:
        if error.table_name == "till_receipt":
            raise ReceiptTaken from None
        raise


async def hold(db: Connection, ask: Ask) -> Held:
    """Hold the member, whose journal is opened if this is its first fact.

    Whoever waited for the row asks once more, to see what stands beside it as it is now; and whoever finds none because
    another opens it just now, or has let it go unwritten, begins anew."""
    member_id, fact_id, deal_id, *printed = ask.names
    for _ in range(HOLD_TRIES):
        held = await sql.hold(db, member_id, fact_id, deal_id, printed)
        if held is None:
            held = (await open_standings(db, [ask.names])).get(member_id)
        if held is not None and held.seen == held.version:
            return held
    raise Running(id=fact_id)


async def judge(db: Connection, ask: Ask, case: Case) -> Outcome:
    """Fold; a late fact passes the door first as things stand."""
    if case.is_ordinary:
        return deciding.next_in_order(case)
    if ask.door:
        ask.door(*deciding.as_things_stand(case))
    return await late.settle(db, ask.member_id, case)


async def keep(db: Connection, member_id: UUID, outcome: Outcome, posting: Posting) -> None:
    """Write the fact and all that follows from it, instead of what no longer follows."""
    if outcome.cut_after:
        await keeping.cut(db, member_id, *outcome.cut_after)
    if outcome.retold:
        await keeping.retell(db, member_id, outcome.retold)
    await keeping.write(db, [(member_id, posting)])
