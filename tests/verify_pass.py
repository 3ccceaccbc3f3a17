"""Checks a signed Apple pass with openssl and the standard library alone; every pass that a test makes goes through it."""

import hashlib
import io
import json
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path
from typing import Any

OPENSSL = shutil.which("openssl")


def findings(package: bytes, root: Path) -> list[str]:
    """What is wrong with the pass; nothing is what it should be. Without openssl the signature itself is not looked at."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(package))
        files = {name: archive.read(name) for name in archive.namelist()}
    except zipfile.BadZipFile as error:
        return [f"unzip: {error}"]
    missing = [f"no {name}" for name in ("pass.json", "manifest.json", "signature", "icon.png") if name not in files]
    return missing or [*about_manifest(files), *about_json(files), *about_signature(files, root)]


def about_manifest(files: dict[str, bytes]) -> list[str]:
    manifest = json.loads(files["manifest.json"])
    named = set(files) - {"manifest.json", "signature"}
    if named != set(manifest):
        return [f"the manifest names other files: {named ^ set(manifest)}"]
    return [f"sha1 of {name}" for name in named if hashlib.sha1(files[name]).hexdigest() != manifest[name]]


def about_json(files: dict[str, bytes]) -> list[str]:
    """Nothing empty anywhere, and what Apple wants at the least."""
    body = json.loads(files["pass.json"])
    wanted = (
        "formatVersion",
        "passTypeIdentifier",
        "serialNumber",
        "teamIdentifier",
        "organizationName",
        "description",
    )
    return [f"no {key}" for key in wanted if key not in body] + [f"{where} is empty" for where in hollow(body, "$")]


def hollow(value: Any, where: str) -> list[str]:
    if isinstance(value, dict):
        return [found for key, each in value.items() for found in hollow(each, f"{where}.{key}")]
    if isinstance(value, list):
        return [found for number, each in enumerate(value) for found in hollow(each, f"{where}[{number}]")]
    return [where] if value is None or value == "" else []


def about_signature(files: dict[str, bytes], root: Path) -> list[str]:
    """Detached, verified twice (cms and smime), SHA-256, with the signing time."""
    if not OPENSSL:
        return []
    with tempfile.TemporaryDirectory() as folder:
        signature, content = Path(folder, "signature"), Path(folder, "manifest.json")
        signature.write_bytes(files["signature"])
        content.write_bytes(files["manifest.json"])
        found = []
        for how in ("cms", "smime"):
            command = [OPENSSL, how, "-verify", "-binary", "-inform", "DER", "-in", signature, "-content", content]
            said = run([*command, "-CAfile", root, "-purpose", "any", "-out", "/dev/null"])
            if said.returncode:
                found.append(f"{how} -verify: {said.stderr.strip().splitlines()[-1]}")
        shown = run([OPENSSL, "cms", "-cmsout", "-print", "-inform", "DER", "-in", signature]).stdout
    _, _, inside = shown.partition("encapContentInfo")
    if "ABSENT" not in "\n".join(inside.splitlines()[:4]):
        found.append("the signature is attached, not detached")
    if "signingTime" not in shown:
        found.append("no signingTime attribute")
    if "sha256" not in "\n".join(shown.partition("digestAlgorithm:")[2].splitlines()[:3]):
        found.append("the digest is not SHA-256")
    return found


def run(command: list[Any]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)
