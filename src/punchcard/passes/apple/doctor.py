"""What can be wrong on Apple's side before a member notices: certificates, designs, the way to the push service."""

import asyncio
import ssl
from urllib.parse import urlsplit

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import ConnectionTerminated, RemoteSettingsChanged
from h2.exceptions import ProtocolError

from punchcard.foundation.checkup import Found, fail, off, ok, warn
from punchcard.foundation.clock import DAY, Instant, moment
from punchcard.foundation.settings import BadSettings, Settings

from .certificates import WARNED_BEFORE, BadCertificate
from .design import check
from .printing import is_set_up, signer_of
from .signing import Signer, has_key, password_of

CONNECT_SECONDS_MAX = 10.0
RENEW = "renew it for the same pass type (certs.example/README.md); it is taken without a restart"


async def checks(settings: Settings, at: Instant) -> list[Found]:
    """Everything about Apple Wallet. `at` is the machine's own clock."""
    if not is_set_up(settings):
        return [off("apple", "no cards for Apple Wallet", "set PUNCHCARD_APPLE_CERTIFICATE to have them")]
    found = await asyncio.to_thread(of_files, settings, at)
    return [*found, await of_push(settings)]


def of_files(settings: Settings, at: Instant) -> list[Found]:
    """The certificates and the designs, as they lie on the disk now."""
    try:
        signer = signer_of(settings)
    except BadSettings as error:
        return [fail("apple.certificate", str(error), "mend this file, or have it issued again"), *of_designs(settings)]
    found = [of_end(name, ends, at) for name, ends in signer.papers.ends.items()]
    return [*found, of_signature(settings, signer), *of_designs(settings)]


def of_end(name: str, ends: Instant, at: Instant) -> Found:
    days, says = (ends - at) // DAY, f"the {name} certificate ends on {moment(ends):%Y-%m-%d}"
    if ends - at < WARNED_BEFORE.total_seconds():
        return warn(f"apple.certificate.{name}", f"{says}, in {days} days", RENEW)
    return ok(f"apple.certificate.{name}", f"{says}, in {days} days")


def of_signature(settings: Settings, signer: Signer) -> Found:
    """A pass type, a team and a signature; who says them stands in the certificate, so that they cannot disagree."""
    where = f"the signer at {settings.apple_signer}" if settings.apple_signer else "this process's key"
    try:
        signer.sign(b'{"pass.json":"' + b"0" * 40 + b'"}')
    except Exception as error:
        return fail("apple.signature", f"{where} signs nothing: {error}", "look at its log")
    return ok("apple.signature", f"{where} signs for {signer.pass_type} of {signer.team}")


def of_designs(settings: Settings) -> list[Found]:
    findings = check(settings.designs_dir)
    if not findings:
        return [ok("apple.designs", f"{settings.designs_dir} is good")]
    do = "mend it; `punchcard pass check` shows all"
    return [(warn if each.warning else fail)("apple.designs", f"{each.file}: {each.reason}", do) for each in findings]


async def of_push(settings: Settings) -> Found:
    """Whether the push service takes our connection. Nothing is pushed."""
    if not (has_key(settings) or settings.apns_key):
        return fail(
            "apple.apns",
            "this process has no certificate to open a connection with",
            "set PUNCHCARD_APNS_KEY (a .p8 key from Apple's portal), PUNCHCARD_APNS_KEY_ID and PUNCHCARD_APNS_TEAM",
        )
    url = urlsplit(settings.apns_url)
    host, port = url.hostname or "", url.port or 443
    try:
        async with asyncio.timeout(CONNECT_SECONDS_MAX):
            await greet(host, port, context_of(settings))
    except TimeoutError:
        return fail("apple.apns", f"{host}:{port} says nothing", f"let this machine reach {host}:{port} by TCP")
    except (OSError, ProtocolError, BadCertificate) as error:
        do = f"let this machine reach {host}:{port}; if it names a certificate, the pass certificate is not taken there"
        return fail("apple.apns", f"{host}:{port}: {error or type(error).__name__}", do)
    by = "a token" if settings.apns_key else "the pass certificate"
    return ok("apple.apns", f"{host}:{port} takes our connection by {by}")


def context_of(settings: Settings) -> ssl.SSLContext:
    made = ssl.create_default_context(cafile=settings.apns_authority)
    made.set_alpn_protocols(["h2"])
    if not settings.apns_key and settings.apple_certificate and settings.apple_key:
        word = password_of(settings)
        made.load_cert_chain(settings.apple_certificate, settings.apple_key, password=lambda: word)
    return made


async def greet(host: str, port: int, context: ssl.SSLContext) -> None:
    """Connect, and wait for HTTP/2's SETTINGS: only then was our certificate looked at. Raises OSError or ProtocolError."""
    reader, writer = await asyncio.open_connection(host, port, ssl=context)
    try:
        if writer.get_extra_info("ssl_object").selected_alpn_protocol() != "h2":
            raise ProtocolError("it does not speak HTTP/2")
        talk = H2Connection(H2Configuration(client_side=True))
        talk.initiate_connection()
        writer.write(talk.data_to_send())
        while data := await reader.read(65536):
            for event in talk.receive_data(data):
                if isinstance(event, RemoteSettingsChanged):
                    return
                if isinstance(event, ConnectionTerminated):
                    raise ProtocolError(f"it hangs up: {event.error_code}")
        raise ProtocolError("it hangs up")
    finally:
        writer.close()
