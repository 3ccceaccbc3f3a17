"""The throw-away authority is shaped like Apple's, its script works as its README says, and the start says what is wrong."""

import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

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
