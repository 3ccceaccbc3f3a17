"""What nobody should send: JSON values, texts and bytes that have broken a server somewhere."""

import json
from typing import Any

from hypothesis import strategies as st

SKULL = "\ud800"
TEXTS = (
    "", " ", "\x00", "a\x00b", "\x1b[31m", "\r\nSet-Cookie: a=b", "'; drop table member; --", "${jndi:ldap://x}", "{{7*7}}",
    "%@%n%s%d", "../../../etc/passwd", "\u202e\u2066abc", "\ufeff", "\ufffe", "💥" * 40, "ا" * 300, "x" * 70_000,
    "=cmd|' /C calc'!A0", "2026-02-30T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "2026-11-18T10:00:00+24:00",
    "1969-12-31T23:59:59Z", "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "NaN", "Infinity",
    "Asia/../Jerusalem", "/etc/localtime", "UTC\n", "24:00", "١٢:٠٠", "１２３４５６", "a@b.c\n", "+٩٧٢٥٠١٢٣٤٥٦٧", "null", "true",
)  # fmt: skip
NUMBERS = (
    0, -0.0, -1, 1, 2**31, 2**53 + 1, 2**63 - 1, 2**63, -(2**63) - 1, 2**64, 10**30, 1.5, 5e-324, 1.7976931348623157e308, 0.1,
)  # fmt: skip
OTHERS: tuple[Any, ...] = (None, True, False, [], {}, [[]], [None], {"": None}, {"type": "all"}, {"type": None})

values: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(TEXTS),
    st.sampled_from(NUMBERS),
    st.sampled_from(OTHERS),
    st.text(max_size=20),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.lists(st.none() | st.text(max_size=3) | st.integers(), max_size=4),
    st.dictionaries(st.text(max_size=6), st.none() | st.integers() | st.text(max_size=3), max_size=3),
)

RAW = (
    b"", b" ", b"null", b"true", b"7", b'"text"', b"[]", b"{}", b"{", b'{"', b'{"a":', b'{"a":1,}', b"{'a':1}", b"hello",
    b"\xff\xfe", b"\xef\xbb\xbf{}", b'{"a":"\xc3\x28"}', b'{"a":"\xed\xa0\x80"}', b'{"a":"\\ud800"}', b'{"a":"\\u0000"}',
    b'{"\\u0000":1}', b'{"a":1e400}', b'{"a":-1e400}', b'{"a":NaN}', b'{"a":Infinity}', b'{"a":' + b"9" * 4000 + b"}",
    b'{"a":0.' + b"1" * 4000 + b"}", b'{"a":1' + b"0" * 400 + b"}", b"[" * 100, b"[" * 100_000, b'{"a":' * 20_000,
    b"[" * 500 + b"]" * 500, b'{"a":1,"a":2}', b"{}" * 50, b"\x00" * 50, b'{"a":"' + b"\\" * 999 + b'"}',
)  # fmt: skip

NUMERALS = (
    b"9" * 4000,
    b"1e400",
    b"-1e400",
    b"NaN",
    b"-Infinity",
    b"1e-400",
    b"0" * 50 + b"1",
    b"1" + b"0" * 400,
    b"0x10",
)

CONTENT_TYPES = (
    "application/json", "application/json; charset=utf-16", "application/json; charset=nope", "text/plain", "text/json", "",
    "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data", "application/msgpack",
    "application/x-msgpack", "application/octet-stream", "image/png", ";;;", "application/json" * 50,
)  # fmt: skip

Path = tuple[Any, ...]


def places(body: Any, here: Path = ()) -> list[Path]:
    """Every place in a body, itself included."""
    found = [here]
    items = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for key, value in items:
        found += places(value, (*here, key))
    return found


def put(body: Any, place: Path, value: Any) -> Any:
    """The body with another value at this place."""
    if not place:
        return value
    key, *rest = place
    copy: Any = dict(body) if isinstance(body, dict) else list(body)
    copy[key] = put(copy[key], tuple(rest), value)
    return copy


def at(body: Any, place: Path) -> Any:
    for key in place:
        body = body[key]
    return body


@st.composite
def spoilt(draw: st.DrawFn, good: Any) -> bytes:
    """A good body with something wrong in one place or two, or hardly a body at all."""
    if draw(st.integers(0, 7)) == 0:
        return draw(st.sampled_from(RAW))
    body = good
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.sampled_from(places(body)))
        body = put(body, place, draw(change(at(body, place))))
    said = json.dumps(body, ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass")
    return draw(respelt(said))


def change(value: Any) -> st.SearchStrategy[Any]:
    """Something else in the place of this value; of objects and lists also a part too few or too many."""
    if isinstance(value, dict) and value:
        fewer = st.sampled_from(sorted(value)).map(lambda key: {k: v for k, v in value.items() if k != key})
        more = st.tuples(st.text(max_size=5), values).map(lambda pair: {**value, pair[0]: pair[1]})
        return st.one_of(fewer, more, values)
    if isinstance(value, list) and value:
        return st.one_of(st.integers(0, 600).map(lambda n: value[:1] * n), values)
    return values


@st.composite
def respelt(draw: st.DrawFn, said: bytes) -> bytes:
    """The same bytes, or with a number that no machine word holds, or a key that comes twice, or cut off."""
    match draw(st.integers(0, 9)):
        case 0 if b":1" in said:
            return said.replace(b": 1", b": " + draw(st.sampled_from(NUMERALS)), 1)
        case 1 if said.startswith(b'{"'):
            key = said[: said.index(b":")]
            return key + b":1," + said[1:]
        case 2:
            return said[: draw(st.integers(0, len(said)))]
        case 3:
            return said.replace(b'"', b'"' + draw(st.sampled_from([b"\\u0000", b"\\ud800", b"\xff", b"\x01"])), 1)
    return said
