"""The image, as far as it can be checked without an engine: a linter, its promises, and its build steps run by hand."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HOUSE = Path(__file__).parents[1]
Step = tuple[str, str]


def steps() -> list[Step]:
    """Each instruction and its arguments, continued lines joined."""
    text = re.sub(r"\\\n", " ", (HOUSE / "Dockerfile").read_text())
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines)]


def stage(number: int) -> list[Step]:
    """The instructions of one stage: 0 builds, 1 runs."""
    begins = [index for index, (word, _) in enumerate(steps()) if word == "FROM"]
    return steps()[begins[number] : [*begins, None][number + 1]]


def argument(word: str) -> str:
    return next(rest for each, rest in reversed(stage(1)) if each == word)


def test_the_linter_finds_nothing():
    hadolint = Path(sys.executable).with_name("hadolint")

    found = subprocess.run(
        [hadolint, "--no-color", "Dockerfile"], cwd=HOUSE, capture_output=True, text=True, check=False
    )

    assert (found.stdout, found.returncode) == ("", 0)


def test_it_runs_as_nobody_in_particular_and_serves_unless_told_to_work():
    assert argument("USER") == "10001:10001"
    assert json.loads(argument("ENTRYPOINT")) == ["punchcard"]
    assert json.loads(argument("CMD")) == ["serve"]
    assert argument("VOLUME") == "/var/lib/punchcard"


def test_nothing_secret_is_in_it():
    wanted = (HOUSE / ".dockerignore").read_text().splitlines()

    assert wanted[0] == "*", "everything stays out but what is named"
    assert not re.search(r"secret|password|_key|certs", (HOUSE / "Dockerfile").read_text(), re.I)


def test_the_health_check_is_a_program_that_python_can_read():
    command = json.loads(argument("HEALTHCHECK").partition("CMD ")[2])

    compile(command[2], "HEALTHCHECK", "exec")

    assert command[:2] == ["python", "-c"]


def test_every_setting_it_makes_exists():
    from punchcard.foundation.settings import Settings

    made = re.findall(r"PUNCHCARD_(\w+)=", argument("ENV"))

    assert made and {name.lower() for name in made} <= set(Settings.__struct_fields__)


if os.environ.get("PUNCHCARD_IMAGE_CHECK"):  # minutes: `make image-check`

    def test_the_build_steps_make_a_command_that_brings_its_files_along(tmp_path: Path):
        target, source = tmp_path / "opt", tmp_path / "src"
        source.mkdir()
        for word, rest in stage(0):
            if word == "COPY":
                *names, place = rest.split()
                for name in names:
                    copied = source / (name if place == "./" else place)
                    copied.parent.mkdir(parents=True, exist_ok=True)
                    (shutil.copytree if (HOUSE / name).is_dir() else shutil.copy)(HOUSE / name, copied)
            elif word == "RUN":
                script = rest.replace("/opt/punchcard", str(target))
                subprocess.run(["sh", "-euc", script], cwd=source, check=True, env=os.environ | {"PYTHONPATH": ""})

        subprocess.run([target / "bin/punchcard", "--help"], cwd=tmp_path, check=True)
        packed = next(target.glob("lib/python3*/site-packages/punchcard"))
        ours = {path.relative_to(HOUSE / "src/punchcard") for path in (HOUSE / "src/punchcard").rglob("*.*")}
        wanted = {
            path for path in ours if path.suffix in {".py", ".sql", ".toml", ".css", ".js", ".svg", ".html", ".woff2"}
        }
        assert wanted <= {path.relative_to(packed) for path in packed.rglob("*.*")}
