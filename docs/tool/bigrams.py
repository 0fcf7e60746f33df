"""Search of both languages in one index: pairs of Chinese characters, and whole words.

Sphinx cuts neither Chinese queries in the browser nor, without a large dictionary, texts.
Here both are cut alike, as the platform's own search does: 信用修复 is 信用, 用修, 修复,
and a page is found if it has all of them. Not here: the platform's search of enterprises.
"""

from __future__ import annotations

import re

from sphinx.application import Sphinx
from sphinx.search import SearchLanguage

RUN = re.compile(r"[\u4e00-\u9fff]+|[a-z0-9_]+")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def cut(text: str) -> list[str]:
    """Words in small letters, and every two neighbouring characters."""
    found = []
    for run in RUN.findall(text.lower()):
        if CHINESE.match(run) and len(run) > 1:
            found += [run[i : i + 2] for i in range(len(run) - 1)]
        else:
            found.append(run)
    return found


class Bigrams(SearchLanguage):
    """What Sphinx asks of a language."""

    lang = "bigrams"
    language_name = "Chinese and English"
    js_stemmer_code = "class Stemmer { stemWord(w) { return w; } }"
    js_splitter_code = """
function splitQuery(query) {
  const runs = query.toLowerCase().match(/[\\u4e00-\\u9fff]+|[a-z0-9_]+/g) || [];
  return runs.flatMap((run) =>
    run.length > 1 && run.charCodeAt(0) > 0x4dff
      ? Array.from({ length: run.length - 1 }, (_, i) => run.slice(i, i + 2))
      : [run]
  );
}
"""
    stopwords = frozenset({"a", "an", "and", "in", "is", "it", "of", "or", "the", "to"})

    def split(self, input: str) -> list[str]:  # noqa: A002
        """Words of a page or a title."""
        return cut(input)

    def stem(self, word: str) -> str:
        """Words as they are."""
        return word

    def word_filter(self, word: str) -> bool:
        """Whether a word is worth an entry."""
        return word not in self.stopwords


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the language; ``conf.py`` chooses it."""
    app.add_search_language(Bigrams)
    return {"parallel_read_safe": True}
