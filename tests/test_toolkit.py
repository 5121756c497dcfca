"""What `import toolkit` gives."""

from __future__ import annotations

import subprocess
import sys

import pytest

import toolkit
from toolkit.base import store


def test_every_public_name_is_there():
    for name in toolkit.__all__:
        assert callable(getattr(toolkit, name))
    assert set(toolkit.__all__) == set(toolkit._HOMES)


def test_there_are_no_other_names():
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = toolkit.no_such_name


def test_importing_the_package_imports_nothing_heavy():
    code = "import sys, toolkit; print({'numpy', 'numba', 'streamlit'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=store.builtin_dir().parent, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert done.stdout.strip() == "set()"
