"""The README's example prints what the README says it prints."""

from __future__ import annotations

import re
import subprocess
import sys

from toolkit.base import store


def test_the_example_was_run():
    root = store.builtin_dir().parent
    text = (root / "README.md").read_text(encoding="utf-8")
    code, expected = re.search(r"```python\n(.*?)```\n\n```\n(.*?)```", text, re.DOTALL).groups()
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=root, capture_output=True, text=True, encoding="utf-8", check=True, timeout=300,
    )  # fmt: skip
    assert done.stdout == expected
