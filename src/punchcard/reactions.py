"""What follows from news, in one table; and who does it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any

from msgspec import Struct

from punchcard import (
    authorisation,
    budgets,
    members,
    offers,
    offline,
    passes,
    privacy,
    programme,
    push,
    rewards,
    segments,
    transfers,
    webhooks,
)
from punchcard.foundation import sender
from punchcard.foundation.clock import Instant
from punchcard.foundation.database import Database
from punchcard.foundation.outbox import Due, Settled, Task
from punchcard.foundation.outside import NotSetUp, World
from punchcard.foundation.settings import Settings

CARDS = (Due("passes.apple"), Due("passes.google"))
"""The card is stale wherever it lives: a level, however many changes there were."""
PASSES = (*CARDS, Due("passes.apple", "*"))
"""And so are the member's tickets."""
MOVED = (*CARDS, segments.LEVEL)
"""So is what segments know of the member."""


def announce(kind: str, subject: str, about: str = "") -> Due:
    """Tell the member once of this: the key names the event."""
    key = f"{kind}:{subject}:{about}" if about else f"{kind}:{subject}"
    return Due("push.announce", key, payload={"kind": kind, "subject": subject})


def crossed(on: str, segment: str) -> Due:
    """Offers may wait for somebody to enter or leave a segment: each crossing is heard, the newest of each kind."""
    return Due("offers.crossed", f"{on}:{segment}", payload={"on": on, "segment": segment})


REACTIONS: Mapping[type[Struct], Callable[[Any], Sequence[Due]]] = {
    programme.StandingMoved: lambda _: MOVED,
    programme.PointsExpired: lambda _: MOVED,
    programme.PointsActivated: lambda _: MOVED,
    programme.PointsSent: lambda news: [*MOVED, transfers.delivery(news)],
    programme.HoldLapsed: lambda _: MOVED,
    programme.StepReached: lambda _: MOVED,
    programme.TierReached: lambda news: [
        *PASSES,
        announce("tier", news.tier, str(news.season)),
        segments.LEVEL,
        Due("offers.expose"),
    ],
    programme.TierLost: lambda _: [*PASSES, segments.LEVEL],
    programme.TierAtRisk: lambda _: CARDS,
    programme.ChallengeCompleted: lambda news: [*MOVED, announce("challenge", news.challenge, news.fact)],
    programme.ChallengeWithdrawn: lambda _: MOVED,
    programme.VoucherUsed: lambda _: PASSES,
    programme.VoucherLapsed: lambda _: PASSES,
    programme.VoucherBack: lambda _: PASSES,
    members.Joined: lambda _: [segments.LEVEL, Due("offers.expose")],
    members.CardReplaced: lambda _: PASSES,
    members.MemberLeft: lambda _: [privacy.SETTLE],
    members.ProfileChanged: lambda _: [*PASSES, segments.LEVEL, Due("offers.expose")],
    members.PlaceChanged: lambda _: [segments.LEVEL, Due("offers.expose")],
    segments.SegmentEntered: lambda news: [crossed("entered", news.segment)],
    segments.SegmentLeft: lambda news: [crossed("left", news.segment)],
    offers.OfferOpened: lambda news: [*CARDS, announce("offer", news.offer)],
    offers.OfferTold: lambda news: [
        push.campaign.page(news.offer, news.after, news.through),
        *passes.campaign.page(news.offer, news.after, news.through),
    ],
    offers.OfferEnded: lambda news: passes.campaign.page(news.offer, news.after, news.through),
    offers.OfferLapsed: lambda _: CARDS,
    offers.OfferPaused: lambda news: passes.campaign.page(news.offer, news.after, news.through),
    offers.OfferResumed: lambda news: passes.campaign.page(news.offer, news.after, news.through),
    offers.OfferSoldOut: lambda news: passes.campaign.page(news.offer, news.after, news.through),
    offers.OfferBack: lambda news: passes.campaign.page(news.offer, news.after, news.through),
    push.CardRings: lambda _: [Due("passes.google")],
    offers.OfferTaken: lambda _: CARDS,
    offers.GiftGiven: lambda news: [
        Due(rewards.GIVE, news.offer, payload={"offer": news.offer, "reward": news.reward}),
    ],
    authorisation.ApprovalAsked: lambda news: [announce("approval", news.approval)],
    authorisation.Spent: lambda news: [announce("spent", news.fact), Due("push.letter", news.fact)],
}

Handler = Callable[[World, Sequence[Task], Instant], Awaitable[list[Settled]]]

HANDLERS: Mapping[str, Handler] = {
    budgets.LEVEL: budgets.settle,
    "members.code": members.send_code,
    "offers.expose": offers.expose,
    "offers.crossed": offers.cross,
    offers.LAPSE: offers.lapse,
    "offers.used": offers.settle,
    rewards.GIVE: rewards.give,
    offline.WORK.reaction: offline.work,
    "passes.apple": passes.apple.refresh,
    passes.campaign.REACTION: passes.campaign.refresh,
    "passes.google": partial(passes.google.converge, rings=push.rings),
    "passes.google_look": passes.google.look,
    "passes.redesign": passes.redesign.work,
    privacy.SETTLE.reaction: privacy.settle,
    "push.announce": partial(push.announce, cards=passes.rings_left),
    push.campaign.REACTION: partial(push.campaign.decide, cards=passes.rings_left),
    "push.letter": push.write_letter,
    "push.notice": push.send_notices,
    segments.LEVEL.reaction: segments.refresh_due,
    transfers.DELIVER: transfers.deliver,
    "webhooks.tell": webhooks.tell,
    webhooks.SEND: webhooks.send,
}


def world_of(config: Settings, database: Database) -> World:
    """The things outside, as the settings say. Nothing is dialled before it is needed."""
    account = config.google_service_account
    return World(
        database,
        config,
        apns=passes.apple.apns_of(config),
        google=passes.google.Wallet(config, database) if account else NotSetUp("Google Wallet"),
        fcm=push.Firebase(config) if account and config.fcm_project else NotSetUp("FCM"),
        web=push.Browsers(config) if config.web_push_key else NotSetUp("web push"),
        sender=sender.sender_of(config),
    )
