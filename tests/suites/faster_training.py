"""Wrong answers to notebook 08, each with the criteria it must lose and words it must be told."""

# ruff: noqa: E501 (an answer is one text, as a student typed it)

from __future__ import annotations

from tests.answers import Answer, answer, swap

_STRICT = "what is zipped has one length: strict only guards against a slip"
EQUIVALENT = {
    "augment": {
        "without strict in zip(*": _STRICT,
        "True → False": _STRICT,
        "arguments swapped in np.clip(*": "the larger of a number and 0 has no order",
    },
    "average_weights": {"without strict in zip(*": _STRICT, "True → False": _STRICT},
}

RATE = """
    if step < warm_up:
        return (step + 1) * highest / warm_up
    t = (step - warm_up) / (steps - warm_up)
    return 0.5 * highest * (1 + np.cos(np.pi * t))
"""
STATISTICS = """
    n = sizes.sum()
    mean = (sizes @ means) / n
    squares = (sizes @ (variances + means ** 2)) / n
    return mean, squares - mean ** 2
"""
AUGMENT = """
    m, height, width, channels = pictures.shape
    new = np.empty_like(pictures)
    for i in range(m):
        picture = np.flip(pictures[i], axis=1) if mirrored[i] else pictures[i]
        for r in range(height):
            for c in range(width):
                old_r = min(max(r - offsets[i][0], 0), height - 1)
                old_c = min(max(c - offsets[i][1], 0), width - 1)
                new[i, r, c] = picture[old_r, old_c]
    return new
"""
PADDED = """
    reach = int(np.abs(offsets).max())
    height, width = pictures.shape[1:3]
    out = []
    for picture, (down, right), mirror in zip(pictures, offsets, mirrored):
        if mirror:
            picture = picture[:, ::-1]
        wide = np.pad(picture, [(reach, reach), (reach, reach), (0, 0)], mode="edge")
        out.append(wide[reach - down:reach - down + height, reach - right:reach - right + width])
    return np.array(out)
"""
AVERAGE = """
    new = []
    for a, w in zip(average, weights):
        new.append(a + (w - a) / (count + 1))
    return new
"""


def _rate(title: str, body: str = RATE, charged: str = "", says: str = "") -> Answer:
    head = "def learning_rate(step, steps, highest, warm_up):\n"
    return answer("learning_rate", title, head, body, charged, says)


def _statistics(title: str, body: str = STATISTICS, charged: str = "", says: str = "") -> Answer:
    head = "def population_statistics(means, variances, sizes):\n"
    return answer("population_statistics", title, head, body, charged, says)


def _augment(title: str, body: str = AUGMENT, charged: str = "", says: str = "") -> Answer:
    head = "def augment(pictures, offsets, mirrored):\n"
    return answer("augment", title, head, body, charged, says)


def _average(title: str, body: str = AVERAGE, charged: str = "", says: str = "") -> Answer:
    head = "def average_weights(average, weights, count):\n"
    return answer("average_weights", title, head, body, charged, says)


_ALL_RATES = "runs rise fall none"
_ALL_STATISTICS = "mean variance weighted_mean weighted_variance"
_ALL_MOVES = "none shift border mirror both"
_ALL_AVERAGES = "first second later"

