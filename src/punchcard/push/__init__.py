"""What members are told, and when: one arbiter decides over every message, and each drop and hold keeps its reason."""

from . import browsers, campaign, desk, inbox, notices_routes, receipts, topics
from .arbiter import decide
from .doctor import checks
from .fcm import Firebase
from .inbox_sql import versions as inbox_versions
from .letters import write as write_letter
from .model import CardRings, Message, Phone
from .notices import send as send_notices
from .operations import announce, forget, forget_member, messages, messages_after, phones, register, told_this_week
from .reminding import remind_due
from .ringing import rings
from .routes import routes as phone_routes
from .webpush import Browsers

routes = [
    *phone_routes,
    *inbox.routes,
    *browsers.routes,
    *receipts.routes,
    *notices_routes.routes,
    *topics.routes,
    *desk.routes,
]

__all__ = [
    "Browsers",
    "CardRings",
    "Firebase",
    "Message",
    "Phone",
    "announce",
    "campaign",
    "checks",
    "decide",
    "forget",
    "forget_member",
    "inbox_versions",
    "messages",
    "messages_after",
    "phones",
    "register",
    "remind_due",
    "rings",
    "routes",
    "send_notices",
    "told_this_week",
    "write_letter",
]
