"""Submissions that reach for points: they earn what their functions do, and nothing else."""

from __future__ import annotations

import json

import nbformat
import pytest
from nbformat import NotebookNode

from autograder.course.verdict import Verdict
from autograder.notebooks.cells import grade_id
from resnets import checks
from resnets.checks.evidence.facts import EVIDENCE_TYPE
from tests.autograder.conftest import SECRET, Sandboxed, handed_in, small_reference

APP = """
from ipykernel.kernelapp import IPKernelApp
app = IPKernelApp.instance()
parent = app.kernel.get_parent()
def send(kind, content, parent=parent):
    app.session.send(app.kernel.iopub_socket, kind, content, parent=parent, ident=b'x')
"""


@pytest.fixture(scope="module")
def expecting(sandboxed: Sandboxed, notebook_01: NotebookNode) -> tuple[NotebookNode, dict]:
    """Notebook 01 with what its checks must show, and the evidence that the solution gave."""
    solved = nbformat.writes(notebook_01)
    verdict = sandboxed.mark(solved.encode(), notebook_01, record=True)
    assert verdict.status == "graded", verdict.message
    return notebook_01, {name: shown[-1] for name, shown in verdict.evidence.items()}


def marked(sandboxed: Sandboxed, expecting: tuple, **code: str) -> Verdict:
    """The verdict on the solution with other code in some of its cells."""
    notebook, evidence = expecting
    return sandboxed.mark(handed_in(notebook, **code), notebook, expected=json.dumps(evidence))


def points(verdict: Verdict) -> list[float]:
    return [cell.points for cell in verdict.cells]


def test_the_solution_earns_all(sandboxed: Sandboxed, expecting: tuple) -> None:
    verdict = marked(sandboxed, expecting)
    assert (verdict.score, verdict.max_score) == (100, 100)
    assert all(item["passed"] for cell in verdict.cells for item in cell.rubric)


