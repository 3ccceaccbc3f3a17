"""Many weeks at a till that loses its network, each beside the same week at one that never does."""

from pathlib import Path

import pytest

from punchcard.foundation.database import Database
from punchcard.foundation.settings import Settings
from tests.chaos.ground import rounds
from tests.test_offline_week import SEEDS, two_weeks

OTHER_SEEDS = range(SEEDS.stop, SEEDS.stop + rounds(10))


@pytest.mark.parametrize("seed", OTHER_SEEDS)
async def test_whatever_the_network_does_the_week_ends_the_same(
    connections: Database, papers: Settings, tmp_path: Path, seed: int
) -> None:
    shaky = await two_weeks(connections, papers, tmp_path, seed)

    print(f"week {seed}: waited {dict(shaky.queued)}, {len(shaky.lost)} whose points a shop went without")
