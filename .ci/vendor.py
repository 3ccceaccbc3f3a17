"""Fetch and bundle the libraries that browsers load: `python .ci/vendor.py`. It wants npm; nobody who runs or builds the
house does, for what it writes is committed. The versions stand here; `vendor.json` beside the files says what they are."""

import hashlib
import json
import shutil
import subprocess
import tempfile
from pathlib import Path

HOUSE = Path(__file__).parents[1]
INTO = HOUSE / "src/punchcard/surfaces/web/static/vendor"
BUNDLER = "esbuild@0.28.2"
FACES = """
export { h, render, Fragment } from 'preact'
export { useState, useEffect, useRef, useMemo, useCallback, useLayoutEffect, useId, useErrorBoundary } from 'preact/hooks'
export { signal, computed, effect, batch, untracked, useSignal, useComputed, useSignalEffect } from '@preact/signals'
import { h } from 'preact'
import htm from 'htm'
export const html = htm.bind(h)
"""
BUNDLES = {
    "preact.js": (FACES, {"preact": "11.2.0", "@preact/signals": "2.11.4", "htm": "3.1.1"}),
    "qr.js": ("export { encode } from 'uqr'", {"uqr": "0.1.3"}),
    "scan/detector.js": (
        "export { BarcodeDetector, prepareZXingModule } from 'barcode-detector/ponyfill'",
        {"barcode-detector": "3.2.2", "zxing-wasm": "3.1.3"},
    ),
}
READER = "node_modules/zxing-wasm/dist/reader/zxing_reader.wasm"
"""Of the very version that barcode-detector pins: another one ends in 'memory access out of bounds'."""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        wanted = [f"{name}@{version}" for _, (_, packages) in BUNDLES.items() for name, version in packages.items()]
        run(work, "npm", "init", "-y")
        run(work, "npm", "install", "--ignore-scripts", BUNDLER, *wanted)
        run(work, "node", "node_modules/esbuild/install.js")
        for name, (source, _) in BUNDLES.items():
            bundle(work, name, source)
        shutil.copy(work / READER, INTO / "scan/zxing_reader.wasm")
        write_papers(work)


def bundle(work: Path, name: str, source: str) -> None:
    (work / "entry.js").write_text(source)
    options = ["--bundle", "--format=esm", "--minify", "--target=es2022", "--legal-comments=none"]
    target = INTO / name
    target.parent.mkdir(parents=True, exist_ok=True)
    run(work, "node_modules/.bin/esbuild", "entry.js", *options, f"--outfile={target}")


def write_papers(work: Path) -> None:
    """Who wrote what is in each file, under which licence, and the digest by which a test knows it."""
    files, licences = {}, []
    for path in sorted(each for each in INTO.rglob("*") if each.suffix in (".js", ".wasm")):
        files[path.relative_to(INTO).as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
    packages = []
    for name, version in sorted({each for _, (_, used) in BUNDLES.items() for each in used.items()}):
        home = work / "node_modules" / name
        paper = json.loads((home / "package.json").read_text())
        assert paper["version"] == version, f"{name} is {paper['version']}"
        packages.append({"name": name, "version": version, "licence": paper["license"]})
        text = next(each for each in sorted(home.iterdir()) if each.name.upper().startswith("LICENSE")).read_text()
        licences.append(f"{name} {version} ({paper['license']})\n\n{text.strip()}\n")
    made = {"bundled with": BUNDLER, "packages": packages, "sha256": files}
    (INTO / "vendor.json").write_text(json.dumps(made, indent=2) + "\n")
    (INTO / "LICENCES.txt").write_text(("\n" + "-" * 80 + "\n\n").join(licences))


def run(work: Path, *words: str) -> None:
    subprocess.run(words, cwd=work, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
