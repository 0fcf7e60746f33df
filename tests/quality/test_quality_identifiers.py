from __future__ import annotations

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from quality import identifiers
from quality.identifiers.organisation import organisation_check
from quality.identifiers.sql import unknown_authority_sql, uscc_sql
from quality.identifiers.uscc import ALPHABET, check_character
from tests.quality.broken_rows import UNKNOWN_AUTHORITY

# Codes of real bodies, published by them; and one invented.
REAL = (
    "11370300004217629L",
    "91110000600037341L",
    "91110108551385082Q",
    "91330203674737244W",
    "91230500MA1B3N1N2M",
    "91320100748204660Q",
)
INVENTED = "91370303MA3C00003D"


def uscc(body: str) -> str:
    """The valid code that begins with these 16 characters."""
    body += organisation_check(body[8:])
    return body + check_character(body)


# The weighted sum is divisible by 31: the check character is 0, not the 32nd letter.
REMAINDER_ZERO = next(
    code for n in range(1000) if (code := uscc(f"91370303MA3C{n:04}"))[17] == "0"
)


@pytest.mark.parametrize("code", [*REAL, INVENTED, REMAINDER_ZERO])
def test_valid_codes_are_valid(code: str) -> None:
    assert identifiers.is_uscc(code)


@pytest.mark.parametrize("first", ["A1", "N2", "Y1"])
def test_codes_of_army_village_and_other_bodies_are_valid(first: str) -> None:
    code = uscc(f"{first}370303MA3C0000")
    assert identifiers.is_uscc(code)
    assert not identifiers.unknown_authority(code)


def test_a_code_with_only_the_last_digit_right_is_refused() -> None:
    body = INVENTED[:16] + "4"
    code = body + check_character(body)
    with pytest.raises(identifiers.CheckDigitError, match="position 17 should be '3'"):
        identifiers.parse(code)


@pytest.mark.parametrize(
    ("code", "error", "says"),
    [
        (INVENTED[:17], identifiers.IdentifierLengthError, "17 characters where 18"),
        ("", identifiers.IdentifierLengthError, "0 characters"),
        (
            *("91370303MA3C0000OD", identifiers.IdentifierCharacterError),
            "'O' may not stand at position 17",
        ),
        (
            *("91370A03MA3C00003D", identifiers.IdentifierCharacterError),
            "'A' may not stand at position 6",
        ),
        (
            *("91370303MA3C00003E", identifiers.CheckDigitError),
            "'E' at position 18 should be 'D'",
        ),
    ],
)
def test_a_wrong_code_says_where_and_why(
    code: str, error: type[identifiers.IdentifierError], says: str
) -> None:
    with pytest.raises(error, match=says):
        identifiers.parse(code)


def test_the_parts_of_a_code() -> None:
    parts = identifiers.parse("11370300004217629L")
    assert parts == identifiers.Uscc(
        "11370300004217629L", "机构编制", "1", "370300", "004217629"
    )


def test_an_unknown_authority_is_told_apart_and_not_refused() -> None:
    assert identifiers.unknown_authority(UNKNOWN_AUTHORITY)
    assert identifiers.parse(UNKNOWN_AUTHORITY).authority is None
    assert not identifiers.unknown_authority(INVENTED)
    assert not identifiers.unknown_authority("9437")


def test_normalising_changes_width_and_case_and_no_letter() -> None:
    wide = "　９１３７０３０３ｍａ３ｃ００００３ｄ\n"
    assert identifiers.normalise(wide) == INVENTED
    assert identifiers.normalise("OIZSV") == "OIZSV"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("9I370303MA3COOOO3D", INVENTED),
        ("91370303ma3c00003d", None),
        ("9111010855138S082Q", "91110108551385082Q"),
        ("91330Z03674737244W", "91330203674737244W"),
        ("91370303MA3C00003E", None),
        ("VVVVVVVVVVVVVVVVVV", None),
    ],
)
def test_look_alike_letters_are_suggested_for(typed: str, meant: str | None) -> None:
    assert identifiers.suggest(typed) == ((meant,) if meant else ())


@pytest.mark.parametrize(
    "number",
    ["330203000030639", "330200600002522", "110000000343473", "330200400070010"],
)
def test_real_registration_numbers_are_valid(number: str) -> None:
    assert identifiers.is_registration_number(number)
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert not identifiers.is_registration_number(wrong)


def test_an_old_taxpayer_number_bridges_to_the_code_of_the_same_organisation() -> None:
    assert identifiers.is_taxpayer_number("110000600037341")
    assert identifiers.bridges("110000600037341", "91110000600037341L")
    assert not identifiers.bridges("110000600037341", INVENTED)
    assert not identifiers.is_taxpayer_number("110000600037342")
    assert not identifiers.bridges("110000600037342", "91110000600037341L")
    assert identifiers.organisation_code_of(INVENTED) == "MA3C00003"
    assert identifiers.organisation_code_of("12345") is None


def test_resident_ids_and_bank_cards_by_their_check_digits() -> None:
    # The example of GB 11643 and the usual test card.
    assert identifiers.is_resident_id("11010519491231002X")
    assert identifiers.is_resident_id("11010519491231002x")
    assert not identifiers.is_resident_id("110105194912310021")
    assert not identifiers.is_resident_id("11010519491331002X")
    assert identifiers.is_bank_card("4111111111111111")
    assert identifiers.is_bank_card("6222021234567890128")
    assert not identifiers.is_bank_card("4111111111111112")
    assert not identifiers.is_bank_card("1111111111111117")


BODY = st.tuples(
    st.text(ALPHABET, min_size=2, max_size=2),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(ALPHABET, min_size=8, max_size=8),
).map("".join)
ANY_CHARACTER = st.sampled_from(ALPHABET + "IOSVZ 证x")


@st.composite
def nearly(draw: st.DrawFn) -> str:
    """A valid code, or one with a character changed, lost or added."""
    code = uscc(draw(BODY))
    at = draw(st.integers(0, 17))
    middle = draw(
        st.one_of(st.just(code[at]), ANY_CHARACTER, st.just(""), st.just("00"))
    )
    return code[:at] + middle + code[at + 1 :]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.one_of(nearly(), st.text(max_size=20)), min_size=1, max_size=60))
@example([*REAL, INVENTED, REMAINDER_ZERO, UNKNOWN_AUTHORITY, "", "91"])
def test_sql_and_python_agree_on_every_code(codes: list[str]) -> None:
    valid = uscc_sql("code").sql("duckdb")
    unknown = unknown_authority_sql("code").sql("duckdb")
    codes = [code.replace("\0", "") for code in codes]
    rows = duckdb.execute(
        f"SELECT code, {valid}, {unknown} FROM (SELECT unnest(?) AS code)", [codes]
    ).fetchall()
    expected = [
        (c, identifiers.is_uscc(c), identifiers.unknown_authority(c)) for c in codes
    ]
    assert rows == expected


@given(BODY)
def test_one_mistyped_character_never_passes(body: str) -> None:
    code = uscc(body)
    assert identifiers.is_uscc(code)
    for at in range(18):
        for character in set(ALPHABET) - {code[at]}:
            assert not identifiers.is_uscc(code[:at] + character + code[at + 1 :])
