"""Texts that ask a machine, run a script or change the page if they are not made harmless."""

from __future__ import annotations

AT = "http://127.0.0.2:9/"
"""An address where nothing listens, and that is not the app's."""

TEXTS = (
    f"![picture]({AT}a.png)",
    f"[link]({AT}b)",
    f"<img src={AT}c.png onerror=window.hit=1>",
    f"<script src={AT}d.js></script><script>window.hit=1</script>",
    f"plain {AT}e and www.example.org and someone@example.org",
    f"<{AT}f>",
    "`code` ${window.hit=1} {{7*7}} $x^2$",
    ":red[red] :material/home: :smile: :blue-badge[x]",
    f"</script><svg onload=window.hit=1><style>@import '{AT}g.css';</style>",
    f"[reference]: {AT}h\n\n[reference]",
    "# head\n\n- list\n\n    block\n\n| a | b |\n|---|---|\n| c | d |",
    "javascript:alert(1) \u202e reversed",
)
