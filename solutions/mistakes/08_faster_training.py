"""Mistakes that the checks of notebook 08 recognise by the numbers that come out of them.

Function → mistake → edits (old text, new text) of its solution cell. Each edit replaces all
occurrences. What the student is told about a mistake stands in resnets/checks/catalogue/exercises.
"""

_RISE = "return highest * (step + 1) / warm_up"
_SHARE = "share = (step - warm_up) / (steps - warm_up)"
_FALL = "highest * (1 + np.cos(np.pi * share)) / 2"
_MOVED = "moved.append(picture[rows][:, columns])"
_ROWS = "np.clip(np.arange(height) - down, 0, height - 1)"
_COLUMNS = "np.clip(np.arange(width) - right, 0, width - 1)"
_MIRROR = "picture = picture[:, ::-1]"
_AVERAGE = "(a * count + w) / (count + 1)"
_SQUARES = "np.sum(shares * (variances + means**2), axis=0)"

MISTAKES = {
    "learning_rate": {
        "from-zero": [(_RISE, "return highest * step / warm_up")],
        "whole-division": [(_RISE, "return highest * ((step + 1) // warm_up)")],
        "no-warm-up": [(_RISE, "return highest")],
        "too-high": [(_RISE, "return highest * (step + 2) / warm_up")],
        "flat": [(_FALL, "highest")],
        "whole-cosine": [("np.pi * share", "2 * np.pi * share")],
        "quarter-cosine": [(_FALL, "highest * np.cos(np.pi * share / 2)")],
        "negative": [(_FALL, "highest * np.cos(np.pi * share)")],
        "twice": [(_FALL, "highest * (1 + np.cos(np.pi * share))")],
        "linear": [(_FALL, "highest * (1 - share)")],
        "degrees": [("np.pi * share", "180 * share")],
        "warm-up-counted": [(_SHARE, "share = step / steps")],
        "ends-late": [(_SHARE, "share = (step - warm_up) / steps")],
        "reversed": [("1 + np.cos", "1 - np.cos")],
    },
    "population_statistics": {
        "unweighted": [("sizes[:, None] / sizes.sum()", "np.ones((len(sizes), 1)) / len(sizes)")],
        "within-only": [(_SQUARES, "np.sum(shares * variances, axis=0) + mean**2")],
        "between-only": [("(variances + means**2)", "means**2")],
        "mean-squared-missing": [("squares - mean**2", "squares")],
        "deviation": [("squares - mean**2", "np.sqrt(squares - mean**2)")],
        "last-batch": [
            ("    shares =", "    means, variances = means[-1:], variances[-1:]\n    shares ="),
            ("sizes[:, None] / sizes.sum()", "1.0"),
        ],
        "first-batch": [
            ("    shares =", "    means, variances = means[:1], variances[:1]\n    shares ="),
            ("sizes[:, None] / sizes.sum()", "1.0"),
        ],
        "sums": [("sizes[:, None] / sizes.sum()", "sizes[:, None]")],
        "divided-by-batches": [("sizes[:, None] / sizes.sum()", "sizes[:, None] / len(sizes)")],
        "over-channels": [("axis=0", "axis=1"), ("shares *", "")],
        "moving": [
            ("    shares =", "    share = 0.99 ** np.arange(len(sizes))[::-1, None]\n    shares ="),
            ("sizes[:, None] / sizes.sum()", "share * 0.01"),
        ],
        "sign": [("squares - mean**2", "squares + mean**2")],
        "bessel": [("squares - mean**2", "(squares - mean**2) * sizes.sum() / (sizes.sum() - 1)")],
    },
    "augment": {
        "wrapped": [
            (_ROWS, "(np.arange(height) - down) % height"),
            (_COLUMNS, "(np.arange(width) - right) % width"),
        ],
        "zeros": [
            (
                _MOVED,
                "inside = (np.arange(height) - down == rows)[:, None, None]\n"
                "        inside = inside & (np.arange(width) - right == columns)[None, :, None]\n"
                "        moved.append(picture[rows][:, columns] * inside)",
            )
        ],
        "reflected": [
            (
                "        rows =",
                "        picture = np.pad(picture, [(4, 4), (4, 4), (0, 0)], 'reflect')\n"
                "        rows =",
            ),
            (_ROWS, "np.arange(height) - down + 4"),
            (_COLUMNS, "np.arange(width) - right + 4"),
        ],
        "opposite": [("- down", "+ down"), ("- right", "+ right")],
        "exchanged": [("(down, right)", "(right, down)")],
        "all-alike": [
            ("    moved = []", "    offsets = [offsets[0]] * len(offsets)\n    moved = []")
        ],
        "not-mirrored": [(_MIRROR, "pass")],
        "all-mirrored": [("if mirror:", "if True:")],
        "upside-down": [(_MIRROR, "picture = picture[::-1]")],
        "mirrored-others": [("if mirror:", "if not mirror:")],
        "moved-first": [("- right", "- (-right if mirror else right)")],
        "channels-mirrored": [(_MIRROR, "picture = picture[:, :, ::-1]")],
        "rows-only": [("- right", "- 0")],
        "columns-only": [("- down", "- 0")],
    },
    "average_weights": {
        "halves": [(_AVERAGE, "(a + w) / 2 if count else w")],
        "half-always": [(_AVERAGE, "(a + w) / 2")],
        "not-divided": [(_AVERAGE, "(a * count + w)")],
        "one-too-few": [(_AVERAGE, "(a * count + w) / max(count, 1)")],
        "old-once": [(_AVERAGE, "(a + w) / (count + 1)")],
        "new-only": [(_AVERAGE, "w")],
        "old-only": [(_AVERAGE, "a")],
        "exchanged": [(_AVERAGE, "(a + w * count) / (count + 1)")],
        "count-plus-one": [(_AVERAGE, "(a * (count + 1) + w) / (count + 2)")],
        "first-array": [
            ("zip(average, weights,", "zip(average[:1], weights[:1],"),
            ("strict=True)]", "strict=True)] + average[1:]"),
        ],
    },
}
