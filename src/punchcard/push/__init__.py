"""What members are told, and when: one arbiter decides over every message, and each drop and hold keeps its reason."""

from . import campaign
from .arbiter import decide
from .doctor import checks
from .fcm import Firebase
from .inbox_sql import versions as inbox_versions
from .letters import write as write_letter
from .model import CardRings, Message, Phone
from .operations import announce, forget, messages, register
from .ringing import rings
from .routes import routes

__all__ = [
    "CardRings",
    "Firebase",
    "Message",
    "Phone",
    "announce",
    "campaign",
    "checks",
    "decide",
    "forget",
    "inbox_versions",
    "messages",
    "register",
    "rings",
    "routes",
    "write_letter",
]
