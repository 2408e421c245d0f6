"""Numbers as people type them, and as the bot shows them."""

import re
import time

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import phone

ANA, BEN = "33612345678", "33798765432"


@pytest.mark.parametrize(
    "typed",
    [
        "06 12 34 56 78",
        "06.12.34.56.78",
        "06-12-34-56-78",
        "06/12/34/56/78",
        "0612345678",
        "612345678",
        "6 12 34 56 78",
        "33612345678",
        "+33612345678",
        "+33 6 12 34 56 78",
        "+ 33 6 12 34 56 78",
        "0033612345678",
        "00 33 6 12 34 56 78",
        "(06) 12-34-56-78",
        "+33 (0)6 12 34 56 78",
        "<tel:+33612345678|06 12 34 56 78>",
        "<tel:0612345678>",
        "06\u00a012\u202f34\u200956 78",
        "\u202a+33 6 12 34 56 78\u202c",
        "\u20110612\u20113456\u201178",
        '"0612345678"',
        "• 06 12 34 56 78",
        "٠٦١٢٣٤٥٦٧٨",
    ],
)
def test_each_way_to_write_a_number_is_read(typed: str) -> None:
    assert phone.read(typed) == phone.Numbers((ANA,), (), 0)


@pytest.mark.parametrize(
    "typed",
    [
        "06 12 34 56 78 07 98 76 54 32",
        "0612345678 0798765432",
        "612345678 798765432",
        "33612345678 33798765432",
        "0612345678,0798765432",
        "06 12 34 56 78 ; 07 98 76 54 32",
        "06 12 34 56 78\n\n07 98 76 54 32\n",
        "06 12 34 56 78\t07 98 76 54 32",
        "06.12.34.56.78/07.98.76.54.32",
        "06 12 34 56 78 - 07 98 76 54 32",
        "- 06 12 34 56 78\r\n- 07 98 76 54 32",
        "0612345678+33798765432",
        "<tel:0612345678|0612345678> <tel:0798765432|0798765432>",
        "00 33 6 12 34 56 78 07 98 76 54 32",
    ],
)
def test_each_way_to_write_two_numbers_is_read(typed: str) -> None:
    assert phone.read(typed) == phone.Numbers((ANA, BEN), (), 0)


def test_numbers_of_no_fixed_length_leave_the_next_one_whole() -> None:
    assert phone.read("+49 30 123456 06 12 34 56 78").valid == ("4930123456", ANA)


@pytest.mark.parametrize(
    ("typed", "valid", "wrong"),
    [
        ("36035", (), ("36035",)),
        ("Marie", (), ("Marie",)),
        ("Marie 06 12 34 56 78", (ANA,), ("Marie",)),
        ("06 12 34 56 78 et 07 98 76 54 32", (ANA, BEN), ("et",)),
        (" 06 12 34 56 , 0798765432", (BEN,), ("06 12 34 56",)),
        ("06a2 34 56 78", (), ("06a2 34 56 78",)),
        ("06 12 34 56 78 - 07 98 76", (ANA,), ("07 98 76",)),
        ("061234567807987654320612345678", (), ("061234567807987654320612345678",)),
        ("+", (), ("+",)),
        ("0690123456", (), ("0690123456",)),
        ("(06) 12 34", (), ("(06) 12 34",)),
        ("<tel:0612|06 12>", (), ("06 12",)),
    ],
)
def test_what_is_no_number_is_quoted_as_typed(typed: str, valid: tuple[str, ...], wrong: tuple[str, ...]) -> None:
    assert phone.read(typed) == phone.Numbers(valid, wrong, 0)


def test_a_missing_digit_never_makes_a_third_number_of_two() -> None:
    """12 34 56 7 07 is nine digits, and 1 23 45 67 07 a French number: nobody typed it."""
    assert phone.read("06 12 34 56 7 07 98 76 54 32") == phone.Numbers((BEN,), ("06 12 34 56 7",), 0)


def test_a_number_that_comes_again_is_counted_not_repeated() -> None:
    assert phone.read("0612345678, +33 6 12 34 56 78, 07 98 76 54 32, 0033612345678") == phone.Numbers(
        (ANA, BEN), (), 2
    )


@pytest.mark.parametrize("typed", ["", "  \n ", " , ; ", "( - )", "\ufeff"])
def test_separators_alone_are_nothing(typed: str) -> None:
    assert phone.read(typed) == phone.Numbers((), (), 0)


def test_numbers_are_national_to_the_region() -> None:
    assert phone.read("030 123456", "DE").valid == ("4930123456",)
    assert phone.read("(212) 555-0123 (212) 555-0199", "US").valid == ("12125550123", "12125550199")
    assert phone.read("612 34 56 78 698 76 54 32", "ES").valid == ("34612345678", "34698765432")


def test_a_region_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="ZZ"):
        phone.read("0612345678", "ZZ")


french = (
    st.integers(0, 10**7 - 1)
    .map(lambda rest: f"336{rest:08d}")
    .filter(lambda number: phonenumbers.is_valid_number(phonenumbers.parse("+" + number)))
)


def pairs(number: str, between: str) -> str:
    """'33612345678' → '6', '12', '34', '56', '78', joined."""
    return between.join([number[2], *re.findall("..", number[3:])])


