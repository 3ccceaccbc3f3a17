"""How messages leave: mail over TLS against a real (small) server, and the sandbox's file."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from punchcard.foundation.outside import Outcome
from punchcard.foundation.sender import FileSender, SmtpSender, sender_of
from punchcard.foundation.settings import BadSettings, Secret, Settings


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A throw-away certificate for localhost and its key, in one file."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]),
    )
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("mail") / "localhost.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
    return file


class MailServer:
    """A submission server that accepts one password, and answers RCPT as it is told."""

    def __init__(self, answer: bytes = b"250 ok"):
        self.answer, self.heard, self.letters = answer, list[bytes](), list[bytes]()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.test\r\n")
        while line := await reader.readline():
            verb = line.split()[0].upper()
            self.heard.append(line.strip())
            if verb == b"EHLO":
                writer.write(b"250-mail.test\r\n250 AUTH PLAIN\r\n")
            elif verb == b"AUTH":
                good = line.split()[-1] == b"AG1haWwAcEBzcw=="  # mail, p@ss
                writer.write(b"235 welcome\r\n" if good else b"535 no\r\n")
            elif verb == b"RCPT":
                writer.write(self.answer + b"\r\n")
            elif verb == b"DATA":
                writer.write(b"354 go on\r\n")
                self.letters.append(await reader.readuntil(b"\r\n.\r\n"))
                writer.write(b"250 taken\r\n")
            elif verb == b"QUIT":
                break
            else:
                writer.write(b"250 ok\r\n")
        writer.close()


@asynccontextmanager
async def listening(server: MailServer, certificate: Path | None) -> AsyncIterator[int]:
    tls = None
    if certificate:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
    async with await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=tls) as opened:
        yield opened.sockets[0].getsockname()[1]


def sender(url: str, authority: Path | None = None) -> SmtpSender:
    trust = ssl.create_default_context(cafile=authority) if authority else None
    return SmtpSender(url, "Almond <almond@example.org>", trust)


async def test_a_letter_goes_over_tls_to_a_server_that_is_trusted(authority: Path) -> None:
    server = MailServer()
    async with listening(server, authority) as port:
        answer = await sender(f"smtps://mail:p%40ss@localhost:{port}", authority).send(
            "maya@example.org", "קוד", "123456"
        )

    assert answer.outcome is Outcome.SENT
    [letter] = server.letters
    assert b"To: maya@example.org" in letter and b"123456" in letter and b"From: Almond <almond@example.org>" in letter


@pytest.mark.parametrize(
    "answer, outcome",
    [
        (b"550 no such box", Outcome.GONE),
        (b"450 busy", Outcome.LATER),
        (b"421 bye", Outcome.LATER),
    ],
)
async def test_what_the_server_says_decides_what_becomes_of_the_letter(
    authority: Path, answer: bytes, outcome: Outcome
) -> None:
    async with listening(MailServer(answer), authority) as port:
        said = await sender(f"smtps://localhost:{port}", authority).send("maya@example.org", "Code", "123456")

    assert said.outcome is outcome


async def test_a_server_that_is_not_trusted_gets_nothing(authority: Path) -> None:
    server = MailServer()
    async with listening(server, authority) as port:
        answer = await sender(f"smtps://mail:p%40ss@localhost:{port}").send("maya@example.org", "Code", "123456")

    assert (answer.outcome, server.heard) == (Outcome.MISCONFIGURED, [])


async def test_a_wrong_password_is_our_own_fault(authority: Path) -> None:
    async with listening(MailServer(), authority) as port:
        answer = await sender(f"smtps://mail:wrong@localhost:{port}", authority).send("maya@example.org", "Code", "1")

    assert answer.outcome is Outcome.MISCONFIGURED


async def test_plain_text_is_spoken_with_this_machine_alone() -> None:
    server = MailServer()
    async with listening(server, None) as port:
        here = await sender(f"smtp://localhost:{port}").send("maya@example.org", "Code", "123456")
        there = await sender(f"smtp://mail:p%40ss@127.1:{port}").send("maya@example.org", "Code", "123456")

    assert (here.outcome, there.outcome) == (Outcome.SENT, Outcome.MISCONFIGURED)
    assert len(server.letters) == 1 and not [line for line in server.heard if line.startswith(b"AUTH")]


async def test_a_server_that_is_away_is_tried_again_later() -> None:
    async with listening(MailServer(), None) as port:
        pass

    assert (await sender(f"smtp://localhost:{port}").send("maya@example.org", "C", "1")).outcome is Outcome.LATER


@pytest.mark.parametrize("to", ["+972521234567", "maya@example.org\nBcc: all@example.org"])
async def test_mail_reaches_one_address_and_no_phone(to: str) -> None:
    answer = await sender("smtp://localhost:1").send(to, "Code", "123456")

    assert answer.outcome is Outcome.REFUSED


@pytest.mark.parametrize("url, address", [("http://x", "a@b"), ("smtp://", "a@b"), ("smtp://x", "nobody")])
def test_settings_that_cannot_send_are_refused(url: str, address: str) -> None:
    with pytest.raises(BadSettings):
        SmtpSender(url, address)


async def test_the_sandbox_writes_what_it_would_send_for_its_user_alone(tmp_path: Path) -> None:
    file = sender_of(Settings(demo=True, data_dir=tmp_path))
    assert isinstance(file, FileSender)

    await file.send("maya@example.org", "קוד", "123456")

    [line] = (tmp_path / "messages.jsonl").read_text().splitlines()
    assert json.loads(line) == {"to": "maya@example.org", "subject": "קוד", "text": "123456"}
    assert (tmp_path / "messages.jsonl").stat().st_mode & 0o077 == 0


def test_outside_the_demo_a_sender_must_be_named() -> None:
    with pytest.raises(BadSettings):
        sender_of(Settings())
    assert isinstance(sender_of(Settings(smtp_url=Secret("smtps://h"), smtp_from="a@b.example")), SmtpSender)
