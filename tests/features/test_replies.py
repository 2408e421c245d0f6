"""SMS that come in: the thread that each conversation is, and what of a text Slack shows."""

import pytest

from bot.sandbox.slack import show
from tests.conftest import CHANNEL, NUMBER, OTHER, Town


def said(message: dict[str, object]) -> str:
    """A message as a person reads it, without bold marks."""
    return show(message).replace("*", "")


async def test_a_reply_opens_a_conversation_with_a_masked_number_and_a_button(town: Town) -> None:
    await town.provider.reply(NUMBER, "Bonjour, c'est ouvert ?")
    root = await town.channel_says("ouvert")
    assert said(root) == ":speech_balloon: +33 6 •• •• •• 78 wrote\n> Bonjour, c'est ouvert ?\n[ Answer ]"
    assert root["text"] == "+33 6 •• •• •• 78: Bonjour, c'est ouvert ?"
    assert NUMBER not in str(town.slack.calls)


async def test_later_replies_of_a_number_go_into_its_thread_in_order(town: Town) -> None:
    for text in ("un", "deux", "trois"):
        await town.provider.reply(NUMBER, text)
    await town.provider.reply(OTHER, "autre")
    await town.channel_says("trois")
    await town.channel_says("autre")
    assert len(town.roots()) == 2
    root = next(root for root in town.roots() if "78" in root["text"])
    assert [m["text"].rpartition(": ")[2] for m in town.slack.thread(CHANNEL, root["ts"])] == ["un", "deux", "trois"]


async def test_a_reply_says_which_campaign_it_answers(town: Town) -> None:
    await town.send(text="Votre colis est prêt, <venez> le chercher au magasin avant samedi midi, merci beaucoup ! A&B")
    await town.card_says("Accepted")
    await town.provider.reply(NUMBER, "Merci")
    root = await town.channel_says("Merci")
    campaign = town.sends[0].json["sms"]["recipients"]["gsm"][0]["gsmsmsid"].rpartition("-")[0]
    assert f"to {campaign}: Votre colis est prêt, <venez> le chercher" in said(root).replace("`", "")
    assert said(root).splitlines()[2].endswith("…")
    await town.card_says("1 reply, 0 STOP")


async def test_a_reply_to_an_unknown_message_is_shown_without_a_campaign(town: Town) -> None:
    """Of another program, or of a campaign that is forgotten."""
    await town.provider.reply(OTHER, "Qui est-ce ?")
    root = await town.channel_says("Qui est-ce")
    assert "to `" not in str(root["blocks"])


@pytest.mark.parametrize(
    "text",
    [
        "<!channel> <@U0ALICE> *gras* &amp; <https://example.org|ici>",
        "👩‍👩‍👧‍👦 ça va ? 🇫🇷",
        "مرحبا",
        "ligne un\nligne deux\r\nligne trois",
        "long " * 300,
        "stopped working",
        ":tada: @channel #random",
    ],
    ids=lambda text: text[:12],
)
async def test_a_reply_is_shown_as_it_was_written_and_rings_nobody(town: Town, text: str) -> None:
    await town.provider.reply(NUMBER, text)
    root = await town.slack.until(lambda: next(iter(town.roots()), None))
    [quoted] = root["blocks"][1]["elements"][0]["elements"]
    assert quoted == {"type": "text", "text": text}
    lines = [line.removeprefix("> ") for line in show(root).splitlines()[1:-1]]
    assert "\n".join(lines).rstrip() == text.replace("\r\n", "\n").rstrip()
    assert "said STOP" not in str(town.roots())


async def test_the_longest_reply_of_signs_that_slack_escapes_is_cut_and_shown(town: Town) -> None:
    await town.provider.reply(NUMBER, "&" * 1530)
    root = await town.slack.until(lambda: next(iter(town.roots()), None))
    assert "&" * 500 in show(root)
    assert len(root["text"]) <= 4000
    assert town.slack.refused == []


async def test_an_empty_reply_is_told_all_the_same(town: Town) -> None:
    await town.provider.reply(NUMBER, "")
    root = await town.slack.until(lambda: next(iter(town.roots()), None))
    assert "+33 6 •• •• •• 78 wrote" in said(root)


async def test_the_same_webhook_again_shows_nothing_again(town: Town) -> None:
    delivered = await town.provider.reply(NUMBER, "une fois")
    await town.channel_says("une fois")
    await town.provider.redeliver(delivered[0])
    await town.provider.reply(NUMBER, "puis")
    await town.channel_says("puis")
    root = town.roots()[0]
    assert [m["text"].rpartition(": ")[2] for m in town.slack.thread(CHANNEL, root["ts"])] == ["une fois", "puis"]


async def test_an_answer_button_of_a_forgotten_conversation_says_so(town: Town) -> None:
    await town.provider.reply(NUMBER, "Bonjour")
    root = await town.channel_says("Bonjour")
    await town.desk.services.store.redis.flushdb()
    await town.person().click(root, "send_answer")
    assert "too old to answer from here" in town.person().ephemerals[-1]["text"]
