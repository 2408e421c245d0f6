"""Which texts are an opt-out, in the words that the team has chosen (what follows: tests/features/test_optouts.py)."""

import pytest

from bot.stops import says_stop
from bot.store.team import StopWords

WORDS = StopWords().words


@pytest.mark.parametrize(
    "text",
    ["STOP", "stop", " Stop SMS", "Stop.", "STOP36035", "«STOP»", "stop_sms", "\n\tstop\n", "Stop, merci", "*stop*"],
)
def test_stop_always_counts(text: str) -> None:
    assert says_stop(text, ())


@pytest.mark.parametrize("text", ["Arrêt", "ARRET svp", "désabonner", "unsubscribe me", "« Arrêt »"])
def test_the_teams_words_count(text: str) -> None:
    assert says_stop(text, WORDS)
    assert not says_stop(text, ())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "stopped by",
        "Stopé",
        "non stop",
        "Ne pas STOP",
        "S T O P",
        "36035",
        "arrêtez-vous",
        "Merci, désabonner qui ?",
    ],
)
def test_other_words_do_not(text: str) -> None:
    assert not says_stop(text, WORDS)


@pytest.mark.parametrize("text", ["ARRE\u0302T", "de\u0301sabonner"])
def test_letters_that_are_put_together_count_too(text: str) -> None:
    assert says_stop(text, WORDS)


def test_a_word_of_odd_letters_is_taken_letter_by_letter() -> None:
    assert says_stop("a.b (c) merci", ("a.b (c)",))
    assert not says_stop("axb", ("a.b",))
