"""Another process holds the key: it hears manifests on a Unix socket and answers with signatures.

Each message is its length in four bytes (big-endian) and so many bytes. An empty one asks who signs: the answer is JSON. Any
other is a manifest: the answer is the signature in DER, or JSON that says why there is none."""

import queue
import socket
import time
from pathlib import Path
from typing import ClassVar

import msgspec
from cryptography import x509
from msgspec import Struct

from punchcard.foundation.clock import Instant
from punchcard.foundation.errors import Busy

from .certificates import BadCertificate, Papers, papers_of

LENGTH_BYTES = 4
MESSAGE_BYTES_MAX = 64 * 1024
ANSWER_SECONDS_MAX = 1.0
IDLE_MAX = 8
"""Connections that are kept for the next signature."""
WHO = b""
DER = 0x30
"""With which a signature begins; JSON does not."""


class SignerAway(Busy):
    """Cards cannot be signed right now."""

    words: ClassVar[str] = "passes"


class Signs(Struct, frozen=True):
    """Who signs, and what became of what was asked since the signer started."""

    certificate: str
    """In PEM, as the intermediate."""
    wwdr: str
    signed: int
    refused: int


class Refusal(Struct, frozen=True):
    refused: str
    later: bool = False
    """It is not the manifest's fault: asked again, it may be signed."""


class Lost(Exception):
    """The connection broke, or was none."""


class RemoteSigner:
    """A `Signer` whose key is elsewhere. Threads may share it: each takes a connection of its own for a signature."""

    is_far = True

    def __init__(self, path: Path, at: Instant):
        """Ask who signs and check the certificates at the instant `at`, or raise BadCertificate."""
        self.path = path
        self.idle: queue.LifoQueue[socket.socket] = queue.LifoQueue(IDLE_MAX)
        try:
            self.papers = papers_in(self.who(), path, at)
        except SignerAway:
            raise BadCertificate(f"no signer answers at {path}: start `punchcard sign --socket {path}`") from None
        self.pass_type, self.team = self.papers.pass_type, self.papers.team

    def sign(self, manifest: bytes) -> bytes:
        """Raises SignerAway when no signature came within a second, or none can be made now."""
        answer = self.ask(manifest)
        if answer[:1] != bytes((DER,)):
            refusal = msgspec.json.decode(answer, type=Refusal)
            raise SignerAway if refusal.later else ValueError(refusal.refused)
        return answer

    def who(self) -> Signs:
        return msgspec.json.decode(self.ask(WHO), type=Signs)

    def renewed(self) -> Signs:
        """Ask again who signs: `papers` are then the newest, for the signer takes renewed ones while it runs."""
        signs = self.who()
        certificate, wwdr = certificates_in(signs)
        self.papers = msgspec.structs.replace(self.papers, certificate=certificate, wwdr=wwdr)
        return signs

    def ask(self, message: bytes) -> bytes:
        """One message and its answer. A kept connection may have been closed meanwhile: then once more over a new one."""
        until = time.monotonic() + ANSWER_SECONDS_MAX
        while True:
            kept = self.kept()
            try:
                line = kept or self.dialled(until)
                answer = asked(line, message, until)
            except (OSError, Lost) as error:
                if kept and not isinstance(error, TimeoutError):
                    continue
                raise SignerAway from None
            self.keep(line)
            return answer

    def kept(self) -> socket.socket | None:
        try:
            return self.idle.get_nowait()
        except queue.Empty:
            return None

    def keep(self, line: socket.socket) -> None:
        try:
            self.idle.put_nowait(line)
        except queue.Full:
            line.close()

    def dialled(self, until: float) -> socket.socket:
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(max(0.001, until - time.monotonic()))
        try:
            line.connect(str(self.path))
        except OSError:
            line.close()
            raise
        return line


def asked(line: socket.socket, message: bytes, until: float) -> bytes:
    """The answer to this message. After an error the connection is closed: an answer that comes late is nobody's."""
    try:
        line.settimeout(max(0.001, until - time.monotonic()))
        line.sendall(len(message).to_bytes(LENGTH_BYTES) + message)
        length = int.from_bytes(received(line, LENGTH_BYTES, until))
        if not 0 < length <= MESSAGE_BYTES_MAX:
            raise Lost
        return received(line, length, until)
    except (OSError, Lost):
        line.close()
        raise


def received(line: socket.socket, count: int, until: float) -> bytes:
    found = b""
    while len(found) < count:
        line.settimeout(max(0.001, until - time.monotonic()))
        part = line.recv(count - len(found))
        if not part:
            raise Lost
        found += part
    return found


def papers_in(signs: Signs, path: Path, at: Instant) -> Papers:
    certificate, wwdr = certificates_in(signs)
    return papers_of(certificate, wwdr, path, path, at)


def certificates_in(signs: Signs) -> tuple[x509.Certificate, x509.Certificate]:
    certificate, wwdr = (x509.load_pem_x509_certificate(each.encode()) for each in (signs.certificate, signs.wwdr))
    return certificate, wwdr
