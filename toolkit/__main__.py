"""``python -m toolkit``."""

from __future__ import annotations

import io
import sys

from toolkit.cli import main

if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        # A Windows console of another code page cannot write Burmese.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    sys.exit(main())
