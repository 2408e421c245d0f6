"""SMS that come in: the card that each conversation has, the thread under it, and what of a text Slack shows."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.sandbox.slack import show
from bot.store.team import AutoReply, ConversationPolicy, StopWords
from tests.conftest import ALICE, BRUNO, CHANNEL, NUMBER, OTHER, QUICK, Town, open_town
from tests.rules.webhooks import post, reply

FRIDAY_NIGHT = datetime(2026, 3, 6, 21, 0, tzinfo=UTC)


def said(message: dict[str, object]) -> str:
    """A message as a person reads it, without bold marks."""
    return show(message).replace("*", "")


def under(town: Town, card: dict[str, Any]) -> list[dict[str, Any]]:
    """The SMS in a card's thread, oldest first."""
    thread = town.slack.thread(CHANNEL, card["ts"])
    return [message for message in thread if key_of(message).startswith("text:")]


def key_of(message: dict[str, Any]) -> str:
    """What the desk's own posts are known by."""
    return str((message.get("metadata") or {}).get("event_payload", {}).get("key", ""))


def conversations(town: Town) -> list[dict[str, Any]]:
    """The cards of conversations, oldest first."""
    return [message for message in town.roots() if key_of(message).startswith("conversation:")]


async def shown(town: Town, *texts: str, card: int = 0) -> dict[str, Any]:
    """Wait until a conversation's thread shows just these; its card."""

    def there() -> dict[str, Any] | None:
        cards = conversations(town)
        if len(cards) <= card:
            return None
        return cards[card] if tuple(map(words, under(town, cards[card]))) == texts else None

    return await town.slack.until(there)


def words(message: dict[str, Any]) -> str:
    """An SMS in a thread, letter by letter."""
    text: str = message["blocks"][0]["elements"][0]["elements"][0]["text"]
    return text


async def test_an_sms_opens_a_card_with_a_masked_number_and_stands_in_its_thread(town: Town) -> None:
    await town.provider.reply(NUMBER, "Bonjour, c'est ouvert ?")
    card = await shown(town, "Bonjour, c'est ouvert ?")
    assert said(card).startswith(":speech_balloon: +33 6 •• •• •• 78\n:hourglass_flowing_sand: Waiting since")
    assert "> Bonjour, c'est ouvert ?" in said(card)
    assert card["text"] == "+33 6 •• •• •• 78: waiting for an answer"
    assert under(town, card)[0]["text"] == "+33 6 •• •• •• 78: Bonjour, c'est ouvert ?"
    assert NUMBER not in str(town.slack.calls)


async def test_later_sms_of_a_number_go_into_its_thread_in_order(town: Town) -> None:
    for text in ("un", "deux", "trois"):
        await town.provider.reply(NUMBER, text)
    await town.provider.reply(OTHER, "autre")
    await shown(town, "un", "deux", "trois")
    await shown(town, "autre", card=1)
    assert len(town.roots()) == 2


async def test_the_card_says_which_campaign_is_answered(town: Town) -> None:
    await town.send(text="Votre colis est prêt, <venez> le chercher au magasin avant samedi midi, merci beaucoup ! A&B")
    await town.card_says("Accepted")
    await town.provider.reply(NUMBER, "Merci")
    card = await shown(town, "Merci")
    campaign = town.sends[0].json["sms"]["recipients"]["gsm"][0]["gsmsmsid"].rpartition("-")[0]
    assert f"in answer to {campaign}, " in said(card).replace("`", "")
    assert "Votre colis est prêt, <venez> le chercher" in said(card)
    await town.card_says("1 reply, 0 STOP")


async def test_an_sms_to_an_unknown_message_is_shown_without_a_campaign(town: Town) -> None:
    """Of another program, or of a campaign that is forgotten."""
    await town.provider.reply(OTHER, "Qui est-ce ?")
    assert "in answer" not in said(await shown(town, "Qui est-ce ?"))


@pytest.mark.parametrize(
    "text",
    [
        "<!channel> <@U0ALICE> *gras* &amp; <https://example.org|ici>",
        "👩‍👩‍👧‍👦 ça va ? 🇫🇷",
        "مرحبا",
        "ligne un\nligne deux\r\nligne trois",
        "long " * 250,
        "stopped working",
        ":tada: @channel #random",
    ],
    ids=lambda text: text[:12],
)
async def test_an_sms_is_shown_as_it_was_written_and_rings_nobody(town: Town, text: str) -> None:
    await town.provider.reply(NUMBER, text)
    await shown(town, text)
    assert "said STOP" not in str(town.roots())
    assert town.slack.refused == []