STYLES = [
    lambda number: "0" + number[2:],
    lambda number: number[2:],
    lambda number: "+" + number,
    lambda number: "00" + number,
    lambda number: number,
    lambda number: "0" + pairs(number, " "),
    lambda number: "0" + pairs(number, "."),
    lambda number: "0" + pairs(number, "-"),
    lambda number: "0" + pairs(number, "\u00a0"),
    lambda number: "+33 " + pairs(number, " "),
    lambda number: "+33 (0)" + pairs(number, "\u202f"),
    lambda number: "0033 " + pairs(number, " "),
    lambda number: f"(0{number[2]}) {number[3:5]}-{number[5:7]}-{number[7:9]}-{number[9:]}",
    lambda number: f"<tel:+{number}|0{pairs(number, ' ')}>",
]
SEPARATORS = [" ", "  ", ",", ", ", ";", " ; ", "\n", "\r\n", "\t", " - ", " / "]


@given(st.lists(st.tuples(french, st.sampled_from(STYLES), st.sampled_from(SEPARATORS)), min_size=1, max_size=12))
@settings(deadline=None)
def test_any_list_in_any_style_comes_back_exactly(items: list) -> None:
    typed = "".join(style(number) + separator for number, style, separator in items)
    found = phone.read(typed)
    expected = tuple(dict.fromkeys(number for number, _, _ in items))
    assert found == phone.Numbers(expected, (), len(items) - len(expected))


FILLING = set(" .-()/,;\n+")


@given(st.text(alphabet="0123456789 +.-()/,;\nax#é", max_size=80))
@settings(deadline=None)
def test_nothing_typed_is_silently_dropped(typed: str) -> None:
    """Every character that is no separator stands in what was read or in what is quoted."""
    found = phone.read(typed)
    strange = [character for character in typed if not character.isdigit() and character not in FILLING]
    quoted = "".join(found.wrong)
    assert [character for character in quoted if not character.isdigit() and character not in FILLING] == strange
    digits_typed = sum(map(str.isdigit, typed))
    digits_quoted = sum(map(str.isdigit, quoted))
    if found.valid:
        assert digits_quoted < digits_typed
    else:
        assert digits_quoted == digits_typed
    assert all(wrong in typed and wrong == wrong.strip() for wrong in found.wrong)


@given(st.text(max_size=200))
@settings(deadline=None)
def test_any_text_is_read_and_masked_without_an_error(typed: str) -> None:
    assert all(number.isascii() and number.isdigit() for number in phone.read(typed).valid)
    masked = phone.mask(typed)
    assert sum(map(str.isdigit, masked)) <= 6


@pytest.mark.parametrize("unit", ["0 ", "+1 ", "00 1 ", "9", "+", " ", "<tel:", "a1 ", "(0", "06 ", "\u202a"])
def test_three_thousand_characters_of_garbage_are_read_in_a_moment(unit: str) -> None:
    text = (unit * 3_000)[:3_000]
    began = time.process_time()
    phone.read(text)
    assert time.process_time() - began < 1.0


def test_five_hundred_numbers_cost_about_five_hundred_checks() -> None:
    """Against the bare check of each number in the same process, so that a busy machine does not matter."""
    numbers = [f"336{rest:08d}" for rest in range(12_000_000, 12_500_000, 1_000)]
    typed = " ".join("0" + pairs(number, " ") for number in numbers)
    phone.read(typed)  # the metadata of the region is loaded once
    began = time.process_time()
    for number in numbers:
        phonenumbers.is_valid_number(phonenumbers.parse("+" + number))
    checks = time.process_time() - began
    began = time.process_time()
    assert len(phone.read(typed).valid) == 500
    assert time.process_time() - began < 8 * checks


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        (ANA, "+33 6 •• •• •• 78"),
        ("+" + ANA, "+33 6 •• •• •• 78"),
        ("12125550123", "+1 2 •• •• •• • 23"),
        ("4915123456789", "+49 1 •• •• •• •• 89"),
        ("36035", "•••35"),
        ("0612345678", "••••••••78"),
        ("ACME", "••ME"),
        ("78", "••"),
        ("", ""),
    ],
)
def test_a_masked_number_shows_country_first_digit_and_last_two(number: str, masked: str) -> None:
    assert phone.mask(number) == masked


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (ANA, "+33 6 12 34 56 78"),
        ("262692123456", "+262 692 12 34 56"),
        ("36035", "36035"),
        ("ACME", "ACME"),
        ("1", "1"),
    ],
)
def test_a_revealed_number_is_written_the_international_way(number: str, shown: str) -> None:
    assert phone.show(number) == shown


@pytest.mark.parametrize(
    ("sent", "canonical"),
    [
        (33612345678, ANA),
        (ANA, ANA),
        ("+33612345678", ANA),
        (" 0033612345678 ", ANA),
        ("0612345678", ANA),
        ("+33 6 12 34 56 78", ANA),
        ("+33000", "33000"),
        ("36035", "36035"),
        ("ACME", "ACME"),
    ],
)
def test_a_number_of_the_provider_gets_its_canonical_form(sent: str | int, canonical: str) -> None:
    assert phone.digits(sent) == canonical
