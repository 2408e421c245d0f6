"""The log: what a line looks like, and that no phone number gets into it."""

import json
import logging
import sys
from collections.abc import Iterator

import pytest
import structlog

from bot.log import configure, mask_numbers


@pytest.fixture(autouse=True)
def _put_back() -> Iterator[None]:
    """Gives pytest its own handlers back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.getLogger("bot").setLevel(logging.NOTSET)
    logging.getLogger("__main__").setLevel(logging.NOTSET)
    structlog.reset_defaults()


def lines(captured: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in captured.splitlines()]


def fail(text: str) -> None:
    raise RuntimeError(text)


@pytest.mark.parametrize(
    "number",
    [
        "33612345678",
        "+33612345678",
        "0033612345678",
        "0612345678",
        "06 12 34 56 78",
        "06.12.34.56.78",
        "06-12-34-56-78",
        "+33 6 12 34 56 78",
        "+33 (0)6 12 34 56 78",
        "+33\u00a06\u00a012\u00a034\u00a056\u00a078",
        "+1 (415) 555-0178",
        "+4712345678",
        "447911123478",
        "+290 52178",
    ],
)
@pytest.mark.parametrize("around", ["{}", "to {}.", "to={}", "tel:{}", "'{}'", "flood:{}", "to_{},", "<{}>", "{}\n"])
def test_phone_number_in_any_writing_is_masked(number: str, around: str) -> None:
    masked = mask_numbers(around.format(number))
    assert sum(character.isdigit() for character in masked) == 2
    assert "78" in masked


@pytest.mark.parametrize(
    "text",
    [
        "1763817600.000100",
        "p1763817600000100",
        "1763817600123-0",
        "c7k2m9q",
        "c7k2m9q-99999",
        "C0123456789",
        "Ev0123456789",
        "2026-11-22T13:31:05.123456Z",
        "2026-11-22 13:31:05",
        "192.168.100.100",
        "127.0.0.1:65535",
        "took 0.0123456789 s",
        "100000 recipients",
        "a1b2c3d4e5f60718293a4b5c6d7e8f90",
        "36035",
    ],
)
def test_ids_dates_and_figures_survive(text: str) -> None:
    assert mask_numbers(text) == text


def test_event_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    configure(json=True)
    structlog.get_logger("bot.tests").info("campaign.sent", campaign="c7k2m9q", recipients=12, note="a\nb")
    [line] = lines(capsys.readouterr().err)
    assert line.pop("timestamp")
    assert line == {
        "event": "campaign.sent",
        "campaign": "c7k2m9q",
        "recipients": 12,
        "note": "a\nb",
        "level": "info",
        "logger": "bot.tests",
    }


def test_numbers_are_masked_wherever_they_stand_in_an_event(capsys: pytest.CaptureFixture[str]) -> None:
    configure(json=True)
    structlog.get_logger("bot.tests").warning(
        "reply from +33612345678",
        number=33612345678,
        nested={"33612345678": ["0612345678", {"deep": ("0612345678",)}]},
        error=ValueError("0612345678 is unknown"),
        ticket="123456789012",
        ts="1763817600.000100",
        count=99999999,
        ratio=0.5,
        done=True,
        nothing=None,
    )
    written = capsys.readouterr().err
    assert "612345678" not in written
    [line] = lines(written)
    assert line["ticket"] == "123456789012"
    assert line["ts"] == "1763817600.000100"
    assert (line["count"], line["ratio"], line["done"], line["nothing"]) == (99999999, 0.5, True, None)


def test_traceback_has_no_local_variables_and_no_number(capsys: pytest.CaptureFixture[str]) -> None:
    configure(json=True)
    body = "".join(["Bonjour", " ", "Camille"])
    try:
        fail(f"no answer from 0612345678 to {len(body)} characters")
    except RuntimeError:
        structlog.get_logger("bot.tests").exception("send.failed")
    written = capsys.readouterr().err
    [line] = lines(written)
    assert str(line["exception"]).startswith("Traceback")
    assert str(line["exception"]).endswith("RuntimeError: no answer from ••••••••78 to 15 characters")
    assert body not in written
    assert "612345678" not in written


def test_libraries_are_heard_from_warning_on_through_the_same_pipe(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure("DEBUG", json=True)
    logging.getLogger("aiohttp.server").info("not heard")
    logging.getLogger("slack_bolt.AsyncApp").warning("Unhandled request from %s", "+33612345678")
    [line] = lines(capsys.readouterr().err)
    assert line["event"] == "Unhandled request from +•••••••••78"
    assert (line["level"], line["logger"]) == ("warning", "slack_bolt.AsyncApp")


def test_level_counts_for_the_bot(capsys: pytest.CaptureFixture[str]) -> None:
    configure("WARNING", json=True)
    structlog.get_logger("bot.tests").info("not heard")
    configure("DEBUG", json=True)
    structlog.get_logger("bot.tests").debug("heard")
    assert [line["event"] for line in lines(capsys.readouterr().err)] == ["heard"]


def test_terminal_gets_readable_lines_and_a_pipe_gets_json(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    configure()
    structlog.get_logger("bot.tests").info("piped")
    assert lines(capsys.readouterr().err)[0]["event"] == "piped"
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    configure()
    structlog.get_logger("bot.tests").info("seen", number="0612345678")
    [seen] = capsys.readouterr().err.splitlines()
    assert "seen" in seen
    assert "612345678" not in seen
    with pytest.raises(json.JSONDecodeError):
        json.loads(seen)
