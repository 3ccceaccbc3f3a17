"""What a line of the statement says where no promise stands behind its points."""

import pytest

from punchcard.foundation.locale import LANGUAGES
from punchcard.journal.routes import sentence


@pytest.mark.parametrize(
    ("verdict", "name", "said"),
    [
        ("spent", "Any coffee", "Any coffee: points spent"),
        ("spent", "", "Points spent"),
        ("given-back", "Any coffee", "Any coffee: points given back"),
        ("given-back", "", "Points given back"),
        ("held", "", "Set aside"),
    ],
)
def test_points_paid_at_a_till_are_of_no_reward(verdict: str, name: str, said: str) -> None:
    assert sentence(verdict, name, "en") == said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verdict", ["spent", "given-back"])
def test_nothing_begins_with_a_colon(verdict: str, language: str) -> None:
    assert sentence(verdict, "", language)[0] not in ":«"
