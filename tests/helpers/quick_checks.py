"""The type checks of typeguard, quicker where they are simplest.

Typeguard looks each hint up anew at each call, which makes some code seven times as slow. Here a
value passes at once where a test that is made once for each hint says so; all else is left to
typeguard, so that nothing is checked less. Like typeguard, a test looks at the first item of a
collection only, and at the names a function has for its arguments.
"""

from __future__ import annotations

import collections.abc
import inspect
import itertools
import types
from collections.abc import Callable
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

import typeguard
from typeguard import _checkers, _functions

Test = Callable[[Any], bool]
"""Whether a value satisfies a hint for certain."""

_check_fully = typeguard.check_type_internal
_tests: dict[Any, Test] = {}
_DICTS = (dict, collections.abc.Mapping)
_ABSTRACT = (collections.abc.Iterable, collections.abc.Iterator, collections.abc.Collection)
"""Classes of which any that has their methods is a subclass."""


def test_of(hint: Any) -> Test:
    """Return the quick test of a hint; one that nothing passes where none is known."""
    origin, args = get_origin(hint) or hint, get_args(hint)
    known = _PLAIN.get(hint)
    if known is None and isinstance(hint, TypeVar):
        known = _never if hint.__constraints__ else test_of(hint.__bound__ or Any)
    if known is None and args and origin in _BY_ORIGIN:
        known = _BY_ORIGIN[origin](origin, args)
    if known is None and inspect.isclass(origin) and not _checked_inside(origin):
        known = _class_test(origin)
    return known or _never


def _never(_: Any) -> bool:
    return False


def _checked_inside(named: type) -> bool:
    """Return whether typeguard looks at more of a value than its class."""
    return any(lookup(named, (), ()) for lookup in typeguard.checker_lookup_functions)


def _any_test(_: Any, args: tuple[Any, ...]) -> Test:
    first, *others = map(test_of, args)
    if len(others) == 1:
        (second,) = others
        return lambda value: first(value) or second(value)
    return lambda value: first(value) or any(test(value) for test in others)


def _literal_test(_: Any, args: tuple[Any, ...]) -> Test:
    return lambda value: type(value) is str and value in args


def _class_test(named: type) -> Test:
    passed: dict[type, bool] = {}
    abstract = named if named in _ABSTRACT else ()

    def test(value: Any) -> bool:
        kind = type(value)
        try:
            return passed[kind]
        except KeyError:
            return passed.setdefault(kind, named in kind.__mro__ or issubclass(kind, abstract))

    return test


def _subclass_test(_: Any, args: tuple[Any, ...]) -> Test:
    (hint,) = args
    named = hint.__bound__ if isinstance(hint, TypeVar) else hint
    return lambda value: isinstance(value, type) and named in value.__mro__


def _items_test(named: type, args: tuple[Any, ...]) -> Test:
    """Test a list, tuple or dict; of one that may have any length the first item."""
    tests = tuple(map(test_of, args))
    first, last = tests[0], tests[-1]
    if named is tuple and args[-1] is not Ellipsis:
        return lambda value: (
            type(value) is tuple
            and len(value) == len(tests)
            and all(test(one) for test, one in zip(tests, value, strict=True))
        )
    if named in _DICTS:
        return lambda value: (
            type(value) is dict
            and all(first(key) and last(one) for key, one in itertools.islice(value.items(), 1))
        )
    kinds = {list: (list,), tuple: (tuple,), collections.abc.Sequence: (list, tuple)}.get(named, ())
    return lambda value: type(value) in kinds and (not value or first(value[0]))


def _set_test(named: type, args: tuple[Any, ...]) -> Test:
    (first,) = map(test_of, args)
    return lambda value: type(value) is named and (not value or first(next(iter(value))))


def _callable_test(origin: Any, args: tuple[Any, ...]) -> Test:
    """Test a function by what it says of its arguments, read once."""
    passed: dict[Any, bool] = {}

    def test(value: Any) -> bool:
        kind = type(value)
        if kind is types.BuiltinFunctionType and type(value.__self__) is types.ModuleType:
            key: Any = value
        else:
            bare = value.__func__ if kind is types.MethodType else value
            if type(bare) is not types.FunctionType or bare.__dict__:
                return False
            defaults = len(bare.__defaults__ or ()), frozenset(bare.__kwdefaults__ or ())
            key = kind, bare.__code__, defaults
        if key not in passed:
            try:
                _checkers.check_callable(value, origin, args, None)
                passed[key] = True
            except typeguard.TypeCheckError:
                passed[key] = False
        return passed[key]

    return test


_PLAIN: dict[Any, Test] = {
    None: lambda value: value is None,
    Any: lambda _: True,
    object: lambda _: True,
    float: lambda value: isinstance(value, (float, int)),  # PEP 484
    bytes: lambda value: type(value) is bytes,
}
_BY_ORIGIN: dict[Any, Callable[[Any, tuple[Any, ...]], Test]] = {
    Union: _any_test,
    types.UnionType: _any_test,
    Literal: _literal_test,
    type: _subclass_test,
    collections.abc.Callable: _callable_test,
    **dict.fromkeys((set, frozenset), _set_test),
    **dict.fromkeys((list, tuple, collections.abc.Sequence, *_DICTS), _items_test),
}


def known_test_of(hint: Any) -> Test:
    """Return the quick test of a hint, made once."""
    try:
        test = _tests.get(hint)
    except TypeError:  # a hint that cannot be hashed
        return _never
    if test is None:
        test = _tests[hint] = test_of(hint)
    return test


def check(value: Any, hint: Any, memo: typeguard.TypeCheckMemo) -> None:
    """Check a value against a hint; raises as typeguard does."""
    if not known_test_of(hint)(value):
        _check_fully(value, hint, memo)


def install() -> None:
    """Let typeguard check so from now on."""
    _functions.check_type_internal = check
    _checkers.check_type_internal = check
