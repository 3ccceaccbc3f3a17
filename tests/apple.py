"""What the tests of Apple's side share: a throw-away authority, a face, and a press that makes passes of it."""

import subprocess
import time
from pathlib import Path
from uuid import UUID

import pytest
from cryptography import x509

from punchcard.foundation.money import Money
from punchcard.passes import Face, Movement, Place, ShownChallenge, ShownOffer, card_texts
from punchcard.passes.apple import PemSigner
from punchcard.passes.apple.design import load
from punchcard.passes.apple.model import Sheet
from punchcard.passes.apple.phrases import Common
from punchcard.passes.apple.printing import Press
from punchcard.sandbox import authority
from punchcard.sandbox.authority import Authority
from punchcard.sandbox.pass_rules import Opened, opened

from .verify_pass import findings

DESIGNS = Path(__file__).parents[1] / "passes"
SECRET = "0123456789abcdef" * 4
AT = 1_795_348_800  # 22 November 2026, 12:00 UTC: 14:00 in Jerusalem
SERIAL = UUID("01920000-0000-7000-8000-000000000001")


def text(en: str, he: str, ar: str, ru: str) -> dict[str, str]:
    return {"en": en, "he": he, "ar": ar, "ru": ru}


BLOSSOM, ORCHARD = text("Blossom", "פריחה", "زهرة", "Цветение"), text("Orchard", "בוסתן", "بستان", "Сад")
FACE = Face(
    member_id=UUID(int=1),
    card_code="7QK4M2XV8N3PR5T0W",
    name="Maya",
    language="en",
    zone="Asia/Jerusalem",
    points=2480,
    tier="blossom",
    tier_name=BLOSSOM,
    next_tier="orchard",
    next_tier_name=ORCHARD,
    missing=520,
    worth=Money(2480, "ILS"),
    offer=ShownOffer(
        "coffee-x2",
        text("Double points on coffee", "נקודות כפולות על קפה", "نقاط مضاعفة على القهوة", "Двойные баллы за кофе"),
        AT + 3 * 3600,
        text("At Nola", "בנולה", "في نولا", "В «Ноле»"),
        text("Coffee ×2", "קפה ×2", "قهوة ×2", "Кофе ×2"),
    ),
    challenge=ShownChallenge("streak", text("Weekly table", "שולחן שבועי", "مائدة كل أسبوع", "Каждую неделю"), 5, 8),
    last=Movement(
        85,
        AT,
        text("Nola Coffee", "קפה נולה", "مقهى نولا", "Кофейня «Нола»"),
        text("coffee twice", "קפה פעמיים", "القهوة مرتين", "кофе вдвойне"),
    ),
)
SHOPS = (Place("Nola", 32.0700, 34.7700), Place("Rayhan", 32.0702, 34.7711), Place("Miro", 32.0711, 34.7699))


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority.make(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def press(made: Authority) -> Press:
    signer = PemSigner(made.certificate, made.key, made.wwdr, "", int(time.time()))
    return Press(signer, load(DESIGNS), Common(card_texts(DESIGNS)), "https://loyalty.example/wallet", (SECRET,))


def printed(press: Press, made: Authority, face: Face = FACE) -> Opened:
    """The pass of this face, past openssl and past the phone's own rules."""
    made_pass = press.print(Sheet(face, SERIAL, press.token(SERIAL)), AT)

    assert findings(made_pass, made.root) == []
    return opened(made_pass, x509.load_pem_x509_certificate(made.root.read_bytes()))


def shown(found: Opened, group: str, language: str = "") -> list[tuple[str, str]]:
    say = found.strings.get(language, {})
    return [
        (say.get(field["label"], field["label"]), say.get(str(field["value"]), str(field["value"])))
        for field in found.fields(group)
    ]


def lock(key: Path, locked: Path, password: str) -> None:
    """The same key, encrypted by openssl."""
    command = ["openssl", "pkcs8", "-topk8", "-in", str(key), "-out", str(locked), "-passout", f"pass:{password}"]
    subprocess.run(command, check=True)
    locked.chmod(0o600)
