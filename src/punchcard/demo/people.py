"""Who acts in the story, each through the HTTP API and nothing else: members with an app, tills, the operator."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from punchcard.foundation.ids import new_id

CODE_SECONDS_MAX = 10
ATTEMPTS = 200


class Unexpected(Exception):
    """The API answered otherwise than the story expects."""


class Caller:
    """Somebody with a key who asks the API for things."""

    def __init__(self, url: str, key: str = "", language: str = "en"):
        self.http = httpx.AsyncClient(base_url=url, timeout=30, headers={"Accept-Language": language})
        self.key = key

    async def ask(self, method: str, path: str, body: Any = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        return await self.http.request(method, path, json=body, headers=headers)

    async def get(self, path: str) -> Any:
        return good(await self.ask("GET", path))

    async def put(self, path: str, body: Any) -> Any:
        return good(await self.ask("PUT", path, body))

    async def post(self, path: str, body: Any) -> Any:
        return good(await self.ask("POST", path, body))

    async def close(self) -> None:
        await self.http.aclose()


class MemberApp(Caller):
    """The member's app: stays signed in by exchanging its refresh token when the access token has ended."""

    def __init__(self, url: str, language: str = "en"):
        super().__init__(url, language=language)
        self.member_id: UUID | None = None
        self.refresh_token = ""

    async def join(self, contact: str, name: str, language: str, zone: str, mailbox: Path) -> None:
        """Ask for a one-time code, read it in the mailbox, come in with it; say yes to marketing and personal offers."""
        seen = len(letters(mailbox))
        good(await self.ask("POST", "/join/codes", {"contact": contact, "language": language}))
        code = await code_for(mailbox, contact, seen)
        body = {
            "contact": contact,
            "code": code,
            "name": name,
            "language": language,
            "zone": zone,
            "consents": {"marketing": True, "personalisation": True},
            "device": "demo",
        }
        signed_in = good(await self.ask("POST", "/join/sessions", body))
        self.member_id = UUID(signed_in["member_id"])
        self.key, self.refresh_token = signed_in["access_token"], signed_in["refresh_token"]

    async def ask(self, method: str, path: str, body: Any = None) -> httpx.Response:
        answer = await super().ask(method, path, body)
        if answer.status_code == 401 and self.refresh_token:
            pair = good(await self.http.post("/join/tokens", json={"refresh_token": self.refresh_token}))
            self.key, self.refresh_token = pair["access_token"], pair["refresh_token"]
            answer = await super().ask(method, path, body)
        return answer


class TillApp(Caller):
    """A till: it makes the ids of its sales itself, so that asking twice is harmless."""

    async def sell(self, card: str, lines: list[dict[str, Any]], id: UUID | None = None, **more: Any) -> Any:
        return good(await self.ask("PUT", f"/till/sales/{id or new_id()}", sale(card, lines, **more)))

    async def take_back(self, sale_id: UUID, quantities: dict[int, int], **more: Any) -> Any:
        """Some units of some lines come back."""
        body = {"quantities": [{"line": line, "quantity": units} for line, units in quantities.items()], **more}
        return good(await self.ask("PUT", f"/till/sales/{sale_id}/returns/{new_id()}", body))

    async def quote(self, card: str, lines: list[dict[str, Any]], **more: Any) -> Any:
        """What this basket would earn, what may be spent, and a session that stands for the card."""
        return await self.post("/till/quotes", sale(card, lines, **more))

    async def void(self, sale_id: UUID, reason: str, cashier: str = "Dana") -> Any:
        """All that is left of a sale comes back."""
        return await self.put(f"/till/sales/{sale_id}/void", {"cashier": cashier, "reason": reason})


class Roll:
    """What a till printed in a day, and what it reckons of that at closing time."""

    def __init__(self) -> None:
        self.printed: list[tuple[int, dict[str, Any]]] = []

    def print(self, amount: int, receipt: dict[str, Any]) -> None:
        """`amount` in agorot, below zero for what came back."""
        self.printed.append((amount, receipt))

    def totals(self) -> dict[str, int]:
        return {
            "receipts": len(self.printed),
            "amount": sum(amount for amount, _ in self.printed if amount > 0),
            "returned": -sum(amount for amount, _ in self.printed if amount < 0),
            "earned": sum(receipt["earned"] for _, receipt in self.printed),
            "spent": sum(receipt["spent"] for _, receipt in self.printed),
        }


async def prefers(app: MemberApp, **change: Any) -> None:
    """What a member allows, with this change."""
    await app.put("/me/preferences", await app.get("/me/preferences") | change)


def sale(card: str, lines: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"card": card, "cashier": "Dana", "lines": lines, **more}


def line(sku: str, category: str, amount: int, quantity: int = 1, brand: str = "") -> dict[str, Any]:
    """One line of a basket; `amount` is for the whole line, in agorot."""
    return {"sku": sku, "category": category, "brand": brand, "quantity": quantity, "amount": amount}


def good(answer: httpx.Response) -> Any:
    """The JSON of an answer that is no refusal. Raises Unexpected."""
    if answer.status_code >= 400:
        raise Unexpected(f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text[:400]}")
    return answer.json() if answer.content else None


async def code_for(mailbox: Path, contact: str, seen: int) -> str:
    """The six digits of the newest letter to this contact."""
    for _ in range(ATTEMPTS):
        for letter in letters(mailbox)[seen:]:
            found = re.search(r"\b\d{6}\b", letter["text"])
            if letter["to"] == contact and found:
                return found[0]
        await asyncio.sleep(CODE_SECONDS_MAX / ATTEMPTS)
    raise Unexpected(f"no code came for {contact} within {CODE_SECONDS_MAX} seconds")


def letters(mailbox: Path) -> list[dict[str, str]]:
    return [json.loads(each) for each in mailbox.read_text().splitlines()] if mailbox.exists() else []
