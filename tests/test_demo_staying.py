"""After the story: when the browser opens, what is printed for whoever is new, and each code as it comes."""

import asyncio
import io
import socket
import webbrowser
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest
import zxingcpp
from PIL import Image
from rich.console import Console

from punchcard.__main__ import parser
from punchcard.demo import stage as stages
from punchcard.demo import staying
from punchcard.demo.acts import Acts
from punchcard.demo.stage import NotReady, doors, free
from punchcard.demo.staying import Letter, Wishes, code_in, code_lines, codes, has_screen, is_here_alone, opens
from punchcard.foundation.sender import FileSender

URL = "http://192.0.2.7:8000"


def wishes(*words: str) -> Wishes:
    said = parser().parse_args(["demo", *words])
    return Wishes(said.once, said.out, said.households, said.host, said.open)


@pytest.mark.parametrize(
    ("words", "terminal", "screen", "opened"),
    [
        ((), True, True, True),
        ((), False, True, False),
        ((), True, False, False),
        (("--open",), False, True, True),
        (("--open",), True, False, False),
        (("--no-open",), True, True, False),
        (("--once",), True, True, False),
        (("--once", "--open"), True, True, False),
    ],
)
def test_the_browser_opens_where_somebody_sits_before_a_screen(words: Any, terminal: bool, screen: bool, opened: bool):
    assert opens(wishes(*words), terminal, screen) == opened


@pytest.mark.parametrize(
    ("environment", "platform", "screen"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"DISPLAY": ""}, "linux", False),
        ({}, "darwin", True),
        ({}, "win32", True),
    ],
)
def test_a_screen_is_what_could_show_a_browser(environment: dict[str, str], platform: str, screen: bool):
    assert has_screen(environment, platform) == screen


def letter(to: str, subject: str, text: str) -> bytes:
    return msgspec.json.encode({"to": to, "subject": subject, "text": text})


def test_only_a_letter_with_a_code_is_told_and_it_cannot_paint_the_terminal():
    assert code_in(letter("dana@example.com", "123456 is your Almond code", "Your code is 123456.")) == Letter(
        "dana@example.com", "123456"
    )
    assert code_in(letter("dana@example.com", "Double coffee", "Receipt 204100 is yours")) is None
    assert code_in(letter("dana@example.com", "Receipt 204100", "Thank you")) is None
    painted = code_in(letter("\x1b[31md@example.com", "123456 is your Almond code", "123456"))
    assert painted and painted.to == "?[31md@example.com"


async def test_every_code_that_comes_is_told_once_and_none_that_was_there_before(tmp_path: Path):
    mailbox = tmp_path / "messages.jsonl"
    sender = FileSender(mailbox)
    await sender.send("maya@example.com", "111111 is your Almond code", "111111")
    heard: list[Letter] = []

    async def listen() -> None:
        async for each in codes(mailbox, begins):
            heard.append(each)

    begins = mailbox.stat().st_size
    listening = asyncio.create_task(listen())
    await sender.send("dana@example.com", "222222 הוא קוד הכניסה", "222222")
    with mailbox.open("ab") as half:
        whole = letter("omer@example.com", "333333 is your Almond code", "333333") + b"\n"
        half.write(whole[:20])
        half.flush()
        await asyncio.sleep(staying.LOOK_SECONDS * 2)
        half.write(whole[20:])
    await seen(lambda: len(heard) > 1)
    listening.cancel()

    assert heard == [Letter("dana@example.com", "222222"), Letter("omer@example.com", "333333")]


def test_a_phone_reads_the_code_in_the_terminal():
    lines, white = list(code_lines(f"{URL}/app/")), 255
    picture = Image.new("L", (len(lines[0]), 2 * len(lines)), white)
    for y, line in enumerate(lines):
        for x, each in enumerate(line):
            above, below = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}[each]
            picture.putpixel((x, 2 * y), white * (1 - above))
            picture.putpixel((x, 2 * y + 1), white * (1 - below))
    enlarged = picture.resize((picture.width * 6, picture.height * 6), Image.Resampling.NEAREST)

    assert [each.text for each in zxingcpp.read_barcodes(enlarged)] == [f"{URL}/app/"]


async def seen(condition: Callable[[], bool]) -> None:
    """Wait for it, ten seconds at most."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what is looked at has no event
            await asyncio.sleep(0.02)


class Wallets:
    async def get(self, _: str) -> dict[str, str]:
        return {"apple": f"{URL}/c/link/card.pkpass"}


async def printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *words: str, here: str = URL
) -> tuple[str, list[str]]:
    """What is printed, and which pages were opened, with a screen and no terminal; a code comes at the end."""
    opened, mailbox, written = list[str](), tmp_path / "messages.jsonl", io.StringIO()
    monkeypatch.setattr(webbrowser, "open", opened.append)
    monkeypatch.setenv("DISPLAY", ":0")
    stage = SimpleNamespace(url=URL, here=here, mailbox=mailbox, folder=tmp_path)
    keys = {"nola": SimpleNamespace(key="till-key"), "operator": SimpleNamespace(key="operator-key")}
    acts = cast(Acts, SimpleNamespace(stage=stage, maya=Wallets(), card="7QK4M2XV8N3PR5T0W", **keys))
    up = asyncio.create_task(staying.stay(acts, Console(file=written, width=200), wishes(*words)))
    await seen(lambda: "A tour" in written.getvalue())
    await FileSender(mailbox).send("dana@example.com", "123456 is your Almond code", "Your code is 123456.")
    await seen(lambda: "code for" in written.getvalue())
    up.cancel()
    return written.getvalue(), opened


async def test_a_newcomer_reads_every_address_key_and_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    text, opened = await printed(tmp_path, monkeypatch)

    wanted = ("/app/", "/till", "/docs", "/c/link")
    assert all(f"{URL}{each}\n" in text for each in wanted) and str(tmp_path / "messages.jsonl") in text
    assert all(each in text for each in ("till-key", "operator-key", "maya@example.com", "7QK4M2XV8N3PR5T0W"))
    assert all(f"  {number}  " in text for number in range(1, 7)) and "code for dana@example.com: 123456" in text
    assert "same network" not in text and opened == []


async def test_the_pages_open_when_that_is_wished_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    here = "http://127.0.0.1:8000"
    text, opened = await printed(tmp_path, monkeypatch, "--open", "--host", "0.0.0.0", here=here)

    assert sorted(opened) == [f"{here}/app/", f"{here}/docs", f"{here}/till"]
    assert "█" in text and "Everybody in this network can reach the demo" in text and f"{URL}/app/" in text


def test_where_the_demo_listens_is_where_it_says(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(stages, "reached_at", lambda: "192.0.2.7")

    assert doors("127.0.0.1", 8000)["PUNCHCARD_PUBLIC_URL"] == "http://127.0.0.1:8000"
    assert doors("0.0.0.0", 8000) == {
        "PUNCHCARD_HOST": "0.0.0.0",
        "PUNCHCARD_PORT": "8000",
        "PUNCHCARD_PUBLIC_URL": URL,
    }
    assert doors("::1", 8000)["PUNCHCARD_PUBLIC_URL"] == "http://[::1]:8000"
    assert is_here_alone("127.0.0.1") and is_here_alone("::1") and not is_here_alone("192.168.1.4")


def test_a_port_that_is_taken_gives_way_and_a_foreign_address_is_named():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert free(port) not in (0, port)
    for foreign in ("192.0.2.7", "no.such.host.invalid"):
        with pytest.raises(NotReady, match=f"cannot listen on {foreign}: "):
            free(8000, foreign)
