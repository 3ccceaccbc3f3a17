"""Settings come from the environment or from files, and weak secrets start nothing."""

from pathlib import Path

import pytest

from punchcard.foundation import settings
from punchcard.foundation.settings import BadSettings, Secret

GOOD = "9f2c7b1e64d05a8833f0c1d2e4b6a798c3d5e7f90112233445566778899aabbc"


def test_a_setting_comes_from_the_environment() -> None:
    assert settings.load({"PUNCHCARD_SECRET": GOOD, "PUNCHCARD_PORT": "9000"}).port == 9000


def test_or_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(GOOD + "\n")

    config = settings.load({"PUNCHCARD_SECRET_FILE": str(tmp_path / "secret")})

    assert config.secrets == (GOOD,)


def test_the_usual_name_of_a_database_is_heard() -> None:
    assert settings.load({"PUNCHCARD_SECRET": GOOD, "DATABASE_URL": "postgresql://x"}).database_url == "postgresql://x"


@pytest.mark.parametrize("secret", ["", "secret", "changeme", "a" * 64, "punchcard", "0123456789" * 3])
def test_a_weak_secret_is_refused(secret: str) -> None:
    with pytest.raises(BadSettings, match="PUNCHCARD_SECRET"):
        settings.load({"PUNCHCARD_SECRET": secret})


def test_only_the_demo_moves_the_clock() -> None:
    with pytest.raises(BadSettings, match="CLOCK"):
        settings.load({"PUNCHCARD_SECRET": GOOD, "PUNCHCARD_CLOCK_FILE": "/tmp/clock"})


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "eight"), ("DEMO", "perhaps"), ("GOOGLE_CALLS_PER_SECOND", "many")]
)
def test_a_value_of_another_kind_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSettings, match=f"PUNCHCARD_{name}"):
        settings.load({"PUNCHCARD_SECRET": GOOD, f"PUNCHCARD_{name}": value})


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(BadSettings, match="PUNCHCARD_SECRET_FILE"):
        settings.load({"PUNCHCARD_SECRET_FILE": "/nowhere/secret"})


def test_a_secret_does_not_show_itself() -> None:
    config = settings.load({"PUNCHCARD_SECRET": GOOD, "PUNCHCARD_SMTP_URL": "smtp://u:hunter2@host"})

    assert GOOD not in repr(config) and "hunter2" not in repr(config)
    assert repr(Secret(GOOD)) == "Secret(…)"
