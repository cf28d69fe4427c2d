"""Curves: gradients through a network, training histories, measurements side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from resnets.language import N_, say, together
from resnets.plots.figures import about, described
from resnets.plots.labels import End, name_beside
from resnets.plots.style import COLOURS, IN_BOXES, MARKERS, in_style


def tidy(axes: Axes, title: str = "", x: str = "", y: str = "") -> Axes:
    """The look that all curves share: a title on the left, a light grid, no box."""
    axes.set_title(title, loc="left", fontsize=12)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.grid(alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def whole_numbers(axes: Axes, places: ArrayLike) -> None:
    """Let the horizontal axis show whole numbers only where all places are some: no epoch 1.5."""
    places = np.asarray(places, np.float64)
    if len(places) and np.all(places == np.round(places)):
        locator = MaxNLocator("auto", steps=[1, 2, 5, 10], integer=True, min_n_ticks=1)
        axes.xaxis.set_major_locator(locator)


@in_style
def plot_gradients(norms: Mapping[str, Sequence[float]]) -> Figure:
    """Gradient norm at each layer, one curve a network, on a logarithmic axis.

    Args:
        norms: a network's name → the norms from its first layer to its last, shape (depth,).
    """
    figure, axes = plt.subplots(figsize=(9, 4.2), layout="constrained")
    tidy(
        axes,
        "How much of the gradient arrives where",
        "layer (1 is next to the picture)",
        "norm of the gradient (log scale)",
    )
    axes.set_yscale("log")
    ends, words = [], []
    for (name, values), colour, marker in zip(norms.items(), COLOURS, MARKERS, strict=False):
        layers = np.arange(1, len(values) + 1)
        axes.plot(layers, values, color=colour, linewidth=2, marker=marker, markersize=4)
        ends.append(End(name, layers[-1], values[-1], colour))
        words.append(
            say(
                "{name}: {first} at layer 1, {last} at layer {count}.",
                name=say(name),
                first=about(values[0]),
                last=about(values[-1]),
                count=len(values),
            )
        )
    name_beside(axes, ends)
    text = say(
        "Curves on a logarithmic axis: the norm of the gradient at each layer, layer 1 next to "
        "the picture."
    )
    return described(figure, together(text, *words))


@in_style
def plot_history(
    histories: Mapping[str, Mapping[str, Sequence[float]]], first_epoch: int = 1
) -> Figure:
    """Loss and accuracy by epoch, as `model.fit(…).history` holds them, a colour and marker a run.

    Args:
        histories: a run's name → Keras' history dictionary. Curves of the test data (keys that
            begin with `val_`) are drawn dashed. A run without a name is called training and test.
        first_epoch: the number of the epoch with which the histories begin.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.8), layout="constrained")
    tidy(left, "Loss", "epoch")
    tidy(right, "Accuracy", "epoch")
    right.set_ylim(0, 1.02)
    words = []
    for (name, history), colour, marker in zip(histories.items(), COLOURS, MARKERS, strict=False):
        for axes, key in ((left, N_("loss")), (right, N_("accuracy"))):
            for prefix, style, label in (
                ("", "-", name or N_("training")),
                ("val_", "--", say("{name}, test", name=say(name)) if name else N_("test")),
            ):
                if values := history.get(prefix + key):
                    epochs = np.arange(first_epoch, first_epoch + len(values))
                    axes.plot(
                        epochs,
                        values,
                        style,
                        color=colour,
                        label=label,
                        marker=marker,
                        markersize=4,
                    )
                    whole_numbers(axes, epochs)
                    first, last = about(values[0]), about(values[-1])
                    words.append(
                        say(
                            "{label}: {what} from {first} to {last}.",
                            label=say(label),
                            what=say(key),
                            first=first,
                            last=last,
                        )
                    )
    if right.lines:
        right.legend(frameon=False)
    text = say(
        "Curves of loss and accuracy after each epoch; those of the test pictures are dashed."
    )
    return described(figure, together(text, *words))


@in_style
def plot_bars(
    values: Mapping[str, float | Sequence[float]],
    title: str,
    label: str = "",
    reference: float | None = None,
) -> Figure:
    """Named measurements as horizontal bars with their values written on them.

    Args:
        values: name → value, or → the values of several runs: their mean, with a whisker from the
            smallest to the largest. Drawn from top to bottom.
        title: what is measured.
        label: the unit, under the axis.
        reference: a value to compare with (chance, say), drawn as a line.
    """
    figure, axes = plt.subplots(figsize=(9, 0.8 + 0.5 * len(values)), layout="constrained")
    tidy(axes, title, label)
    axes.grid(axis="y", visible=False)
    runs = [np.atleast_1d(np.asarray(value, np.float64)) for value in values.values()]
    means = [run.mean() for run in runs]
    bars = axes.barh(list(values), means, color=COLOURS[0], height=0.6)
    if any(len(run) > 1 for run in runs):
        reach = [(run.mean() - run.min(), run.max() - run.mean()) for run in runs]
        _, _, whiskers = axes.errorbar(
            means,
            list(values),
            xerr=np.transpose(reach),
            fmt="none",
            ecolor=IN_BOXES,
            elinewidth=1.5,
        )
        # Dark with a light rim: they lie half on the bar, half on the page.
        whiskers[0].set_path_effects([withStroke(linewidth=4, foreground="white")])
        # Inside the bars, where no whisker crosses them.
        axes.bar_label(bars, [f"{m:.2f}" for m in means], label_type="center", color="white")
    else:
        axes.bar_label(bars, [_written(mean, means) for mean in means], padding=4)
    axes.invert_yaxis()
    if reference is not None:
        axes.axvline(reference, color=COLOURS[1], linestyle="--", linewidth=1.5)
    words = [
        say("{name}: {words}.", name=say(name), words=_in_words(run))
        for name, run in zip(values, runs, strict=True)
    ]
    if reference is not None:
        words.append(say("A dashed line stands at {value}.", value=about(reference)))
    text = (
        say("Bars: {title} ({unit}).", title=say(title), unit=say(label))
        if label
        else say("Bars: {title}.", title=say(title))
    )
    return described(figure, together(text, *words))


def _written(mean: float, means: Sequence[float]) -> str:
    """A bar's length: counts without decimals, all else with two."""
    return f"{mean:,.0f}" if all(float(other).is_integer() for other in means) else f"{mean:.2f}"


def _in_words(run: np.ndarray) -> str:
    """The length of a bar, and of its whisker."""
    if len(run) == 1:
        return about(run.mean())
    return say(
        "{mean} ({low} to {high})",
        mean=about(run.mean()),
        low=about(run.min()),
        high=about(run.max()),
    )
