"""Texts of notebooks are found and replaced; what was printed is made again; rules are kept."""

from __future__ import annotations

import ast

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.authoring.translation_rules import broken
from autograder.notebooks.sources import assignments, read_source
from autograder.notebooks.translated_outputs import Template, Translator, printing
from autograder.notebooks.translation import MARKDOWN, code, markdown, messages, translated


def marked(text: str, kind: str) -> str:
    return "\n".join(f"⟨{line}⟩" for line in text.split("\n"))


CODE = '''def f(x):
    """What it does.

    Arguments:
    x -- a number
    """
    # First this,
    # then that.
    y = {"name": "kept"}  # a remark
    ### BEGIN SOLUTION
    # the answer
    ### END SOLUTION
    print("shape", y, f"{x:.2f} of {len(y)} files")
    assert y, "it failed"
'''
MADE = '''def f(x):
    """⟨What it does.⟩

    ⟨Arguments:⟩
    ⟨x -- a number⟩
    """
    # ⟨First this,⟩
    # ⟨then that.⟩
    y = {"name": "kept"}  # ⟨a remark⟩
    ### BEGIN SOLUTION
    # the answer
    ### END SOLUTION
    print("⟨shape⟩", y, f"⟨{x:.2f} of {len(y)} files⟩")
    assert y, "⟨it failed⟩"
'''


def test_of_code_comments_docstrings_and_what_is_shown_are_replaced() -> None:
    assert code(CODE, marked) == MADE


def test_of_markdown_each_paragraph_item_and_row_is_a_text() -> None:
    source = (
        "# Title\n\nOne\nparagraph.\n\n- first\n  line\n- second\n\n"
        "| a head |\n| --- |\n| a row |\n\n$$x$$\n\n```\nas is\n```\n\nIt has\n20. layers"
    )
    assert markdown(source, marked) == (
        "# ⟨Title⟩\n\n⟨One paragraph.⟩\n\n- ⟨first line⟩\n- ⟨second⟩\n\n"
        "⟨| a head |⟩\n| --- |\n⟨| a row |⟩\n\n$$x$$\n\n```\nas is\n```\n\n⟨It has 20. layers⟩"
    )


@pytest.mark.parametrize("assignment", assignments())
def test_the_same_texts_give_the_same_notebook(assignment: str) -> None:
    source = read_source(assignment)
    same = translated(source, lambda text, kind: text)
    for ours, theirs in zip(source.cells, same.cells, strict=True):
        if ours.cell_type == "code":
            assert ast.dump(ast.parse(ours.source)) == ast.dump(ast.parse(theirs.source))
        else:
            assert ours.source.split() == theirs.source.split()


def test_what_is_no_python_stays_as_it_is() -> None:
    cells = [new_code_cell("%%bash\necho 'no Python'"), new_markdown_cell("Text.")]
    notebook = new_notebook(cells=cells)
    assert translated(notebook, marked).cells[0].source == cells[0].source
    assert [message.text for message in messages(notebook)] == ["Text."]


def test_what_was_printed_is_made_again() -> None:
    english = 'print("shape", x.shape, "at most", y)\nprint(f"{a:3} of {b} files")'
    chinese = 'print("形状", x.shape, "最多", y)\nprint(f"{b} 个文件中的 {a:3} 个")'
    made = Translator(printing(english, chinese)).lines("shape (2, 3) at most 5\n  7 of 12 files\n")
    assert made == "形状 (2, 3) 最多 5\n  12 个文件中的 7 个\n"


@pytest.mark.parametrize(
    ("english", "chinese", "printed", "expected"),
    [
        (
            'print(f"{name:12} {ms:6.1f} ms a step")',
            'print(f"{name:12} 每步 {ms:6.1f} 毫秒")',
            "line by line  103.3 ms a step",
            "line by line 每步  103.3 毫秒",
        ),
        (
            'print(f"{name:22} {share:.0%} of {n} hands")',
            'print(f"{name:22} {n} 只手中的 {share:.0%}")',
            "as in its training     87% of 90 hands",
            "as in its training     90 只手中的 87%",
        ),
    ],
)
def test_a_format_says_what_stands_for_a_placeholder(
    english: str, chinese: str, printed: str, expected: str
) -> None:
    assert Translator(printing(english, chinese)).lines(printed) == expected


