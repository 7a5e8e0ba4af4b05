"""JSON by the types that it is decoded as: what fits them, and what nearly does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

__all__ = ["ANYTHING", "fitting", "kind_of", "spoiled"]

JSON = dict[str, Any]

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=12),
    st.sampled_from(["", "\x00", "per:", "9" * 400, "2021-02-30", "\U0010ffff", "../../etc"]),
)
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
)


def fitting(kind: inspect.Type, words: Sequence[str]) -> st.SearchStrategy[Any]:
    """Return a strategy of JSON that decodes as a type; texts are often one of ``words``, so that things meet."""
    match kind:
        case inspect.UnionType():
            return st.one_of(*(fitting(one, words) for one in kind.types))
        case inspect.StructType():
            return _struct(kind, words)
        case inspect.LiteralType():
            return st.sampled_from(kind.values)
        case inspect.BoolType():
            return st.booleans()
        case inspect.IntType():
            return st.sampled_from([0, 1, 2, 1_617_235_200_000]) | st.integers(-2, 2**53)
        case inspect.FloatType():
            return st.floats(allow_nan=False, allow_infinity=False)
        case inspect.NoneType():
            return st.none()
        case inspect.DateType():
            return st.dates().map(str)
        case inspect.BytesType():
            return st.sampled_from(["", "", "", "AAAA"])
        case inspect.VarTupleType() | inspect.ListType() | inspect.SetType() | inspect.FrozenSetType():
            return st.lists(fitting(kind.item_type, words), max_size=3)
        case inspect.TupleType():
            return st.tuples(*(fitting(one, words) for one in kind.item_types)).map(list)
        case inspect.DictType():
            return st.dictionaries(st.sampled_from(words), fitting(kind.value_type, words), max_size=3)
        case inspect.StrType():
            return st.sampled_from(words) | st.text(max_size=8)
        case _:
            raise TypeError(f"no JSON is made of {kind} yet")


def _struct(kind: inspect.StructType, words: Sequence[str]) -> st.SearchStrategy[JSON]:
    needed = {one.encode_name: fitting(one.type, words) for one in kind.fields if one.required}
    others = {one.encode_name: fitting(one.type, words) for one in kind.fields if not one.required}
    tag = {} if kind.tag_field is None else {kind.tag_field: kind.tag}
    return st.fixed_dictionaries(needed, optional=others).map(lambda made: tag | made)


@st.composite
def spoiled(draw: st.DrawFn, whole: st.SearchStrategy[JSON]) -> JSON:
    """Return JSON of which one value, at some depth, was exchanged, taken away or added."""
    made = draw(whole)
    place: Any = made
    while isinstance(place, dict) and (inner := [one for one in place.values() if isinstance(one, dict) and one]):
        if draw(st.booleans()):
            break
        place = draw(st.sampled_from(inner))
    name = draw(st.sampled_from([*place, "more"]))
    if draw(st.booleans()):
        place[name] = draw(ANYTHING)
    else:
        place.pop(name, None)
    return made


def kind_of(type_: Any) -> inspect.Type:
    """Return what msgspec knows of a type."""
    return msgspec.inspect.type_info(type_)
