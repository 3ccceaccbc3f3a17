"""The throw-away authority is shaped like Apple's, its script works as its README says, the start says what is wrong, and
a renewed certificate is taken while we run."""

import hashlib
import json
import logging
import os
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from punchcard.foundation import settings as reading
from punchcard.foundation.clock import DAY
from punchcard.foundation.settings import Secret, Settings
from punchcard.passes.apple.certificates import BadCertificate, check_guarded, papers
from punchcard.passes.apple.keeping import Kept
from punchcard.passes.apple.printing import gauges, keeper, press
from punchcard.passes.apple.remote import SignerAway
from punchcard.passes.apple.signing import PemSigner, fingerprint, pem_signer
from punchcard.sandbox import authority
from punchcard.sandbox.authority import Authority, Issuer
from tests.conftest import OneTransaction

from .apple import DESIGNS, SECRET, lock
from .verify_pass import OPENSSL, about_signature

ROOT = Path(__file__).parents[1]
FILES = ["apns.key", "apns.pem", "authority.pem", "pass.key", "pass.pem", "wwdr.pem"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("throw_away") / "authority"
    command = [
        sys.executable,
        str(ROOT / "certs.example/throw_away.py"),
        str(made),
        "pass.com.example.mine",
        "TEAM123456",
    ]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert [Path(each).name for each in said.splitlines()] == FILES
    return made


def read(file: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(file.read_bytes())


def test_the_pass_certificate_says_pass_type_and_team_where_apple_says_them(folder: Path):
    names = {attribute.oid: attribute.value for attribute in read(folder / "pass.pem").subject}

    assert names[NameOID.USER_ID] == "pass.com.example.mine"
    assert names[NameOID.ORGANIZATIONAL_UNIT_NAME] == "TEAM123456"


@pytest.mark.parametrize("leaf, usage", [("pass.pem", "sslclient"), ("apns.pem", "sslserver")])
def test_openssl_finds_the_way_from_each_leaf_to_the_root(folder: Path, leaf, usage):
    command = [
        "openssl",
        "verify",
        "-CAfile",
        folder / "authority.pem",
        "-untrusted",
        folder / "wwdr.pem",
        "-purpose",
        usage,
    ]

    assert "OK" in subprocess.run([*command, folder / leaf], capture_output=True, text=True, check=True).stdout


def test_the_pass_certificate_may_also_open_the_connection_to_apns(folder: Path):
    usage = read(folder / "pass.pem").extensions.get_extension_for_class(x509.ExtendedKeyUsage).value

    assert ExtendedKeyUsageOID.CLIENT_AUTH in usage


@pytest.mark.parametrize("key", ["pass.key", "apns.key"])
def test_keys_are_for_their_owner_alone(folder: Path, key):
    assert (folder / key).stat().st_mode & 0o777 == 0o600


def test_without_a_folder_the_script_says_how_it_is_used():
    said = subprocess.run(
        [sys.executable, ROOT / "certs.example/throw_away.py"], capture_output=True, text=True, check=False
    )

    assert said.returncode == 2 and "FOLDER" in said.stderr


MANIFEST = json.dumps({"pass.json": hashlib.sha1(b"").hexdigest()}).encode()


def now() -> int:
    return int(time.time())


@pytest.fixture
def made(tmp_path: Path) -> Authority:
    """An authority of the test's own, whose files it may exchange."""
    return authority.make(tmp_path / "authority")


def config_of(made: Authority, **more: object) -> Settings:
    wanted = {"apple_certificate": made.certificate, "apple_key": made.key, "apple_wwdr": made.wwdr}
    return Settings(**{"demo": True, "secret": Secret(SECRET), "designs_dir": DESIGNS, **wanted, **more})  # type: ignore[arg-type]  # the names are the struct's


def renewed(made: Authority, folder: Path, pass_type: str = authority.PASS_TYPE, days: int = 0) -> Authority:
    """Another authority's papers, laid over the ones that are in use."""
    other = authority.make(folder, pass_type, now=datetime.now(UTC) - timedelta(days=days))
    for name in FILES:
        shutil.copy2(other.folder / name, made.folder / name)
    return other


@pytest.mark.parametrize(
    "mode, why", [(0o644, "others can read"), (0o606, "others can read"), (0o666, "others can read")]
)
def test_a_key_that_anybody_can_read_is_refused(made: Authority, mode, why):
    made.key.chmod(mode)

    with pytest.raises(BadCertificate, match=why):
        check_guarded(made.key)


def test_a_key_that_its_group_can_read_is_refused(made: Authority):
    group = (
        next(each for each in range(60000, 61000) if each not in os.getgroups()) if os.geteuid() == 0 else os.getegid()
    )
    os.chown(made.key, os.geteuid(), group)
    made.key.chmod(0o640)

    with pytest.raises(BadCertificate, match="others can read"):
        check_guarded(made.key)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: a file is given to another user and group")
@pytest.mark.parametrize(
    "owner, group, mode, is_good",
    [
        (0, 0, 0o440, True),
        (0, 12345, 0o440, False),
        (12345, 0, 0o440, False),
        (0, 0, 0o460, False),
        (12345, 12345, 0o400, True),
    ],
    ids=["as a secret is mounted", "another group", "another owner", "the group may write", "root reads anybody's"],
)
def test_a_group_may_read_what_is_mounted_as_a_secret(made: Authority, owner, group, mode, is_good):
    os.chown(made.key, owner, group)
    made.key.chmod(mode)

    if is_good:
        check_guarded(made.key)
    else:
        with pytest.raises(BadCertificate, match="others can read"):
            check_guarded(made.key)


@pytest.mark.parametrize("mode, is_good", [(0o777, False), (0o1777, True), (0o755, True)])
def test_a_folder_where_others_could_exchange_the_key_is_refused(made: Authority, mode, is_good):
    made.folder.chmod(mode)

    if is_good:
        check_guarded(made.key)
    else:
        with pytest.raises(BadCertificate, match="others can put"):
            check_guarded(made.key)


def test_a_link_into_an_open_folder_is_refused_too(made: Authority, tmp_path: Path):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "pass.key").symlink_to(made.key)
    made.folder.chmod(0o777)

    with pytest.raises(BadCertificate, match="others can put"):
        check_guarded(tmp_path / "own" / "pass.key")


@pytest.mark.parametrize(
    "pass_type, team, why",
    [("com.example.app", authority.TEAM, "begins with 'pass.'"), (authority.PASS_TYPE, "Almond", "ten capitals")],
)
def test_a_certificate_for_something_else_is_refused(tmp_path: Path, pass_type, team, why):
    made = authority.make(tmp_path / "other", pass_type, team)

    with pytest.raises(BadCertificate, match=why):
        papers(made.certificate, made.wwdr, now())


@pytest.mark.skipif(not OPENSSL, reason="openssl is not here")
def test_an_elliptic_key_signs_too(tmp_path: Path):
    tmp_path.chmod(0o700)
    root = Issuer(authority.named(NameOID.COMMON_NAME, "Root"), authority.new_key())
    key = ec.generate_private_key(ec.SECP256R1())
    names = {NameOID.USER_ID: authority.PASS_TYPE, NameOID.ORGANIZATIONAL_UNIT_NAME: authority.TEAM}
    subject = x509.Name([x509.NameAttribute(oid, text) for oid, text in names.items()])
    made = Authority(tmp_path)
    at = datetime.now(UTC)
    authority.write(made.wwdr, authority.signed(root, root.name, root.key, at, authority_below=0))
    authority.write(made.certificate, authority.signed(root, subject, key, at))
    authority.write_key(made.key, key)

    signer = PemSigner(made.certificate, made.key, made.wwdr, "", now())

    assert signer.form is None
    assert about_signature({"manifest.json": MANIFEST, "signature": signer.sign(MANIFEST)}, made.wwdr) == []


@pytest.mark.skipif(not OPENSSL, reason="openssl is not here")
def test_what_is_filled_into_the_form_is_what_would_be_built_anew(made: Authority):
    signer = pem_signer(config_of(made), now())

    assert signer.form
    for manifest in (MANIFEST, b"{}", b"{\n}\r\n" * 3000):
        files = {"manifest.json": manifest, "signature": signer.sign(manifest)}
        assert about_signature(files, made.root) == []
        assert len(files["signature"]) == len(signer.built(manifest))


def test_a_renewed_certificate_is_taken_while_we_run(made: Authority, tmp_path: Path):
    config = config_of(made)
    former = press(config)

    renewed(made, tmp_path / "new")
    keeper(config).look()

    assert press(config).signer.papers.certificate != former.signer.papers.certificate
    assert not keeper(config).is_unfit


@pytest.mark.parametrize("harm", ["key", "halfway", "other type", "ended", "open"])
def test_an_unfit_one_is_refused_and_the_former_stays_in_use(made: Authority, tmp_path: Path, caplog, harm):
    config = config_of(made)
    former = press(config)
    match harm:
        case "key":
            made.key.write_bytes(made.server_key.read_bytes())
        case "halfway":
            made.certificate.write_bytes(made.certificate.read_bytes()[:200])
        case "other type":
            renewed(made, tmp_path / "new", "pass.com.example.other")
        case "ended":
            renewed(made, tmp_path / "new", days=400)
        case "open":
            made.key.chmod(0o644)
            os.utime(made.key)

    keeper(config).look()

    assert press(config) is former and keeper(config).is_unfit
    assert "the former stay in use" in caplog.text
    assert former.signer.sign(MANIFEST)


def test_when_it_is_mended_the_new_one_is_taken(made: Authority, tmp_path: Path):
    config = config_of(made)
    press(config)
    kept = made.key.read_bytes()
    made.key.write_bytes(b"nonsense")
    keeper(config).look()

    made.key.write_bytes(kept)
    keeper(config).look()

    assert not keeper(config).is_unfit


def test_what_is_unfit_now_is_tried_again_as_it_lies_there(made: Authority):
    """A renewed certificate that holds from midnight on is laid down the evening before, a signer is asked too early."""
    signer, files, days, read = pem_signer(config_of(made), now()), ["former"], ["today"], []

    def make() -> str:
        read.append(files[0])
        if files[0] == "renewed" and days[0] == "today":
            raise BadCertificate("it holds from tomorrow on")
        return files[0]

    kept = Kept(lambda: tuple((name, 0, 0, 0) for name in files), make, lambda _: signer)
    files[0] = "renewed"
    kept.look()
    kept.look()
    days[0], kept.again_at = "tomorrow", 0.0
    was_unfit = kept.is_unfit
    kept.look()

    assert was_unfit and (kept.made, kept.is_unfit) == ("renewed", False)
    assert read == ["former", "renewed", "renewed"]


def test_when_a_certificate_has_ended_nothing_is_signed(made: Authority):
    signer = pem_signer(config_of(made), now())
    assert signer.sign(MANIFEST)

    signer.ends = now()

    with pytest.raises(SignerAway):
        signer.sign(MANIFEST)


def test_a_changed_design_is_taken_and_an_unfit_one_is_not(made: Authority, tmp_path: Path):
    designs = Path(shutil.copytree(DESIGNS, tmp_path / "passes"))
    config = config_of(made, designs_dir=designs)
    former = press(config)
    keeper(config).looks_at += 3600  # nobody else looks meanwhile, however slow the machine is
    design = designs / "bud.pass" / "design.toml"
    text = design.read_text()

    design.write_text("background = nonsense")
    keeper(config).look()
    after_nonsense = press(config)
    design.write_text(text + "\n")
    keeper(config).look()

    assert after_nonsense is former
    assert press(config) is not former and not keeper(config).is_unfit


def test_the_files_are_looked_at_by_a_thread_at_most_once_a_second(made: Authority, tmp_path: Path):
    config = config_of(made)
    former = press(config)
    renewed(made, tmp_path / "new")

    at_once = press(config)
    keeper(config).looks_at = 0
    press(config)
    until = time.monotonic() + 5
    while press(config) is former and time.monotonic() < until:
        time.sleep(0.01)

    assert at_once is former and press(config) is not former
    assert keeper(config).looks_at > time.monotonic() - 1


def test_a_new_password_is_read_with_the_new_key(made: Authority, tmp_path: Path):
    password = tmp_path / "password"
    password.write_text("first")
    locked = tmp_path / "authority" / "locked.key"

    lock(made.key, locked, "first")
    config = config_of(made, apple_key=locked, apple_key_password_file=password, apple_key_password=Secret("first"))
    press(config)
    before = fingerprint(config)

    lock(made.key, locked, "second")
    password.write_text("second")
    keeper(config).look()

    assert not keeper(config).is_unfit and fingerprint(config) != before


def test_the_end_of_a_certificate_is_told_once_a_day(made: Authority, caplog):
    kept = keeper(config_of(made))
    begin = kept.warned_at + 340 * DAY

    with caplog.at_level(logging.WARNING):
        for hour in range(0, 72, 6):
            kept.warn(begin + hour * 3600)

    assert sum("the pass certificate ends on" in each for each in caplog.messages) == 3


async def test_gauges_say_when_each_certificate_ends(made: Authority, house: OneTransaction):
    config = config_of(made)

    async with house.reading() as db:
        found = {(each.name, *each.labels.values()): each.value for each in await gauges(db, config, now())}

    ends = int(read(made.certificate).not_valid_after_utc.timestamp())
    assert found["punchcard_certificate_expires_timestamp_seconds", "pass"] == ends
    assert found["punchcard_press_unfit",] == 0


PASSWORD = "correct horse battery"


def test_the_password_is_read_once_and_no_program_that_we_start_inherits_it():
    environment = {"PUNCHCARD_APPLE_KEY_PASSWORD": PASSWORD, "PUNCHCARD_DEMO": "true"}

    moved, again = reading.shelter(environment), reading.shelter(environment)
    config = reading.read(environment)
    ask = "import punchcard.foundation.settings as s; print(s.read(s.os.environ).apple_key_password == s.sys.argv[1])"
    show = [sys.executable, "-c", ask.replace("s.sys", "__import__('sys')"), PASSWORD]
    child = subprocess.run(show, env={**os.environ, **environment}, capture_output=True, text=True, check=True)

    assert (moved, again) == (True, False)
    assert config.apple_key_password == PASSWORD
    assert PASSWORD not in str(environment)
    assert child.stdout == "True\n"


def test_a_traceback_and_the_settings_do_not_show_the_password(made: Authority, caplog):
    config = config_of(made, apple_key=made.server_key, apple_key_password=Secret(PASSWORD))

    with pytest.raises(BadCertificate) as refused:
        pem_signer(config, now())

    told = [repr(config), str(refused.value), repr(refused.value), caplog.text, str(msgspec.structs.astuple(config))]
    assert not [each for each in told if PASSWORD in each]
