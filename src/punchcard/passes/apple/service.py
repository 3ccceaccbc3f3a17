"""`punchcard sign`: the process that holds the pass certificate's key and signs for others of this machine.

Who may ask is decided twice: by the socket's mode (0600) and by the user whom the kernel names at the other end. It signs
nothing but manifests of passes, so that whoever reaches it gets no signature under anything else."""

import asyncio
import ctypes
import logging
import os
import signal
import socket
import stat
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import msgspec
from cryptography.hazmat.primitives.serialization import Encoding
from msgspec import Meta

from punchcard.foundation.clock import Clock
from punchcard.foundation.settings import BadSettings, Settings

from .keeping import Kept
from .remote import LENGTH_BYTES, MESSAGE_BYTES_MAX, WHO, Refusal, SignerAway, Signs
from .signing import Signer, fingerprint, pem_signer

log = logging.getLogger("punchcard.passes.apple")

PEER = struct.Struct("3i")
IDLE_SECONDS_MAX = 600.0
CONNECTIONS_MAX = 64
NOT_DUMPABLE = (4, 0)
"""prctl(PR_SET_DUMPABLE, 0)."""

Sha1 = Annotated[str, Meta(pattern=r"^[0-9a-f]{40}\Z")]
Name = Annotated[str, Meta(min_length=1, max_length=255)]
MANIFEST = msgspec.json.Decoder(dict[Name, Sha1])


async def serve_signatures(settings: Settings, path: Path, owner: int | None = None) -> None:
    """Sign at `path` with the settings' key until stopped. Raises BadSettings when the key or the path is unfit."""
    kept = Kept(lambda: fingerprint(settings), lambda: pem_signer(settings, Clock().now()), lambda signer: signer)
    users = frozenset({0, os.geteuid()} | ({owner} if owner is not None else set()))
    stopping, loop = asyncio.Event(), asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stopping.set)
    await SigningService(kept.now, users).run(path, stopping, owner)


class SigningService:
    """Answers on one socket. `signer` says who signs at this moment: certificates are exchanged while it runs."""

    def __init__(self, signer: Callable[[], Signer], users: frozenset[int]):
        self.signer, self.users = signer, users
        self.signed = self.refused = 0
        self.lines: set[asyncio.StreamWriter] = set()

    async def run(self, path: Path, stopping: asyncio.Event, owner: int | None = None) -> None:
        """Listen at `path` until told to stop. The socket is given to the user `owner`, if named. Raises BadSettings."""
        server = await asyncio.start_unix_server(self.serve, sock=listen(path, owner))
        log.info("signing for %s at %s", self.signer().pass_type, path)
        try:
            await stopping.wait()
        finally:
            leave(path)
            server.close()
            for each in self.lines:
                each.close()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, any number of messages one after the other."""
        self.lines.add(writer)
        try:
            user = peer(writer.get_extra_info("socket"))
            if user not in self.users or len(self.lines) > CONNECTIONS_MAX:
                self.refused += 1
                log.warning("refused a connection of user %d", user)
                return
            with suppress(asyncio.IncompleteReadError, TimeoutError, ConnectionError):
                while True:
                    async with asyncio.timeout(IDLE_SECONDS_MAX):
                        length = int.from_bytes(await reader.readexactly(LENGTH_BYTES))
                        if length > MESSAGE_BYTES_MAX:
                            self.refused += 1
                            return
                        answer = self.answer(await reader.readexactly(length))
                    writer.write(len(answer).to_bytes(LENGTH_BYTES) + answer)
                    await writer.drain()
        finally:
            self.lines.discard(writer)
            writer.close()

    def answer(self, message: bytes) -> bytes:
        """Who signs, the signature under a manifest, or why there is none."""
        if message == WHO:
            return self.who()
        if why := unfit(message):
            self.refused += 1
            log.warning("refused to sign: %s", why)
            return msgspec.json.encode(Refusal(why))
        try:
            signature = self.signer().sign(message)
        except SignerAway:
            self.refused += 1
            log.error("a certificate has ended: nothing is signed until it is renewed")
            return msgspec.json.encode(Refusal("the certificate has ended", later=True))
        self.signed += 1
        return signature

    def who(self) -> bytes:
        papers = self.signer().papers
        certificate, wwdr = (each.public_bytes(Encoding.PEM).decode() for each in (papers.certificate, papers.wwdr))
        return msgspec.json.encode(Signs(certificate, wwdr, self.signed, self.refused))


def unfit(message: bytes) -> str:
    """Why this is no manifest of a pass; empty when it is one."""
    try:
        named = MANIFEST.decode(message)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        return f"no manifest: {error}"[:200]
    return "" if "pass.json" in named else "no manifest: pass.json is not in it"


def peer(connected: socket.socket) -> int:
    """The user at the other end, as the kernel knows it."""
    _pid, user, _group = PEER.unpack(connected.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, PEER.size))
    return int(user)


def listen(path: Path, owner: int | None) -> socket.socket:
    """A socket that only its owner can reach. What a signer that was killed has left there is taken away."""
    folder = path.absolute().parent
    try:
        if folder.stat().st_mode & stat.S_IWOTH:
            raise BadSettings(f"others can put a socket of theirs into {folder}; choose a folder of your own")
        take_away(path)
        made = socket.socket(socket.AF_UNIX)
        before = os.umask(0o177)
        try:
            made.bind(str(path))
        finally:
            os.umask(before)
        if owner is not None:
            os.chown(path, owner, -1)
    except OSError as error:
        raise BadSettings(f"{path}: {error.strerror or error}") from None
    return made


def take_away(path: Path) -> None:
    """Unlink a socket that nobody answers at."""
    if not path.is_socket():
        if path.exists():
            raise BadSettings(f"{path} is there already and is no socket")
        return
    with socket.socket(socket.AF_UNIX) as tried:
        try:
            tried.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
    raise BadSettings(f"another signer answers at {path}")


def leave(path: Path) -> None:
    with suppress(FileNotFoundError):
        path.unlink()


def keep_memory_private() -> None:
    """No core dump, no debugger and no /proc/PID/environ of this process for others of the same user (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(*NOT_DUMPABLE)
