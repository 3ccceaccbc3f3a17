"""The key in a process of its own: it signs manifests of passes for one user, and those who ask never wait long."""

import asyncio
import hashlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from punchcard.foundation.settings import BadSettings, Secret, Settings
from punchcard.passes import card_texts
from punchcard.passes.apple.design import load
from punchcard.passes.apple.model import Sheet
from punchcard.passes.apple.phrases import Common
from punchcard.passes.apple.printing import Press, press, signer_of
from punchcard.passes.apple.remote import ANSWER_SECONDS_MAX, MESSAGE_BYTES_MAX, RemoteSigner, SignerAway
from punchcard.passes.apple.service import SigningService, listen
from punchcard.passes.apple.signing import BadCertificate, PemSigner, has_key
from punchcard.sandbox.authority import Authority

from .apple import AT, DESIGNS, FACE, SECRET, SERIAL, lock, made
from .verify_pass import OPENSSL, about_signature

__all__ = ["made"]  # a fixture

pytestmark = pytest.mark.anyio
MANIFEST = json.dumps({name: hashlib.sha1(name.encode()).hexdigest() for name in ("pass.json", "icon.png")}).encode()


def now() -> int:
    return int(time.time())


class Served:
    def __init__(self, folder: Path, made: Authority, users: frozenset[int]):
        self.path, self.made, self.users = folder / "signer.sock", made, users
        self.start()

    def start(self) -> None:
        signer = PemSigner(self.made.certificate, self.made.key, self.made.wwdr, "", now())
        self.service = SigningService(lambda: signer, self.users)
        self.running = asyncio.create_task(self.service.run(self.path, asyncio.Event()))

    async def stop(self) -> None:
        self.running.cancel()
        await asyncio.wait([self.running])

    async def remote(self) -> RemoteSigner:
        return await asyncio.to_thread(RemoteSigner, self.path, now())

    async def is_up(self) -> None:
        for _ in range(400):
            if self.path.exists():
                return
            await asyncio.sleep(0.005)
        raise AssertionError("the signer never listened")


async def serving(folder: Path, made: Authority, users: frozenset[int]) -> Served:
    served = Served(folder, made, users)
    await served.is_up()
    return served


@pytest.fixture
async def served(tmp_path: Path, made: Authority) -> AsyncIterator[Served]:
    ours = await serving(tmp_path, made, frozenset({os.geteuid()}))
    try:
        yield ours
    finally:
        await ours.stop()


async def test_a_signature_from_the_other_process_passes_openssl(served: Served, made: Authority):
    remote = await served.remote()

    signature = await asyncio.to_thread(remote.sign, MANIFEST)

    assert (remote.pass_type, remote.team) == ("pass.com.example.punchcard", "A1B2C3D4E5")
    assert about_signature({"manifest.json": MANIFEST, "signature": signature}, made.root) == []


@pytest.mark.parametrize(
    "message",
    [
        b"transfer all the money",
        b"[]",
        b'{"pass.json": "short"}',
        b'{"pass.json": "' + b"A" * 40 + b'"}',
        b'{"pass.json": "' + b"a" * 40 + b'\\n"}',
        b'{"icon.png": "' + b"a" * 40 + b'"}',
        b'{"pass.json": {"deep": 1}}',
        b"\xff\xfe",
    ],
)
async def test_it_signs_nothing_but_manifests(served: Served, message):
    remote = await served.remote()

    with pytest.raises(ValueError, match="no manifest"):
        await asyncio.to_thread(remote.sign, message)

    assert (served.service.signed, served.service.refused) == (0, 1)


async def test_a_message_that_is_too_long_ends_the_connection(served: Served):
    remote = await served.remote()

    with pytest.raises(SignerAway):
        await asyncio.to_thread(remote.sign, b"x" * (MESSAGE_BYTES_MAX + 1))

    assert served.service.signed == 0


async def test_another_user_is_not_answered(tmp_path: Path, made: Authority):
    others = await serving(tmp_path, made, frozenset({os.geteuid() + 1}))

    with pytest.raises(BadCertificate, match="no signer answers"):
        await others.remote()

    assert others.service.refused > 0
    await others.stop()


async def test_only_its_user_can_reach_the_socket(served: Served):
    assert served.path.stat().st_mode & 0o777 == 0o600


async def test_a_signer_that_was_started_again_is_found_again(served: Served):
    remote = await served.remote()
    await asyncio.to_thread(remote.sign, MANIFEST)
    await served.stop()

    with pytest.raises(SignerAway):
        await asyncio.to_thread(remote.sign, MANIFEST)
    served.start()
    await served.is_up()

    assert await asyncio.to_thread(remote.sign, MANIFEST)