@pytest.mark.parametrize("text", ["&" * 1530, "👩‍👩‍👧‍👦é" * 600, "<b>" * 1000], ids=["signs", "5,000 of emoji", "tags"])
async def test_a_long_sms_is_cut_and_the_rest_is_behind_show_all(town: Town, text: str) -> None:
    await town.provider.reply(NUMBER, text)
    card = await town.slack.until(lambda: next(iter(conversations(town)), None))
    [message] = await town.slack.until(lambda: under(town, card))
    assert words(message) == text[:1499] + "…"
    assert len(message["text"]) <= 300
    opened = await town.person().click(message, "reply_show_all")
    assert opened.view
    pieces = [block["elements"][0]["elements"][0]["text"] for block in opened.view["blocks"]]
    assert "".join(pieces) == text
    assert town.slack.refused == []


async def test_show_all_of_a_forgotten_sms_says_so(town: Town) -> None:
    await town.provider.reply(NUMBER, "a" * 2000)
    card = await town.slack.until(lambda: next(iter(conversations(town)), None))
    [message] = await town.slack.until(lambda: under(town, card))
    await town.desk.services.store.redis.flushdb()
    await town.person().click(message, "reply_show_all")
    assert "too old to be shown in full" in town.person().ephemerals[-1]["text"]


async def test_an_empty_sms_is_told_all_the_same(town: Town) -> None:
    await town.provider.reply(NUMBER, "")
    card = await town.slack.until(lambda: next(iter(conversations(town)), None))
    assert "Waiting" in said(card)
    await town.slack.until(lambda: under(town, card))


async def test_the_same_webhook_again_shows_nothing_again(town: Town) -> None:
    delivered = await town.provider.reply(NUMBER, "une fois")
    await shown(town, "une fois")
    await town.provider.redeliver(delivered[0])
    await town.provider.reply(NUMBER, "puis")
    await shown(town, "une fois", "puis")


async def test_the_owner_is_named_when_somebody_begins_to_wait_and_not_at_each_line(town: Town) -> None:
    await town.provider.reply(NUMBER, "un")
    card = await shown(town, "un")
    await town.person(ALICE).click(card, "triage_claim")
    await town.channel_says(f"assigned to <@{ALICE}>")
    await town.provider.reply(NUMBER, "deux")
    await shown(town, "un", "deux")
    await town.slack.until(lambda: "deux" in said(conversations(town)[0]))
    await town.person(ALICE).click(conversations(town)[0], "triage_resolve")
    await town.channel_says("Resolved")
    for text in ("trois", "quatre"):
        await town.provider.reply(NUMBER, text)
    card = await shown(town, "un", "deux", "trois", "quatre")
    named = [words(message) for message in under(town, card) if f"<@{ALICE}>" in str(message["blocks"])]
    assert named == ["trois"]
    await town.slack.until(lambda: "Waiting" in said(conversations(town)[0]))


async def test_an_sms_into_a_quiet_thread_that_nobody_owns_is_seen_in_the_channel_too(town: Town) -> None:
    await town.provider.reply(NUMBER, "un")
    card = await shown(town, "un")
    await town.person(BRUNO).click(card, "triage_resolve")
    await town.channel_says("Resolved")
    await town.provider.reply(NUMBER, "deux")
    await shown(town, "un", "deux")
    first, second = under(town, card)
    assert "subtype" not in first
    assert second["subtype"] == "thread_broadcast"


@pytest.mark.parametrize(("days", "threads"), [(7, 2), (None, 1), (0, 2)])
async def test_after_some_days_a_resolved_conversation_begins_a_new_thread(
    town: Town, days: int | None, threads: int
) -> None:
    services = town.desk.services
    await services.store.team.save("conversations", ConversationPolicy(new_thread_days=days, remind_minutes=0))
    await town.provider.reply(NUMBER, "un")
    card = await shown(town, "un")
    await town.person(ALICE).click(card, "triage_claim")
    await town.person(ALICE).click(card, "triage_resolve")
    await town.channel_says("Resolved")
    services.wall.ahead = 8 * 86_400.0
    await town.provider.reply(NUMBER, "deux")
    if threads == 2:
        second = await shown(town, "deux", card=1)
        assert "unassigned" in said(second)
        await town.channel_says("Goes on in a newer thread")
        assert "Claim" not in said(conversations(town)[0])
    else:
        await shown(town, "un", "deux")
    assert len(conversations(town)) == threads


