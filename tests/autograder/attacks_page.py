"""docs/attacks.md: a part for each command that writes one, the others' parts left as they are."""

from __future__ import annotations

import re
from pathlib import Path

TITLE = "# What hostile submissions get\n"


def write_part(page: Path, heading: str, text: str) -> None:
    """Writes the part of the page below a heading, in the place of what stands there."""
    old = page.read_text(encoding="utf-8") if page.exists() else ""
    parts = dict(re.findall(r"^## (.+)\n((?:(?!## ).*\n)*)", old, re.MULTILINE))
    parts[heading] = f"\n{text.strip()}\n\n"
    whole = "".join(f"## {name}\n{part}" for name, part in parts.items())
    page.write_text(f"{TITLE}\n{whole.rstrip()}\n", encoding="utf-8")
