"""What a rewritten test cell calls: values of asserts are written down as plain data and sent.

It runs beside the student's code, which may change it as it likes: nothing here grants points.
What is sent is compared outside, with what the instructor's own solution sent (`autograder.asserts`
says how, and reads the plain forms that are written here).

A value becomes JSON: None, truth values, texts, finite floats and small integers as they are, all
else as an object with one key that says what it is. Only what has exactly a known type is written;
a subclass may compare as it likes.
"""

from __future__ import annotations

import base64
import json
import math
import sys
from collections.abc import Callable
from typing import Any

from resnets.checks.evidence.facts import EVIDENCE_TYPE

MOST_PARTS, MOST_BYTES = 200_000, 2_000_000
"""Of one value."""
BATCH = 200
SMALL = 2**53
LARGEST_BITS = 100_000
ERROR, UNKNOWN, ACCEPTED = "!", "?", "accepted"
_ARRAYS_OF_OTHERS = ("tensorflow", "torch", "jaxlib", "jax")


class NotPlain(Exception):
    """A value has no faithful plain form; the message says what it is."""


class _Writer:
    """Writes one value.

    Args:
        left: parts that it may have.
    """

    def __init__(self, left: int = MOST_PARTS) -> None:
        self.left = left
        self.bytes = MOST_BYTES

    def plain(self, value: Any, depth: int = 0) -> Any:
        self.left -= 1
        if self.left < 0 or depth > 40:
            raise NotPlain("a value that is too large or nested too deep")
        kind = type(value)
        if value is None or kind is bool:
            return value
        if kind is str:
            self._take(len(value))
            return value.encode("utf-8", "replace").decode()
        if kind is int:
            if value.bit_length() > LARGEST_BITS:
                raise NotPlain("an enormous integer")
            return value if -SMALL < value < SMALL else {"int": hex(value)}
        if kind is float:
            return value if math.isfinite(value) else {"float": repr(value)}
        if kind in _SIMPLE:
            return {kind.__name__: _SIMPLE[kind](value)}
        if kind in (list, tuple, set, frozenset):
            return {kind.__name__: [self.plain(part, depth + 1) for part in value]}
        if kind is dict:
            return {"dict": self._pairs(value, depth)}
        module = kind.__module__.partition(".")[0]
        if module == "collections" and kind.__name__ in ("OrderedDict", "Counter", "defaultdict"):
            return {kind.__name__: self._pairs(value, depth)}
        if module == "collections" and kind.__name__ == "deque":
            return {"deque": [self.plain(part, depth + 1) for part in value]}
        if kind is type({}.keys()):
            return {"dict_keys": [self.plain(part, depth + 1) for part in value]}
        if isinstance(value, type):
            return {"type": f"{value.__module__}.{value.__qualname__}"}
        if module in ("decimal", "fractions", "datetime", "uuid"):
            return self._standard(value, kind)
        if module in ("numpy", *_ARRAYS_OF_OTHERS, "keras"):
            return self._numpy(value, kind, module, depth)
        if module == "pandas":
            return self._pandas(value, kind, depth)
        raise NotPlain(f"an object of type {kind.__name__}")

    def _take(self, count: int) -> None:
        self.bytes -= count
        if self.bytes < 0:
            raise NotPlain("a value that is too large")

    def _pairs(self, value: dict, depth: int) -> list:
        return [[self.plain(k, depth + 1), self.plain(v, depth + 1)] for k, v in value.items()]

    def _standard(self, value: Any, kind: type) -> dict:
        name = kind.__name__
        if name in ("Decimal", "Fraction", "UUID"):
            return {name: str(value)}
        if name in ("date", "datetime", "time") and getattr(value, "tzinfo", None) is None:
            return {name: value.isoformat()}
        if name == "timedelta":
            return {name: [value.days, value.seconds, value.microseconds]}
        raise NotPlain(f"an object of type {name}")

    def _numpy(self, value: Any, kind: type, module: str, depth: int) -> dict:
        numpy = sys.modules.get("numpy")
        if numpy is None:
            raise NotPlain(f"an object of type {kind.__name__}")
        if module != "numpy":
            if not hasattr(value, "__array__") or not hasattr(value, "shape"):
                raise NotPlain(f"an object of type {kind.__name__}")
            value = numpy.asarray(value)
            kind = type(value)
        if isinstance(value, numpy.dtype):
            return {"dtype": value.str if value.names is None else self._no(kind)}
        if isinstance(value, numpy.generic):
            if value.dtype.names is not None or value.dtype.hasobject:
                self._no(kind)
            return {"scalar": [value.dtype.str, base64.b64encode(value.tobytes()).decode()]}
        if kind is not numpy.ndarray:
            self._no(kind)
        if value.dtype.names is not None:
            self._no(kind)
        shape = list(value.shape)
        if value.dtype.hasobject:
            items = [self.plain(part, depth + 1) for part in value.ravel().tolist()]
            return {"objects": [shape, items]}
        self._take(value.nbytes)
        data = base64.b64encode(numpy.ascontiguousarray(value).tobytes()).decode()
        return {"array": [value.dtype.str, shape, data]}

    def _no(self, kind: type) -> Any:
        raise NotPlain(f"an object of type {kind.__name__}")

    def _pandas(self, value: Any, kind: type, depth: int) -> dict:
        pandas = sys.modules["pandas"]
        if value is pandas.NA:
            return {"NA": 0}
        if value is pandas.NaT:
            return {"NaT": 0}
        if kind in (pandas.Timestamp, pandas.Timedelta):
            zone = getattr(value, "tz", None)
            number = str(value.asm8.astype("int64"))
            return {kind.__name__: [number, value.unit, str(zone) if zone else None]}
        if kind is pandas.DataFrame:
            columns = [self._column(value.iloc[:, n], depth) for n in range(value.shape[1])]
            return {
                "DataFrame": [
                    self._index(value.columns, depth),
                    self._index(value.index, depth),
                    columns,
                ]
            }
        if kind is pandas.Series:
            name = self.plain(value.name, depth + 1)
            return {"Series": [self._column(value, depth), self._index(value.index, depth), name]}
        if isinstance(value, pandas.Index):
            return {"Index": self._index(value, depth)}
        is_dtype = isinstance(value, pandas.api.extensions.ExtensionDtype)
        if is_dtype and kind is not pandas.CategoricalDtype:
            return {"pandas dtype": str(value)}
        raise NotPlain(f"an object of type {kind.__name__}")

    def _column(self, series: Any, depth: int) -> list:
        """A column: its type's name and its values."""
        numpy = sys.modules["numpy"]
        if isinstance(series.dtype, numpy.dtype) and not series.dtype.hasobject:
            return [str(series.dtype), self.plain(series.to_numpy(), depth + 1)]
        if str(series.dtype) == "category":
            categories = self._index(series.cat.categories, depth)
            codes = self.plain(series.cat.codes.to_numpy(), depth + 1)
            return ["category", [categories, codes, bool(series.cat.ordered)]]
        return [str(series.dtype), {"list": [self.plain(v, depth + 1) for v in series.tolist()]}]

    def _index(self, index: Any, depth: int) -> list:
        pandas = sys.modules["pandas"]
        names = [self.plain(name, depth + 1) for name in index.names]
        if type(index) is pandas.RangeIndex:
            return ["range", [index.start, index.stop, index.step], names]
        if type(index) is pandas.MultiIndex:
            return ["multi", [self.plain(part, depth + 1) for part in index.tolist()], names]
        return ["flat", self._column(index.to_series(), depth), names]


