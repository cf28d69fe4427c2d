"""Compare a student's graph with the asked one: block by block, or step by step."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from resnets.checks.alignment import align
from resnets.checks.canonical import BLOCKS, Step, by
from resnets.checks.exercise import Exercise
from resnets.checks.findings import (
    Finding,
    extra_finding,
    missing_finding,
    other_finding,
    setting_finding,
)
from resnets.checks.groups import group_blocks
from resnets.checks.outline import Outline, chain_to, read_block

_NAMING = ("stage", "block")


@dataclass
class Comparison:
    """What comparing one case gave.

    Attributes:
        findings: the differences.
        pairs: key of the asked step -> (asked step, found step), for those that were matched.
        drawing: (path, step, key or "") of the student's steps, for the picture.
        gaps: positions of the student's steps after which one is missing.
        opened: whether blocks were written out in place of being called, so that numbers of
            stand-ins do not apply.
    """

    findings: list[Finding] = field(default_factory=list)
    pairs: dict[str, tuple[Step, Step]] = field(default_factory=dict)
    drawing: list[tuple[str, Step, str]] = field(default_factory=list)
    opened: bool = False
    gaps: set[int] = field(default_factory=set)


class Comparer:
    """Compares normalised graphs for one exercise.

    Args:
        exercise: gives the words for places and the criteria they are charged to.
    """

    def __init__(self, exercise: Exercise) -> None:
        self._parts = {key: (criterion, words) for key, criterion, words in exercise.parts}
        self._fallback = exercise.rubric[0].id
        self._criteria = {criterion.id for criterion in exercise.rubric}

    def block(self, asked: list[Step], end: int, found: list[Step], output: int) -> Comparison:
        """Compare blocks: main path, shortcut, meeting point, what follows."""
        wanted = read_block(asked, end, None, asked)
        there = read_block(found, output, wanted, asked)
        result = Comparison()
        if there.merge is None:
            self._unmerged(result, asked, wanted, found, there)
            return result
        self._chain(result, "main", asked, wanted.main, found, there.main)
        if not there.twice or there.lost:
            self._chain(result, "shortcut", asked, wanted.shortcut, found, there.shortcut)
        self._chain(result, "tail", asked, wanted.tail, found, there.tail)
        self._meeting(result, asked, wanted, found, there)
        self._moved_over_the_merge(result)
        result.drawing = [
            *self._drawn(result, "main", found, there.main),
            *self._drawn(result, "shortcut", found, there.shortcut),
            *self._drawn(result, "add", found, [there.merge]),
            *self._drawn(result, "tail", found, there.tail),
        ]
        return result

    def network(self, asked: list[Step], end: int, found: list[Step], output: int) -> Comparison:
        """Compare chains of layers and blocks."""
        result = Comparison()
        grouped, last, result.opened = group_blocks(found, output)
        if result.opened:
            found, output = grouped, last
        wanted, there = chain_to(asked, end), chain_to(found, output)
        self._chain(result, "chain", asked, wanted, found, there)
        result.drawing = self._drawn(result, "chain", found, there)
        self._twins(result, [found[n] for n in there])
        return result

    def _words(self, key: str) -> tuple[str, str]:
        criterion, words = self._parts.get(key, (self._fallback, key))
        return criterion, words[:1].upper() + words[1:]

    def _chain(
        self,
        result: Comparison,
        path: str,
        asked: list[Step],
        wanted: list[int],
        found: list[Step],
        there: list[int],
    ) -> None:
        """Compare one path step by step."""
        pairs, _ = align([asked[n] for n in wanted], [found[n] for n in there])
        place, previous = 0, ""
        last = found[there[0]].inputs[0] if there and found[there[0]].inputs else -1
        new: list[tuple[Finding, Step, int]] = []
        for i, j in pairs:
            if i >= 0:
                place = i
            last = there[j] if j >= 0 else last
            key = f"{path}.{place}"
            criterion, words = self._words(key)
            if i >= 0 and j >= 0:
                one, other = asked[wanted[i]], found[there[j]]
                result.pairs[key] = one, other
                result.findings.extend(self._pair(criterion, words, key, one, other, there[j]))
                previous = other.label
            elif i >= 0:
                step = asked[wanted[i]]
                after = f" after {previous}" if previous and step.kind not in BLOCKS else ""
                finding = missing_finding(criterion, words, key, step, after)
                result.gaps.add(last)
                finding.after = asked[wanted[i - 1]].label if i else ""
                new.append((finding, step, i))
            else:
                step = found[there[j]]
                if not wanted or step.kind == "add":
                    criterion, _ = self._parts.get("add", (criterion, path))
                    words, key = ("Shortcut", "add") if not wanted else (words, key)
                following = place + 1 if previous else place
                if 0 <= following < len(wanted) and (
                    asked[wanted[following]].family == step.family != "activation"
                    and asked[wanted[place]].family != step.family
                ):
                    key = f"{path}.{following}"
                    criterion, words = self._words(key)
                after = f" after {previous}" if previous else " before it"
                finding = extra_finding(criterion, words, key, step, after)
                finding.after = previous
                finding.node = there[j]
                new.append((finding, step, -1))
                previous = step.label
        result.findings.extend(_moved(new))

    def _pair(
        self, criterion: str, words: str, key: str, asked: Step, found: Step, node: int
    ) -> list[Finding]:
        if asked.kind != found.kind:
            return [_at(other_finding(criterion, words, key, asked, found), node)]
        findings = []
        for setting in asked.settings:
            if asked.settings[setting] == found.settings.get(setting):
                continue
            finding = setting_finding(criterion, words, key, asked, found, setting)
            finding.excusable = asked.shape[1:] == found.shape[1:]
            if setting in _NAMING:
                finding.criterion, finding.shows = "names", False
            findings.append(finding)
        for setting in sorted(set(asked.quiet) | set(found.quiet)):
            if asked.quiet.get(setting) != found.quiet.get(setting):
                findings.append(_quiet(criterion, words, key, asked, found, setting))
        findings.extend(_initial(words, key, asked, found))
        findings.extend(_name(words, key, asked, found))
        return [_at(finding, node) for finding in findings]

    def _unmerged(
        self,
        result: Comparison,
        asked: list[Step],
        wanted: Outline,
        found: list[Step],
        there: Outline,
    ) -> None:
        """Compare a graph in which nothing meets: one path alone leads to the result."""
        criterion, _ = self._words("add")
        if there.main or there.shortcut:
            message = (
                "Nothing is added: the block's result comes from one path alone. The shortcut "
                "and the end of the main path must be added before the last ReLU."
            )
            finding = Finding(criterion, "no-shortcut", message, "main path + shortcut", "one path")
        else:
            message = "The block hands back its input unchanged: the main path is not used."
            finding = Finding(criterion, "returns-input", message)
        finding.key = "add"
        result.findings.append(finding)
        main, shortcut, tail = there.main, there.shortcut, []
        if there.lost != "main":
            main, tail = self._cut_tail(asked, wanted, found, main)
        else:
            shortcut, tail = self._cut_tail(asked, wanted, found, shortcut)
        self._chain(result, "main", asked, wanted.main, found, main)
        self._chain(result, "shortcut", asked, wanted.shortcut, found, shortcut)
        self._chain(result, "tail", asked, wanted.tail, found, tail)
        result.drawing = self._drawn(result, "main", found, main + tail)

    def _cut_tail(
        self, asked: list[Step], wanted: Outline, found: list[Step], path: list[int]
    ) -> tuple[list[int], list[int]]:
        """Split a path where what was asked after the addition begins."""
        count = len(wanted.tail)
        kinds = [asked[n].kind for n in wanted.tail]
        if count and [found[n].kind for n in path[-count:]] == kinds:
            before = [asked[n] for n in wanted.main]
            left = align(before, [found[n] for n in path[:-count]])[1]
            if left <= align(before, [found[n] for n in path])[1]:
                return path[:-count], path[-count:]
        return path, []

    def _meeting(
        self,
        result: Comparison,
        asked: list[Step],
        wanted: Outline,
        found: list[Step],
        there: Outline,
    ) -> None:
        """Judge where the paths meet, and where the shortcut starts."""
        criterion, _ = self._words("add")
        merge = found[there.merge]
        result.pairs["add"] = asked[wanted.merge], merge

        def say(id: str, message: str, asked_text: str = "", found_text: str = "") -> None:
            result.findings.insert(
                0,
                Finding(criterion, id, message, asked_text, found_text, "add", node=there.merge),
            )

        if there.unreturned:
            say(
                "returns-other",
                "What is handed back is not the end of the block: return the result of the last "
                "ReLU.",
                "the last tensor",
                "another one",
            )
        if there.lost == "main" or (there.twice and not there.main):
            say(
                "main-lost",
                "The end of the main path is not added: the addition gets the shortcut alone.",
                "main path + shortcut",
                "shortcut + shortcut",
            )
        elif there.twice or there.lost:
            say(
                "adds-itself",
                "The addition adds X to itself: the shortcut must be saved before X is "
                "overwritten, and added at the end.",
                "main path + shortcut",
                "X + X",
            )
        if there.twice and not there.lost:
            for number in range(len(wanted.shortcut)):
                key = f"shortcut.{number}"
                place, where = self._words(key)
                step = asked[wanted.shortcut[number]]
                result.findings.append(missing_finding(place, where, key, step, ""))
        if there.shared and not there.twice:
            after = self._place(result, found[there.main[there.shared - 1]])
            say(
                "late-shortcut",
                f"The shortcut starts {after}, not at the block's input: keep the input before "
                "anything changes X.",
                "from the block's input",
                f"from {after}",
            )
        if merge.kind != "add":
            say(
                "not-added",
                f"Main path and shortcut meet in {merge.label}; they are to be added.",
                "Add",
                merge.label,
            )
        elif there.ways > 2 and not there.twice:
            say(
                "adds-more",
                f"{there.ways} tensors are added; two were asked: main path and shortcut.",
            )
        shapes = [found[n].shape for n in merge.inputs if found[n].shape]
        if merge.kind == "add" and len(set(shapes)) > 1:
            text = " and ".join(by(shape[1:]) for shape in shapes[:2])
            known = any(finding.shows for finding in result.findings)
            look = (
                " Why, is said below."
                if known
                else " Look at filters, strides and padding on both paths."
            )
            message = (
                f"The two tensors to add have different shapes, {text} (height, width, "
                f"channels), so Keras stops at the addition.{look}"
            )
            result.findings.append(
                Finding("runs", "misfit", message, "equal shapes", text, "add", shows=False)
            )

    def _place(self, result: Comparison, step: Step) -> str:
        for key, (_, found) in result.pairs.items():
            if found is step:
                _, words = self._words(key)
                return f"after {found.label} of the {words[:1].lower() + words[1:]}"
        return f"after {step.label}"

    def _moved_over_the_merge(self, result: Comparison) -> None:
        """A step on the wrong side of the addition is one mistake, not two."""
        end = max((key for key in self._parts if key.startswith("main.")), default="")
        for missing in [f for f in result.findings if f.id.startswith("missing:")]:
            kind = missing.id.partition(":")[2]
            near = {end: "tail.", "tail.0": "main."}.get(missing.key)
            for extra in [f for f in result.findings if near and f.id == f"extra:{kind}"]:
                if not extra.key.startswith(near) or (near == "main." and extra.key != end):
                    continue
                result.findings.remove(extra)
                there, asked = ("before", "after") if near == "main." else ("after", "before")
                label = missing.asked.split(",")[0]
                missing.id, missing.node = f"moved:{kind}", extra.node
                missing.found = f"{label} {there} the addition"
                missing.message = (
                    f"This {label} comes {there} the addition; it was asked {asked} it."
                )
                break

    def _drawn(
        self, result: Comparison, path: str, found: list[Step], places: list[int]
    ) -> list[tuple[str, Step, str]]:
        bad = {finding.node for finding in result.findings if finding.criterion != "names"}
        drawn = []
        for n in places:
            if path != "add" and n == places[0] and result.gaps.intersection(found[n].inputs):
                drawn.append((path, Step("gap"), "bad"))
            drawn.append((path, found[n], "bad" if n in bad else ""))
            if path != "add" and n in result.gaps:
                drawn.append((path, Step("gap"), "bad"))
        return drawn

    def _twins(self, result: Comparison, steps: list[Step]) -> None:
        """Two blocks with the same stage and letter give their layers the same names."""
        seen: set[tuple] = set()
        for step in steps:
            if step.kind not in BLOCKS:
                continue
            label = step.settings.get("stage"), step.settings.get("block")
            if label in seen:
                message = (
                    f"Two blocks are called with stage={label[0]}, block={label[1]!r}, so their "
                    "layers get the same names and Model refuses them."
                )
                result.findings.append(
                    Finding("runs", "twin-blocks", message, "one letter each", "twice", shows=False)
                )
                return
            seen.add(label)


def _at(finding: Finding, node: int) -> Finding:
    finding.node = node
    return finding


def _moved(new: list[tuple[Finding, Step, int]]) -> list[Finding]:
    """Turn a step that is missing here and too many there into one finding: a wrong order."""
    findings = [finding for finding, _, _ in new]
    for finding, step, place in new:
        if place < 0:
            continue
        for other, found, where in new:
            if where < 0 and found.kind == step.kind and other in findings and other is not finding:
                number = int(other.key.rpartition(".")[2]) if "." in other.key else place
                if abs(number - place) > 2 or other.id.startswith("moved"):
                    continue
                findings.remove(other)
                finding.id, finding.node = f"moved:{step.kind}", other.node
                finding.found = f"{step.label} elsewhere"
                finding.message = (
                    f"{finding.message.split(':', 1)[0]}: {step.label} stands in the wrong "
                    f"place: it comes {_after(other)}, and was asked {_after(finding)}."
                )
                break
    return findings


def _after(finding: Finding) -> str:
    return f"after {finding.after}" if finding.after else "first"


def _quiet(criterion: str, words: str, key: str, asked: Step, found: Step, setting: str) -> Finding:
    there = found.quiet.get(setting, "none")
    message = f"{words}: {found.label} has {setting} {there}, which was not asked."
    wanted = asked.quiet.get(setting, "none")
    return Finding(criterion, setting, message, wanted, there, key, setting, shows=False)


def _initial(words: str, key: str, asked: Step, found: Step) -> list[Finding]:
    findings = []
    for setting in sorted(set(asked.initializers) | set(found.initializers)):
        wanted = asked.initializers.get(setting, "the default")
        there = found.initializers.get(setting, "the default")
        if wanted == there:
            continue
        message = f"{words}: {found.label} has {setting} {there}; {wanted} was asked."
        if wanted.split("(")[0] == there.split("(")[0]:
            message = (
                f"{words}: {found.label}'s initializer has another seed: {there}; {wanted} was "
                "asked."
            )
        findings.append(
            Finding("initializer", "initializer", message, wanted, there, key, setting, shows=False)
        )
    return findings


def _name(words: str, key: str, asked: Step, found: Step) -> list[Finding]:
    if not asked.name or asked.name == found.name:
        return []
    if not found.name:
        there = f"no name of its own (Keras made up {found.made_up_name!r})"
    else:
        there = f"the name {found.name!r}"
    message = f"{words}: {found.label} has {there}; {asked.name!r} was asked."
    return [
        Finding(
            "names",
            "name",
            message,
            asked.name,
            found.name or found.made_up_name,
            key,
            "name",
            (asked.name, re.sub(r"_\d+$", "", found.name)),
            shows=False,
        )
    ]