ATTACKS = {
    "a check of its own": "check = lambda *a, **k: 100",
    "a patched package": """
import resnets.checks, resnets.checks.notebook, resnets_utils
for module in (resnets.checks, resnets.checks.notebook, resnets_utils):
    module.check = lambda *a, **k: 100
check = resnets_utils.check
""",
    "a patched collector": """
import resnets.checks.collecting.collect as collecting
collecting.collect = lambda *a, **k: None
""",
    "grading switched off": "import os\nos.environ['RESNETS_GRADING'] = '0'",
    "points as a result": "get_ipython().events.register('post_run_cell', lambda r: display(30))",
    "another secret": """
import os
class Fixed(type(os.environ)):
    def get(self, key, default=None):
        return '00' if key == 'RESNETS_CASE_SECRET' else super().get(key, default)
os.environ.__class__ = Fixed
import resnets.checks.notebook as n
n._secret = lambda: b'public'
""",
    "the public cases twice": """
import resnets.checks.notebook as n
n.hidden_cases = lambda name, secret: n.public_cases(name)
""",
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_a_wrong_function_stays_wrong(sandboxed: Sandboxed, expecting: tuple, attack: str) -> None:
    wrong = f"{attack}\ndef identity_block(X, f, filters, stage, block):\n    return X"
    verdict = marked(sandboxed, expecting, identity_block=wrong)
    assert verdict.cells[0].points < 10
    assert not verdict.cells[0].passed


def forge(evidence: dict, times: int = 1) -> str:
    """Code that shows `evidence` in the cell that runs it."""
    text = json.dumps({EVIDENCE_TYPE: evidence, "text/plain": "evidence: identity_block"})
    return (
        "import json\nfrom IPython.display import display\n"
        f"for _ in range({times}):\n    display(json.loads({text!r}), raw=True)\n"
    )


def test_evidence_of_public_cases_does_not_do_for_hidden_ones(
    sandboxed: Sandboxed, expecting: tuple
) -> None:
    """The published expected values, shown in place of the function's."""
    published = json.dumps(checks.expected("identity_block").to_json())
    cheat = f"""
import json
import resnets.checks.notebook
from resnets.checks.evidence.facts import Evidence
published = Evidence.from_json(json.loads({published!r}))
resnets.checks.notebook._evidence = lambda *arguments: published
def identity_block(X, f, filters, stage, block):
    return X
"""
    verdict = marked(sandboxed, expecting, identity_block=cheat)
    assert verdict.cells[0].rubric
    assert not verdict.cells[0].passed
    assert verdict.cells[0].points < 20


SHOWN_INSTEAD = {
    "of public cases alone": "pass",
    "of a case of that name": "runs['hidden-x'] = Run(returned='tensor')",
    "of errors in hidden cases": """
for case in cases:
    if case.hidden:
        runs[case.id] = Run(case.to_json(), failure=Failure("ValueError", "so sorry"))
""",
    "of nothing in hidden cases": """
for case in cases:
    if case.hidden:
        runs[case.id] = Run(case.to_json(), "tensor")
""",
    "of public cases in hidden ones": """
import copy
shown = list(runs.values())[0]
for case in cases:
    if case.hidden:
        runs[case.id] = copy.deepcopy(shown)
        runs[case.id].case = case.to_json()
""",
    "of public cases in hidden ones, with the shape that was asked": """
import copy
shown = list(runs.values())[0]
for case in cases:
    if case.hidden:
        runs[case.id] = copy.deepcopy(shown)
        asked = case.keywords.get('input_shape', {}).get('tuple') or case.positional[0]['tensor']
        runs[case.id].graph.nodes[runs[case.id].graph.inputs[0]].shape = [None, *asked]
        runs[case.id].case = case.to_json()
""",
}


@pytest.mark.parametrize("more", SHOWN_INSTEAD.values(), ids=SHOWN_INSTEAD.keys())
@pytest.mark.parametrize("name", ["identity_block", "ResNet50"])
def test_published_evidence_earns_nothing_without_hidden_cases(
    sandboxed: Sandboxed, expecting: tuple, name: str, more: str
) -> None:
    """What public cases must show stands in the course's repository for all to read."""
    published = json.dumps(checks.expected(name, checks.public_cases(name)).to_json())
    forge_it = more.strip().replace("\n", "\n    ")
    cheat = f"""
import json
import resnets.checks.notebook
from resnets.checks.evidence.facts import Evidence, Failure, Run
honest = resnets.checks.notebook._evidence
def forged(exercise, function, cases):
    if exercise.name != {name!r}:
        return honest(exercise, function, cases)
    evidence = Evidence.from_json(json.loads({published!r}))
    runs = evidence.runs
    {forge_it}
    return evidence
resnets.checks.notebook._evidence = forged
def {name}(*arguments, **more):
    return None
"""
    verdict = marked(sandboxed, expecting, **{name: cheat})
    earned = {cell.grade_id: cell.points for cell in verdict.cells}
    assert earned.pop(f"test_{name}") == 0
    assert sorted(earned.values()) == ([30, 40] if name == "identity_block" else [30, 30])


def test_a_hidden_case_that_fails_is_no_better_than_a_wrong_one(
    sandboxed: Sandboxed, expecting: tuple
) -> None:
    notebook, _ = expecting
    right = next(c.source for c in notebook.cells if grade_id(c) == "identity_block")
    by_heart = (
        right.replace("def identity_block(", "def right(")
        + "\ndef identity_block(X, f, filters, stage, block):\n"
        "    if (f, stage, block) not in [(2, 1, 'a'), (3, 4, 'c')]:\n"
        "        raise ValueError('never')\n"
        "    return right(X, f, filters, stage, block)\n"
    )
    verdict = marked(sandboxed, expecting, identity_block=by_heart)
    assert verdict.cells[0].points < 5


def test_evidence_shown_in_another_cell_does_not_count(
    sandboxed: Sandboxed, expecting: tuple
) -> None:
    right = expecting[1]["test_identity_block"]
    cheat = forge(right) + "def identity_block(X, f, filters, stage, block):\n    return X"
    verdict = marked(sandboxed, expecting, identity_block=cheat)
    assert verdict.cells[0].points < 10


@pytest.mark.parametrize("times", [1, 3])
def test_the_least_of_several_evidences_counts(
    sandboxed: Sandboxed, expecting: tuple, times: int
) -> None:
    """Shown once at each call of the function, or so often that nobody reads it all."""
    right = expecting[1]["test_identity_block"]
    cheat = (
        "def identity_block(X, f, filters, stage, block):\n    "
        + forge(right, times).replace("\n", "\n    ")
        + "return X"
    )
    verdict = marked(sandboxed, expecting, identity_block=cheat)
    assert verdict.cells[0].points < 10


@pytest.mark.parametrize(
    "payload",
    ["None", "[]", "{}", "{'name': 'identity_block'}", "float('nan')", "'x' * 100000"],
)
def test_nonsense_as_evidence_earns_nothing(
    sandboxed: Sandboxed, expecting: tuple, payload: str
) -> None:
    code = (
        "from IPython.display import display\n"
        "def check(name, hidden=False):\n"
        f"    display({{{EVIDENCE_TYPE!r}: {payload}, 'text/plain': ''}}, raw=True)\n"
    )
    verdict = marked(sandboxed, expecting, identity_block=code)
    assert points(verdict) == [0, 0, 0]


def test_a_right_function_earns_its_points_beside_wrong_ones(
    sandboxed: Sandboxed, expecting: tuple
) -> None:
    verdict = marked(sandboxed, expecting, convolutional_block="oops(", ResNet50="1/0")
    assert points(verdict) == [30, 0, 0]
    assert "SyntaxError" in verdict.errors["convolutional_block"]
    assert verdict.errors["ResNet50"] == "ZeroDivisionError: division by zero"


def test_the_secret_is_not_there_before_the_first_hidden_test(sandboxed: Sandboxed) -> None:
    _, text = sandboxed.run("import os\nprint(sorted(k for k in os.environ if 'RESNETS' in k))")
    assert text == "['RESNETS_GRADING', 'RESNETS_LANGUAGE']\n"


def test_what_code_says_after_a_hidden_test_is_not_passed_on(sandboxed: Sandboxed) -> None:
    """It may know hidden inputs by then."""
    reference = small_reference()
    first = reference.cells[-2:]
    reference.cells[-2:] = []
    reference.cells[2:2] = first
    spy = """
import os
def third(x):
    return x / 3
print('told', os.environ['RESNETS_CASE_SECRET'])
raise ValueError(os.environ['RESNETS_CASE_SECRET'])
"""
    verdict = sandboxed.mark(handed_in(reference, third=spy), reference)
    # The words are those of a run without hidden tests, which has no secret to tell.
    assert verdict.errors == {"third": "KeyError: 'RESNETS_CASE_SECRET'"}
    assert SECRET not in json.dumps(verdict.to_plain())


TOLD = "os.environ.get('RESNETS_CASE_SECRET', 'nothing')"
TELLING = {
    "an error": f"raise ValueError({TOLD})",
    "an error's name": f"raise type({TOLD}, (Exception,), {{}})()",
    "a layer's name": f"return keras.layers.Conv2D(1, 1, name='n' + {TOLD})(X)",
    "a result's class": f"return type({TOLD}, (), {{}})()",
}


@pytest.mark.parametrize("telling", TELLING.values(), ids=TELLING.keys())
def test_a_function_cannot_tell_the_secret(
    sandboxed: Sandboxed, expecting: tuple, telling: str
) -> None:
    def spy(name: str, rest: str) -> str:
        return f"import os\ndef {name}(X=None, *rest, **more):\n    {telling}\n{rest}"

    verdict = marked(
        sandboxed,
        expecting,
        identity_block=spy("identity_block", ""),
        convolutional_block=spy("convolutional_block", f"print({TOLD})"),
        ResNet50=f"import os\nraise ValueError({TOLD})",
    )
    assert verdict.status == "graded" and verdict.score < 50
    assert verdict.cells[0].messages and verdict.cells[1].messages
    assert SECRET not in json.dumps(verdict.to_plain())
    assert verdict.errors["ResNet50"] == "ValueError: nothing"


def test_no_secret_is_passed_on_where_the_notebook_was_stopped(
    sandboxed: Sandboxed, expecting: tuple
) -> None:
    raises = f"import os\ndef identity_block(*rest, **more):\n    raise ValueError({TOLD})"
    verdict = marked(sandboxed, expecting, identity_block=raises, ResNet50="import os\nos._exit(3)")
    assert verdict.status == "crashed"
    assert SECRET not in json.dumps(verdict.to_plain())
    assert any("ValueError: nothing" in line for line in verdict.cells[0].messages)
    assert "ended the kernel" in verdict.cells[2].messages[0]


@pytest.mark.parametrize(
    "line", ["# BEGIN HIDDEN TESTS", "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"]
)
def test_what_looks_like_a_hidden_test_is_none(sandboxed: Sandboxed, line: str) -> None:
    verdict, said = sandboxed.run(f"{line}\nimport os\nprint('RESNETS_CASE_SECRET' in os.environ)")
    assert (verdict.status, verdict.score, said) == ("graded", 3, "False\n")


def test_many_small_messages_end_the_notebook(sandboxed: Sandboxed) -> None:
    flood = "for _ in range(40000):\n    send('stream', {'name': 'stdout', 'text': '.'})"
    verdict, _ = sandboxed.run(f"{APP}\n{flood}")
    assert verdict.status == "crashed"
    assert "in at most" in verdict.message


def test_messages_of_a_hidden_test_do_not_give_it_away(sandboxed: Sandboxed) -> None:
    wrong = "def greet(name):\n    return 'hello you'"
    verdict = sandboxed.mark(handed_in(small_reference(), greet=wrong))
    told = json.dumps([cell.messages for cell in verdict.cells]) + verdict.notebook
    assert verdict.cells[1].points == 0
    assert verdict.cells[1].messages
    assert "hello secret" not in told
    assert "HIDDEN" not in told


FORGERIES = {
    "an early end": "send('status', {'execution_state': 'idle'})",
    "an early reply": """
app.session.send(app.shell_socket, 'execute_reply', {'status': 'ok'}, parent=parent,
                 ident=parent.get('ident', b''))
""",
    "bytes that are no message": """
import zmq
app.kernel.iopub_socket.send_multipart([b'x', b'<IDS|MSG>', b'\\xff', b'{', b'{}', b'{}', b'{}'])
""",
    "very deep JSON": """
deep = []
for _ in range(100000):
    deep = [deep]
frames = [b'<IDS|MSG>', None, b'{"msg_type": "display_data"}', b'{}', b'{}',
          b'[' * 100000 + b']' * 100000]
frames[1] = app.session.sign(frames[2:])
app.kernel.iopub_socket.send_multipart(frames)
""",
    "a message without parts": """
for content in ({}, {'data': 5}, {'data': {'text/plain': 5}, 'metadata': None}):
    send('display_data', content)
    send('execute_result', content)
    send('stream', content)
    send('error', content)
    send('status', content)
""",
    "an unknown kind": "send('no such message', {'a': 1})",
    "no parent": "send('status', {'execution_state': 'idle'}, parent={})",
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES.keys())
def test_forged_messages_earn_nothing(sandboxed: Sandboxed, forgery: str) -> None:
    wrong = "def third(x):\n    return x"
    submission = handed_in(small_reference(), third=f"{APP}\n{forgery}\n{wrong}")
    verdict = sandboxed.mark(submission)
    assert verdict.cells[0].points == 0
    assert verdict.cells[0].messages
    assert sandboxed.run("")[0].score == 3
