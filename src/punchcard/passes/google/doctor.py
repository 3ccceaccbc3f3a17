"""What can be wrong at Google before a member notices: the account, the access to the issuer, the card itself.

Google judges a sample card by `jwt/validate`, which saves nothing."""

from uuid import UUID

from punchcard.foundation.checkup import Found, fail, off, ok, warn
from punchcard.foundation.clock import DAY, Instant
from punchcard.foundation.google_api import Api, Reply, message
from punchcard.foundation.google_auth import WALLET_SCOPE, service_account
from punchcard.foundation.settings import BadSettings, Settings
from punchcard.passes import texts
from punchcard.passes.model import Face, Movement

from . import render
from .classes import house_of, object_of
from .design import design

VALIDATE = "/walletobjects/v1/jwt/validate"


async def checks(settings: Settings, at: Instant) -> list[Found]:
    """Everything about Google Wallet. `at` is the machine's own clock."""
    if not settings.google_service_account:
        return [off("google", "no cards for Google Wallet", "set PUNCHCARD_GOOGLE_SERVICE_ACCOUNT to have them")]
    try:
        account = service_account(settings.google_service_account)
    except BadSettings as error:
        return [fail("google.account", str(error), "download the service account's JSON key again")]
    found = [ok("google.account", f"{account.client_email} can sign")]
    if not settings.google_issuer_id:
        return [
            *found,
            fail("google.issuer", "no issuer", "set PUNCHCARD_GOOGLE_ISSUER_ID (Google Pay & Wallet Console)"),
        ]
    api = Api(settings.google_wallet_url, account, WALLET_SCOPE)
    try:
        token = account.sign(claims(settings, at))
        reply = await api.ask("POST", VALIDATE, {"jwtResource": {"jwt": token}})
    except (BadSettings, OSError, ValueError) as error:
        return [*found, fail("google.card", f"a sample card cannot be made: {error}", "mend member.google.json")]
    finally:
        await api.close()
    return [*found, judged(reply, settings, account.client_email)]


def judged(reply: Reply, settings: Settings, account: str) -> Found:
    """What Google's answer means."""
    said = f"Google says {reply.status} {reply.reason}: {message(reply.body)}"
    if reply.no_access:
        return fail(
            "google.access",
            f"no access token: {reply.no_access.reason}",
            "let this machine reach Google; a key that was deleted or a wrong clock is refused, too",
        )
    match reply.status:
        case 200:
            return ok("google.card", f"Google would save the card of issuer {settings.google_issuer_id}")
        case 0:
            return fail("google.access", f"Google does not answer: {reply.reason}", "let this machine reach it")
        case 401 | 403:
            do = f"invite {account} as a user of issuer {settings.google_issuer_id}, and enable the Google Wallet API"
            return fail("google.access", said, do)
        case 429 | 500 | 502 | 503 | 504:
            return warn("google.card", said, "ask again later")
    return fail("google.card", said, "mend member.google.json, or the pictures that it names")


def claims(settings: Settings, at: Instant) -> dict[str, object]:
    """A save JWT with the whole card of a sample member: the class as well, so that it is judged before it was written."""
    shown = sample(settings, at)
    payload = {
        "loyaltyClasses": [render.loyalty_class(shown, house_of(settings))],
        "loyaltyObjects": [object_of(settings, shown, at)],
    }
    return {"aud": "google", "typ": "savetowallet", "origins": [settings.public_url], "payload": payload}


def sample(settings: Settings, at: Instant) -> Face:
    """A face with something in every row that a design may show, but for what other rooms would have to bring."""
    tier = next(iter(design(settings.designs_dir).tiers))
    words = texts.every(lambda _: settings.programme_name)
    return Face(
        member_id=UUID(int=0),
        card_code="0" * 17,
        name=settings.programme_name,
        language="en",
        zone="UTC",
        points=2480,
        tier=tier,
        tier_name=words,
        next_tier="next",
        next_tier_name=words,
        missing=520,
        last=Movement(85, at - DAY, words, words),
    )
