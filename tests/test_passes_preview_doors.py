"""Who looks at a pass: an operator over HTTP, and a designer at a terminal, without database or certificate."""

import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from punchcard.__main__ import parser
from punchcard.foundation.settings import BadSettings
from tests.town import Town

from .apple import DESIGNS

pytestmark = pytest.mark.anyio
SVG = "{http://www.w3.org/2000/svg}"


def said(svg: str) -> str:
    return "\n".join("".join(each.itertext()) for each in ET.fromstring(svg).iter(f"{SVG}text"))


async def test_an_operator_looks_at_a_members_own_card(town: Town):
    maya = await town.join("maya@example.org", "Maya <b>", "he")

    answer = await town.ask("GET", f"/console/members/{maya.card.lower()}/card.svg", None, town.operator_key)

    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "Maya <b>" in said(answer.text) and "נקודות" in said(answer.text)
    russian = await town.ask("GET", f"/console/members/{maya.card}/card.svg?language=ru", None, town.operator_key)
    assert "УРОВЕНЬ" in said(russian.text)


@pytest.mark.parametrize("card, status", [("00000000000000000", 404), ("7QK4", 400)])
async def test_no_card_no_picture(town: Town, card: str, status: int):
    answer = await town.ask("GET", f"/console/members/{card}/card.svg", None, town.operator_key)

    assert answer.status_code in (status, 409), answer.text


async def test_an_operator_looks_at_every_design(town: Town):
    listed = await town.ask("GET", "/console/designs", None, town.operator_key)

    assert {each["design"] for each in listed.json()} >= {"bud", "blossom", "orchard"}
    for each in listed.json():
        path = each["preview"][each["preview"].index("/console") :]
        drawn = await town.ask("GET", f"{path}?language=ar", None, town.operator_key)
        assert drawn.status_code == 200 and ET.fromstring(drawn.text).get("lang") == "ar"
    assert (await town.ask("GET", "/console/designs/none/preview.svg", None, town.operator_key)).status_code == 404
    wrong = await town.ask("GET", "/console/designs/bud/preview.svg?language=xx", None, town.operator_key)
    assert wrong.status_code == 400


def run(*words: str) -> int:
    typed = parser().parse_args(["pass", *words])
    done: int = typed.run(typed)
    return done


def test_a_designer_draws_a_design(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    out = tmp_path / "look" / "card.svg"

    assert run("preview", "--design", str(DESIGNS / "blossom.pass"), "--language", "he", "--out", str(out)) == 0
    assert capsys.readouterr().out.strip() == str(out)
    assert ET.fromstring(out.read_text()).get("lang") == "he"


def test_a_designer_draws_all_designs_beside_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PUNCHCARD_DESIGNS_DIR", str(DESIGNS))

    assert run("preview", "--all", "--out", str(tmp_path)) == 0

    page = (tmp_path / "index.html").read_text()
    drawn = sorted(each.name for each in tmp_path.glob("*.svg"))
    assert len(drawn) % 4 == 0 and all(f'src="{name}"' in page for name in drawn)


@pytest.mark.parametrize("words", [(), ("7QK4", "--all"), ("--all", "--design", "x")])
def test_one_thing_is_drawn_at_a_time(words: tuple[str, ...]):
    with pytest.raises(BadSettings, match="say what to draw"):
        run("preview", *words)


def test_a_designer_paints_a_partners_strip(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    folder = tmp_path / "partners" / "nola"
    shutil.copytree(DESIGNS / "art", tmp_path / "art")
    folder.mkdir(parents=True)
    shutil.copy(DESIGNS / "partners" / "nola" / "paint.toml", folder)

    assert run("paint", str(folder)) == 0
    assert capsys.readouterr().out.startswith(f"{folder}: 9 images, ")
    assert len(list(folder.rglob("strip*.png"))) == 9
