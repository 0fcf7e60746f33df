"""What can be wrong with an identifier, each with what to do about it."""

from __future__ import annotations


class IdentifierError(ValueError):
    """An identifier that its standard does not allow.

    Attributes:
        identifier: the text as it was given.
    """

    def __init__(self, identifier: str, what: str, advice: str) -> None:
        super().__init__(f"{identifier!r}: {what}; {advice}")
        self.identifier = identifier


class IdentifierLengthError(IdentifierError):
    """Too long or too short."""

    def __init__(self, identifier: str, expected: int) -> None:
        super().__init__(
            identifier,
            f"{len(identifier)} characters where {expected} are needed",
            "look for a lost or doubled character",
        )


class IdentifierCharacterError(IdentifierError):
    """A character that may not stand at its position (counted from 1)."""

    def __init__(self, identifier: str, position: int) -> None:
        super().__init__(
            identifier,
            f"{identifier[position - 1]!r} may not stand at position {position}",
            "compare with the licence (I, O, Z, S and V never occur)",
        )
        self.position = position


class CheckDigitError(IdentifierError):
    """A check character (at ``position``, from 1) that does not fit the others."""

    def __init__(self, identifier: str, position: int, expected: str) -> None:
        super().__init__(
            identifier,
            f"check character {identifier[position - 1]!r} at position {position} "
            f"should be {expected!r}",
            "one or more characters are mistyped, compare with the licence",
        )
        self.position = position
        self.expected = expected
