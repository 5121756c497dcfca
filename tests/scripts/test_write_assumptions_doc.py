"""docs/generated/assumptions.md lists every value, and says when it is no longer up to date."""

from __future__ import annotations

import write_assumptions_doc as script

from toolkit.assumptions.sets import load_assumptions
from toolkit.base import store


def test_the_document_lists_every_value_and_every_set():
    text = script.document().replace("\\", "")
    for item in load_assumptions().items:
        assert f"| {item.key} |" in text
    for name in ("central", "cautious", "minimal"):
        assert load_assumptions(name).sha256 in text
    assert "kamerafrei" in text


def test_a_change_is_noticed_and_the_users_own_sets_play_no_part(tmp_path, monkeypatch, home):
    document = tmp_path / "assumptions.md"
    monkeypatch.setattr(script, "DOCUMENT", document)
    assert script.main(["--check"]) == 1
    assert not document.exists()
    assert script.main([]) == 0
    store.write_text(home / "assumptions" / "central.toml", "from = 'minimal'\n")
    assert script.main(["--check"]) == 0
    store.write_text(document, document.read_text(encoding="utf-8") + "x")
    assert script.main(["--check"]) == 1


def test_the_committed_document_is_up_to_date(capsys):
    assert script.main(["--check"]) == 0, capsys.readouterr().out
