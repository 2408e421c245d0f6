"""What people are told at Slack's door when something is refused or goes wrong, and what the log says of it."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError
from slack_sdk.errors import SlackApiError
from structlog.testing import capture_logs

from bot.access import Right
from bot.doors import Answer, Command, Press, Shortcut, Submission
from bot.errors import Refused
from bot.sandbox.slack import Result, show
from bot.services import Services
from bot.slack.blocks import actions, button, option, overflow, section
from bot.slack.forms import modal, text_input
from tests.conftest import ALICE, BRUNO, CHANNEL, Town

SECRET_WORDS = "what stands in a listener's error"


def fails_with(error: Exception) -> Any:
    """A listener, of whatever door, that fails."""

    async def listener(_services: Services, _what: object) -> None:
        raise error

    return listener


async def buttons(town: Town, *elements: dict[str, Any]) -> dict[str, Any]:
    """A message of the desk's in the channel, with these buttons."""
    blocks = [actions(*elements)]
    posted = await town.desk.services.slack.chat_postMessage(channel=CHANNEL, text="buttons", blocks=blocks)
    return next(message for message in town.roots() if message["ts"] == posted["ts"])


async def open_form(services: Services, command: Command) -> Answer:
    """A form with one field and one button."""
    blocks = [text_input("Words", "words"), actions(button("Boom", "boom"))]
    view = modal("boom_form", "A form", blocks, submit="Go", private_metadata="about this")
    await services.slack.views_open(trigger_id=command.caller.trigger_id, view=view)
    return None


async def form(town: Town) -> None:
    """Open it for Alice."""
    town.desk.doors.command("form", open_form, usage="form", does="a form")
    assert (await town.person().command("/sms", "form")).view


def incident_of(words: str, logs: list[Any]) -> str:
    """The id in the apology, which stands in the log once."""
    found = re.search(r"ask your admin about `?([0-9a-f]{6})", words)
    assert found, words
    assert SECRET_WORDS not in words
    assert [line["incident"] for line in logs if "incident" in line] == [found[1]]
    return found[1]


def on_top(town: Town) -> str:
    """What Alice's top form says."""
    view = town.person().view
    assert view
    return show(view)


# Faults of ours


async def test_a_command_that_fails_is_answered_with_an_id_that_the_log_has(town: Town) -> None:
    town.desk.doors.command("boom", fails_with(LookupError(SECRET_WORDS)), usage="boom", does="fails")
    with capture_logs() as logs:
        told = await town.person().command("/sms", "boom")
    assert told.answer
    incident_of(told.answer["text"], logs)


async def test_a_click_that_fails_on_a_message_tells_the_person_alone(town: Town) -> None:
    town.desk.doors.press("boom", fails_with(LookupError(SECRET_WORDS)))
    message = await buttons(town, button("Boom", "boom"))
    with capture_logs() as logs:
        await town.person().click(message, "boom")
    incident_of(town.person().ephemerals[-1]["text"], logs)
    assert not town.person(BRUNO).ephemerals


async def test_a_click_that_fails_in_a_form_says_so_over_the_form(town: Town) -> None:
    town.desk.doors.press("boom", fails_with(LookupError(SECRET_WORDS)))
    await form(town)
    await town.person().fill({"words": "typed with care"})
    with capture_logs() as logs:
        await town.person().click(town.person().view or {}, "boom")
    incident_of(on_top(town), logs)
    await town.person().close()
    assert "typed with care" in on_top(town)


async def test_a_form_that_fails_says_so_and_keeps_what_was_typed(town: Town) -> None:
    town.desk.doors.submission("boom_form", fails_with(LookupError(SECRET_WORDS)))
    await form(town)
    with capture_logs() as logs:
        result = await town.person().submit({"words": "typed with care"})
    assert result.status == 200
    incident_of(on_top(town), logs)
    await town.person().close()
    assert "typed with care" in on_top(town)


