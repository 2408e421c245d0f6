"""The tour of `make demo`, taken with the bot as a process of its own, at its real pace; and what it showed."""

import asyncio
import io
import re
from dataclasses import dataclass, field

import pytest

from bot.sandbox.demo import open_sandbox
from bot.sandbox.screen import Act, Screen
from bot.sandbox.slack import SlackStandIn
from bot.sandbox.smsfactor import SMSFactorStandIn
from bot.sandbox.stage import Stage
from bot.sandbox.tour import CARLA, DAN, SENDS, STEPS, TourError, take_tour

pytestmark = pytest.mark.timeout(150)  # the first test waits for the whole tour, at one post a second


@dataclass(frozen=True)
class Taken:
    """A tour that was taken to its end."""

    printed: str
    acts: dict[str, Act]
    sends: list[str] = field(default_factory=list)
    channel: str = ""
    arrived: dict[str, int] = field(default_factory=dict)


@pytest.fixture(scope="module")
def tour() -> Taken:
    """Taken once for all tests of this module."""
    return asyncio.run(_take())


async def _take() -> Taken:
    printed = io.StringIO()
    screen = Screen(printed)
    async with open_sandbox(screen) as (stage, _bot):
        await take_tour(stage)
        asked = [f"{request.method} {request.path}" for request in stage.provider.requests]
        messages = stage.slack.world.channels["C0SMS"].messages
        return Taken(
            printed.getvalue(),
            {act.heading.partition(" · ")[2]: act for act in screen.acts},
            [ask for ask in asked if ask == "POST /send"],
            "\n".join(f"{message['text']}\n{stage.slack.show(message)}" for message in messages),
            {number: len(stage.provider.texts(number)) for number in (CARLA, DAN)},
        )


def test_every_step_is_shown_under_its_heading(tour: Taken) -> None:
    assert list(tour.acts) == [step.title for step in STEPS]
    assert all(act.panels for act in tour.acts.values())


def test_help_lists_the_commands_as_they_are_typed(tour: Taken) -> None:
    shown = tour.acts["Help"].seen("only Alice")
    for usage in ("send [number] [text]", "campaigns [words]", "campaign <id or ticket>", "balance", "status", "help"):
        assert f"/sms {usage}" in shown


def test_a_wrong_number_is_quoted_under_its_field(tour: Taken) -> None:
    shown = tour.acts["A form, and a wrong number"].seen()
    numbers = shown[shown.index("To: ") : shown.index("More numbers")]
    assert "✖ Not a phone number: “06 98 76”." in numbers


def test_the_review_says_price_reach_and_what_forces_unicode(tour: Taken) -> None:
    shown = tour.acts["What it will cost"].seen()
    assert "2 credits" in shown
    assert "reaches 1 of 1" in shown
    assert "“ê”: not in the SMS alphabet" in shown
    assert "takes 1, not 2" in shown


def test_the_sms_stands_on_a_card_and_on_the_phone(tour: Taken) -> None:
    act = tour.acts["It goes out"]
    assert "Accepted" in act.seen("#sms")
    assert "https://smsf.st/" in act.seen("on the phone +33 6 12 34 56 78")


def test_receipt_and_click_edit_that_card(tour: Taken) -> None:
    assert "1 delivered" in tour.acts["It arrived"].seen("#sms, the same message, edited")
    assert "1 click" in tour.acts["A click"].seen("#sms, the same message, edited")


def test_replies_stand_in_one_thread_under_a_masked_number(tour: Taken) -> None:
    act = tour.acts["Replies"]
    assert "+33 6 •• •• •• 78 wrote" in act.seen("#sms")
    assert "Je peux venir vers 19 h." in act.seen("#sms, in that thread")


def test_who_said_stop_is_told_and_refused_in_the_form(tour: Taken) -> None:
    act = tour.acts["STOP"]
    assert "+33 6 •• •• •• 32 said STOP" in act.seen("#sms")
    assert "✖" in act.seen("on Bruno's screen")
    assert tour.arrived[DAN] == 1


def test_the_same_text_again_is_refused_with_the_time(tour: Taken) -> None:
    assert re.search(r"free again at \d\d:\d\d", tour.acts["Not twice"].seen("on Alice's screen"))


def test_a_guest_gets_no_form(tour: Taken) -> None:
    assert "Only full members" in tour.acts["Guests"].seen("only Gaston sees this")


def test_low_credits_are_told_to_all_and_the_balance_to_the_one_who_asks(tour: Taken) -> None:
    act = tour.acts["Credits"]
    assert "Low balance: 450 credits" in act.seen("#sms")
    assert "450 credits" in act.seen("only Alice sees this")


def test_campaigns_status_and_the_nearest_word_are_answered(tour: Taken) -> None:
    shown = tour.acts["Campaigns and status"].seen("only Alice sees this")
    for words in ("Bonjour Dan", "1 delivered", "The desk works.", "Did you mean /sms balance?"):
        assert words in shown


def test_a_held_campaign_is_released_and_arrives_once(tour: Taken) -> None:
    act = tour.acts["Held"]
    first, last = (panel.text for panel in act.panels if panel.where.startswith("#sms"))
    assert "Held" in first
    assert "1 held" in first
    assert "1 delivered" in last
    assert tour.arrived[CARLA] == 2


def test_exactly_three_requests_to_send_were_made(tour: Taken) -> None:
    assert len(tour.sends) == SENDS == 3


def test_the_channel_never_shows_a_whole_number(tour: Taken) -> None:
    digits = re.sub(r"[^0-9\n]", "", tour.channel)
    assert CARLA[2:] not in digits
    assert DAN[2:] not in digits


def test_a_pipe_gets_plain_text_of_a_hundred_columns(tour: Taken) -> None:
    assert "\x1b" not in tour.printed
    assert max(map(len, tour.printed.splitlines())) <= 100


async def test_a_desk_that_does_not_answer_halts_the_tour_in_words() -> None:
    """Nothing listens where Slack delivers: the first step says so, and nothing is sent."""
    async with SlackStandIn() as slack, SMSFactorStandIn(token="token") as provider:
        slack.connect("http://127.0.0.1:9/slack/events")
        with pytest.raises(TourError, match=r"Step 1, Help: `/sms help` was answered with dispatch_failed"):
            await take_tour(Stage(slack, provider, Screen(io.StringIO())))
        assert not provider.requests
