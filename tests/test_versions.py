"""Known holes in what we stand on stay closed: no older version than the one that closed them."""

from importlib.metadata import version

import pytest

FLOORS = [
    (
        "litestar",
        "2.22.0",
        "limits and hosts by headers that anybody may send: CVE-2025-59152, CVE-2026-25479, CVE-2026-48061",
    ),
    ("asyncpg", "0.32.0", "close() waited for ever on a frozen server: issue 1356"),
    (
        "PyJWT",
        "2.13.0",
        "unknown crit, algorithms, fetches without limit: CVE-2026-32597, CVE-2026-48523, CVE-2026-48524",
    ),
    ("h2", "4.3.0", "requests split by headers that are not checked: CVE-2025-57804"),
    ("h11", "0.16.0", "chunks read leniently: CVE-2025-43859"),
    ("jinja2", "3.1.6", "a sandbox left through |attr: CVE-2025-27516"),
    ("msgspec", "0.22.0", "the version whose bounds on numbers we tested"),
    ("requests", "2.32.4", "netrc told to another host: CVE-2024-47081"),
    ("urllib3", "2.6.0", "redirects and packed bodies without bound: CVE-2025-50181, CVE-2025-66418, CVE-2025-66471"),
]


def parts(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:3] if part.isdigit())


@pytest.mark.parametrize("package, floor, why", FLOORS, ids=[package for package, _, _ in FLOORS])
def test_what_we_stand_on_is_new_enough(package: str, floor: str, why: str):
    assert parts(version(package)) >= parts(floor), why
