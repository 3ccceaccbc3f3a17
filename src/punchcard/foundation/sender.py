"""How one-time codes and receipts leave: by SMTP over TLS, or, in the sandbox, into a file that people can read."""

import asyncio
import re
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

import msgspec

from .outside import Answer, MessageSender, Outcome
from .settings import BadSettings, Settings

TIMEOUT_SECONDS = 10
SUBMISSION_PORT, TLS_PORT = 587, 465
ADDRESS = re.compile(r"[^\s,;<>@]+@[^\s,;<>@]+")
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def sender_of(settings: Settings) -> MessageSender:
    """The sender that the settings name: SMTP, or in the demo the file `messages.jsonl`."""
    if settings.smtp_url:
        return SmtpSender(settings.smtp_url, settings.smtp_from)
    if not settings.demo:
        raise BadSettings(
            "PUNCHCARD_SMTP_URL must say how one-time codes leave, for example smtp://user:password@host:587"
        )
    return FileSender(settings.data_dir / "messages.jsonl")


class SmtpSender:
    """Mail by a submission server: smtp:// upgrades to TLS (STARTTLS) or refuses, smtps:// begins with it. Plain text is
    spoken with this machine alone. A thread waits for the server, never the event loop."""

    def __init__(self, url: str, sender: str, trust: ssl.SSLContext | None = None):
        self.url, self.sender = urlsplit(url), sender
        self.trust = trust or ssl.create_default_context()
        if self.url.scheme not in ("smtp", "smtps") or not self.url.hostname or "@" not in sender:
            raise BadSettings("PUNCHCARD_SMTP_URL must be smtp://… or smtps://…, and PUNCHCARD_SMTP_FROM an address")

    async def send(self, to: str, subject: str, text: str) -> Answer:
        if not ADDRESS.fullmatch(to):
            return Answer(Outcome.REFUSED, reason="not one e-mail address")
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.sender, to, subject
        message["Date"], message["Message-ID"] = (
            formatdate(),
            make_msgid(domain=self.sender.rpartition("@")[2].strip(">")),
        )
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        return await asyncio.to_thread(self.deliver, message)

    def greet(self) -> Answer:
        """Sign in at the server and leave: `reason` says why that failed."""
        return self.deliver(None)

    def deliver(self, message: EmailMessage | None) -> Answer:
        try:
            with dial(self.url, self.trust) as server:
                if self.url.username:
                    server.login(unquote(self.url.username), unquote(self.url.password or ""))
                if message:
                    server.send_message(message)
        except (smtplib.SMTPException, OSError) as error:
            return outcome_of(error)
        return Answer(Outcome.SENT, 250)

    async def close(self) -> None:
        """Nothing stays open between two messages."""


def dial(url: SplitResult, trust: ssl.SSLContext) -> smtplib.SMTP:
    host = url.hostname or ""
    if url.scheme == "smtps":
        return smtplib.SMTP_SSL(host, url.port or TLS_PORT, timeout=TIMEOUT_SECONDS, context=trust)
    server = smtplib.SMTP(host, url.port or SUBMISSION_PORT, timeout=TIMEOUT_SECONDS)
    try:
        server.ehlo()
        if server.has_extn("starttls") or host not in LOOPBACK:
            server.starttls(context=trust)
    except BaseException:
        server.close()
        raise
    return server


def outcome_of(error: Exception) -> Answer:
    """What the failure means for the message. A server without TLS or a bad password is our set-up's fault."""
    match error:
        case smtplib.SMTPRecipientsRefused(recipients=refused):
            code, reason = next(iter(refused.values()))
            return Answer(Outcome.GONE if code >= 500 else Outcome.LATER, code, readable(reason))
        case smtplib.SMTPAuthenticationError() | smtplib.SMTPNotSupportedError() | ssl.SSLError():
            return Answer(Outcome.MISCONFIGURED, reason=type(error).__name__)
        case smtplib.SMTPResponseException(smtp_code=code, smtp_error=reason):
            return Answer(Outcome.REFUSED if code >= 500 else Outcome.LATER, code, readable(reason))
    return Answer(Outcome.LATER, reason=type(error).__name__)


def readable(reason: bytes | str) -> str:
    return reason.decode(errors="replace") if isinstance(reason, bytes) else reason


class FileSender:
    """The sandbox's: one JSON object a line, `to`, `subject`, `text`, readable by this user alone."""

    def __init__(self, path: Path):
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)

    async def send(self, to: str, subject: str, text: str) -> Answer:
        with self.path.open("ab") as file:
            file.write(msgspec.json.encode({"to": to, "subject": subject, "text": text}) + b"\n")
        return Answer(Outcome.SENT, 250)

    async def close(self) -> None:
        """Each line was closed when it was written."""