_SIMPLE: dict[type, Callable[[Any], Any]] = {
    bytes: lambda value: value.hex(),
    bytearray: lambda value: value.hex(),
    complex: lambda value: [repr(value.real), repr(value.imag)],
    range: lambda value: [hex(value.start), hex(value.stop), hex(value.step)],
    type(...): lambda value: 0,
}


def plain(value: Any) -> Any:
    """A value's plain form.

    Raises:
        NotPlain: it has none that is faithful.
    """
    try:
        return _Writer().plain(value)
    except NotPlain:
        raise
    except Exception as error:  # Its own methods may do anything.
        raise NotPlain(f"an object that cannot be read ({type(error).__name__})") from None


def _error(error: BaseException) -> dict:
    classes = [f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__[:20]]
    try:
        words = str(error)[:1000].encode("utf-8", "replace").decode()
    except Exception:
        words = ""
    return {ERROR: [classes, words]}


class Asserted:
    """Collects what the asserts of a cell show, and sends it."""

    def __init__(self) -> None:
        self._waiting: list[list] = []

    def values(self, site: int, *operands: Callable[[], Any] | None) -> None:
        """Sends the operands of one assert; what stays None is known outside."""
        self._add(site, [None if operand is None else self._shown(operand) for operand in operands])

    def raises(self, site: int, accepted: Callable[[], Any] | None = None) -> _Raises:
        """A block that should end with an error; the error, or that there was none, is sent."""
        return _Raises(self, site, accepted)

    def expect(self, site: int, value: Callable[[], Any], *_: Any) -> None:
        """Sends one value."""
        self.values(site, value)

    def _shown(self, operand: Callable[[], Any]) -> Any:
        try:
            value = operand()
        except (Exception, SystemExit) as error:
            return _error(error)
        try:
            return {"=": plain(value)}
        except NotPlain as why:
            return {UNKNOWN: str(why)}

    def _add(self, site: int, shown: list) -> None:
        self._waiting.append([site, shown])
        if len(self._waiting) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Sends what is waiting; past any capture of the cell's output."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        from IPython import get_ipython

        publisher = get_ipython().display_pub
        content = {"data": {EVIDENCE_TYPE: json.dumps(waiting)}, "metadata": {}, "transient": {}}
        publisher.session.send(
            publisher.pub_socket,
            "display_data",
            content,
            parent=publisher.parent_header,
            ident=b"display_data",
        )


class _Raises:
    def __init__(self, asserted: Asserted, site: int, accepted: Any) -> None:
        self.asserted, self.site, self.accepted = asserted, site, accepted

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: BaseException | None, _: Any) -> bool:
        if error is not None and not isinstance(error, (Exception, SystemExit)):
            return False
        accepted = None
        if self.accepted is not None:
            classes = self.accepted()
            classes = classes if isinstance(classes, tuple) else (classes,)
            names = [f"{one.__module__}.{one.__qualname__}" for one in classes]
            accepted = {ACCEPTED: names}
        self.asserted._add(self.site, [accepted, None if error is None else _error(error)])
        return True


ASSERTED = Asserted()
