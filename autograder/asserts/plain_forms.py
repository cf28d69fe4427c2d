"""Values read from their plain forms, as `autograder.sandboxed.asserted` writes them.

What is read came from beside a student's code: anything may stand there. Only types that are known
here are made, none of them larger than a value may be.
"""

from __future__ import annotations

import base64
import builtins
import collections
import datetime
import decimal
import fractions
import math
import uuid
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.sandboxed.asserted import LARGEST_BITS, MOST_BYTES


class Malformed(Exception):
    """It is no plain form."""


def value(form: Any) -> Any:
    """The value that was written down.

    Raises:
        Malformed: it was not written by the writer.
    """
    try:
        return _value(form)
    except Malformed:
        raise
    except Exception as error:
        raise Malformed(type(error).__name__) from error


def _value(form: Any) -> Any:
    if form is None or isinstance(form, bool | int | float | str):
        return form
    if not isinstance(form, dict) or len(form) != 1:
        raise Malformed("neither a value nor an object with one key")
    ((kind, content),) = form.items()
    if kind not in _READERS:
        raise Malformed(f"no known kind: {kind!r:.40}")
    return _READERS[kind](content)


def _int(text: str) -> int:
    if len(text) > LARGEST_BITS // 4 + 10:
        raise Malformed("an enormous integer")
    return int(text, 16)


def _items(content: list) -> list:
    return [_value(part) for part in content]


def _dict(content: list) -> dict:
    return {_value(key): _value(part) for key, part in content}


def _counter(content: list) -> collections.Counter:
    counter: collections.Counter = collections.Counter()
    counter.update({})
    for key, part in content:
        counter[_value(key)] = _value(part)
    return counter


def _default(content: list) -> collections.defaultdict:
    return collections.defaultdict(None, _dict(content))


def _dtype(name: str) -> np.dtype:
    dtype = np.dtype(name)
    if dtype.hasobject or dtype.names is not None:
        raise Malformed("a type that arrays may not have here")
    return dtype


def _shape(shape: list, most: int) -> tuple[int, ...]:
    if len(shape) > 32 or not all(isinstance(n, int) and 0 <= n <= most for n in shape):
        raise Malformed("a shape that no array has")
    if math.prod(shape) > most:
        raise Malformed("a shape that is too large")
    return tuple(shape)


def _array(content: list) -> np.ndarray:
    name, shape, data = content
    raw = base64.b64decode(data, validate=True)
    return np.frombuffer(raw, _dtype(name)).reshape(_shape(shape, MOST_BYTES)).copy()


def _objects(content: list) -> np.ndarray:
    shape, items = content
    array = np.empty(len(items), object)
    for position, item in enumerate(items):
        array[position] = _value(item)
    return array.reshape(_shape(shape, MOST_BYTES))


def _scalar(content: list) -> np.generic:
    name, data = content
    return np.frombuffer(base64.b64decode(data, validate=True), _dtype(name))[0]


def _type(name: str) -> type:
    module, _, own = name.partition(".")
    if module == "builtins" and isinstance(getattr(builtins, own, None), type):
        return getattr(builtins, own)
    if module == "numpy" and isinstance(getattr(np, own, None), type):
        return getattr(np, own)
    if module == "pandas" and own.rpartition(".")[2] in ("DataFrame", "Series", "Index"):
        return getattr(_pandas(), own.rpartition(".")[2])
    # A class by its name only: it equals itself, and nothing is made of it.
    return type(name, (), {"__module__": "", "__slots__": ()})


def _pandas() -> Any:
    import pandas

    return pandas


def _moment(content: list) -> Any:
    number, unit, zone = content
    moment = _pandas().Timestamp(int(number), unit=unit)
    return moment.tz_localize("UTC").tz_convert(zone) if zone else moment


def _span(content: list) -> Any:
    number, unit, _ = content
    return _pandas().Timedelta(int(number), unit=unit)


def _column(content: list) -> Any:
    name, values = content
    pandas = _pandas()
    if name == "category":
        categories, codes, ordered = values
        return pandas.Categorical.from_codes(_value(codes), _index(categories), ordered=ordered)
    read = _value(values)
    if isinstance(read, np.ndarray):
        return pandas.array(read) if str(read.dtype) != name else read
    if name == "object":
        array = np.empty(len(read), object)
        array[:] = read
        return array
    return pandas.array(read, dtype=name)


def _series(content: list) -> Any:
    column, index, name = content
    return _pandas().Series(_column(column), index=_index(index), name=_value(name))


def _frame(content: list) -> Any:
    names, index, columns = content
    pandas = _pandas()
    rows = _index(index)
    parts = {n: pandas.Series(_column(column), index=rows) for n, column in enumerate(columns)}
    frame = pandas.DataFrame(parts, index=rows)
    frame.columns = _index(names)
    return frame


def _index(content: list) -> Any:
    kind, values, names = content
    pandas, names = _pandas(), [_value(name) for name in names]
    if kind == "range":
        index = pandas.RangeIndex(*(int(part) for part in values))
    elif kind == "multi":
        return pandas.MultiIndex.from_tuples([_value(part) for part in values], names=names)
    elif kind == "flat":
        index = pandas.Index(_column(values))
    else:
        raise Malformed("no index")
    index.name = names[0]
    return index


_READERS: dict[str, Callable[[Any], Any]] = {
    "int": _int,
    "float": lambda text: float(text[:30]),
    "bytes": bytes.fromhex,
    "bytearray": bytearray.fromhex,
    "complex": lambda parts: complex(float(parts[0]), float(parts[1])),
    "range": lambda parts: range(*map(_int, parts)),
    "ellipsis": lambda _: ...,
    "list": _items,
    "tuple": lambda parts: tuple(_items(parts)),
    "set": lambda parts: set(_items(parts)),
    "frozenset": lambda parts: frozenset(_items(parts)),
    "dict": _dict,
    "OrderedDict": lambda parts: collections.OrderedDict(_dict(parts)),
    "Counter": _counter,
    "defaultdict": _default,
    "deque": lambda parts: collections.deque(_items(parts)),
    "dict_keys": lambda parts: dict.fromkeys(_items(parts)).keys(),
    "type": _type,
    "Decimal": lambda text: decimal.Decimal(text[:1000]),
    "Fraction": lambda text: fractions.Fraction(text[:1000]),
    "UUID": uuid.UUID,
    "date": datetime.date.fromisoformat,
    "datetime": datetime.datetime.fromisoformat,
    "time": datetime.time.fromisoformat,
    "timedelta": lambda parts: datetime.timedelta(*parts),
    "dtype": _dtype,
    "scalar": _scalar,
    "array": _array,
    "objects": _objects,
    "NA": lambda _: _pandas().NA,
    "NaT": lambda _: _pandas().NaT,
    "Timestamp": _moment,
    "Timedelta": _span,
    "DataFrame": _frame,
    "Series": _series,
    "Index": _index,
    "pandas dtype": lambda name: _pandas().api.types.pandas_dtype(name),
}
