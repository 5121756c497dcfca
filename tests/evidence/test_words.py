"""The sentences that say how a count follows."""

from __future__ import annotations

import pytest

from toolkit.evidence.words import RuleId, UnusedReason, rule_text, unused_text


@pytest.mark.parametrize("reason", UnusedReason.__args__)
def test_each_reason_is_a_sentence(reason):
    assert unused_text(reason).endswith(".")


@pytest.mark.parametrize("rule", RuleId.__args__)
def test_each_rule_is_a_sentence_without_numbers(rule):
    sentence = rule_text(rule)
    assert sentence.endswith(".")
    assert not any(sign.isdigit() for sign in sentence)
