"""Mistakes that the checks of notebook 06 recognise by the numbers that come out of them.

Function → mistake → edits (old text, new text) of its solution cell. Each edit replaces all
occurrences. What the student is told about a mistake stands in resnets/checks/catalogue/exercises.
"""

_PARTS, _FILTERS = "ops.split(X, groups, axis=-1)", "ops.split(W, groups, axis=-1)"
_JOIN = "ops.concatenate(results, axis=-1)"
_FIRST, _SECOND, _GROUPED = (
    "ops.relu(conv2d(X, w1))",
    "ops.relu(conv2d(h, w2))",
    "ops.relu(grouped_conv2d(h, w2, groups))",
)
_BARE = {edit: edit.removeprefix("ops.relu(")[:-1] for edit in (_FIRST, _SECOND, _GROUPED)}


def _relus(second: str) -> dict[str, list[tuple[str, str]]]:
    """Mistakes with ReLUs that all three forms share."""
    return {
        "no-first-relu": [(_FIRST, _BARE[_FIRST])],
        "no-second-relu": [(second, _BARE[second])],
        "no-relus": [(_FIRST, _BARE[_FIRST]), (second, _BARE[second])],
        "relu-before": [("conv2d(X, w1)", "conv2d(ops.relu(X), w1)")],
    }


def _end(end: str) -> dict[str, list[tuple[str, str]]]:
    """Mistakes at the end of forms b and c."""
    return {
        "no-shortcut": [("return X + ", "return ")],
        "relu-last": [(end, f"ops.relu({end})")],
        "relu-after": [(f"return X + {end}", f"return ops.relu(X + {end})")],
    }


MISTAKES = {
    "grouped_conv2d": {
        "interleaved": [(_PARTS, "[X[..., g::groups] for g in range(groups)]")],
        "interleaved-filters": [(_FILTERS, "[W[..., g::groups] for g in range(groups)]")],
        "first-channels": [("conv2d(x, w", "conv2d(parts[0], w")],
        "first-filters": [("conv2d(x, w", "conv2d(x, filters[0]")],
        "reversed": [(_JOIN, "ops.concatenate(results[::-1], axis=-1)")],
        "summed": [(_JOIN, "sum(results)")],
        "rows": [(_JOIN, "ops.concatenate(results, axis=1)")],
        "stride-ignored": [("conv2d(x, w, stride)", "conv2d(x, w)")],
        "first-group": [(_JOIN, "results[0]")],
        "last-group-missing": [(_JOIN, "ops.concatenate(results[: max(groups - 1, 1)], axis=-1)")],
        "shuffled": [
            (_JOIN, "ops.reshape(ops.stack(results, axis=-1), (*results[0].shape[:3], -1))")
        ],
    },
    "block_width": {
        "no-groups": [(" * groups", "")],
        "filters-ignored": [("filters * width_per_group // 64", "width_per_group")],
        "not-divided": [(" // 64", "")],
        "divided-by-groups": [("* groups", "// groups")],
        "filters-alone": [("filters * width_per_group // 64 * groups", "filters")],
        "doubled": [("filters * width_per_group // 64 * groups", "2 * filters")],
        "rounded-last": [("// 64 * groups", "* groups // 64")],
        "rounded-early": [("filters * width_per_group // 64", "filters // 64 * width_per_group")],
        "rounded-up": [("filters * width_per_group // 64", "-(-filters * width_per_group // 64)")],
    },
    "form_a": _relus(_SECOND)
    | {
        "no-shortcut": [("Y = X\n", "Y = 0.0\n")],
        "relu-last": [("Y + conv2d(h, w3)", "Y + ops.relu(conv2d(h, w3))")],
        "relu-after": [("return Y", "return ops.relu(Y)")],
        "first-branch": [("zip(W1, W2, W3", "zip(W1[:1], W2[:1], W3[:1]")],
        "last-branch": [("Y = Y + ", "Y = X + ")],
        "shortcut-each": [("Y = X\n", "Y = 0.0\n"), ("Y = Y + ", "Y = Y + X + ")],
        "mean": [("Y + conv2d(h, w3)", "Y + conv2d(h, w3) / len(W1)")],
        "chained": [("conv2d(X, w1)", "conv2d(Y, w1)")],
        "same-kernels": [
            ("zip(W1, W2, W3", "zip(W1[:1] * len(W1), W2[:1] * len(W1), W3[:1] * len(W1)")
        ],
    },
    "form_b": _relus(_SECOND)
    | _end("conv2d(ops.concatenate(parts, axis=-1), w3)")
    | {
        "reversed": [("concatenate(parts", "concatenate(parts[::-1]")],
        "same-kernels": [("zip(W1, W2", "zip(W1[:1] * len(W1), W2[:1] * len(W1)")],
        "shuffled": [
            (
                "ops.concatenate(parts, axis=-1)",
                "ops.reshape(ops.stack(parts, axis=-1), (*parts[0].shape[:3], -1))",
            )
        ],
    },
    "form_c": _relus(_GROUPED) | _end("conv2d(h, w3)"),
    "to_form_c": {
        "w1-inputs": [("ops.concatenate(W1, axis=-1)", "ops.concatenate(W1, axis=2)")],
        "w2-inputs": [("ops.concatenate(W2, axis=-1)", "ops.concatenate(W2, axis=2)")],
        "w2-diagonal": [
            (
                "ops.concatenate(W2, axis=-1)",
                "ops.concatenate([ops.concatenate([w if i == j else ops.zeros_like(w) for i, w in "
                "enumerate(W2)], axis=-1) for j in range(len(W2))], axis=2)",
            )
        ],
        "w3-filters": [("ops.concatenate(W3, axis=2)", "ops.concatenate(W3, axis=-1)")],
        "w3-sum": [("ops.concatenate(W3, axis=2)", "sum(W3)")],
        "reversed": [
            ("concatenate(W1", "concatenate(W1[::-1]"),
            ("concatenate(W2", "concatenate(W2[::-1]"),
            ("concatenate(W3", "concatenate(W3[::-1]"),
        ],
        "w3-reversed": [("concatenate(W3", "concatenate(W3[::-1]")],
        "first": [("    return w1, w2, w3", "    return W1[0], W2[0], W3[0]")],
        "stacked": [
            ("ops.concatenate(W1, axis=-1)", "ops.stack(W1)"),
            ("ops.concatenate(W2, axis=-1)", "ops.stack(W2)"),
            ("ops.concatenate(W3, axis=2)", "ops.stack(W3)"),
        ],
    },
}