def test_a_bar_of_progress_belongs_to_no_title() -> None:
    bar = Template(
        "{desc:32} {bar:24} {n_fmt:>5} of {total_fmt}{unit}",
        "{desc:32} {bar:24} {n_fmt:>5} / {total_fmt}{unit}",
    )
    known = [bar, Template("training, block of {name}", "训练，{name} 年的块")]
    printed = f"{'training, block of 2015':32} {'█' * 24}    16 of 16 epochs"
    made = Translator(known).lines(printed)
    assert made.startswith("训练，2015 年的块  ") and made.endswith("█    16 / 16 epochs")


def test_sentences_within_sentences_are_made_again() -> None:
    known = [
        Template("{name}: {words}.", "{name}：{words}。"),
        Template("from {first} to {last}", "从{first} 到{last}"),
        Template("about {number}", "约 {number}"),
    ]
    text = "plain: from about 1.5 to about 2. with a. Something else: about 3."
    assert Translator(known).text(text).startswith("plain：从约 1.5 到约 2。")


@pytest.mark.parametrize(
    ("text", "translation", "kind", "said"),
    [
        ("Expected {a}.", "应为。", "", "placeholders"),
        ("Expected {a}.", "应为 {b}。", "", "placeholders"),
        ("See `x` and `y`.", "见 `x`。", MARKDOWN, "code"),
        ("It is $x^2$.", "它是 $x$。", MARKDOWN, "formulas"),
        ("[Here](a.ipynb)", "[这里](b.ipynb)", MARKDOWN, "links"),
        ("| a | b |", "| 甲 |", MARKDOWN, "columns"),
        ("**Look out.** Now", "**小心。**现在", MARKDOWN, "bold"),
        ("It takes 20 seconds.", "要几秒钟。", "", "numbers"),
        ("It has 2.3 million of them.", "它有 23 万个。", "", "numbers"),
        ("The gradient vanishes.", "The gradient vanishes.", "", "not Chinese"),
        ("Two words here.", "两个 words here。", "", "English words"),
        ("The stride is wrong.", "步长不对。", "", "步幅"),
        ("Right, wrong.", "对,错。", "", "full-width"),
        ("Right, wrong.", "对， 错 了。", "", "space"),
    ],
)
def test_a_translation_that_breaks_a_rule_is_named(text, translation, kind, said) -> None:
    found = list(broken(text, translation, kind))
    assert any(said in what for what in found), found


@pytest.mark.parametrize("chinese", ["它有 230 万个。", "它有 2.3 百万个。"])
def test_millions_may_be_counted_in_ten_thousands(chinese: str) -> None:
    assert not list(broken("It has 2.3 million of them.", chinese, ""))


FIGURE = [
    Template("Bars: {title}.", "条形图：{title}。"),
    Template("{label}: {what} from {first} to {last}.", "{label}：{what}从{first}到{last}。"),
    Template("Weights of a convolution from 64 to 64 channels", "卷积的权重"),
    Template("{count} pictures: {names}.", "{count} 张图片：{names}。"),
    Template("{count} blocks", "{count} 个块"),
    Template("output {shape}", "输出 {shape}"),
    Template("The network {name}: {totals}.", "网络 {name}：{totals}。"),
    Template("{text} (mean of {n} runs; {low} to {high})", "{text}（{n} 次；{low} 到 {high}）"),
    Template("turned", "旋转"),
    Template("; ", "；"),
    Template(", ", "、"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bars: Weights of a convolution from 64 to 64 channels.", "条形图：卷积的权重。"),
        ("2 pictures: turned; as it is.", "2 张图片：旋转；as it is。"),
        ("The network A: 3 blocks · 7 blocks.", "网络 A：3 个块 · 7 个块。"),
        ("The network A: 3 blocks, output 4×4.", "网络 A：3 个块、输出 4×4。"),
        ("The network A: 2a, output 4×4.", "网络 A：2a, 输出 4×4。"),
        ("turned (mean of 3 runs; 1 to 2)", "旋转（3 次；1 到 2）"),
    ],
)
def test_the_parts_of_a_figures_lists_are_translated_one_by_one(text: str, expected: str) -> None:
    assert Translator(FIGURE, lists=True).text(text) == expected


def test_what_another_cell_shows_is_known_where_nothing_nearer_fits() -> None:
    far = [Template("{count} of {all} steps", "第 {count} 步，共 {all} 步")]
    near = [Template("{number} of 7 steps", "{number}/7 步")]
    assert Translator(near, far=far).text("3 of 7 steps") == "3/7 步"
    assert Translator(near, far=far).text("3 of 9 steps") == "第 3 步，共 9 步"
