"""What attacks on a plain nbgrader assignment earn: nothing, where its asserts are strong."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from autograder.grading import workers
from autograder.kernels.bubblewrap import SandboxError
from tests.autograder.own_course import attacks
from tests.autograder.own_course.plain import POINTS, SOLVED

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("own course")]


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, dict]]:
    """The course with all attacks and its grades, marked in one go."""
    try:
        workers.WorkerProcess(modules=()).close()
    except SandboxError as error:
        pytest.skip(str(error))
    root = tmp_path_factory.mktemp("attacked")
    attacks.write(root)
    return root, attacks.marked_here(root)


@pytest.mark.parametrize("name", attacks.submissions())
def test_an_attack_earns_nothing(marked: tuple[Path, dict[str, dict]], name: str) -> None:
    verdict = marked[1][attacks.folder_name(name)]
    assert verdict["score"] == 0
    assert verdict["status"] in ("graded", "timeout", "crashed")
    assert verdict["max_score"] == POINTS


def test_an_honest_submission_among_them_earns_all(marked: tuple[Path, dict[str, dict]]) -> None:
    assert marked[1]["honest"]["score"] == POINTS
    assert not any(cell["messages"] for cell in marked[1]["honest"]["cells"])


def test_no_hidden_value_reaches_the_students(marked: tuple[Path, dict[str, dict]]) -> None:
    root, found = marked
    told = str([one["cells"] for one in found.values()])
    paths = (root / "autograded").rglob("*.ipynb")
    cells = [cell for path in paths for cell in nbformat.read(path, as_version=4).cells]
    shown = [str((cell.source, cell.get("outputs"))) for cell in cells]
    for secret in ("289", "1156", "529", "HIDDEN", "square(17)"):
        as_word = re.compile(rf"(?<!\w){re.escape(secret)}(?!\w)")  # Addresses hold digits, too.
        assert not any(as_word.search(text) for text in (told, *shown))


def test_the_attacked_source_is_strong() -> None:
    from autograder.asserts.cells import TestCells
    from autograder.asserts.rewriting import Markers

    cells = TestCells(SOLVED, Markers())
    sites = [site for one in cells.marking({}, {}).values() for site in one.sites]
    weak = [site.text for site in sites if site.weak]
    assert len(sites) == 15
    runner = "unittest.TextTestRunner(stream=sys.stdout)"
    assert weak == [f"assert {runner}.run(suite).wasSuccessful()"]
