"""The card's modules in Chromium, each by itself: the rotating code, the drawing that a scanner reads, what is celebrated."""

import io
import secrets
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import zxingcpp
from litestar import Litestar, Response, get
from PIL import Image
from playwright.async_api import Browser, Page

from punchcard.authorisation import codes
from punchcard.surfaces.web.routes import send_file

from .conftest import ORIGIN, opened

pytestmark = pytest.mark.anyio
RFC_KEY = b"12345678901234567890"
RFC_6238 = {
    59: "94287082",
    1111111109: "07081804",
    1111111111: "14050471",
    1234567890: "89005924",
    2000000000: "69279037",
    20000000000: "65353130",
}
CARD = "ZT03XPDZ2HTZ8T557"


@get("/blank", sync_to_thread=False)
def blank() -> Response[str]:
    return Response("<!doctype html><html lang=en data-face=app><title>app</title><body>", media_type="text/html")


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    app: Any = Litestar([blank, send_file])
    async with (
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN) as client,
        opened(browser, client, "/blank") as shown,
    ):
        yield shown


async def code_at(page: Page, key: bytes, seconds: int) -> str:
    ask = "([key, step]) => import('/static/app/totp.js').then(({totp}) => totp(key, step, 8))"
    return str(await page.evaluate(ask, [key.hex(), seconds // 30]))


async def test_the_code_is_that_of_rfc_6238(page: Page) -> None:
    assert {at: await code_at(page, RFC_KEY, at) for at in RFC_6238} == RFC_6238


async def test_the_code_is_the_one_that_the_house_expects(page: Page) -> None:
    for _ in range(20):
        key, at = secrets.token_bytes(codes.KEY_BYTES), secrets.randbelow(2**31)
        assert await code_at(page, key, at) == codes.totp(key, at // 30), (key.hex(), at)


async def test_hmac_is_that_of_webcrypto_for_keys_and_messages_of_any_length(page: Page) -> None:
    wrong = await page.evaluate(
        """async () => {
          const { hmac } = await import('/static/app/totp.js')
          const hex = bytes => Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
          const wrong = []
          for (const [k, m] of [[1, 0], [20, 8], [20, 55], [20, 56], [63, 63], [64, 64], [65, 119], [200, 300]]) {
            const [key, message] = [k, m].map(size => crypto.getRandomValues(new Uint8Array(size)))
            const theirs = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-1' }, false, ['sign'])
            const signed = new Uint8Array(await crypto.subtle.sign('HMAC', theirs, message))
            if (hex(hmac(key, message)) !== hex(signed)) wrong.push([k, m])
          }
          return wrong
        }"""
    )
    assert wrong == []


async def test_a_scanner_reads_what_is_drawn(page: Page) -> None:
    drawn = await page.evaluate(
        """said => import('/static/core/matrix.js').then(({ drawn }) => {
          const { size, path } = drawn(said)
          const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
          svg.setAttribute('viewBox', `-4 -4 ${size + 8} ${size + 8}`)
          svg.setAttribute('width', 330)
          svg.appendChild(document.createElementNS('http://www.w3.org/2000/svg', 'path')).setAttribute('d', path)
          document.body.replaceChildren(svg)
          return { size, runs: path.split('M').length - 1, touching: /M(\\d+) (\\d+)h(\\d+)v1h-\\3z(?=M)/.test(path) }
        })""",
        CARD + "07081804",
    )
    picture = Image.open(io.BytesIO(await page.locator("svg").screenshot()))

    assert [(str(each.format), each.text) for each in zxingcpp.read_barcodes(picture)] == [
        ("QR Code", CARD + "07081804")
    ]
    assert drawn["size"] == 25 and drawn["touching"] and drawn["runs"] < 25 * 25 / 3


SEEN = {"tier": "bud", "done": {"table": 1}, "claimed": False}
TIERS = [{"id": "bud"}, {"id": "blossom"}, {"id": "orchard"}]
NOTHING_NEW = {
    "tiers": TIERS,
    "card": {"tier": {"id": "bud"}},
    "challenges": [{"id": "table", "times": 1}, {"id": "cup", "times": 0}],
    "claims": [],
}
CELEBRATED = [
    (None, {"card": {"tier": {"id": "orchard"}}, "claims": [{"id": "c"}]}, []),
    (SEEN, {}, []),
    (SEEN, {"card": {"tier": {"id": "blossom"}}}, ["tier"]),
    (SEEN | {"tier": "orchard"}, {"card": {"tier": {"id": "blossom"}}}, []),
    (SEEN | {"tier": "gone"}, {"card": {"tier": {"id": "blossom"}}}, []),
    (SEEN, {"challenges": [{"id": "table", "times": 2}]}, ["challenge"]),
    (SEEN, {"challenges": [{"id": "cup", "times": 1}]}, ["challenge"]),
    (SEEN, {"claims": [{"id": "c"}]}, ["reward"]),
    (SEEN | {"claimed": True}, {"claims": [{"id": "c"}]}, []),
]


@pytest.mark.parametrize("before, change, expected", CELEBRATED)
async def test_what_is_celebrated(page: Page, before: Any, change: Any, expected: list[str]) -> None:
    ask = """([before, at]) => import('/static/app/party.js').then(({ news, seen }) =>
      [news(before, at).map(({ kind }) => kind), news(seen(at, before), at)])"""
    found, again = await page.evaluate(ask, [before, NOTHING_NEW | change])

    assert (found, again) == (expected, [])