async def test_a_shortcut_that_fails_says_so_in_a_form(town: Town) -> None:
    town.desk.doors.shortcut("boom", fails_with(LookupError(SECRET_WORDS)))
    with capture_logs() as logs:
        result = await town.person().shortcut("boom")
    assert result.view
    incident_of(show(result.view), logs)


async def test_a_message_shortcut_that_fails_is_answered_where_the_desk_is_no_member(town: Town) -> None:
    """An ephemeral message would not reach the person there."""
    town.desk.doors.shortcut("boom", fails_with(Refused("Not this one.")))
    written = await town.person().write("C0RANDOM", "hello")
    result = await town.person().message_shortcut("boom", written)
    assert result.view
    assert "Not this one." in show(result.view)


async def test_of_an_error_of_slacks_only_its_code_is_logged(town: Town) -> None:
    """slack_sdk's error quotes the whole answer."""
    answer = await town.desk.services.slack.auth_test()
    answer.data = {"ok": False, "error": "fatal_error", "text": SECRET_WORDS}  # type: ignore[assignment]
    town.desk.doors.command("boom", fails_with(SlackApiError(SECRET_WORDS, answer)), usage="boom", does="fails")
    with capture_logs() as logs:
        told = await town.person().command("/sms", "boom")
    assert told.answer
    incident_of(told.answer["text"], logs)
    assert {"event": "slack_call_failed", "code": "fatal_error"}.items() <= logs[-1].items()
    assert SECRET_WORDS not in str(logs)


async def test_without_redis_the_person_is_told_so(town: Town) -> None:
    town.desk.doors.command("boom", fails_with(RedisConnectionError(SECRET_WORDS)), usage="boom", does="fails")
    told = await town.person().command("/sms", "boom")
    assert told.answer
    assert "memory (Redis) cannot be reached" in told.answer["text"]
    assert "nothing was sent" in told.answer["text"]


async def test_an_event_that_fails_is_left_to_slacks_next_try(town: Town) -> None:
    heard: list[Mapping[str, Any]] = []

    async def listen(_services: Services, event: Mapping[str, Any]) -> None:
        heard.append(event)
        if len(heard) == 1:
            raise LookupError(SECRET_WORDS)

    town.desk.doors.event("team_join", listen)
    delivered = await town.slack.event({"type": "team_join", "user": {"id": ALICE}})
    assert delivered
    assert delivered.ok
    assert len(heard) == 2
    assert [r.status for r in town.slack.requests if r.kind == "event"] == [503, 200]


# Refusals


async def test_a_refusal_stands_under_its_field(town: Town) -> None:
    town.desk.doors.submission("boom_form", fails_with(Refused("Too <short> & plain.", field="words")))
    await form(town)
    result = await town.person().submit({"words": "x"})
    assert result.errors == {"words": "Too <short> & plain."}


async def test_a_refusal_of_no_field_stands_over_the_form_with_its_signs_as_they_are(town: Town) -> None:
    town.desk.doors.submission("boom_form", fails_with(Refused("Not <now> & here.", field="a field that is not there")))
    await form(town)
    await town.person().submit({"words": "x"})
    assert "Not <now> & here." in on_top(town)


async def test_a_refused_command_cannot_ring_the_channel(town: Town) -> None:
    town.desk.doors.command("boom", fails_with(Refused("There is no “<!channel>”.")), usage="boom", does="fails")
    told = await town.person().command("/sms", "boom")
    assert told.answer
    assert told.answer["text"] == "There is no “&lt;!channel&gt;”."


async def test_a_door_for_admins_is_closed_to_members(town: Town) -> None:
    async def listen(_services: Services, _command: Command) -> Answer:
        return {"text": "come in"}

    town.desk.doors.command("vault", listen, usage="vault", does="for admins", right=Right.ADMIN)
    told = {who: (await town.person(who).command("/sms", "vault")).answer for who in (ALICE, BRUNO)}
    assert told[ALICE]
    assert told[ALICE]["text"] == "come in"
    assert told[BRUNO]
    assert "Only admins can do this" in told[BRUNO]["text"]


