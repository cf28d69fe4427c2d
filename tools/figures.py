"""The figures of docs/what_you_can_build.md, taken from the solved notebooks.

    python tools/figures.py

Writes docs/figure_NN.png for each notebook that is there: the last of its figures whose text
alternative holds the words below. Run it again when such a figure has changed.
"""

from __future__ import annotations

import base64
import io
import sys
from pathlib import Path

import nbformat
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
FIGURES = {
    "01": "the norm of the gradient at each layer",
    "02": "What one block costs",
    "03": "Loss on the training pictures",
    "04": "Work for one picture of 224×224 pixels",
    "05": "Curves of loss and accuracy",
    "06": "Matrices side by side",
    "07": "Pictures of hands, one row a class",
    "08": "The race",
}
"""Notebook → words in the text alternative of its figure."""
WIDTH, COLOURS = 640, 96


def main() -> int:
    missing = []
    for path in sorted((ROOT / "solutions").glob("*.ipynb")):
        number = path.name[:2]
        picture = figure_of(nbformat.read(path, 4), FIGURES.get(number, ""))
        if picture is None:
            missing.append(f"{path.name}: no figure with the words {FIGURES.get(number)!r}")
            continue
        small(picture).save(ROOT / "docs" / f"figure_{number}.png", optimize=True)
    print(*missing, sep="\n", end="\n" if missing else "")
    return 1 if missing else 0


def figure_of(notebook: nbformat.NotebookNode, words: str) -> bytes | None:
    """The last figure whose text alternative holds the words; None where there is none."""
    found = None
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "image/png" in data and words and words in data.get("text/plain", ""):
                found = base64.b64decode(data["image/png"])
    return found


def small(picture: bytes) -> Image.Image:
    """The picture in a size and with as many colours as a page needs."""
    drawn = Image.open(io.BytesIO(picture)).convert("RGBA")
    # Figures have no paper of their own; few colours and transparency do not go together.
    paper = Image.new("RGBA", drawn.size, "white")
    image = Image.alpha_composite(paper, drawn).convert("RGB")
    height = round(image.height * min(1, WIDTH / image.width))
    image = image.resize((min(WIDTH, image.width), height), Image.Resampling.LANCZOS)
    return image.quantize(COLOURS, dither=Image.Dither.NONE)


if __name__ == "__main__":
    sys.exit(main())
