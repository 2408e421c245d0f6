"""The guided tour, played with the bot as a process of its own, at its real pace; and what it showed."""

import asyncio
import io
import re
from dataclasses import dataclass
from functools import partial

import pytest

from bot.sandbox.demo import TourError, take_tour
from bot.sandbox.rehearsal import Opening, Rehearsal
from bot.sandbox.screen import Act, Screen
from bot.sandbox.slack.world import Json
from bot.sandbox.tour import CARLA, DAN, STEPS
from bot.sandbox.town import Start, open_town

pytestmark = [
    pytest.mark.timeout(150),  # the first test waits for the whole tour, at one post a second
    pytest.mark.xdist_group("tour"),  # so that it is taken once
]


@dataclass(frozen=True)
class Taken:
    """A tour that was taken to its end."""

    printed: str
    acts: dict[str, Act]
    sends: int
    channel: str
    arrived: dict[str, int]
    refused: list[object]
    guide: Json


@pytest.fixture(scope="module")
def tour(start: Start) -> Taken:
    """Taken once for all tests of this module."""
    return asyncio.run(_take(partial(open_town, start=start)))


async def _take(opening: Opening) -> Taken:
    printed = io.StringIO()
    screen = Screen(printed)
    async with Rehearsal(print, opening) as rehearsal:
        town = rehearsal.town
        await town.ready()
        await take_tour(screen, rehearsal)
        messages = town.slack.world.channels["C0SMS"].messages
        return Taken(
            printed.getvalue(),
            {act.heading.partition(" · ")[2]: act for act in screen.acts},
            sum((request.method, request.path) == ("POST", "/send") for request in town.provider.requests),
            "\n".join(f"{message['text']}\n{town.slack.show(message)}" for message in messages),
            {number: len(town.provider.texts(number)) for number in (CARLA, DAN)},
            list(town.slack.refused),
            rehearsal.guide.view(),
        )


def test_every_step_is_shown_under_its_heading_and_done(tour: Taken) -> None:
    assert list(tour.acts) == [step.title for step in STEPS]
    assert all(act.panels for act in tour.acts.values())
    assert tour.guide["done"]
    assert tour.guide["at"] == len(STEPS) - 1


def test_slack_took_everything_that_the_bot_sent(tour: Taken) -> None:
    assert tour.refused == []


def test_the_form_stands_on_the_screen_of_who_asked_for_it(tour: Taken) -> None:
    assert "To" in tour.acts["Write an SMS"].seen("on Alice's screen")


def test_the_review_says_price_reach_and_what_forces_unicode(tour: Taken) -> None:
    shown = tour.acts["See the price before you pay"].seen()
    assert "2 credits" in shown
    assert "reaches 1 of 1" in shown
    assert "“ê”: not in the SMS alphabet" in shown
    assert "takes 1, not 2" in shown


def test_the_sms_stands_on_a_card_and_on_the_phone_and_its_receipt_edits_the_card(tour: Taken) -> None:
    act = tour.acts["Send it, once"]
    assert "Accepted" in act.seen("#sms")
    assert "1 delivered" in act.seen("#sms, edited")
    assert "https://smsf.st/" in act.seen("on the phone +33 6 12 34 56 78")


def test_a_click_edits_that_card(tour: Taken) -> None:
    assert "1 click" in tour.acts["Who clicked?"].seen("#sms, edited")


def test_an_sms_that_comes_in_opens_a_card_and_stands_in_its_thread(tour: Taken) -> None:
    act = tour.acts["Carla writes back"]
    assert "+33 6 •• •• •• 78" in act.seen("#sms")
    assert "unassigned" in act.seen("#sms")
    assert "Je peux venir vers 19 h." in act.seen("#sms, in a thread")


def test_who_claims_a_conversation_stands_on_its_card(tour: Taken) -> None:
    assert "assigned to @bruno" in tour.acts["Whose is it?"].seen("#sms, edited")


def test_the_form_of_an_answer_counts_what_is_typed_and_names_people(tour: Taken) -> None:
    shown = tour.acts["Answer her"].seen("on Bruno's screen")
    assert shown.count("Text: ‹Jusqu'à 19 h 30") == 1
    assert "125 characters left" in shown.partition("Text: ‹Jusqu'à 19 h 30")[2]
    assert "assigned to @bruno" in shown
    assert "@U0BRUNO" not in tour.printed


def test_the_clock_is_told_to_be_moved(tour: Taken) -> None:
    [said] = [words for words in tour.acts["Not twice in an hour"].said if "clock" in words]
    assert said.strip() == "The clock is moved on by 61 minutes."


def test_an_answer_reaches_the_phone_and_nobody_elses(tour: Taken) -> None:
    assert "19 h 30" in tour.acts["Answer her"].seen("on the phone +33 6 12 34 56 78")
    assert tour.arrived[CARLA] == 3


def test_a_remark_stays_inside_and_a_marked_line_goes_out(tour: Taken) -> None:
    act = tour.acts["Between us, and to her"]
    phone = act.seen("on the phone +33 6 12 34 56 78")
    assert "Sonnez à la porte de gauche." in phone
    assert "sms:" not in phone
    assert "elle vient souvent" not in phone
    assert "elle vient souvent" in act.seen("#sms, in a thread")


def test_who_said_stop_is_told_and_refused_in_the_form(tour: Taken) -> None:
    act = tour.acts["STOP means stop"]
    assert "+33 6 •• •• •• 78 said STOP" in act.seen()
    assert "✖ to: This number opted out" in act.seen("under the fields")


def test_the_same_text_again_is_refused_with_the_time_until_an_hour_has_passed(tour: Taken) -> None:
    seen = tour.acts["Not twice in an hour"].seen()
    assert re.search(r"free again at \d\d:\d\d", seen)
    assert "reaches 1 of 1" in seen[seen.index("free again at") :]


def test_a_held_campaign_is_released_and_arrives_once(tour: Taken) -> None:
    act = tour.acts["Held is not failed"]
    assert "Held" in act.seen("#sms")
    assert "1 delivered" in act.seen("#sms, edited")
    assert tour.arrived[DAN] == 2


def test_a_guest_gets_no_form(tour: Taken) -> None:
    assert "Only full members" in tour.acts["Guests look on"].seen("only Gaston sees this")


def test_low_credits_are_told_to_all(tour: Taken) -> None:
    assert "Low balance: 450 credits" in tour.acts["Before the credits run out"].seen("#sms")


def test_one_request_was_made_for_each_sms(tour: Taken) -> None:
    assert tour.sends == sum(tour.arrived.values()) == 5


def test_the_channel_never_shows_a_whole_number(tour: Taken) -> None:
    digits = re.sub(r"[^0-9\n]", "", tour.channel)
    assert CARLA[2:] not in digits
    assert DAN[2:] not in digits


def test_a_pipe_gets_plain_text_of_a_hundred_columns(tour: Taken) -> None:
    assert "\x1b" not in tour.printed
    assert max(map(len, tour.printed.splitlines())) <= 100


async def test_a_desk_that_does_not_answer_halts_the_tour_in_words(start: Start) -> None:
    """Nothing listens where Slack delivers: the first step says so, and nothing is sent."""
    async with Rehearsal(print, partial(open_town, start=start)) as rehearsal:
        await rehearsal.town.ready()
        rehearsal.town.slack.connect("http://127.0.0.1:9/slack/events")
        with pytest.raises(TourError, match="`/sms send` was answered with dispatch_failed"):
            await take_tour(Screen(io.StringIO()), rehearsal)
        assert "POST" not in {request.method for request in rehearsal.town.provider.requests if request.path == "/send"}
