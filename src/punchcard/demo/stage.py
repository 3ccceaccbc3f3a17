"""Where the story plays: PostgreSQL, the stand-ins for Apple, Google and browsers, the API and a worker, all on this machine."""

import asyncio
import contextlib
import errno
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import asyncpg
import httpx
from msgspec import Struct

from punchcard.foundation import migrate, settings
from punchcard.foundation.clock import Clock
from punchcard.foundation.embedded import postgres
from punchcard.foundation.settings import Settings
from punchcard.sandbox import apns as apple
from punchcard.sandbox import authority
from punchcard.sandbox.google import Google, google
from punchcard.sandbox.webpush import PushService

from .browser import make_key, push_service

READY_SECONDS_MAX = 60
STOP_SECONDS_MAX = 10
PORT = 8000
LOOPBACK = "127.0.0.1"
EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - what a person may ask for
ELSEWHERE = ("192.0.2.1", 9)
"""An address that is nobody's (RFC 5737)."""

Process = subprocess.Popen[bytes]


class NotReady(Exception):
    """A process of the stage did not come up; the message holds the end of its log."""


class Stage(Struct, frozen=True):
    """Everything that runs, and how to reach it."""

    folder: Path
    config: Settings
    variables: Mapping[str, str]
    clock: Clock
    authority: authority.Authority
    apns: apple.Apns
    google: Google
    web: PushService
    processes: dict[str, Process]

    @property
    def url(self) -> str:
        return self.config.public_url

    @property
    def here(self) -> str:
        """The same for a browser on this machine. Where the API listens on every address that is the loopback one, which
        browsers trust with the camera although there is no https."""
        return at(LOOPBACK, self.config.port) if self.config.host in EVERY_ADDRESS else self.url

    @property
    def mailbox(self) -> Path:
        """Where the one-time codes arrive."""
        return self.folder / "messages.jsonl"

    def start(self, name: str) -> None:
        """`serve` or `work` (`work-2` is a second one) as a process of its own, with a log of its own."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "punchcard", name.split("-")[0]],
                env={**os.environ, **self.variables},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def kill(self, name: str) -> None:
        """End a process as a power cut would."""
        self.processes[name].kill()
        self.processes.pop(name).wait()

    def stop(self, name: str) -> None:
        """Ask a process to end, and wait for it."""
        process = self.processes.pop(name)
        process.terminate()
        try:
            process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    async def ready(self) -> None:
        """Until the API answers. Raises NotReady with the end of a log if a process ended or nothing answers."""
        deadline = time.monotonic() + READY_SECONDS_MAX
        async with httpx.AsyncClient(base_url=self.url, timeout=2) as client:
            while time.monotonic() < deadline:
                for name, process in self.processes.items():
                    if process.poll() is not None:
                        raise NotReady(f"{name} ended: {self.log_of(name)}")
                with contextlib.suppress(httpx.HTTPError):
                    if (await client.get("/health")).status_code == 200:
                        return
                await asyncio.sleep(0.05)
        raise NotReady(f"nothing answers at {self.url}: {self.log_of('serve')}")

    def log_of(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")[-2000:]


@contextlib.asynccontextmanager
async def raised(
    root: Path, *postgres_settings: str, host: str = LOOPBACK, port: int = PORT, workers: int = 1
) -> AsyncIterator[Stage]:
    """Raise everything on a fresh database below the absolute path `root`, and strike it at the end."""
    port = free(port, host)
    folder = root / "run"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    made = authority.make(folder / "authority")
    clock = Clock(folder / "clock")
    with postgres(root / "postgres", *postgres_settings) as dsn:
        mine = await fresh_database(dsn)
        async with (
            apple.apns(made, now=clock.now) as apns,
            google(folder, now=clock.now) as stand_in,
            push_service(clock.now) as web,
        ):
            variables = environment(folder, mine, made, apns, stand_in) | for_browsers(folder, web)
            variables |= doors(host, port)
            stage = Stage(folder, settings.load(variables), variables, clock, made, apns, stand_in, web, {})
            try:
                for name in ("serve", *(f"work-{n}" for n in range(1, workers + 1))):
                    stage.start(name)
                await stage.ready()
                yield stage
            finally:
                for name in list(stage.processes):
                    await asyncio.to_thread(stage.stop, name)


async def fresh_database(dsn: str) -> str:
    connection = await asyncpg.connect(dsn)
    await connection.execute("drop database if exists demo with (force)")
    await connection.execute("create database demo")
    await connection.close()
    mine = dsn.replace("/postgres?", "/demo?")
    await migrate.migrate(mine)
    return mine


def environment(folder: Path, dsn: str, made: authority.Authority, apns: apple.Apns, google: Google) -> dict[str, str]:
    """The settings of both processes; the secrets are thrown away with the stage."""
    return {
        "PUNCHCARD_DEMO": "true",
        "PUNCHCARD_DATABASE_URL": dsn,
        "PUNCHCARD_DATA_DIR": str(folder),
        "PUNCHCARD_SECRET": secrets.token_hex(32),
        "PUNCHCARD_CLOCK_FILE": str(folder / "clock"),
        "PUNCHCARD_APPLE_CERTIFICATE": str(made.certificate),
        "PUNCHCARD_APPLE_KEY": str(made.key),
        "PUNCHCARD_APPLE_WWDR": str(made.wwdr),
        "PUNCHCARD_APNS_URL": apns.url,
        "PUNCHCARD_APNS_AUTHORITY": str(made.root),
        "PUNCHCARD_GOOGLE_SERVICE_ACCOUNT": str(google.service_account),
        "PUNCHCARD_GOOGLE_ISSUER_ID": google.issuer,
        "PUNCHCARD_GOOGLE_WALLET_URL": google.url,
        "PUNCHCARD_GOOGLE_CALLBACK_KEYS_URL": google.callbacks.keys_url,
        "PUNCHCARD_FCM_PROJECT": google.project,
        "PUNCHCARD_FCM_URL": google.door.url,
        "PUNCHCARD_FCM_AUTHORITY": str(google.door.authority),
    }


def for_browsers(folder: Path, web: PushService) -> dict[str, str]:
    """Our key for web push, and the stand-in as a push service that may be dialled."""
    return {
        "PUNCHCARD_WEB_PUSH_KEY": str(make_key(folder)),
        "PUNCHCARD_WEB_PUSH_CONTACT": "mailto:web@example.com",
        "PUNCHCARD_WEB_PUSH_HOSTS": web.url.removeprefix("http://"),
    }


def doors(host: str, port: int) -> dict[str, str]:
    """Where the API listens, and the address under which phones reach it."""
    reached = reached_at() if host in EVERY_ADDRESS else host
    return {"PUNCHCARD_HOST": host, "PUNCHCARD_PORT": str(port), "PUNCHCARD_PUBLIC_URL": at(reached, port)}


def at(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def reached_at() -> str:
    """This machine's own address on the way out; loopback where there is none. Nothing is sent: a datagram's socket only
    looks up the way."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, contextlib.suppress(OSError):
        probe.connect(ELSEWHERE)
        return str(probe.getsockname()[0])
    return LOOPBACK


def free(port: int, host: str = LOOPBACK) -> int:
    """This port, or any free one where it is taken. Raises NotReady where the address is none of this machine's."""
    for candidate in (port, 0):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, candidate))
                return int(probe.getsockname()[1])
            except OSError as error:
                if error.errno != errno.EADDRINUSE and candidate == 0:
                    raise NotReady(f"cannot listen on {host}: {error.strerror}") from None
    raise NotReady(f"no port is free on {host}")
