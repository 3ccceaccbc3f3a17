"""What docs/till.md tells whoever writes a till runs as it stands there."""

import re
from pathlib import Path
from typing import Any

import httpx

from punchcard.foundation.ids import new_id
from tests.test_readme import run
from tests.town import Town

GUIDE = (Path(__file__).parents[1] / "docs" / "till.md").read_text()


async def test_the_till_in_the_guide_runs(town: Town, tmp_path: Path) -> None:
    maya = await town.join("maya@example.com")
    code = "\n".join(re.findall(r"^```python\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL))
    headers = {"Authorization": f"Bearer {town.till_key}"}
    transport = httpx.ASGITransport(town.app)  # type: ignore[arg-type]  # litestar and httpx name the same ASGI types differently

    async with httpx.AsyncClient(transport=transport, base_url=town.client.base_url, headers=headers) as till:
        names: dict[str, Any] = {"card": maya.card, "new_id": new_id, "till": till, "folder": tmp_path}
        await run(code, names)

    assert names["receipt"].status_code == 200 and names["void"].json()["reason"] == "rung up for another table"
    assert left_in(tmp_path) == []


def left_in(folder: Path) -> list[str]:
    """What the till still waits for an answer to."""
    return [each.name for each in folder.iterdir()]
