"""Why something could not be done, in the visitor's words.

Not here: the errors themselves (``publish.cases.model``).
"""

from __future__ import annotations

from publish.cases.model import CaseError, NotEligibleError
from publish.cases.objections import RepeatedObjectionError
from publish.cases.papers import PaperError
from publish.cases.records import UnknownRecordError
from publish.cases.repair import MissingPaperError
from publish.registry.authorisations import AuthorisationError
from publish.site.visit import Visit

_WORDS: tuple[tuple[type[ValueError], str], ...] = (
    (MissingPaperError, "my.error_papers"),
    (PaperError, "my.error_file"),
    (RepeatedObjectionError, "my.error_repeated"),
    (UnknownRecordError, "my.error_record"),
    (AuthorisationError, "my.error_authorisation"),
    (CaseError, "my.error_words"),
)


def told(v: Visit, error: ValueError) -> str:
    """One sentence on what to mend."""
    if isinstance(error, NotEligibleError):
        return v.say(f"my.reason_{error.reason}")
    key = next((k for kind, k in _WORDS if isinstance(error, kind)), "my.error_words")
    return v.say(key)