async def test_one_that_does_not_answer_is_waited_for_a_second_and_no_more(tmp_path: Path, served: Served):
    remote = await served.remote()
    making = Press(remote, load(DESIGNS), Common(card_texts(DESIGNS)), "https://loyalty.example/wallet", (SECRET,))
    silent = socket.socket(socket.AF_UNIX)
    silent.bind(str(tmp_path / "silent.sock"))
    silent.listen()
    remote.path, remote.idle.queue[:] = tmp_path / "silent.sock", []
    began, turns = time.monotonic(), 0

    printing = asyncio.create_task(making.printed(Sheet(FACE, SERIAL, making.token(SERIAL)), AT))
    while not printing.done():
        await asyncio.sleep(0.05)
        turns += 1

    assert isinstance(printing.exception(), SignerAway)
    assert time.monotonic() - began < ANSWER_SECONDS_MAX + 1.0
    assert turns > 8, "the event loop stood still meanwhile"
    silent.close()


async def test_one_whose_certificate_has_ended_is_asked_again_later(served: Served):
    remote, signer = await served.remote(), served.service.signer()
    assert isinstance(signer, PemSigner)
    signer.ends = now()

    with pytest.raises(SignerAway):
        await asyncio.to_thread(remote.sign, MANIFEST)


async def test_many_threads_share_one_signer(served: Served):
    remote = await served.remote()

    signatures = await asyncio.gather(*(asyncio.to_thread(remote.sign, MANIFEST) for _ in range(40)))

    assert all(signatures) and served.service.signed == 40
    assert len(served.service.lines) <= 8


async def test_a_second_signer_does_not_take_the_socket_from_the_first(served: Served):
    with pytest.raises(BadSettings, match="another signer"):
        listen(served.path, None)


def test_a_socket_that_a_killed_one_left_is_taken_over(tmp_path: Path):
    tmp_path.chmod(0o700)
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(tmp_path / "signer.sock"))

    listen(tmp_path / "signer.sock", None).close()


def test_a_folder_where_others_could_put_a_socket_of_theirs_is_refused(tmp_path: Path):
    tmp_path.chmod(0o777)

    with pytest.raises(BadSettings, match="others can put"):
        listen(tmp_path / "signer.sock", None)


async def test_a_process_without_the_key_makes_passes(served: Served, tmp_path: Path):
    config = Settings(demo=True, secret=Secret(SECRET), designs_dir=DESIGNS, apple_signer=served.path)

    making = await asyncio.to_thread(press, config)

    assert making.signer.is_far and making.signer.pass_type == "pass.com.example.punchcard"
    assert not has_key(config)


def test_without_a_signer_the_start_says_what_to_start(tmp_path: Path):
    with pytest.raises(BadCertificate, match="punchcard sign --socket"):
        signer_of(Settings(apple_signer=tmp_path / "nowhere.sock"))


@pytest.mark.skipif(sys.platform != "linux" or not OPENSSL, reason="needs Linux and openssl")
def test_the_command_signs_and_shows_its_password_nowhere(made: Authority, tmp_path: Path):
    tmp_path.chmod(0o700)
    locked, path, password = tmp_path / "locked.key", tmp_path / "signer.sock", "correct horse battery"
    lock(made.key, locked, password)
    environment = {
        "PUNCHCARD_APPLE_CERTIFICATE": str(made.certificate),
        "PUNCHCARD_APPLE_KEY": str(locked),
        "PUNCHCARD_APPLE_WWDR": str(made.wwdr),
        "PUNCHCARD_APPLE_KEY_PASSWORD": password,
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
    }
    command = [sys.executable, "-m", "punchcard", "sign", "--socket", str(path)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            until = time.monotonic() + 20
            while not path.exists() and time.monotonic() < until:
                time.sleep(0.02)
            signature = RemoteSigner(path, now()).sign(MANIFEST)
            shown = [seen(Path(f"/proc/{process.pid}/{name}")) for name in ("cmdline", "environ")]
        finally:
            process.terminate()
            process.wait(20)
        assert process.stderr
        said = process.stderr.read()

    assert about_signature({"manifest.json": MANIFEST, "signature": signature}, made.root) == []
    assert not [each for each in (*shown, said.encode()) if password.encode() in each]
    assert not path.exists()


def seen(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except PermissionError:
        return b""


def test_what_is_said_of_a_signer_shows_no_key(made: Authority):
    signer = PemSigner(made.certificate, made.key, made.wwdr, "", now())

    assert b"PRIVATE" not in SigningService(lambda: signer, frozenset()).who()
    assert msgspec.json.decode(SigningService(lambda: signer, frozenset()).who())["signed"] == 0
