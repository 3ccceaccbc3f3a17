"""Whether Firebase would take a message of ours: asked with one that it only validates."""

from punchcard.foundation.checkup import Found, fail, off, ok, warn
from punchcard.foundation.google_api import Api, message
from punchcard.foundation.google_auth import MESSAGING_SCOPE, service_account
from punchcard.foundation.settings import BadSettings, Settings

SAMPLE = {"validate_only": True, "message": {"topic": "doctor", "data": {"kind": "doctor"}}}


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
    api = Api(settings.fcm_url, account, MESSAGING_SCOPE)
    try:
        reply = await api.ask("POST", f"/v1/projects/{settings.fcm_project}/messages:send", SAMPLE)
    finally:
        await api.close()
    said = reply.no_access.reason if reply.no_access else f"{reply.status} {reply.reason} {message(reply.body)}"
    if reply.status == 200:
        return [ok("fcm", f"{settings.fcm_project} takes messages of {account.client_email}")]
    if reply.status == 429 or reply.status >= 500:
        return [warn("fcm", f"Google says {said}", "ask again later")]
    do = f"give {account.client_email} the role Firebase Cloud Messaging API Admin in {settings.fcm_project}"
    return [fail("fcm", f"Google says {said}", do)]
