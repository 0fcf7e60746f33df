"""The identifier checks as SQL (DuckDB's dialect), equal to the Python functions.

Integer arithmetic over single characters, built as trees. NULL gives NULL.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from sqlglot import exp

from quality.identifiers import organisation, person, uscc

_BANK_LENGTH = 19


def uscc_sql(column: str) -> exp.Expr:
    """True for a code for which ``is_uscc`` is true."""
    return uscc_test(exp.column(column, quoted=True))


def unknown_authority_sql(column: str) -> exp.Expr:
    """True for a code for which ``unknown_authority`` is true."""
    code = exp.column(column, quoted=True)
    known = full_match(code, f"(?:{uscc.PAIRS}).*")
    return exp.and_(exp.not_(known), full_match(code, uscc.SHAPE))


def uscc_test(code: exp.Expr) -> exp.Expr:
    """``uscc_sql`` of any text expression."""
    return exp.and_(
        full_match(code, uscc.SHAPE),
        _organisation_test(code),
        _mod_31_test(code),
        copy=False,
    )


def _mod_31_test(code: exp.Expr) -> exp.Expr:
    # The check character, counted once, completes the weighted sum to a multiple of 31.
    total = _weighted(code, uscc.ALPHABET, (*uscc.WEIGHTS, 1), start=1)
    return exp.EQ(this=_modulo(total, 31), expression=_number(0))


def _organisation_test(code: exp.Expr) -> exp.Expr:
    total = _weighted(code, organisation.ALPHABET, organisation.WEIGHTS, start=9)
    index = _number(12) - _modulo(total, 11)
    expected = _part(exp.Literal.string(organisation.CHECK_CHARACTERS), index, 1)
    return exp.EQ(this=_part(code, 17, 1), expression=expected)


def resident_test(number: exp.Expr) -> exp.Expr:
    """True for a text for which ``is_resident_id`` is true."""
    total = _weighted(number, "0123456789", person.RESIDENT_WEIGHTS, start=1)
    index = _modulo(total, 11) + _number(1)
    expected = _part(exp.Literal.string(person.RESIDENT_CHECKS), index, 1)
    given = exp.Upper(this=_part(number, 18, 1))
    return exp.and_(
        full_match(number, person.RESIDENT_ID),
        exp.EQ(this=given, expression=expected),
        copy=False,
    )


def bank_card_test(number: exp.Expr) -> exp.Expr:
    """True for a text for which ``is_bank_card`` is true."""
    # Leading zeros change no sum and bring every number to one length.
    padded = exp.Pad(
        this=number.copy(),
        expression=_number(_BANK_LENGTH),
        fill_pattern=exp.Literal.string("0"),
        is_left=True,
    )
    terms = [
        _value(padded, i, "0123456789" if i % 2 else person.LUHN_DOUBLED)
        for i in range(1, _BANK_LENGTH + 1)
    ]
    total = exp.EQ(this=_modulo(_sum(terms), 10), expression=_number(0))
    return exp.and_(full_match(number, person.BANK_CARD), total, copy=False)


def full_match(value: exp.Expr, pattern: str) -> exp.Expr:
    """Whether all of ``value`` matches the regular expression ``pattern``."""
    return exp.RegexpFullMatch(
        this=value.copy(), expression=exp.Literal.string(pattern)
    )


def _weighted(
    code: exp.Expr, alphabet: str, weights: Sequence[int], start: int
) -> exp.Expr:
    terms = [
        exp.Mul(
            this=_value(code, start + i, alphabet),
            expression=_number(weight),
        )
        for i, weight in enumerate(weights)
    ]
    return _sum(terms)


def _sum(terms: Sequence[exp.Expr]) -> exp.Expr:
    return reduce(lambda left, right: exp.Add(this=left, expression=right), terms)


def _modulo(value: exp.Expr, by: int) -> exp.Expr:
    divisor = _number(by)
    return exp.Paren(this=exp.Mod(this=exp.Paren(this=value), expression=divisor))


def _value(code: exp.Expr, position: int, alphabet: str) -> exp.Expr:
    """What the character at ``position`` (from 1) counts: its index in ``alphabet``."""
    index = exp.StrPosition(
        this=exp.Literal.string(alphabet), substr=_part(code, position, 1)
    )
    return exp.Paren(this=exp.Sub(this=index, expression=_number(1)))


def _part(text: exp.Expr, start: int | exp.Expr, length: int) -> exp.Expr:
    begin = _number(start) if isinstance(start, int) else start
    return exp.Substring(this=text.copy(), start=begin, length=_number(length))


def _number(value: int) -> exp.Expr:
    # ``Literal.number`` looks at each value: half the cost of trees of hundreds.
    return exp.Literal(this=str(value), is_string=False)
