"""Passes built and signed per second of CPU, against bare signatures and against wallet-py3k as it is, in one process;
what the rest costs; and passes over HTTP from both cores.

The yardstick is a store card of 94 kB: three images of 10, 25 and 59 kB, another member in each, with offer, challenge, last
movement, three shops and texts in four languages. They take turns, so that a noisy machine is as noisy to each; the
processes that wallet-py3k starts count as its own CPU."""

import io
import random
import resource
import statistics
import struct
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from msgspec.structs import replace
from wallet.models import Barcode, BarcodeFormat, Pass, StoreCard

from punchcard.foundation import collector
from punchcard.foundation.locale import LANGUAGES
from punchcard.foundation.money import Money
from punchcard.passes import Face, Place, card_texts
from punchcard.passes.apple import PemSigner, Press, package, render
from punchcard.passes.apple.design import load
from punchcard.passes.apple.model import Sheet
from punchcard.passes.apple.phrases import Common
from punchcard.sandbox import authority
from punchcard.sandbox.authority import Authority
from tests.apple import AT, DESIGNS, FACE, SECRET

from . import passes_over_http
from .figures import Figure, at_least, told

COMMAND = "make bench ONLY=passes"
ROUNDS, PASSES, SIGNATURES, PLAIN = 9, 120, 120, 12
WARM_UP = 1500
POINTS_MAX = 5000
NOISE = {"icon": ((38, 38), 10_065), "logo": ((160, 50), 24_568), "strip": ((375, 144), 59_317)}
"""Each image's size and bytes, which nothing compresses."""
NAMES = ("Maya", "Dana Levi", "Аня", "سلمى", "Noa")
SHOPS = (Place("Nola", 32.0700, 34.7700), Place("Rayhan", 32.0702, 34.7711), Place("Miro", 32.0711, 34.7699))


def figures() -> list[Figure]:
    return [*in_one_process(), *passes_over_http.figures()]


def in_one_process() -> list[Figure]:
    """Passes per CPU second: ours, the signature's limit, wallet-py3k's; the ratios, and where the rest goes."""
    with tempfile.TemporaryDirectory() as folder:
        made = authority.make(Path(folder))
        signer = PemSigner(made.certificate, made.key, made.wwdr, "", int(time.time()))
        plain_press, almond = (printing(signer, where) for where in (noisy(Path(folder)), DESIGNS))
        size = len(print_one(plain_press, member(random.Random(1))))
        chance = random.Random(7)
        for face in [member(chance) for _ in range(WARM_UP)]:
            print_one(plain_press, face)
            print_one(almond, face)
        collector.rest()
        ours, bare, plain, almonds = [], [], [], []
        for _ in range(ROUNDS):
            bare.append(rate(lambda: sign_one(signer.key), SIGNATURES))
            ours.append(turn(plain_press, chance))
            almonds.append(turn(almond, chance))
            plain.append(rate(lambda: plain_one(made, chance), PLAIN))
        return [
            told("passes built and signed", statistics.median(ours), "per CPU second", COMMAND),
            told("RSA-2048 signatures alone", statistics.median(bare), "per CPU second", COMMAND),
            told("passes by wallet-py3k as it is", statistics.median(plain), "per CPU second", COMMAND),
            told("size of the pass", size / 1000, "kB", COMMAND),
            at_least("passes ÷ signatures", ratio(ours, bare), "ratio", 0.8, COMMAND),
            told("Almond's passes (all densities) ÷ signatures", ratio(almonds, bare), "ratio", COMMAND),
            at_least("passes ÷ wallet-py3k", ratio(ours, plain), "times", 10, COMMAND),
            *rest(plain_press, chance),
        ]


def printing(signer: PemSigner, designs: Path) -> Press:
    return Press(signer, load(designs), Common(card_texts(designs)), "https://loyalty.example/wallet", (SECRET,))


