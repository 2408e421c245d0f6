"""A person who types a slash command, and what Slack shows of its answer or of its failure."""

import copy

from bot.sandbox.slack import payloads, speaking
from bot.sandbox.slack.answers import answer
from bot.sandbox.slack.errors import NotOnScreenError, SlackError
from bot.sandbox.slack.hands import Hands
from bot.sandbox.slack.results import Result
from bot.sandbox.slack.workspace import Refused, Workspace


async def run(hands: Hands, name: str, text: str, channel_id: str) -> Result:
    """Send a command to the app. What goes wrong on the way is told by Slackbot, to this person only."""
    slack = hands.slack
    place = speaking.message_box(hands, channel_id)
    trigger = slack.modals.new_trigger(hands.user.id, channel_id=place.id)
    way = slack.response_urls.new(hands.user.id, place.id)
    words = (name, _as_sent(slack, name, text))
    payload = payloads.command(slack, hands.user, place, words, trigger, slack.base_url + way.path)
    delivery = await hands.courier.send("command", payload)
    result = Result.of(delivery, trigger, slack.modals)
    if delivery.ok and delivery.answer not in ("", None, {}):
        body = {"text": delivery.answer} if isinstance(delivery.answer, str) else delivery.answer
        try:
            result.answer = copy.deepcopy(answer(slack, way, body, via="command"))
        except SlackError as error:
            slack.refused.append(Refused("command", error.code, tuple(error.messages)))
            result.problem = "dispatch_failed"
    if result.problem:
        slack.slackbot_says(hands.user.id, place, f'{name} failed with the error "{result.problem}"')
    return result


def _as_sent(slack: Workspace, name: str, text: str) -> str:
    """The text as the manifest wants it (Slack docs, slash commands: should_escape)."""
    if slack.manifest is None:
        return speaking.as_sent(slack.world, text, labels=True).strip()
    command = slack.manifest.command(name)
    if command is None:
        raise NotOnScreenError(f"{name} is not a valid command.")
    if command.should_escape:
        return speaking.as_sent(slack.world, text, labels=True).strip()
    return speaking.escaped(text).strip()
