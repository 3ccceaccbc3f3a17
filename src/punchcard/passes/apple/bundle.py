"""Several passes in one file, which a phone offers to add at once: a .pkpasses is a ZIP of .pkpass files."""

from collections.abc import Mapping
from typing import Final

from .package import Template, member, pack

PASSES: Final = "application/vnd.apple.pkpasses"
PASSES_MAX, BYTES_MAX = 10, 150_000_000
"""What a phone takes at once, by Apple's word; one pass beyond it and the whole bundle is refused."""


def bundle(passes: Mapping[str, bytes]) -> bytes:
    """The signed passes by their names without an ending, the most important first; what is too many is left out."""
    kept: dict[str, bytes] = {}
    for name, content in list(passes.items())[:PASSES_MAX]:
        if sum(map(len, kept.values())) + len(content) <= BYTES_MAX - 1_000 * PASSES_MAX:
            kept[f"{name}.pkpass"] = content
    return pack(Template(()), [member(name, content) for name, content in kept.items()])