async def test_words_that_the_team_chose_are_an_opt_out_and_want_no_answer(town: Town) -> None:
    await town.desk.services.store.team.save("stop_words", StopWords(words=("BASTA",)))
    await town.provider.reply(NUMBER, "Basta !")
    await town.channel_says("said STOP, and will not be texted again")
    card = await shown(town, "Basta !")
    await town.slack.until(lambda: "Opted out" in said(conversations(town)[0]))
    assert "Waiting" not in said(conversations(town)[0])
    assert card


async def test_what_a_blocked_number_writes_is_kept_and_not_shown(town: Town) -> None:
    await town.provider.reply(NUMBER, "un")
    await shown(town, "un")
    conversations_of = town.desk.services.store.conversations
    await conversations_of.block(NUMBER, ALICE)
    await town.provider.reply(NUMBER, "insulte")
    await town.provider.reply(OTHER, "autre")
    await shown(town, "autre", card=1)
    await shown(town, "un")
    assert [text.text for text in await conversations_of.texts(NUMBER)] == ["un", "insulte"]


# The automatic answer


async def automatic(town: Town, text: str = "Nous répondons demain dès 9 h.") -> None:
    """The team has chosen what the desk says at night."""
    await town.desk.services.store.team.save("auto_reply", AutoReply(text=text))


async def test_outside_of_the_office_hours_the_desk_answers_once_a_day(redis_url: str) -> None:
    tempo = replace(QUICK, provider_pace=0.0)
    async with open_town(redis_url, now=lambda: FRIDAY_NIGHT, tempo=tempo) as town:
        await automatic(town)
        await town.provider.reply(NUMBER, "Allô ?")
        await town.provider.until(lambda: town.provider.texts(NUMBER))
        await town.provider.reply(NUMBER, "Il y a quelqu'un ?")
        await shown(town, "Allô ?", "Il y a quelqu'un ?")
        await town.slack.until(lambda: "1 delivered" in str(town.slack.calls) or town.provider.texts(NUMBER))
        assert [text.text for text in town.provider.texts(NUMBER)] == ["Nous répondons demain dès 9 h."]
        assert "Waiting" in said(conversations(town)[0])  # a machine answered; they still wait for a person
        assert "unassigned" in said(conversations(town)[0])


async def test_nobody_gets_an_automatic_answer_who_opted_out_or_is_a_short_code(redis_url: str) -> None:
    async with open_town(redis_url, now=lambda: FRIDAY_NIGHT) as town:
        await automatic(town)
        await town.provider.stop(NUMBER)
        await town.channel_says("said STOP")
        for number in (NUMBER, "36035"):
            await town.provider.reply(number, "Bonjour")
        await town.provider.reply(OTHER, "Bonsoir")
        await town.provider.until(lambda: town.provider.texts(OTHER))
        assert [len(town.provider.texts(number)) for number in (NUMBER, "36035")] == [0, 0]


async def test_an_sms_that_comes_after_hours_of_trouble_gets_no_automatic_answer(redis_url: str) -> None:
    async with open_town(redis_url, now=lambda: FRIDAY_NIGHT) as town:
        await automatic(town)
        await post(town, "mo", reply("cet après-midi", date="2026-03-06T17:30:00"))
        await post(town, "mo", reply("ce soir", OTHER, date="2026-03-06T21:55:00"))
        await town.provider.until(lambda: town.provider.texts(OTHER))
        await town.slack.until(lambda: len(conversations(town)) == 2)
        assert town.provider.texts(NUMBER) == []


async def test_in_the_office_hours_or_when_it_is_off_the_desk_stays_silent(redis_url: str) -> None:
    wednesday = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
    async with open_town(redis_url, now=lambda: wednesday) as town:
        await automatic(town)
        await town.provider.reply(NUMBER, "un")
        await shown(town, "un")
    async with open_town(redis_url, now=lambda: FRIDAY_NIGHT) as town:
        await automatic(town, "")
        await town.provider.reply(OTHER, "deux")
        await town.slack.until(lambda: any("deux" in str(message) for message in town.roots()))
        assert town.sends == []
