"""How the door says no: every refusal, malformed request and bug as RFC 9457 problem details, in the caller's language."""

import logging
import re
from collections.abc import Mapping
from typing import Any

import asyncpg
import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.types import ExceptionHandlersMap

from . import locale
from .errors import Busy, Malformed, NotFound, Problem, Refused

log = logging.getLogger(__name__)

PROBLEM = "application/problem+json"
PLAIN_HOST = re.compile(r"[A-Za-z0-9.-]+(:[1-5]?[0-9]{1,4})?")
ADVICE = re.compile(r"^(?P<why>.*?)(?: - at `(?P<path>[^`]+)`)?$", re.DOTALL)

NO_BODY = "'data'"
"""All that the framework says when a body is missing."""
UNKNOWN = re.compile(r"unknown field `(?P<field>\w+)`")


async def refuse_unreadable(request: Request[Any, Any, Any]) -> None:
    """PostgreSQL stores no NUL, JSON is UTF-8, and a host is one: refuse what is not at the door, wherever it stands."""
    if not is_host(request):
        raise Malformed(at="host")
    if "\x00" in request.scope["path"] or b"%00" in request.scope.get("query_string", b""):
        raise Malformed(at="path")
    if request.method in ("POST", "PUT", "PATCH") and not is_text(await request.body()):
        raise Malformed(at="body")


def is_host(request: Request[Any, Any, Any]) -> bool:
    """Whether the framework will be able to read it: it looks when it has a refusal to write."""
    if PLAIN_HOST.fullmatch(request.headers.get("host", "")):
        return True
    try:
        return bool(request.url)
    except ValueError:
        return False


def is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return not has_nul(body)


def has_nul(body: bytes) -> bool:
    return b"\\u0000" in body or b"\x00" in body


def refused(request: Request[Any, Any, Any], error: Refused) -> Response[bytes]:
    return answer(error.problem(language_of(request)), error.headers | pause(error))


def unreadable(request: Request[Any, Any, Any], error: ValidationException) -> Response[bytes]:
    """Which field is wrong and why: the pointer is a JSON pointer into the body, or the parameter's name."""
    places = error.extra if isinstance(error.extra, list) else []
    found = [place(each) for each in places if isinstance(each, dict)]
    problem = Malformed(**(found[0] if found else {"why": error.detail})).problem(language_of(request))
    return answer(problem)


def place(extra: Mapping[str, Any]) -> dict[str, str]:
    said = ADVICE.match(str(extra.get("message", "")))
    assert said is not None
    path = said["path"] or ""
    steps = re.findall(r"\w+", path.removeprefix("$.data").removeprefix("$") or str(extra.get("key", "")))
    steps = [] if steps == ["data"] else steps
    if unknown := UNKNOWN.search(said["why"]):
        steps.append(unknown["field"])
    why = "there is no body" if said["why"].strip() == NO_BODY else said["why"].strip()
    return {"pointer": "".join(f"/{step}" for step in steps), "why": why}


def other_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """What the framework refuses by itself: unknown routes, methods, bodies that are no JSON or too large."""
    language = language_of(request)
    if isinstance(cause := error.__cause__, msgspec.ValidationError) and " - at `$.data" in str(cause):
        return answer(Malformed(**place({"message": str(cause)})).problem(language))  # a field named like a dependency
    if error.status_code == 404:
        return answer(NotFound().problem(language))
    if error.status_code == 400:
        return answer(Malformed(why=error.detail).problem(language))
    if error.status_code >= 500:
        return broken(request, error)
    title = error.detail.split(":")[0]
    code = type(error).__name__.removesuffix("Exception")
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", code).lower()
    return answer(Problem(f"urn:punchcard:{name}", title, error.status_code, title), error.headers or {})


def too_deep(request: Request[Any, Any, Any], _: RecursionError) -> Response[bytes]:
    return answer(Malformed(why="nested too deep").problem(language_of(request)))


def unavailable(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The database cannot be reached or does not answer in time: nothing is known to have happened; ask again."""
    log.error("the database does not answer: %r", error)
    return answer(Busy().problem(language_of(request)), Busy.headers)


def broken(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """A bug: logged whole, told without a word about our insides. The path itself may hold a link, which is a key."""
    log.error("%s %s failed", request.method, request.scope.get("path_template", "?"), exc_info=error)
    return answer(Problem("urn:punchcard:broken", "Something broke on our side", 500, "Something broke on our side."))


def pause(error: Refused) -> dict[str, str]:
    """When to ask again, for clients that read headers alone."""
    seconds = error.facts.get("retry_after_seconds")
    return {} if seconds is None else {"Retry-After": str(seconds)}


def answer(problem: Problem, headers: Mapping[str, str] | None = None) -> Response[bytes]:
    return Response(
        msgspec.json.encode(problem), status_code=problem.status, media_type=PROBLEM, headers=dict(headers or {})
    )


def response_to(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """How this is told, as the framework would have it told."""
    handlers: Mapping[Any, Any] = HANDLERS
    told: Response[bytes] = next(handlers[kind] for kind in type(error).__mro__ if kind in handlers)(request, error)
    return told


def language_of(request: Request[Any, Any, Any]) -> str:
    return locale.preferred(request.headers.get("accept-language"))


HANDLERS: ExceptionHandlersMap = {
    Refused: refused,
    ValidationException: unreadable,
    HTTPException: other_http,
    RecursionError: too_deep,
    asyncpg.PostgresConnectionError: unavailable,
    asyncpg.CannotConnectNowError: unavailable,
    asyncpg.InterfaceError: unavailable,
    asyncpg.InternalClientError: unavailable,  # a connection that died between two statements
    ConnectionError: unavailable,
    TimeoutError: unavailable,
    Exception: broken,
}
