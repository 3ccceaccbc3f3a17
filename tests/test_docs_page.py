"""The documentation of the API as it is served: the page with its policy, its files, and the library as it was released."""

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

from punchcard.surfaces.docs.routes import HERE
from tests.town import Town

LIBRARY = HERE / "static" / "swagger-ui"


def test_the_library_is_just_what_was_released_with_its_licence() -> None:
    said = json.loads((LIBRARY / "vendor.json").read_text())
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in LIBRARY.iterdir()
        if path.name != "vendor.json"
    }

    assert found == said["sha256"]
    assert said["version"] in said["from"] and said["licence"] == "Apache-2.0"
    assert "Apache License" in (LIBRARY / "LICENCE.txt").read_text()


async def test_everybody_may_read_the_page_and_nothing_comes_from_elsewhere(town: Town) -> None:
    answer = await town.ask("GET", "/docs")
    policy = answer.headers["content-security-policy"]

    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/html")
    assert policy.startswith("default-src 'none'") and "unsafe" not in policy and "http" not in policy
    assert "{{" not in answer.text and not re.search(r"https?://", answer.text)


async def test_every_file_that_the_page_names_is_there_and_kept_for_good(town: Town) -> None:
    names = re.findall(r'(?:href|src)="([^"]+)"', (await town.ask("GET", "/docs")).text)

    assert len(names) == 8
    for name in names:
        answer = await town.ask("GET", name)
        assert answer.status_code == 200, name
        kept = "no-cache" if name == "/docs/openapi.json" else "public, max-age=31536000, immutable"
        assert answer.headers["cache-control"] == kept, name


async def test_a_file_is_sent_packed_and_not_sent_again(town: Town) -> None:
    path = "/docs/static/swagger-ui/swagger-ui-bundle.js"
    packed = await town.client.get(path, headers={"Accept-Encoding": "gzip"})
    plain = await town.client.get(path, headers={"Accept-Encoding": "identity"})
    known = await town.client.get(path, headers={"If-None-Match": plain.headers["etag"]})

    assert packed.headers["content-encoding"] == "gzip" and "content-encoding" not in plain.headers
    assert packed.content == plain.content and len(plain.content) > 1_000_000
    assert known.status_code == 304 and known.content == b""


async def test_a_name_that_is_not_there_is_not_found(town: Town) -> None:
    for name in ("routes.py", "../routes.py", "%2e%2e/routes.py", "swagger-ui/"):
        assert (await town.ask("GET", f"/docs/static/{name}")).status_code == 404, name


async def test_every_route_stands_in_a_chapter_that_is_explained(town: Town) -> None:
    document = (await town.ask("GET", "/docs/openapi.json")).json()
    explained = [each["name"] for each in document["tags"]]
    used = {tag for item in document["paths"].values() for operation in item.values() for tag in operation["tags"]}

    assert used == set(explained) and len(explained) == len(used)
    assert explained[:3] == ["join", "me", "till"] and "console: offers" in explained
    assert all(each["description"] for each in document["tags"] if each["name"] != "other")


async def test_every_text_with_a_pattern_has_an_example_that_fits(town: Town) -> None:
    document = (await town.ask("GET", "/docs/openapi.json")).json()
    found = list(patterned(document))

    assert len(found) > 50
    for schema in found:
        said = schema.get("examples") or [schema.get("default", "")]
        assert re.search(schema["pattern"], said[0]) and len(said[0]) <= schema.get("maxLength", 9999), schema
    assert any(each.get("examples") == ["flat-white"] for each in found)


async def test_a_list_is_told_as_a_list_of_its_kind(town: Town) -> None:
    schemas = (await town.ask("GET", "/docs/openapi.json")).json()["components"]["schemas"]

    assert schemas["Basket"]["properties"]["lines"]["items"] == {"$ref": "#/components/schemas/BasketLine"}
    assert ", {}]" not in json.dumps(schemas)


def patterned(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict) and isinstance(part.get("pattern"), str):
        yield part
    if isinstance(part, dict | list):
        for each in part.values() if isinstance(part, dict) else part:
            yield from patterned(each)
