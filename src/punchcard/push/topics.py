"""What a member can mute, by name."""

from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from msgspec import Struct

from punchcard import members, offers
from punchcard.foundation import locale
from punchcard.foundation.database import Connection, Database

from . import texts

OFFERED = ("offers", "flash", "rewards", "events", "news")
"""Those for whose names there are words; an offer may have another one."""


class TopicView(Struct, frozen=True):
    """A topic, its name in the member's language, and whether they muted it."""

    id: str
    name: str
    muted: bool


@get("/me/topics")
async def list_topics(
    database: NamedDependency[Database], member_id: NamedDependency[UUID], language: NamedDependency[str]
) -> list[TopicView]:
    """What you can mute in your preferences. What somebody does with your card just now always comes."""
    async with database.transaction() as db:
        return await topics(db, await members.member(db, member_id), language)


async def topics(db: Connection, member: members.Member, language: str) -> list[TopicView]:
    """The usual ones, those of offers that go on, and those that the member muted."""
    running = await offers.topics(db)
    every = dict.fromkeys((*OFFERED, *sorted(running), *texts.TOPICS.values(), *sorted(member.muted)))
    return [TopicView(each, name_of(each, language), each in member.muted) for each in every]


def name_of(topic: str, language: str) -> str:
    """Its name; one that nobody wrote words for is called as its author does."""
    return locale.maybe_say(f"push.topic-{topic}", language) or topic.replace("-", " ").capitalize()


routes = [list_topics]
