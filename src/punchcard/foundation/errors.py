"""A refusal is a sentence, a status and the facts (RFC 9457). Everything else that goes wrong is a bug."""

import re
from typing import Any, ClassVar

from msgspec import Struct

from . import locale


class Refused(Exception):
    """The rules say no."""

    status: ClassVar[int] = 409
    headers: ClassVar[dict[str, str]] = {}
    words: ClassVar[str] = "refusals"
    """The catalogue that holds the sentence, under the refusal's code."""

    def __init__(self, **facts: Any):
        super().__init__(f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in facts.items())})")
        self.facts = facts

    @property
    def code(self) -> str:
        """The class name as the outside reads it: NotEnoughPoints is not-enough-points."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(self).__name__).lower()

    @property
    def title(self) -> str:
        return (type(self).__doc__ or "").strip().rstrip(".")

    def sentence(self, language: str) -> str:
        """What a person is told: from the catalogue of refusals, else the title."""
        return locale.maybe_say(f"{self.words}.{self.code}", language, **self.facts) or f"{self.title}."

    def problem(self, language: str) -> "Problem":
        facts = {name: value for name, value in self.facts.items() if name not in ("type", "title", "status", "detail")}
        return Problem(f"urn:punchcard:{self.code}", self.title, self.status, self.sentence(language), facts)


class Problem(Struct, frozen=True):
    type: str
    title: str
    status: int
    detail: str
    facts: dict[str, Any] = {}


class Malformed(Refused):
    """The request cannot be read."""

    status = 400


class KeyMissing(Refused):
    """This needs an Idempotency-Key."""

    status = 400


class NotSignedIn(Refused):
    """Sign in first."""

    status = 401
    headers: ClassVar[dict[str, str]] = {"WWW-Authenticate": "Bearer"}


class NotYours(Refused):
    """This is not yours to do."""

    status = 403


class NotFound(Refused):
    """There is no such thing here."""

    status = 404


class OtherBody(Refused):
    """The same id came with another body."""

    status = 422


class Running(Refused):
    """The same is being done just now, ask again."""

    headers: ClassVar[dict[str, str]] = {"Retry-After": "1"}


class TooMany(Refused):
    """Too many tries, please wait."""

    status = 429


class Busy(Refused):
    """The service cannot answer right now."""

    status = 503
    headers: ClassVar[dict[str, str]] = {"Retry-After": "1"}
