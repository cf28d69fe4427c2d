"""`plot_model` that always draws: Keras' own diagram with Graphviz, a plain one without."""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import keras
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from resnets.language import say
from resnets.plots.describe import describe, short_shape
from resnets.plots.figures import show_picture
from resnets.plots.graph import Step, list_layers, read_graph
from resnets.plots.style import COLOURS, IN_BOXES, INK, in_style

_WIDTH, _HEIGHT, _ACROSS, _DOWN = 2.6, 0.5, 0.5, 0.35  # of a box and between boxes, in inches
_LONGEST = 150  # rows; a taller picture than this no viewer opens
_MATPLOTLIB = {"png", "pdf", "svg", "jpg", "jpeg"}


def plot_model(
    model: Any, to_file: str | Path = "model.png", show_shapes: bool = False, **options: Any
) -> Any:
    """Draw every layer of a model to a file and, in a notebook, below the cell.

    Keras makes the diagram where Graphviz and pydot are installed. Where they are
    not, or fail, a simpler picture of the same layers is drawn, and one line says how to install
    Graphviz. Nothing is raised.

    Args:
        model: any Keras model.
        to_file: name of the picture; its ending decides on the format.
        show_shapes: whether to write the output shapes into the boxes.
        **options: whatever else `keras.utils.plot_model` takes.

    Returns:
        What a notebook shows (an IPython image with a text alternative); None outside of one, when
        nothing was written, and for a format that an IPython image cannot hold.
    """
    to_file = str(to_file)
    reason = _why_not_graphviz()
    if not reason:
        before = _stamp(to_file)
        try:
            options = {"show_layer_names": True, "dpi": 100} | options
            _write_with_graphviz(model, to_file, show_shapes=show_shapes, **options)
            return _described(_image(to_file), model)
        except Exception as error:
            if _stamp(to_file) not in (None, before):
                return None  # drawn, in a format that IPython cannot show: SVG, say
            # A student's picture is not worth a stack trace, whatever Graphviz stumbled over.
            reason = f"Graphviz could not draw this model ({_first_line(error)})"
    print(say("{reason}; here is a simpler drawing.", reason=reason))
    return _described(_write(_draw(model, show_shapes), to_file, options.get("dpi", 100)), model)


def _write_with_graphviz(model: Any, to_file: str, **options: Any) -> None:
    """What `keras.utils.plot_model` does, with lines that are seen on white and on dark pages."""
    dot = keras.utils.model_to_dot(model, **options)
    dot.set("bgcolor", "transparent")
    for what in ("fontcolor", "pencolor"):  # of the frames around nested models
        dot.set(what, INK)
    graphs = [dot]
    for graph in graphs:  # grows: a nested model is a graph in a graph
        graphs += graph.get_subgraphs()
        for edge in graph.get_edges():
            edge.set("color", INK)
    dot.write(to_file, format=Path(to_file).suffix[1:] or "png")


def _image(path: str) -> Any:
    """What a notebook shows of a file; None for a PDF, and where there is no IPython."""
    if path.lower().endswith(".pdf"):
        return None
    try:
        from IPython.display import Image
    except ImportError:
        return None
    return Image(filename=path)


def _stamp(to_file: str) -> tuple[int, int] | None:
    """When a file was written and how long it is; None where there is none."""
    try:
        status = Path(to_file).stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def _described(image: Any, model: Any) -> Any:
    """An IPython image with its text alternative; None stays None."""
    if image is not None:
        image.alt = _in_words(model)
        image._ipython_display_ = lambda: show_picture(image._repr_mimebundle_()[0], image.alt)
    return image


def _in_words(model: Any) -> str:
    steps = read_graph(model)
    steps = list_layers(model) if steps is None else steps
    boxes = [f"{getattr(step.layer, 'name', step.kind)} ({describe(step)})" for step in steps]
    left = len(boxes) - _LONGEST
    more = say("; … and {count} more", count=left) if left > 0 else ""
    return say(
        "Every layer of {name}, from input to output: {layers}.",
        name=model.name,
        layers=say("; ").join(boxes[:_LONGEST]) + more,
    )


def _why_not_graphviz() -> str:
    """Empty if Graphviz works, else what is missing and how to install it."""
    try:
        import pydot

        pydot.Dot().create(prog="dot")
    except ImportError:
        return "pydot is not installed (pip install pydot)"
    except Exception:
        # pydot passes on whatever starting or running `dot` raised: OSError, AssertionError …
        return f"Graphviz is not installed ({_install_command()})"
    return ""


