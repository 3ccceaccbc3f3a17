"""What a merchant's system is told of a fact. Nothing here names a person: the member is an id, the cashier is not told."""

import re
from datetime import datetime
from uuid import UUID

from msgspec import Struct, json

from punchcard.foundation.clock import moment
from punchcard.journal import Change, Happened
from punchcard.programme import (
    Activation,
    Activity,
    AnyFact,
    Donation,
    OptIn,
    OptOut,
    Placement,
    Reason,
    Release,
    Return,
    Sale,
    Spend,
    Unspend,
)

from .model import Endpoint

BETWEEN_MEMBERS = frozenset({"transferred", "received"})


class Why(Struct, frozen=True):
    """What a promise did: its id (empty between members), a word for it, the points that it moved."""

    term: str
    verdict: str
    points: int


class Data(Struct, frozen=True, kw_only=True):
    """The fact and what it moved. A field that this kind of fact has nothing to say in is empty, null or an empty list."""

    member: UUID
    """The member's id; who that is, only the programme knows."""
    seq: int
    """This is the member's so-manieth fact, in order of arrival."""
    fact: str
    """The fact's id: the one that a till gave its sale."""
    deal: str
    """The earlier fact that this one is about: the sale that goods came back of, the hold that is released."""
    subject: str
    """The activity's kind, the reward, the cause, the challenge or the tier."""
    shop: str
    till: str
    partner: str
    receipt: str
    """The receipt's number as the till printed it."""
    amount: int | None
    """What a sale came to, net, in minor units."""
    quantities: dict[str, int]
    """What came back: the line's place in the sale, from 0, and how many."""
    points: list[Change]
    """A line for each currency that the fact moved."""
    tier: str
    """The tier that the member holds as the message is made."""
    reasons: list[Why]


class Message(Struct, frozen=True):
    """`type` is the kind of fact and `recorded`; `timestamp` is when it happened."""

    type: str
    timestamp: datetime
    data: Data


def kind_of(fact: AnyFact | type[AnyFact]) -> str:
    """The kind of a fact as the outside calls it: TransferOut is transfer_out."""
    name = (fact if isinstance(fact, type) else type(fact)).__name__
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def type_of(fact: AnyFact) -> str:
    return f"{kind_of(fact)}.recorded"


def wants(endpoint: Endpoint, fact: AnyFact) -> bool:
    """Whether the endpoint asked for such facts, and may hear of this one."""
    if endpoint.kinds and kind_of(fact) not in endpoint.kinds:
        return False
    return endpoint.partner is None or endpoint.partner == getattr(fact, "partner", "")


def body(member_id: UUID, happened: Happened, tier: str) -> bytes:
    """The message as it is signed and sent."""
    fact = happened.fact
    data = Data(
        member=member_id,
        seq=happened.seq,
        fact=fact.id,
        deal=fact.deal if isinstance(fact, Return | Activity | Activation | Unspend | Release) else "",
        subject=subject_of(fact),
        shop=getattr(fact, "shop", ""),
        till=getattr(fact, "till", ""),
        partner=getattr(fact, "partner", ""),
        receipt=getattr(fact, "receipt", ""),
        amount=sum(line.amount for line in fact.lines) if isinstance(fact, Sale) else None,
        quantities={str(line): count for line, count in fact.quantities.items()} if isinstance(fact, Return) else {},
        points=happened.changes,
        tier=tier,
        reasons=[why(reason) for reason in happened.reasons],
    )
    return json.encode(Message(type_of(fact), moment(fact.at), data))


def subject_of(fact: AnyFact) -> str:
    match fact:
        case Activity(kind=subject) | Spend(reward=subject) | Donation(cause=subject) | Placement(tier=subject):
            return subject
        case OptIn(challenge=subject) | OptOut(challenge=subject):
            return subject
    return ""


def why(reason: Reason) -> Why:
    """Whose journal points went to or came from is nobody else's to know."""
    return Why("" if reason.verdict in BETWEEN_MEMBERS else reason.term, reason.verdict, reason.points)
