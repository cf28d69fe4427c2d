"""What hidden cases show is counted and not told."""

from __future__ import annotations

from resnets import checks
from resnets.checks.notebook import PUBLIC_SECRET
from tests.answers import Answer, solved
from tests.judged import judged


def test_what_hidden_cases_show_is_not_told() -> None:
    """A function that knows the public sizes by heart passes them and fails the hidden ones."""
    right = solved("02_building_blocks")["conv_output_size"]
    known = {
        tuple(case.positional): right(*case.positional)
        for case in checks.public_cases("conv_output_size")
    }
    source = f"def conv_output_size(*arguments):\n    return {known}.get(arguments, 1)\n"
    report = judged(Answer("conv_output_size", "by heart", source=source))
    assert 0 < report.points < report.max_points
    shown = report.without_hidden().to_plain()
    hidden = checks.hidden_cases("conv_output_size", PUBLIC_SECRET)
    assert not any(f"size={case.positional[0]}, kernel" in shown for case in hidden)
