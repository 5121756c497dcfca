"""Find where plain code names a compiled function, by reading source and running none of it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import Path

LOCK = "toolkit.engine.kernel_lock.KERNEL_LOCK"
COMPILERS = {f"numba.{n}" for n in ("njit", "jit", "vectorize", "guvectorize", "stencil", "cfunc")}
"""What is decorated with one of these, or made by calling one, is compiled."""


@dataclass(frozen=True)
class Found:
    """What plain code does with compiled functions.

    Attributes
    ----------
    locked
        Full names of the compiled functions that are called within the lock.
    loose
        Where one is called outside the lock, or kept for a call that cannot be seen: "module:line
        name".
    """

    locked: set[str] = field(default_factory=set)
    loose: list[str] = field(default_factory=list)


class Code:
    """The modules of a package, and what their names stand for."""

    def __init__(self, sources: dict[str, str]) -> None:
        self.trees = {module: ast.parse(text) for module, text in sources.items()}
        self.imported = {module: _imports(tree) for module, tree in self.trees.items()}
        self.compiled = {
            f"{module}.{name}"
            for module, tree in self.trees.items()
            for node in ast.walk(tree)
            for name in self._compiled_by(module, node)
        }
        self.parallel = {
            f"{module}.{node.name}"
            for module, tree in self.trees.items()
            for node in ast.walk(tree)
            if self.is_compiled(module, node) and _asks_for_parallel(node)
        }
        self.kernel_modules = {name.rpartition(".")[0] for name in self.compiled}

    @classmethod
    def of_folder(cls, folder: Path) -> Code:
        """Read all modules of a package."""
        parts = {path: path.relative_to(folder.parent).with_suffix("").parts
                 for path in folder.rglob("*.py")}  # fmt: skip
        return cls(
            {
                ".".join(p for p in names if p != "__init__"): path.read_text(encoding="utf-8")
                for path, names in parts.items()
            }
        )

    def name_of(self, module: str, node: ast.AST) -> str:
        """Return the full name of what an expression stands for; empty where it is no name."""
        if isinstance(node, ast.Name):
            return self._origin(self.imported[module].get(node.id, f"{module}.{node.id}"))
        if isinstance(node, ast.Attribute):
            owner = self.name_of(module, node.value)
            return self._origin(f"{owner}.{node.attr}") if owner else ""
        return ""

    def _origin(self, name: str) -> str:
        """Follow a name through the modules that import it from others."""
        owner, _, last = name.rpartition(".")
        target = self.imported.get(owner, {}).get(last)
        return name if target is None or target == name else self._origin(target)

    def _is_compiler(self, module: str, node: ast.AST) -> bool:
        while isinstance(node, ast.Call):  # njit(cache=True)
            node = node.func
        return self.name_of(module, node) in COMPILERS

    def is_compiled(self, module: str, node: ast.AST) -> bool:
        """Return whether a statement defines a compiled function by decorators."""
        return isinstance(node, ast.FunctionDef) and any(
            self._is_compiler(module, decorator) for decorator in node.decorator_list
        )

    def _compiled_by(self, module: str, node: ast.AST) -> list[str]:
        """Return the names of compiled functions that a statement makes."""
        if isinstance(node, ast.FunctionDef):
            return [node.name] if self.is_compiled(module, node) else []
        if not isinstance(node, ast.Assign | ast.AnnAssign) or not isinstance(node.value, ast.Call):
            return []
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        made = self._is_compiler(module, node.value)
        return [target.id for target in targets if made and isinstance(target, ast.Name)]

    def look(self) -> Found:
        """Return what the plain code of all modules does with compiled functions."""
        found = Found()
        for module, tree in self.trees.items():
            _Look(self, module, found).visit(tree)
        return found


def _imports(tree: ast.Module) -> dict[str, str]:
    """Return what imported names stand for, wherever in a module they are imported."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                top = name.name.partition(".")[0]
                found[name.asname or top] = name.name if name.asname else top
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                msg = f"A relative import, line {node.lineno}: name the module in full."
                raise ValueError(msg)
            for name in node.names:
                found[name.asname or name.name] = f"{node.module}.{name.name}"
    return found


def _asks_for_parallel(function: ast.FunctionDef) -> bool:
    words = [
        word for d in function.decorator_list if isinstance(d, ast.Call) for word in d.keywords
    ]
    return any(word.arg == "parallel" for word in words)


class _Look(ast.NodeVisitor):
    """Walk through plain code, knowing whether the lock is held."""

    def __init__(self, code: Code, module: str, found: Found) -> None:
        self.code, self.module, self.found = code, module, found
        self.locked = False

    def _visit_all(self, nodes: list[ast.AST], *, locked: bool) -> None:
        before, self.locked = self.locked, locked
        for node in nodes:
            self.visit(node)
        self.locked = before

    def visit_With(self, node: ast.With) -> None:
        """Hold the lock in the body, if it is one of what is entered."""
        names = [self.code.name_of(self.module, item.context_expr) for item in node.items]
        self._visit_all([*node.items], locked=self.locked)
        self._visit_all([*node.body], locked=self.locked or LOCK in names)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Leave compiled code alone; other functions run later, when the lock is given up."""
        if not self.code.is_compiled(self.module, node):
            self._run_later(node)

    def _run_later(self, node: ast.AST) -> None:
        self._visit_all([*ast.iter_child_nodes(node)], locked=False)

    visit_AsyncFunctionDef = visit_Lambda = visit_GeneratorExp = _run_later  # noqa: N815

    def visit_Call(self, node: ast.Call) -> None:
        """Take note of a call within the lock; all else is left to `_name`."""
        name = self.code.name_of(self.module, node.func)
        if self.locked and name in self.code.compiled:
            self.found.locked.add(name)
            self._visit_all([*node.args, *node.keywords], locked=True)
        else:
            self.generic_visit(node)

    def _name(self, node: ast.Name | ast.Attribute) -> None:
        name = self.code.name_of(self.module, node)
        loose = name in self.code.compiled or name in self.code.kernel_modules - {self.module}
        if loose and isinstance(node.ctx, ast.Load):
            self.found.loose.append(f"{self.module}:{node.lineno} {name}")
        elif isinstance(node, ast.Attribute) and self.code.name_of(self.module, node.value):
            self._owner(node.value)
        else:
            self.generic_visit(node)

    def _owner(self, node: ast.expr) -> None:
        """Look at what an attribute is taken of: a module is all right, a function is not."""
        if self.code.name_of(self.module, node) not in self.code.kernel_modules:
            self.visit(node)

    visit_Name = visit_Attribute = _name  # noqa: N815
