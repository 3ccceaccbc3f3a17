"""What is refused: certificates and designs that do not fit, and passes that break Apple's rules."""

import subprocess
import time
from pathlib import Path

import pytest
from cryptography import x509
from msgspec.structs import replace

from punchcard.passes.apple import PemSigner, Press
from punchcard.passes.apple.design import BadDesign, load
from punchcard.passes.apple.model import Sheet
from punchcard.passes.apple.signing import BadCertificate
from punchcard.sandbox import authority
from punchcard.sandbox.authority import Authority
from punchcard.sandbox.pass_rules import NotAPass, opened

from .apple import AT, DESIGNS, FACE, SERIAL, made, press, printed
from .verify_pass import findings

__all__ = ["made", "press"]  # fixtures


def signer(made: Authority, **other: Path) -> PemSigner:
    files = {"certificate": made.certificate, "key": made.key, "wwdr": made.wwdr} | other
    return PemSigner(**files, password="", at=int(time.time()))


def test_the_signer_reads_pass_type_and_team_from_the_certificate(made: Authority):
    assert (signer(made).pass_type, signer(made).team) == (authority.PASS_TYPE, authority.TEAM)


def test_a_key_that_others_can_read_is_refused(made: Authority, tmp_path: Path):
    loose = tmp_path / "pass.key"
    loose.write_bytes(made.key.read_bytes())
    loose.chmod(0o644)

    with pytest.raises(BadCertificate, match="others can read"):
        signer(made, key=loose)


@pytest.mark.parametrize(
    "other, why",
    [
        ({"key": "apns.key"}, "is not the key of"),
        ({"wwdr": "authority.pem"}, "did not issue"),
        ({"certificate": "apns.pem"}, "no pass type certificate"),
        ({"certificate": "nowhere.pem"}, "No such file"),
        ({"certificate": "pass.key"}, "is not a certificate"),
        ({"key": "pass.pem"}, "others can read|is not a private key"),
    ],
)
def test_files_that_do_not_fit_are_refused_by_name(made: Authority, other, why):
    with pytest.raises(BadCertificate, match=why):
        signer(made, **{name: made.folder / file for name, file in other.items()})


def test_a_certificate_that_ended_is_refused_and_one_that_ends_soon_is_told_of(made: Authority, caplog):
    in_eleven_months, in_two_years = int(time.time()) + 340 * 86400, int(time.time()) + 730 * 86400

    PemSigner(made.certificate, made.key, made.wwdr, "", in_eleven_months)
    with pytest.raises(BadCertificate, match="holds from"):
        PemSigner(made.certificate, made.key, made.wwdr, "", in_two_years)

    assert "renew it" in caplog.text


def test_an_encrypted_key_needs_its_password_which_stands_on_no_command_line(made: Authority, tmp_path: Path):
    locked = tmp_path / "locked.key"
    subprocess.run(["openssl", "pkcs8", "-topk8", "-in", made.key, "-out", locked, "-passout", "pass:x9"], check=True)
    locked.chmod(0o600)

    with pytest.raises(BadCertificate, match="password"):
        signer(made, key=locked)
    assert PemSigner(made.certificate, locked, made.wwdr, "x9", int(time.time())).team == authority.TEAM


def test_an_image_of_another_size_is_refused_by_name(tmp_path: Path):
    folder = tmp_path / "bud.pass"
    folder.mkdir()
    for name in ("design.toml", "icon.png"):
        (folder / name).write_bytes((DESIGNS / "bud.pass" / name).read_bytes())
    (folder / "strip.png").write_bytes((DESIGNS / "bud.pass" / "logo.png").read_bytes())

    with pytest.raises(BadDesign, match=r"strip\.png.*375×144"):
        load(tmp_path)


def test_a_design_without_icon_is_refused(tmp_path: Path):
    folder = tmp_path / "bud.pass"
    folder.mkdir()
    (folder / "design.toml").write_bytes((DESIGNS / "bud.pass" / "design.toml").read_bytes())

    with pytest.raises(BadDesign, match=r"icon\.png"):
        load(tmp_path)


def test_a_tier_that_nobody_has_drawn_borrows_a_design(press: Press, made: Authority):
    assert printed(press, made, replace(FACE, tier="forest")).body["backgroundColor"]


def test_the_phone_refuses_a_pass_of_another_authority(press: Press, tmp_path: Path):
    other = authority.make(tmp_path)
    signed = press.print(Sheet(FACE, SERIAL, "t" * 64), AT)

    with pytest.raises(NotAPass, match="nobody known issued"):
        opened(signed, x509.load_pem_x509_certificate(other.root.read_bytes()))


def test_the_phone_and_openssl_refuse_a_changed_file(press: Press, made: Authority):
    signed = press.print(Sheet(FACE, SERIAL, "t" * 64), AT)
    changed = signed.replace(b'"value":2480', b'"value":9480')

    assert findings(changed, made.root)
    with pytest.raises((NotAPass,)):
        opened(changed, x509.load_pem_x509_certificate(made.root.read_bytes()))


def test_openssl_refuses_a_manifest_that_was_not_signed(press: Press, made: Authority):
    class Careless:
        pass_type, team = press.signer.pass_type, press.signer.team

        def sign(self, manifest: bytes) -> bytes:
            return press.signer.sign(manifest + b" ")

    careless = replace(press, signer=Careless())
    signed = careless.print(Sheet(FACE, SERIAL, "t" * 64), AT)

    assert any("verify" in finding for finding in findings(signed, made.root))
    with pytest.raises(NotAPass, match="not the one that was signed"):
        opened(signed, x509.load_pem_x509_certificate(made.root.read_bytes()))