def _install_command() -> str:
    commands = {"darwin": "brew install graphviz", "win32": "winget install graphviz"}
    return commands.get(sys.platform, "sudo apt-get install graphviz")


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:100]


@in_style
def _draw(model: Any, show_shapes: bool) -> Figure:
    """One box a layer, inputs on top; layers at equal depth stand side by side."""
    steps = read_graph(model)
    steps = list_layers(model) if steps is None else steps
    left_out = max(0, len(steps) - _LONGEST)
    steps = steps[:_LONGEST]
    places = _places(steps)
    columns = 1 + max((x for x, _ in places), default=0)
    rows = 1 + max((y for _, y in places), default=0) + bool(left_out)
    width = columns * (_WIDTH + _ACROSS)
    height = rows * (_HEIGHT + _DOWN) + _DOWN
    figure = Figure(figsize=(width, height))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.axis("off")
    corners = [
        (_ACROSS / 2 + x * (_WIDTH + _ACROSS), _DOWN + y * (_HEIGHT + _DOWN)) for x, y in places
    ]
    for step, (x, y) in zip(steps, corners, strict=True):
        box = FancyBboxPatch((x, y), _WIDTH, _HEIGHT, boxstyle="round,pad=0,rounding_size=0.06")
        box.set(facecolor="#EAF2F9", edgecolor=COLOURS[0], zorder=2)
        axes.add_patch(box)
        text = [getattr(step.layer, "name", step.kind), _caption(step, show_shapes)]
        look = {"fontsize": 9, "va": "center", "color": IN_BOXES}
        axes.text(x + 0.1, y + 0.16, text[0], fontweight="bold", **look)
        axes.text(x + 0.1, y + 0.35, text[1], **look)
        for parent in step.parents:
            _connect(axes, corners[parent], (x, y))
    if left_out:
        axes.text(
            width / 2, height - 0.4, f"… and {left_out} more layers", ha="center", fontsize=10
        )
    return figure


def _connect(axes: Axes, above: tuple[float, float], below: tuple[float, float]) -> None:
    """An arrow from one box to a lower one: straight to the next row, around the boxes further."""
    (left, top), (x, y) = above, below
    middle = y + _HEIGHT / 2
    if y - top < 1.5 * (_HEIGHT + _DOWN):
        way = [(left + _WIDTH / 2, top + _HEIGHT), (x + _WIDTH / 2, y)]
    elif left > x:
        way = [
            (left + _WIDTH / 2, top + _HEIGHT),
            (left + _WIDTH / 2, middle),
            (x + _WIDTH, middle),
        ]
    else:
        lane = left + _WIDTH + _ACROSS * 0.36
        end = x + _WIDTH if x == left else x
        out = top + _HEIGHT / 2
        way = [(left + _WIDTH, out), (lane, out), (lane, middle), (end, middle)]
    axes.plot(*zip(*way[:-1], strict=True), color=INK, linewidth=1, zorder=1)
    arrow = FancyArrowPatch(*way[-2:], arrowstyle="-|>", mutation_scale=9, shrinkA=0, shrinkB=0)
    arrow.set(color=INK, linewidth=1, zorder=1)
    axes.add_patch(arrow)


def _places(steps: list[Step]) -> list[tuple[int, int]]:
    """Column and row of each step: as deep as its deepest parent and one more.

    A step that others of its row have no room beside moves to the next column.
    """
    rows: list[int] = []
    taken: dict[int, int] = defaultdict(int)
    places = []
    for step in steps:
        row = 1 + max((rows[p] for p in step.parents), default=-1)
        rows.append(row)
        places.append((taken[row], row))
        taken[row] += 1
    return places


def _caption(step: Step, show_shapes: bool) -> str:
    shape = short_shape(step.shape)
    text = f"{describe(step)} → {shape}" if show_shapes and shape else describe(step)
    return text if len(text) <= 36 else text[:35] + "…"


def _write(figure: Figure, to_file: str, dpi: int) -> Any:
    """Save the figure, and hand back what a notebook shows."""
    path = Path(to_file)
    if path.suffix.lstrip(".").lower() not in _MATPLOTLIB:
        path = path.with_name(path.name + ".png")
    try:
        figure.savefig(path, dpi=dpi)
    except OSError as error:
        print(f"{path} cannot be written ({error.strerror}), so there is no picture.")
        return None
    return None if path.suffix.lower() == ".svg" else _image(str(path))