WRONG: list[Answer] = [
    # learning_rate
    _rate("nothing", "pass", "rise fall none", "return at the end"),
    _rate("first step at zero", swap(RATE, ("(step + 1)", "step")), "rise", "Step 0 must get"),
    _rate("no warm-up", swap(RATE, ("return (step + 1) * highest / warm_up", "return highest")), "rise", "warm-up is missing"),
    _rate("constant", "return highest", "rise fall none", "warm-up is missing"),
    _rate("warm-up, then constant", "return highest * min(1, (step + 1) / max(warm_up, 1))", "fall none", "stays at highest"),
    _rate("2 pi", swap(RATE, ("np.pi * t", "2 * np.pi * t")), "fall none", "whole cosine"),
    _rate("quarter", swap(RATE, ("0.5 * highest * (1 + np.cos(np.pi * t))", "highest * np.cos(np.pi / 2 * t)")), "fall none", "quarter of a cosine"),
    _rate("plain cosine", swap(RATE, ("0.5 * highest * (1 + np.cos(np.pi * t))", "highest * np.cos(np.pi * t)")), "fall none", "falls below 0"),
    _rate("not halved", swap(RATE, ("0.5 * ", "")), "fall none", "twice the expected rate"),
    _rate("straight line", swap(RATE, ("0.5 * highest * (1 + np.cos(np.pi * t))", "highest * (1 - t)")), "fall none", "straight line"),
    _rate("degrees", swap(RATE, ("np.pi", "180")), "fall none", "radians"),
    _rate("share of all steps", swap(RATE, ("(step - warm_up) / (steps - warm_up)", "step / steps")), "fall", "counted from step 0"),
    _rate("spread over all steps", swap(RATE, ("/ (steps - warm_up)", "/ steps")), "fall", "Divide by steps - warm_up"),
    _rate("minus", swap(RATE, ("1 + np", "1 - np")), "fall none", "wrong sign"),
    _rate("whole division", swap(RATE, ("(step + 1) * highest / warm_up", "(step + 1) // warm_up * highest")), "rise", "rounds down"),
    _rate("divides by zero", "rising = highest * (step + 1) / warm_up\nt = max(step - warm_up, 0) / (steps - warm_up)\nreturn min(rising, highest * (1 + np.cos(np.pi * t)) / 2)", "runs none", "divided by zero"),
    # population_statistics
    _statistics("nothing", "pass", _ALL_STATISTICS, "return at the end"),
    _statistics("plain means", "return means.mean(axis=0), variances.mean(axis=0)", "variance weighted_mean weighted_variance", "between the means of the batches are missing"),
    _statistics("unweighted", "mean = means.mean(axis=0)\nreturn mean, (variances + means ** 2).mean(axis=0) - mean ** 2", "weighted_mean weighted_variance", "the share of each batch"),
    _statistics("within only", "share = sizes[:, None] / sizes.sum()\nreturn (share * means).sum(0), (share * variances).sum(0)", "variance weighted_variance", "between the means of the batches are missing"),
    _statistics("between only", "share = sizes[:, None] / sizes.sum()\nmean = (share * means).sum(0)\nreturn mean, (share * (means - mean) ** 2).sum(0)", "variance weighted_variance", "variances of the batches are missing"),
    _statistics("mean of squares", swap(STATISTICS, ("squares - mean ** 2", "squares")), "variance weighted_variance", "Subtract the square"),
    _statistics("standard deviation", swap(STATISTICS, ("squares - mean ** 2", "np.sqrt(squares - mean ** 2)")), "variance weighted_variance", "standard deviation"),
    _statistics("last batch", "return means[-1], variances[-1]", _ALL_STATISTICS, "last batch"),
    _statistics("sums", swap(STATISTICS, (" / n", "")), _ALL_STATISTICS, "not divided"),
    _statistics("over the channels", "mean = means.mean(axis=1)\nreturn mean, variances.mean(axis=1)", _ALL_STATISTICS, "has shape"),
    _statistics("exchanged", swap(STATISTICS, ("return mean, squares - mean ** 2", "return squares - mean ** 2, mean")), _ALL_STATISTICS, "order of the results"),
    _statistics("only the mean", swap(STATISTICS, ("return mean, squares - mean ** 2", "return mean")), _ALL_STATISTICS, "2 values"),
    _statistics("Bessel", swap(STATISTICS, ("squares - mean ** 2", "(squares - mean ** 2) * n / (n - 1)")), "variance weighted_variance", "n / (n - 1)"),
    _statistics("divided by the batches", swap(STATISTICS, ("n = sizes.sum()", "n = len(sizes)")), _ALL_STATISTICS, "number of batches"),
    _statistics("moving average", "m, v = means[0], variances[0]\nfor a, b in zip(means[1:], variances[1:]):\n    m = 0.9 * m + 0.1 * a\n    v = 0.9 * v + 0.1 * b\nreturn m, v", "mean variance weighted_mean weighted_variance", "numbers differ"),
    # augment
    _augment("nothing", "pass", _ALL_MOVES, "return at the end"),
    _augment("the same pictures", "return pictures", "shift border mirror both", "numbers differ"),
    _augment("np.roll", swap(PADDED, ("wide = np.pad(picture, [(reach, reach), (reach, reach), (0, 0)], mode=\"edge\")\n        out.append(wide[reach - down:reach - down + height, reach - right:reach - right + width])", "out.append(np.roll(picture, (down, right), axis=(0, 1)))")), "shift border both", "np.roll"),
    _augment("zeros", swap(PADDED, (', mode="edge"', "")), "shift border both", "black"),
    _augment("the other way", swap(PADDED, ("reach - down", "reach + down"), ("reach - right", "reach + right")), "shift border both", "wrong direction"),
    _augment("exchanged", swap(PADDED, ("(down, right)", "(right, down)")), "shift border both", "first offset counts rows"),
    _augment("all alike", swap(AUGMENT, ("offsets[i]", "offsets[0]")), "shift border both", "like the first one"),
    _augment("no mirror", swap(PADDED, ("picture[:, ::-1]", "picture")), "mirror both", "No picture is mirrored"),
    _augment("all mirrored", swap(PADDED, ("if mirror:", "if mirrored is not None:")), "none shift border mirror both", "All pictures are mirrored"),
    _augment("upside down", swap(AUGMENT, ("axis=1", "axis=0")), "mirror both", "upside down"),
    _augment("mirrored the wrong ones", swap(PADDED, ("if mirror:", "if not mirror:")), "none shift border mirror both", "mirrored is False"),
    _augment("moved first", swap(PADDED, ("        if mirror:\n            picture = picture[:, ::-1]\n", ""), ("reach - right + width])", "reach - right + width])\n        if mirror:\n            out[-1] = out[-1][:, ::-1]")), "both", "to the wrong side"),
    _augment("colours reversed", swap(PADDED, ("picture[:, ::-1]", "picture[..., ::-1]")), "mirror both", "colours is reversed"),
    _augment("rows only", swap(PADDED, ("reach - right:reach - right", "reach:reach")), "shift border both", "not to the right"),
    _augment("reflect", swap(PADDED, ('"edge"', '"reflect"')), "shift border both", "mirror image"),
    _augment("a list", swap(PADDED, ("np.array(out)", "out[0]")), _ALL_MOVES, "has shape"),
    # average_weights
    _average("nothing", "pass", "first second later kept", "return at the end"),
    _average("half and half", swap(AVERAGE, ("(count + 1)", "2 if count else w")), "later", "less and less"),
    _average("always half and half", swap(AVERAGE, ("(count + 1)", "2")), "first later", "no old average yet"),
    _average("sum", swap(AVERAGE, ("a + (w - a) / (count + 1)", "a * count + w")), "second later", "not divided"),
    _average("divided by count", swap(AVERAGE, ("a + (w - a) / (count + 1)", "(a * count + w) / max(count, 1)")), "second later", "count + 1"),
    _average("old counts once", swap(AVERAGE, ("a + (w - a) / (count + 1)", "(a + w) / (count + 1)")), "first later", "must count as count checkpoints"),
    _average("new one only", "return list(weights)", "second later", "replaces the average"),
    _average("old one only", "return list(average)", "first second later kept", "does not count"),
    _average("exchanged", swap(AVERAGE, ("a + (w - a) / (count + 1)", "(a + w * count) / (count + 1)")), "first later", "shares are swapped"),
    _average("one too many", swap(AVERAGE, ("a + (w - a) / (count + 1)", "(a * (count + 1) + w) / (count + 2)")), "first second later kept", "count + 1 checkpoints"),
    _average("in place", "for a, w in zip(average, weights):\n    a *= count\n    a += w\n    a /= count + 1\nreturn average", "kept", "Make new arrays"),
    _average("into the list", "for i in range(len(average)):\n    average[i] = (average[i] * count + weights[i]) / (count + 1)\nreturn average", "kept", "Make new arrays"),
    _average("first array only", swap(AVERAGE, ("return new", "return new[:1] + list(average[1:])")), "first second later kept", "Only the first"),
    _average("one array", "return sum(w.sum() for w in weights)", "first second later kept", "2 values"),
]  # fmt: skip

