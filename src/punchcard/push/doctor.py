"""Whether Firebase would take a message of ours: asked with one that it only validates."""

import time

from punchcard.foundation.checkup import Found, fail, off, ok, warn
from punchcard.foundation.clock import MINUTE
from punchcard.foundation.google_auth import service_account
from punchcard.foundation.outside import Outcome
from punchcard.foundation.settings import BadSettings, Settings

from .fcm import Firebase
from .fcm_message import Text, message

SAMPLE = Text(title="Doctor", body="Only to be checked", collapse="doctor")


async def checks(settings: Settings) -> list[Found]:
    """Everything about Firebase Cloud Messaging."""
    if not settings.fcm_project:
        return [off("fcm", "no messages to Android and browsers", "set PUNCHCARD_FCM_PROJECT to have them")]
    if not settings.google_service_account:
        return [fail("fcm", "a project, but no account to send by", "set PUNCHCARD_GOOGLE_SERVICE_ACCOUNT")]
    try:
        account = service_account(settings.google_service_account)
    except BadSettings as error:
        return [fail("fcm", str(error), "download the service account's JSON key again")]
    firebase = Firebase(settings)
    try:
        answer = await firebase.send(message(SAMPLE, "topic", "doctor", int(time.time()), MINUTE, only_try=True))
    finally:
        await firebase.close()
    if answer.outcome is Outcome.SENT:
        return [ok("fcm", f"{settings.fcm_project} takes messages of {account.client_email}")]
    said = f"Google says {answer.status} {answer.reason}" if answer.status else answer.reason
    if answer.status == 429 or answer.status >= 500 or (not answer.status and answer.outcome is Outcome.LATER):
        return [warn("fcm", said, "ask again later")]
    do = f"give {account.client_email} the role Firebase Cloud Messaging API Admin in {settings.fcm_project}"
    return [fail("fcm", said, do)]