def noisy(folder: Path) -> Path:
    """Designs like Almond's with three images of noise each: 94 kB in all."""
    for each in ("layout.toml", "strings.toml", "card.toml"):
        (folder / each).write_bytes((DESIGNS / each).read_bytes())
    chance = random.Random(5)
    for tier in ("bud", "blossom", "orchard"):
        design = folder / f"{tier}.pass"
        design.mkdir()
        (design / "design.toml").write_bytes((DESIGNS / design.name / "design.toml").read_bytes())
        for name, ((width, height), size) in NOISE.items():
            (design / f"{name}.png").write_bytes(noise(width, height, size, chance))
    return folder


def noise(width: int, height: int, size: int, chance: random.Random) -> bytes:
    """A file of so many bytes that begins as a PNG of this size does."""
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    begin = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))
    return begin + chance.randbytes(size - len(begin))


def turn(press: Press, chance: random.Random) -> float:
    sheets = iter([sheet_of(press, member(chance)) for _ in range(PASSES)])
    return rate(lambda: press.print(next(sheets), AT), PASSES)


def rest(press: Press, chance: random.Random) -> Iterator[Figure]:
    """Where the CPU of a pass goes that is not its signature, in microseconds."""
    sheets = [sheet_of(press, member(chance)) for _ in range(PASSES * 8)]
    template, signer = press.design(sheets[0]).template("en"), press.signer

    def rendered(sheet: Sheet) -> render.Rendered:
        return render.render(sheet, press.design(sheet), press.common, signer, press.web_service_url, AT)

    def archived(members: list[package.Member]) -> bytes:
        return package.pack(template, [*members, signature])

    manifest = b"m" * 900
    signature = package.unlisted("signature", signer.sign(b"{}"))
    made = [rendered(each) for each in sheets]
    members = [each.files for each in made]
    parts: dict[str, tuple[Callable[[Any], object], Sequence[Any]]] = {
        "pass.json and the texts, with their hashes": (rendered, sheets),
        "the manifest": (lambda each: package.manifest_of(template, each), members),
        "the archive": (archived, members),
        "the signature": (lambda _: signer.sign(manifest), made),
    }
    for what, (work, things) in parts.items():
        waiting = iter(things)
        cost = 1e6 / rate(lambda: work(next(waiting)), len(things))  # noqa: B023  # called within the turn
        yield told(f"of a pass, {what}", cost, "µs of CPU", COMMAND)


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
    """Somebody whose name, code, language, level, balance, last movement and nearest shop are not the last one's."""
    assert FACE.last
    points = chance.randrange(POINTS_MAX)
    return replace(
        FACE,
        member_id=UUID(int=chance.getrandbits(128)),
        card_code="".join(chance.choices("0123456789ABCDEFGHJKMNPQRSTVWXYZ", k=17)),
        name=chance.choice(NAMES),
        language=chance.choice(LANGUAGES),
        tier=chance.choice(["bud", "blossom", "orchard"]),
        points=points,
        missing=chance.randrange(1000),
        worth=Money(points, "ILS"),
        last=replace(FACE.last, points=chance.randrange(1, 120), at=AT - chance.randrange(10**6)),
        places=tuple(chance.sample(SHOPS, 3)),
        why_url=f"https://loyalty.example/c/{chance.getrandbits(160):x}/why",
    )


def sheet_of(press: Press, face: Face) -> Sheet:
    serial = uuid4()
    return Sheet(face, serial, press.token(serial))


def print_one(press: Press, face: Face) -> bytes:
    return press.print(sheet_of(press, face), AT)


def sign_one(key: object) -> bytes:
    assert isinstance(key, RSAPrivateKey)
    return key.sign(b"m" * 800, PKCS1v15(), SHA256())


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
    for name, ((width, height), size) in NOISE.items():
        made_pass.addFile(f"{name}.png", io.BytesIO(noise(width, height, size, chance)))
    package_ = made_pass.create(str(made.certificate), str(made.key), str(made.wwdr), "")
    return bytes(package_.getvalue())
