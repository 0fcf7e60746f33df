"""Chinese names spelt in Latin letters, so that they are found without an input method.

Computed while a release is built; the site only asks the index and never loads the
dictionary. Not here: how the spelling is cut for the index (``bigrams``).
"""

from __future__ import annotations

from functools import cache
from typing import Any

from pypinyin import Style, lazy_pinyin, pinyin
from pypinyin.seg.mmseg import seg

from publish.release import bigrams

_APART: Any = list  # what has no reading is kept, character by character
# Every name ends in one of a few legal forms; they read the same everywhere.
_FORMS = ("有限责任公司", "股份有限公司", "有限公司")


def spelling(name: str) -> tuple[str, str]:
    """A name's pinyin and its initials: ``星海科技`` is ``xinghaikeji``, ``xhkj``.

    Letters and digits stand for themselves; signs are left out, as in ``bigrams``.
    """
    plain = bigrams.squeeze(name)
    form = next((f for f in _FORMS if plain.endswith(f)), "")
    syllables = [*_read(plain.removesuffix(form)), *_read(form)]
    return "".join(syllables), "".join(s[0] for s in syllables)


def _read(text: str) -> list[str]:
    """One syllable for each character."""
    readings = [_readings(c) for c in text]
    if all(len(r) == 1 for r in readings):
        return [r[0] for r in readings]
    return _in_context(text)


def _in_context(text: str) -> list[str]:
    """Characters read in more than one way are told apart by the words around them."""
    read = [syllable for word in seg.cut(text) for syllable in _word(word)]
    return read if len(read) == len(text) else [_readings(c)[0] for c in text]


@cache
def _word(word: str) -> tuple[str, ...]:
    """The reading of one word of the dictionary; names share most of theirs."""
    return tuple(lazy_pinyin(word, errors=_APART))


@cache
def _readings(character: str) -> tuple[str, ...]:
    """The readings of one character without tones; itself where it has none."""
    found = pinyin(character, style=Style.NORMAL, heteronym=True, errors=_APART)
    return tuple(dict.fromkeys(found[0])) or (character,)
