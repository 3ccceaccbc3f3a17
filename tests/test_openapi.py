"""The OpenAPI document: every route stands in it, with its door and the way it says no."""

from typing import Any

from punchcard.foundation.described import DOORS, kinds_of
from punchcard.foundation.errors import Refused
from tests.test_permissions import routes
from tests.town import Town

METHODS = {"get", "put", "post", "patch", "delete"}


async def document(town: Town) -> Any:
    return (await town.ask("GET", "/docs/openapi.json")).json()


async def test_every_route_stands_in_the_document_with_a_sentence(town: Town):
    paths = (await document(town))["paths"]

    for method, path in routes(town.app):
        if not path.startswith("/docs"):
            assert paths[path][method.lower()]["description"].strip(), f"{method} {path}"


async def test_every_operation_names_its_door_and_how_it_refuses(town: Town):
    for path, operations in (await document(town))["paths"].items():
        for method in METHODS & set(operations):
            found, door = operations[method], path.split("/")[1]

            assert found.get("security") == ([{door: []}] if door in DOORS else None), f"{method} {path}"
            assert ("401" in found["responses"]) == (door in DOORS), f"{method} {path}"
            assert "application/problem+json" in found["responses"]["default"]["content"], f"{method} {path}"


async def test_every_refusal_there_is_stands_in_the_document(town: Town):
    said = (await document(town))["components"]["schemas"]["Problem"]["description"]

    for kind in kinds_of(Refused):
        if kind.__module__.startswith("punchcard."):
            assert f"`urn:punchcard:{kind().code}` {kind().status}: {kind().title}" in said


async def test_what_is_made_just_now_and_what_was_there_are_both_in_the_document(town: Town):
    paths = (await document(town))["paths"]

    assert {"200", "201"} <= set(paths["/console/offers/{offer_id}"]["put"]["responses"])
    assert "201" in paths["/me/claims/{claim_id}"]["put"]["responses"]
