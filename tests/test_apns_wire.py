"""Our HTTP/2 by the byte: header blocks as hpack reads and writes them, and a connection whose other side is h2's server."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import DataReceived, PingAckReceived, RequestReceived, StreamEnded, StreamReset, WindowUpdated
from h2.settings import SettingCodes, Settings
from hpack.hpack import Decoder, Encoder
from hypothesis import given
from hypothesis import strategies as st

from punchcard.foundation.http2 import blocks, connection
from punchcard.foundation.http2.blocks import AUTHORITY, HTTPS, NO_TABLE, PATH, POST, BlockReader, literal
from punchcard.foundation.http2.connection import Http2, Lost, NotTaken, Stream
from punchcard.foundation.http2.frames import Broken, Splitter, frame

pytestmark = pytest.mark.anyio

VALUES = st.binary(max_size=300).map(lambda value: bytes(32 + each % 95 for each in value))
NAMES = st.sampled_from([b"apns-topic", b"apns-push-type", b"apns-priority", b"x" * 200])
BLOCK = POST + HTTPS + literal(AUTHORITY, b"localhost") + literal(PATH, b"/3/device/00")


@given(authority=VALUES, path=VALUES, secret=st.booleans(), more=st.lists(st.tuples(NAMES, VALUES), max_size=5))
def test_hpack_reads_our_headers_as_we_meant_them(authority, path, secret, more):
    block = NO_TABLE + POST + HTTPS + literal(AUTHORITY, authority) + literal(PATH, path, secret)
    for name, value in more:
        block += literal(name, value)

    read = [(bytes(name), bytes(value)) for name, value in Decoder().decode(block, raw=True)]

    begins = [(b":method", b"POST"), (b":scheme", b"https"), (b":authority", authority), (b":path", path)]
    assert read == begins + more


ANSWERS = st.lists(
    st.tuples(
        st.sampled_from([200, 400, 403, 404, 410, 413, 429, 500, 503]),
        st.none() | st.integers(0, 10**6),
        st.lists(st.tuples(st.sampled_from([b"apns-id", b"server", b"date", b"x-long"]), VALUES), max_size=3),
        st.booleans(),
    ),
    max_size=12,
)


@given(answers=ANSWERS, table=st.sampled_from([0, 100, 4096]))
def test_answers_are_read_as_hpack_wrote_them_whether_with_a_table_or_without(answers, table):
    encoder, reader = Encoder(), BlockReader()
    encoder.header_table_size = table
    for status, wait, more, huffman in answers:
        headers = [(b":status", b"%d" % status), *more] + ([(b"retry-after", b"%d" % wait)] if wait is not None else [])

        read = reader.read(encoder.encode(headers, huffman=huffman))

        assert read == (status, b"" if wait is None else b"%d" % wait)
        assert reader.is_plain is (table == 0)


@given(block=st.binary(max_size=60), is_plain=st.booleans())
def test_headers_of_any_bytes_are_read_or_said_to_be_broken(block, is_plain):
    reader = BlockReader()
    reader.is_plain = is_plain
    try:
        status, _ = reader.read(block)
    except Broken:
        return

    assert status >= 0


@given(sizes=st.lists(st.integers(0, 200), max_size=10), cuts=st.lists(st.integers(1, 40), min_size=1, max_size=60))
def test_frames_are_whole_however_they_arrive(sizes, cuts):
    sent = [(each % 9, each % 256, each, bytes(each)) for each in sizes]
    data = b"".join(frame(*each) for each in sent)
    splitter, came, at = Splitter(), [], 0
    for cut in [*cuts, len(data)]:
        came += splitter.frames(data[at : at + cut])
        at += cut

    assert came == sent


class Line(asyncio.Transport):
    """Keeps what is written until it is asked for."""

    def __init__(self) -> None:
        self.written = b""
        self.closed = self.aborted = False

    def write(self, data: Any) -> None:
        self.written += bytes(data)

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.closed = self.aborted = True


class Pair:
    """A connection of ours and a server by h2, which holds us to the protocol."""

    def __init__(self, **settings: int) -> None:
        self.ours, self.line = Http2(lambda: None), Line()
        self.theirs = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        if settings:
            initial = {SettingCodes[name.upper()]: value for name, value in settings.items()}
            self.theirs.local_settings = Settings(client=False, initial_values=initial)
        self.theirs.initiate_connection()
        self.ours.connection_made(self.line)

    async def exchange(self) -> list[Any]:
        """What the server saw, after both have said what they had to say."""
        seen: list[Any] = []
        while True:
            await asyncio.sleep(0)
            sent, self.line.written = self.line.written, b""
            seen += self.theirs.receive_data(sent) if sent else []
            answer = self.theirs.data_to_send()
            if answer:
                self.ours.data_received(answer)
            elif not sent:
                return seen

    def ask(self, body: bytes = b"{}") -> Stream:
        stream = self.ours.ask(BLOCK, body, 10)
        stream.answered.add_done_callback(asyncio.Future.exception)  # not every test asks what became of it
        return stream

    def answer(self, number: int, body: bytes = b"", status: str = "200") -> None:
        self.theirs.send_headers(number, [(":status", status), ("apns-id", "0" * 36)], end_stream=not body)
        if body:
            self.theirs.send_data(number, body, end_stream=True)


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    made = Pair()
    await made.exchange()
    yield made
    made.ours.connection_lost(None)


async def test_a_request_arrives_whole_and_its_answer_comes_back(pair: Pair):
    stream = pair.ask()
    seen = await pair.exchange()
    pair.answer(1, b'{"reason":"Unregistered"}', "410")
    await pair.exchange()

    assert [type(each) for each in seen if not isinstance(each, WindowUpdated)] == [
        RequestReceived,
        DataReceived,
        StreamEnded,
    ]
    assert (stream.answered.result().status, stream.answered.result().body) == (410, b'{"reason":"Unregistered"}')


async def test_the_server_keeps_no_table_for_us_and_answers_are_skimmed(pair: Pair):
    for number in (1, 3, 5):
        pair.ask()
        await pair.exchange()
        pair.answer(number)
        await pair.exchange()

    assert pair.ours.reader.is_plain and not pair.ours.streams


async def test_a_body_waits_for_the_streams_window(pair: Pair):
    pair = Pair(initial_window_size=1)
    await pair.exchange()
    pair.ask(b"{}")
    first = await pair.exchange()
    pair.theirs.increment_flow_control_window(5, 1)
    then = await pair.exchange()

    assert [each.data for each in first + then if isinstance(each, DataReceived)] == [b"{", b"}"]
    assert any(isinstance(each, StreamEnded) for each in then)


async def test_bodies_wait_for_the_connections_window_and_go_when_it_is_wider(pair: Pair):
    for _ in range(60):
        pair.ask(b"x" * 1200)
    first = await pair.exchange()
    got = sum(len(each.data) for each in first if isinstance(each, DataReceived))
    for _ in range(2):
        pair.theirs.increment_flow_control_window(10_000)
    then = await pair.exchange()

    assert got == 65_535
    assert got + sum(len(each.data) for each in then if isinstance(each, DataReceived)) == 60 * 1200


async def test_narrower_windows_hold_for_bodies_under_way():
    pair = Pair(initial_window_size=3)
    await pair.exchange()
    pair.ask(b"abcdef")
    await pair.exchange()
    pair.theirs.update_settings({SettingCodes.INITIAL_WINDOW_SIZE: 5})
    seen = await pair.exchange()

    assert [each.data for each in seen if isinstance(each, DataReceived)] == [b"de"]


async def test_only_so_many_are_under_way_as_the_server_takes():
    pair = Pair(max_concurrent_streams=2)
    await pair.exchange()
    pair.ask()
    pair.ask()
    before = pair.ours.room
    await pair.exchange()
    pair.answer(1)
    await pair.exchange()

    assert (before, pair.ours.room) == (0, 1)


async def test_the_window_for_answers_is_given_back(pair: Pair):
    for number in range(1, 2 * 20, 2):
        pair.ask()
        await pair.exchange()
        pair.answer(number, b"x" * 10_000, "400")
        await pair.exchange()

    assert pair.theirs.outbound_flow_control_window > 30_000


@pytest.mark.parametrize(
    "code, error", [(ErrorCodes.REFUSED_STREAM, NotTaken), (ErrorCodes.INTERNAL_ERROR, Lost), (ErrorCodes.CANCEL, Lost)]
)
async def test_only_a_refused_stream_may_be_sent_again(pair: Pair, code, error):
    stream = pair.ask()
    await pair.exchange()
    pair.theirs.reset_stream(1, code)
    await pair.exchange()

    assert type(stream.answered.exception()) is error


async def test_long_headers_in_pieces_are_read(pair: Pair):
    stream = pair.ask()
    await pair.exchange()
    pair.theirs.send_headers(1, [(":status", "200"), ("x", "y" * 40_000)], end_stream=True)
    await pair.exchange()

    assert stream.answered.result().status == 200


async def test_news_before_the_answer_and_trailers_after_it_are_not_the_answer(pair: Pair):
    stream = pair.ask()
    await pair.exchange()
    pair.theirs.send_headers(1, [(":status", "103")])
    pair.theirs.send_headers(1, [(":status", "429"), ("retry-after", "17")])
    pair.theirs.send_data(1, b"{}")
    pair.theirs.send_headers(1, [("x-sum", "1")], end_stream=True)
    await pair.exchange()

    reply = stream.answered.result()
    assert (reply.status, reply.retry_after, reply.body) == (429, b"17", b"{}")


async def test_an_answer_without_end_is_given_up(pair: Pair):
    stream = pair.ask()
    await pair.exchange()
    pair.theirs.send_headers(1, [(":status", "200")])
    pair.theirs.send_data(1, b"x" * 16_000)
    pair.theirs.send_data(1, b"x" * 16_000)
    seen = await pair.exchange()

    assert isinstance(stream.answered.exception(), Lost)
    assert any(isinstance(each, StreamReset) for each in seen)


async def test_who_asks_whether_we_live_is_told(pair: Pair):
    pair.theirs.ping(b"12345678")

    assert [type(each) for each in await pair.exchange()] == [PingAckReceived]


def passes(ours: Http2, seconds: float) -> None:
    """So long nothing is heard; the timer must be set to no later than then."""
    ours.heard_at -= seconds
    assert ours.timer and ours.timer.when() - seconds <= ours.loop.time()
    ours.look()


@pytest.mark.parametrize("answers", [True, False])
async def test_a_silent_peer_is_asked_after_a_minute_and_given_up_when_it_does_not_answer(answers: bool):
    pair = Pair()
    await pair.exchange()
    passes(pair.ours, connection.IDLE_SECONDS)
    assert pair.ours.usable and pair.ours.pinged
    if answers:
        await pair.exchange()
    passes(pair.ours, connection.PONG_SECONDS)

    assert pair.ours.usable is answers and pair.line.aborted is not answers
    pair.ours.connection_lost(None)


async def test_numbers_of_streams_run_out_one_day(pair: Pair):
    pair.ours.next_number = 2**31 - 3
    stream = pair.ask()

    assert not pair.ours.usable and not pair.line.closed
    pair.ours.fail(stream.number, Lost())
    assert pair.line.closed


@pytest.mark.parametrize(
    "bytes_",
    [
        frame(5, 4, 1, b"\0\0\0\2\x88"),  # a promise
        frame(9, 4, 1, b"\x88"),  # headers that go on from nothing
        frame(8, 0, 0, bytes(4)),  # a window of nothing
        frame(4, 0, 0, b"\0\1\0"),  # settings cut off
        frame(1, 4, 1, b"\xff\xff\xff\xff\xff\xff"),  # headers that nobody can read
        frame(0, 8, 1, b"\x09x"),  # more padding than frame
        b"\x00\x50\x00" + bytes(6),  # a frame that is too long
    ],
)
async def test_who_breaks_the_protocol_is_hung_up_on(pair: Pair, bytes_):
    stream = pair.ask()
    pair.ours.data_received(bytes_)

    assert pair.line.aborted and not pair.ours.usable and not stream.answered.done()


def test_what_names_matter_is_remembered_within_bounds():
    reader = BlockReader()
    reader.is_plain = True
    for number in range(2 * blocks.NAMES_KNOWN_MAX):
        reader.read(b"\x88" + literal(b"n%d" % number, b"v"))

    assert len(reader.beside_the_point) <= blocks.NAMES_KNOWN_MAX