# What a listener is handed


@pytest.mark.parametrize(
    ("typed", "word", "words"),
    [
        ("probe", "probe", ""),
        ("  PROBE   one  two ", "probe", "one  two"),
        ("probe\none\ntwo", "probe", "one\ntwo"),
        ("probe R&D <3 > 2", "probe", "R&D <3 > 2"),
        ("probe @bruno in #random", "probe", "@bruno in #random"),
        ("probe https://example.org/a?b=1&c=2", "probe", "https://example.org/a?b=1&c=2"),
    ],
)
async def test_a_command_is_handed_over_as_it_was_typed(town: Town, typed: str, word: str, words: str) -> None:
    calls: list[Command] = []

    async def listen(_services: Services, command: Command) -> Answer:
        calls.append(command)
        return None

    town.desk.doors.command("probe", listen, usage="probe", does="listens")
    await town.person().command("/sms", typed)
    assert [(call.word, call.words) for call in calls] == [(word, words)]
    assert calls[0].caller.user == ALICE
    assert calls[0].caller.channel == CHANNEL


async def test_a_choice_in_a_menu_is_handed_over_by_its_value(town: Town) -> None:
    pressed: list[Press] = []

    async def listen(_services: Services, press: Press) -> None:
        pressed.append(press)

    town.desk.doors.press("menu", listen)
    message = await buttons(town, overflow("menu", [option("One", "1"), option("Two", "2")]))
    await town.person().click(message, "menu", "2")
    assert [(press.action_id, press.value) for press in pressed] == [("menu", "2")]
    assert pressed[0].message


async def test_a_form_is_handed_over_with_what_it_is_about(town: Town) -> None:
    filled: list[Submission] = []

    async def listen(_services: Services, submission: Submission) -> Answer:
        filled.append(submission)
        return {"response_action": "update", "view": modal("thanks", "Thanks", [section("Noted.")])}

    town.desk.doors.submission("boom_form", listen)
    await form(town)
    result: Result = await town.person().submit({"words": "a & <b>"})
    assert result.action == "update"
    assert [(one.values, one.about) for one in filled] == [({"words": "a & <b>"}, "about this")]


async def test_a_message_shortcut_is_handed_the_words_without_slacks_markup(town: Town) -> None:
    called: list[Shortcut] = []

    async def listen(_services: Services, shortcut: Shortcut) -> None:
        called.append(shortcut)

    town.desk.doors.shortcut("probe", listen)
    written = await town.person().write(CHANNEL, "R&D says <3, see https://example.org")
    await town.person().message_shortcut("probe", written)
    assert [one.text for one in called] == ["R&D says <3, see https://example.org"]


async def test_a_button_without_a_room_is_acknowledged_and_nothing_else(town: Town) -> None:
    message = await buttons(town, button("Docs", "docs", url="https://example.org"))
    assert (await town.person().click(message, "docs")).status == 200
    assert {call.method for call in town.slack.calls} == {"chat.postMessage", "auth.test"}


async def test_a_form_that_is_closed_is_acknowledged(town: Town) -> None:
    await form(town)
    await town.person().close(everything=True)
    assert town.person().view is None
    assert all(request.ok for request in town.slack.requests)


async def test_an_event_that_comes_while_slack_does_not_say_who_we_are_comes_again_and_is_heard(town: Town) -> None:
    """Bolt's own way answers it with success, and nobody ever hears of it."""
    town.slack.fail("auth.test", "internal_error", 2)
    await town.slack.change_user(ALICE, is_admin=False)
    statuses = [request.status for request in town.slack.requests if request.kind == "event"]
    assert statuses == [503, 503, 200]
    assert await town.desk.services.store.notes.told(f"event:{town.slack.requests[-1].payload['event_id']}")
