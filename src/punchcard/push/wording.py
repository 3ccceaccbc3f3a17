"""Messages that a campaign left without words: they get them when they are read, not a million times when it begins."""

from collections.abc import Sequence
from uuid import UUID

from msgspec.structs import replace

from punchcard import members, offers, rulebooks
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Connection

from . import sql, texts
from .deciding import wishes_of
from .model import Message


async def worded(db: Connection, member_id: UUID, messages: Sequence[Message], at: Instant) -> list[Message]:
    """These messages of one member with the words of their offers, in the member's language, as one reads them now."""
    blank = [(member_id, each.subject) for each in messages if is_blank(each)]
    if not blank:
        return list(messages)
    told = await offers.tellings(db, blank, at)
    phones = await sql.phones(db, member_id)
    wishes = wishes_of(await rulebooks.program(db), await members.member(db, member_id), phones)
    notices = {offer_id: texts.of_offer(telling, wishes, at) for (_, offer_id), telling in told.items()}
    return [
        replace(each, title=notices[each.subject].title, body=notices[each.subject].body)
        if is_blank(each) and each.subject in notices
        else each
        for each in messages
    ]


def is_blank(message: Message) -> bool:
    return message.kind == "offer" and not message.title