RIGHT: list[Answer] = [
    _rate("another order", RATE),
    _rate("np.where and a sine", "t = np.clip((step - warm_up) / (steps - warm_up), 0, 1)\nfall = np.sin(np.pi / 2 * (1 - t)) ** 2\nrise = (step + 1) / max(warm_up, 1)\nreturn float(highest * np.where(step < warm_up, rise, fall))"),
    _rate("Keras' schedule", "if step < warm_up:\n    return highest * (step + 1) / warm_up\nreturn keras.optimizers.schedules.CosineDecay(highest, steps - warm_up)(step - warm_up)"),
    _statistics("products of matrices"),
    _statistics("np.average", "mean = np.average(means, axis=0, weights=sizes)\nreturn mean, np.average(variances + (means - mean) ** 2, axis=0, weights=sizes)"),
    _statistics("a loop", "total, squares, n = 0, 0, 0\nfor m, v, k in zip(means, variances, sizes):\n    total, squares, n = total + k * m, squares + k * (v + m * m), n + k\nreturn [total / n, squares / n - (total / n) ** 2]"),
    _augment("pixel by pixel"),
    _augment("padded", PADDED),
    _augment("all at once", "m, height, width, _ = pictures.shape\nflipped = np.where(mirrored[:, None, None, None], pictures[:, :, ::-1], pictures)\nrows = np.clip(np.arange(height) - offsets[:, :1], 0, height - 1)\ncolumns = np.clip(np.arange(width) - offsets[:, 1:], 0, width - 1)\nreturn flipped[np.arange(m)[:, None, None], rows[:, :, None], columns[:, None, :]]"),
    _average("towards the new one"),
    _average("a comprehension", "return [(a * count + w) / (count + 1) for a, w in zip(average, weights)]"),
    _average("a tuple", "share = 1 / (1 + count)\nreturn tuple(a * (1 - share) + w * share for a, w in zip(average, weights))"),
]  # fmt: skip
