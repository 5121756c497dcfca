"""Burmese text in Zawgyi, the old encoding: recognised, and refused with a sentence.

Zawgyi uses the code points of Unicode for other letters, so that it is read and searched wrongly
without anything looking broken to a program. No package among the dependencies converts it; phones
and free converters do.
"""

from __future__ import annotations

import functools
import warnings
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from myanmartools import ZawgyiDetector

THRESHOLD: Final = 0.95
"""Probability from which a text counts as Zawgyi. At this one fewer than 1 % of Unicode texts are
taken for Zawgyi (README of google/myanmar-tools). Of the toolkit's own Burmese sentences none is,
and written in Zawgyi fewer than 1 in 100 are missed (`tests/base/test_zawgyi.py`); words of one or
two syllables are often written alike in both, and pass."""
REFUSAL: Final = (
    "This is Burmese in the old Zawgyi encoding. Convert it to Unicode and give it again. "
    "ဤစာသည် ဇော်ဂျီ (Zawgyi) ဖြစ်သည်။ ယူနီကုဒ် (Unicode) သို့ ပြောင်းပြီး ထပ်မံ ထည့်ပါ။"
)
"""What is said of such a text, in both languages: readers do not know that of the user."""


def is_zawgyi(text: str) -> bool:
    """Return whether a text is Burmese in the encoding Zawgyi rather than in Unicode.

    Examples
    --------
    >>> is_zawgyi("Strand Road"), is_zawgyi("မြန်မာနိုင်ငံ"), is_zawgyi("ျမန္မာႏိုင္ငံ")
    (False, False, True)
    """
    if text.isascii():
        return False
    # Not a number for a text without a Burmese letter.
    return bool(_detector().get_zawgyi_probability(text) >= THRESHOLD)


def unicode_only(text: str) -> str:
    """Return a text as it is.

    Raises
    ------
    ValueError
        If it is Zawgyi; the message is `REFUSAL`.
    """
    if is_zawgyi(text):
        raise ValueError(REFUSAL)
    return text


@functools.cache
def _detector() -> ZawgyiDetector:
    from myanmartools import ZawgyiDetector

    with warnings.catch_warnings():
        # It reads its model by a function that Python 3.11 and 3.12 call deprecated; 3.13 does not.
        warnings.simplefilter("ignore", DeprecationWarning)
        return ZawgyiDetector()
