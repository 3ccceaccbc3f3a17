"""Passes built and signed per second of CPU, against bare signatures and against wallet-py3k as it is, in one process.

Each pass is another member's: name, language, balance and texts differ. The three take turns, so that a noisy machine
is as noisy to each; the processes that wallet-py3k starts count as its own CPU."""

import io
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from msgspec.structs import replace
from wallet.models import Barcode, BarcodeFormat, Pass, StoreCard

from punchcard.foundation.locale import LANGUAGES
from punchcard.passes import Face, card_texts
from punchcard.passes.apple import PemSigner, Press
from punchcard.passes.apple.design import images, load
from punchcard.passes.apple.model import Sheet
from punchcard.passes.apple.phrases import Common
from punchcard.sandbox import authority
from punchcard.sandbox.authority import Authority
from tests.apple import AT, DESIGNS, FACE, SECRET

from .figures import Figure, at_least, told

COMMAND = "make bench ONLY=passes"
ROUNDS, PASSES, SIGNATURES, PLAIN = 7, 120, 120, 12
WARM_UP = 400
POINTS_MAX = 5000


def figures() -> list[Figure]:
    """Passes per CPU second: ours, the signature's limit, wallet-py3k's; and the two ratios."""
    with tempfile.TemporaryDirectory() as folder:
        made = authority.make(Path(folder))
        signer = PemSigner(made.certificate, made.key, made.wwdr, "", int(time.time()))
        press = Press(signer, load(DESIGNS), Common(card_texts(DESIGNS)), "https://loyalty.example/wallet", (SECRET,))
        chance = random.Random(7)
        people = [member(chance) for _ in range(WARM_UP)]
        for face in people:
            print_one(press, face)
        ours, bare, plain = [], [], []
        for _ in range(ROUNDS):
            faces = iter([member(chance) for _ in range(PASSES)])
            bare.append(rate(lambda: sign_one(signer.key), SIGNATURES))
            ours.append(rate(lambda: print_one(press, next(faces)), PASSES))  # noqa: B023  # called within the round
            plain.append(rate(lambda: plain_one(made, chance), PLAIN))
    return [
        told("passes built and signed", statistics.median(ours), "per CPU second", COMMAND),
        told("RSA-2048 signatures alone", statistics.median(bare), "per CPU second", COMMAND),
        told("passes by wallet-py3k as it is", statistics.median(plain), "per CPU second", COMMAND),
        at_least("passes ÷ signatures", ratio(ours, bare), "ratio", 0.5, COMMAND),
        at_least("passes ÷ wallet-py3k", ratio(ours, plain), "times", 10, COMMAND),
    ]


def ratio(mine: list[float], theirs: list[float]) -> float:
    """The median over the rounds of what each round gave."""
    return statistics.median(a / b for a, b in zip(mine, theirs, strict=True))


def rate(work: Callable[[], object], times: int) -> float:
    """How often a second of CPU does it, processes that it starts included."""
    before = cpu_seconds()
    for _ in range(times):
        work()
    return times / (cpu_seconds() - before)


def cpu_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def member(chance: random.Random) -> Face:
    return replace(
        FACE,
        member_id=UUID(int=chance.getrandbits(128)),
        language=chance.choice(LANGUAGES),
        tier=chance.choice(["bud", "blossom", "orchard"]),
        points=chance.randrange(POINTS_MAX),
        missing=chance.randrange(1000),
    )


def print_one(press: Press, face: Face) -> bytes:
    serial = uuid4()
    return press.print(Sheet(face, serial, press.token(serial)), AT)


def sign_one(key: object) -> bytes:
    assert isinstance(key, RSAPrivateKey)
    return key.sign(b"m" * 800, PKCS1v15(), SHA256())


FILES = images(DESIGNS / "blossom.pass", "en")


def plain_one(made: Authority, chance: random.Random) -> bytes:
    """The same card as wallet-py3k's documentation makes it: no texts in other languages, a process for the signature."""
    card = StoreCard()
    card.addHeaderField("level", "Blossom", "Level")
    card.addPrimaryField("points", chance.randrange(POINTS_MAX), "points")
    card.addSecondaryField("next", "520 points", "Next: Orchard")
    card.addAuxiliaryField("offer", "until 17:00", "Coffee ×2")
    for key in ("last", "challenge", "offer-text", "terms", "help"):
        card.addBackField(key, "A point for each shekel, at all three shops.", key)
    made_pass = Pass(
        card, passTypeIdentifier=authority.PASS_TYPE, organizationName="Almond", teamIdentifier=authority.TEAM
    )
    made_pass.serialNumber, made_pass.description = str(uuid4()), "Almond"
    made_pass.barcode = Barcode(FACE.card_code, BarcodeFormat.QR, FACE.card_number)
    made_pass.webServiceURL, made_pass.authenticationToken = "https://loyalty.example/wallet", "t" * 64
    for name, content in FILES.items():
        made_pass.addFile(name, io.BytesIO(content))
    package = made_pass.create(str(made.certificate), str(made.key), str(made.wwdr), "")
    return bytes(package.getvalue())
