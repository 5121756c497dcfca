"""Calls of typeguard's checks, written into the code so that they hardly cost anything.

Typeguard's own calls evaluate every hint, and make a record of the names in sight, at every call:
half the time of code that is not compiled. Here a function first asks the quick tests of
`quick_checks`, which are learnt at its first call; only if one of them does not let a value pass is
typeguard called as it was, and raises as it does.
"""

from __future__ import annotations

import ast
import hashlib
from copy import deepcopy
from pathlib import Path
from typing import Any

import quick_checks
from typeguard import _functions, _importhook

TESTS, VALUE = "_quick_tests", "_quick_value"
"""Names in each module: the tests of its hints, and a value that is about to be returned."""
_ARGUMENTS, _RETURN, _ASSIGNMENT = (
    "check_argument_types_internal", "check_return_type_internal", "check_variable_assignment",
)  # fmt: skip
_SLOW = {_ARGUMENTS: "_slow_arguments", _RETURN: "_slow_return", _ASSIGNMENT: "_slow_assignment"}
_HEAD = (
    "from quick_calls import slow_arguments as _slow_arguments, slow_return as _slow_return,"
    " slow_assignment as _slow_assignment, unknown as {tests}\n{tests} = [{tests}] * {number}\n"
)


def unknown(_: Any) -> bool:
    """Let no value pass: the hint has not been seen yet."""
    return False


def _learn(tests: list[quick_checks.Test], k: int, hint: Any) -> None:
    if tests[k] is unknown:
        tests[k] = quick_checks.known_test_of(hint)


def slow_arguments(
    tests: list[quick_checks.Test], first: int, name: str, arguments: dict[str, Any], memo: Any
) -> None:
    """Check arguments as typeguard does, and learn their tests."""
    for k, (_, hint) in enumerate(arguments.values(), first):
        _learn(tests, k, hint)
    _functions.check_argument_types_internal(name, arguments, memo)


def slow_return(
    tests: list[quick_checks.Test], k: int, name: str, value: Any, hint: Any, memo: Any
) -> Any:
    """Check a value that is returned as typeguard does, and learn its test."""
    _learn(tests, k, hint)
    return _functions.check_return_type_internal(name, value, hint, memo)


def slow_assignment(
    tests: list[quick_checks.Test], k: int, name: str, value: Any, hint: Any, memo: Any
) -> None:
    """Check a value that was assigned as typeguard does, and learn its test."""
    _learn(tests, k, hint)
    _functions.check_variable_assignment(value, [(name, hint)], memo)


class Quicker(ast.NodeTransformer):
    """Puts the quick tests in front of the calls that typeguard has written into a module."""

    def __init__(self, module: ast.Module) -> None:
        """Read the names under which a module has the functions of typeguard."""
        self._names: dict[str, str] = {}
        self._memos: list[tuple[str, ast.expr] | None] = [None]
        self._n_tests = 0
        for node in module.body:
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("typeguard"):
                self._names |= {one.asname or one.name: one.name for one in node.names}

    def visit_Module(self, node: ast.Module) -> ast.Module:
        self.generic_visit(node)
        at = next(
            k for k, one in enumerate([*node.body, ast.Pass()])
            if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
            and not (isinstance(one, ast.ImportFrom) and one.module == "__future__")
        )  # fmt: skip
        if self._n_tests:
            node.body[at:at] = ast.parse(_HEAD.format(tests=TESTS, number=self._n_tests)).body
        return node

    def visit_FunctionDef(self, node: Any) -> Any:
        memo = next(
            (one for one in node.body if isinstance(one, ast.Assign)
             and self._called(one.value) == "TypeCheckMemo"), None,
        )  # fmt: skip
        name = memo.targets[0].id if memo is not None else ""  # type: ignore[attr-defined]
        self._memos.append((name, memo.value) if memo is not None else None)
        self.generic_visit(node)
        self._memos.pop()
        if memo is not None and not any(
            isinstance(one, ast.Name) and one.id == name and isinstance(one.ctx, ast.Load)
            for one in ast.walk(node)
        ):
            node.body.remove(memo)
        return node

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        self.generic_visit(node)
        if self._called(node.value) != _ARGUMENTS:
            return node
        name, arguments, _ = node.value.args  # type: ignore[attr-defined]
        first = self._n_tests
        tests = [self._test(one.elts[0]) for one in arguments.values]
        slow = self._slow(_ARGUMENTS, first, name, arguments)
        passed = tests[0] if len(tests) == 1 else ast.BoolOp(ast.And(), tests)
        return _at(ast.Expr(ast.BoolOp(ast.Or(), [passed, slow])), node)

    def visit_Return(self, node: ast.Return) -> ast.AST:
        self.generic_visit(node)
        if node.value is None or self._called(node.value) != _RETURN:
            return node
        name, value, hint, _ = node.value.args  # type: ignore[attr-defined]
        k = self._n_tests
        passed = self._test(ast.NamedExpr(ast.Name(VALUE, ast.Store()), value))
        kept = ast.Name(VALUE, ast.Load())
        return _at(
            ast.Return(ast.IfExp(passed, kept, self._slow(_RETURN, k, name, kept, hint))), node
        )

    def visit_AnnAssign(self, node: Any) -> Any:
        self.generic_visit(node)
        target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
        if node.value is None or self._called(node.value) != _ASSIGNMENT:
            return node
        value, groups, _ = node.value.args
        single = len(groups.elts) == 1 and isinstance(groups.elts[0], ast.Tuple)
        if not single or not isinstance(target, ast.Name):
            return node
        name, hint = groups.elts[0].elts
        node.value = value
        k, kept = self._n_tests, ast.Name(target.id, ast.Load())
        passed = self._test(kept)
        slow = self._slow(_ASSIGNMENT, k, name, kept, hint)
        return [node, _at(ast.Expr(ast.BoolOp(ast.Or(), [passed, slow])), node)]

    visit_Assign = visit_AnnAssign  # noqa: N815

    def _called(self, node: ast.AST) -> str | None:
        """Return the function of typeguard that is called, if it is one."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return self._names.get(node.func.id)
        return None

    def _test(self, value: ast.expr) -> ast.expr:
        """Return the call of a new test."""
        which = ast.Constant(self._n_tests)
        place = ast.Subscript(ast.Name(TESTS, ast.Load()), which, ast.Load())
        self._n_tests += 1
        return ast.Call(place, [value], [])

    def _slow(self, kind: str, k: int, *given: ast.expr) -> ast.expr:
        """Return the call of typeguard, which makes its record of names only now."""
        memo = self._memos[-1]
        assert memo is not None
        given = (ast.Name(TESTS, ast.Load()), ast.Constant(k), *given, deepcopy(memo[1]))
        return ast.Call(ast.Name(_SLOW[kind], ast.Load()), list(given), [])


def _at(made: ast.AST, place: ast.AST) -> ast.AST:
    """Let all of a node be on the line of another, as tests of coverage count lines."""
    return ast.fix_missing_locations(ast.copy_location(made, place))


def install() -> None:
    """Let modules that typeguard's hook imports from now on be made so."""
    helpers = Path(__file__).parent
    source = b"".join((helpers / f"quick_{name}.py").read_bytes() for name in ("calls", "checks"))
    # What is kept on disk is made anew when this file changes.
    _importhook.OPTIMIZATION += "quick" + hashlib.sha256(source).hexdigest()[:8]
    original = _importhook.TypeguardTransformer

    class Transformer(original):  # type: ignore[misc, valid-type]
        def visit_Module(self, node: ast.Module) -> ast.Module:  # noqa: N802 - as ast names it
            made = super().visit_Module(node)
            return Quicker(made).visit(made)  # type: ignore[no-any-return]

    _importhook.TypeguardTransformer = Transformer  # type: ignore[misc]
