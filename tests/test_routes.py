"""Where things are shown, through the whole desk: rules, purposes, lost channels, and cards that somebody deleted."""

import re
from functools import partial
from typing import Any

import pytest

from bot.app import open_desk, work
from bot.conversation import remark
from bot.sandbox.slack import show
from bot.store.posts import Urgency
from bot.store.team import Routes, Rule, RuleKind
from tests.conftest import ALICE, BRUNO, CHANNEL, NUMBER, OTHER, Town, open_town
from tests.rules.killing import eventually
from tests.rules.webhooks import post

SHOP, CLUB = "C0SHOP", "C0CLUB"
NUMBERS = [f"3361234{index:04d}" for index in range(30)]


def open_channels(town: Town, *channels: str) -> None:
    """More channels, with the desk and two people in them."""
    for channel in channels or (SHOP, CLUB):
        members = [town.slack.world.bot_user_id, ALICE, BRUNO]
        town.slack.world.add_channel(channel, channel[2:].lower(), members, creator=ALICE)


async def route(town: Town, *rules: tuple[RuleKind, str, str], **purposes: str) -> None:
    """Choose, as the forms of tests/features/test_settings.py do."""
    made = tuple(Rule(kind=kind, value=value, channel=channel) for kind, value, channel in rules)
    await town.desk.services.store.team.save("routes", Routes(purposes=purposes, rules=made))  # type: ignore[arg-type]


def everything(town: Town, channel: str) -> list[dict[str, Any]]:
    """All that a channel shows, threads too, oldest first."""
    return town.slack.world.channels[channel].messages


def saying(town: Town, channel: str, words: str) -> list[dict[str, Any]]:
    return [m for m in everything(town, channel) if words in m["text"] or words in str(m.get("blocks"))]


async def says(town: Town, channel: str, words: str, times: int = 1, timeout: float = 20.0) -> list[dict[str, Any]]:
    """Wait until so many messages of a channel say ``words``."""
    return await town.slack.until(lambda: len(found := saying(town, channel, words)) >= times and found, timeout)


def in_threads(town: Town, channel: str, words: str) -> list[dict[str, Any]]:
    """The posts of threads that say ``words``: a card shows the last SMS too."""
    return [m for m in saying(town, channel, words) if m.get("thread_ts", m["ts"]) != m["ts"]]


async def threaded(town: Town, channel: str, words: str, times: int = 1) -> list[dict[str, Any]]:
    return await town.slack.until(lambda: len(found := in_threads(town, channel, words)) >= times and found, 40)


def cards(town: Town, channel: str) -> list[dict[str, Any]]:
    """The cards of conversations in a channel."""

    def is_card(message: dict[str, Any]) -> bool:
        about = (message.get("metadata") or {}).get("event_payload", {})
        return str(about.get("key", "")).startswith("conversation:")

    return [message for message in everything(town, channel) if is_card(message)]


async def send(town: Town, number: str, text: str, **more: Any) -> str:
    """Send something to somebody; the campaign's id. What they write next answers it."""
    await town.send(number, text, **more)
    await town.card_says(text)
    await town.card_says("Accepted")
    message_id: str = town.sends[-1].json["sms"]["recipients"]["gsm"][0]["gsmsmsid"]
    return message_id.partition("-")[0]


# Rules, in order


async def test_a_keyword_sends_a_conversation_to_its_channel(town: Town) -> None:
    open_channels(town)
    await route(town, ("keyword", "Promo", SHOP), ("keyword", "été", CLUB))
    await town.provider.reply(NUMBERS[0], "  PROMO, merci !")
    await town.provider.reply(NUMBERS[1], "« E\u0301te\u0301 » oui")  # an e with a combining accent
    await town.provider.reply(NUMBERS[2], "Pas de promo")
    await town.provider.reply(NUMBERS[3], "promotion")
    await town.provider.reply(NUMBERS[4], "")
    await threaded(town, SHOP, "PROMO, merci")
    await threaded(town, CLUB, "oui")
    await threaded(town, CHANNEL, "Pas de promo")
    await threaded(town, CHANNEL, "promotion")
    await town.slack.until(lambda: len(cards(town, CHANNEL)) == 3)
    assert (len(cards(town, SHOP)), len(cards(town, CLUB))) == (1, 1)


async def test_a_campaign_sends_its_answers_to_its_channel(town: Town) -> None:
    open_channels(town)
    first = await send(town, NUMBERS[0], "Soldes")
    await send(town, NUMBERS[1], "Horaires")
    await route(town, ("campaign", first, SHOP))
    await town.provider.reply(NUMBERS[0], "oui")
    await town.provider.reply(NUMBERS[1], "non")
    await threaded(town, SHOP, "oui")
    await threaded(town, CHANNEL, "non")


async def test_a_sender_name_sends_the_answers_to_it_to_its_channel(town: Town) -> None:
    open_channels(town)
    await send(town, NUMBERS[0], "Soldes", sender="ACME")
    await send(town, NUMBERS[1], "Horaires")
    await route(town, ("sender", "acme", CLUB))
    await town.provider.reply(NUMBERS[0], "oui")
    await town.provider.reply(NUMBERS[1], "non")
    await threaded(town, CLUB, "oui")
    await threaded(town, CHANNEL, "non")


@pytest.mark.parametrize(
    ("order", "where"),
    [
        (("keyword", "campaign", "sender"), "C0KEYWORD"),
        (("campaign", "sender", "keyword"), "C0CAMPAIGN"),
        (("sender", "keyword", "campaign"), "C0SENDER"),
        ((), "C0REPLIES"),
    ],
)
async def test_the_first_rule_that_fits_wins_and_without_one_the_channel_for_replies(
    town: Town, order: tuple[RuleKind, ...], where: str
) -> None:
    open_channels(town, "C0KEYWORD", "C0CAMPAIGN", "C0SENDER", "C0REPLIES")
    campaign = await send(town, NUMBERS[0], "Soldes", sender="Shop")
    values = {"keyword": "oui", "campaign": campaign, "sender": "Shop"}
    rules = [(kind, values[kind], f"C0{kind.upper()}") for kind in order]
    await route(town, ("keyword", "non", CHANNEL), *rules, replies="C0REPLIES")
    await town.provider.reply(NUMBERS[0], "Oui !")
    await threaded(town, where, "Oui !")
    assert cards(town, CHANNEL) == []


# Purposes


async def test_every_purpose_has_a_channel_of_its_own(redis_url: str) -> None:
    async with open_town(redis_url, balance_alert=100_000) as town:
        open_channels(town, SHOP, CLUB, "C0STOP", "C0MONEY")
        await route(town, replies=SHOP, campaigns=CLUB, optouts="C0STOP", alerts="C0MONEY")
        await town.send(text="Soldes")
        card = (await says(town, CLUB, "Accepted"))[0]
        await town.provider.reply(NUMBERS[0], "Bonjour")
        await threaded(town, SHOP, "Bonjour")
        await town.provider.stop(OTHER)
        await says(town, "C0STOP", "said STOP")
        await town.provider.balance_alert()
        await says(town, "C0MONEY", "Low balance")
        await town.provider.receipt(town.sends[0].json["sms"]["recipients"]["gsm"][0]["gsmsmsid"], 3)
        await says(town, CLUB, "1 delivered")
        assert [m["ts"] for m in town.slack.messages(CLUB)] == [card["ts"]]
        assert town.slack.messages(CHANNEL) == []
        assert town.slack.refused == []


async def test_our_own_look_at_the_balance_is_told_where_alerts_go(redis_url: str) -> None:
    async with open_town(redis_url, workers=0, balance_alert=1_000_000) as town:
        open_channels(town)
        await route(town, alerts=SHOP)
        async with open_desk(town.settings, redis_url, town.tempo) as worker, work(worker):
            await says(town, SHOP, "this desk warns below")


async def test_a_webhook_that_cannot_be_used_is_told_where_alerts_go(town: Town) -> None:
    open_channels(town)
    await route(town, alerts=SHOP)
    await post(town, "mo", {"nonsense": [1]})
    await says(town, SHOP, "could not be handled")
    assert town.slack.messages(CHANNEL) == []


async def test_a_stop_in_a_conversation_stands_in_its_thread_wherever_opt_outs_go(town: Town) -> None:
    open_channels(town)
    await route(town, optouts=CLUB, replies=SHOP)
    await town.provider.reply(NUMBER, "Bonjour")
    await threaded(town, SHOP, "Bonjour")
    await town.provider.reply(NUMBER, "STOP")
    await threaded(town, SHOP, "said STOP")
    assert everything(town, CLUB) == []


# When the routes change


async def test_a_changed_route_holds_at_once_in_another_process(redis_url: str) -> None:
    """Settings are chosen in the one process, webhooks are worked at by the other."""
    async with open_town(redis_url, workers=0) as town:
        open_channels(town)
        async with open_desk(town.settings, redis_url, town.tempo) as worker, work(worker):
            for index, channel in enumerate((SHOP, CLUB, SHOP, CHANNEL)):
                await route(town, replies=channel)
                await town.provider.reply(NUMBERS[index], f"numéro {index}")
                await threaded(town, channel, f"numéro {index}")


async def test_a_conversation_stays_where_it_is_when_the_routes_change(town: Town) -> None:
    open_channels(town)
    await route(town, replies=SHOP)
    await town.provider.reply(NUMBER, "un")
    await threaded(town, SHOP, "un")
    await route(town, ("keyword", "deux", CHANNEL), replies=CLUB)
    await town.provider.reply(NUMBER, "deux")
    await town.provider.reply(OTHER, "autre")
    await threaded(town, SHOP, "deux")
    await threaded(town, CLUB, "autre")
    assert len(cards(town, SHOP)) == 1
    assert everything(town, CHANNEL) == []


# A lost channel


async def archived(town: Town, channel: str) -> None:
    await town.person(ALICE).archive(channel)


async def thrown_out(town: Town, channel: str) -> None:
    await town.person(ALICE).remove(channel, town.slack.world.bot_user_id)


async def deleted(town: Town, channel: str) -> None:
    """For the desk a private channel without it is the same as one that is gone."""
    town.slack.world.channels[channel].kind = "private"
    await thrown_out(town, channel)


async def frozen(town: Town, channel: str) -> None:
    """Archived, and what stands there cannot be edited either."""
    town.slack.fail("chat.update", "is_inactive", 4)
    await archived(town, channel)


LOSSES = [archived, frozen, thrown_out, deleted]


async def test_every_new_conversation_of_a_lost_channel_opens_elsewhere_until_it_is_mended(town: Town) -> None:
    open_channels(town)
    await route(town, replies=SHOP)
    await thrown_out(town, SHOP)
    for index in range(3):
        await town.provider.reply(NUMBERS[index], f"numéro {index}")
    await threaded(town, CHANNEL, "numéro ", 3)
    await says(town, CHANNEL, f"cannot post in <#{SHOP}>: the desk is not in it")
    await town.person(ALICE).invite(SHOP, town.slack.world.bot_user_id)
    await says(town, CHANNEL, f"can post in <#{SHOP}> again")
    await town.provider.reply(NUMBERS[3], "de retour")
    await threaded(town, SHOP, "de retour")
    await town.provider.reply(NUMBERS[0], "toujours là")
    await threaded(town, CHANNEL, "toujours là")
    assert len(saying(town, CHANNEL, "cannot post in")) == 1
    assert len(saying(town, CHANNEL, "can post in")) == 1
    assert len(cards(town, CHANNEL)) == 3


async def test_a_channel_that_is_lost_again_is_told_again(town: Town) -> None:
    open_channels(town)
    await route(town, replies=SHOP)
    for index in (1, 2):
        await thrown_out(town, SHOP)
        await town.provider.reply(NUMBERS[index], "Bonjour")
        await says(town, CHANNEL, f"cannot post in <#{SHOP}>", index)
        await town.person(ALICE).invite(SHOP, town.slack.world.bot_user_id)
        await says(town, CHANNEL, f"can post in <#{SHOP}> again", index)
    assert len(saying(town, CHANNEL, "cannot post in")) == 2


async def test_what_slack_does_not_show_is_told_once_until_it_has_not_happened_for_a_week(town: Town) -> None:
    open_channels(town)
    await route(town, replies=SHOP)
    for index in (1, 2):
        town.slack.fail("chat.postMessage", "restricted_action")
        await town.provider.reply(NUMBERS[index], "Bonjour")
        await threaded(town, CHANNEL, "Bonjour", index)
        await says(town, CHANNEL, "Slack says restricted_action")
    assert len(saying(town, CHANNEL, "Slack says restricted_action")) == 1
    for card in cards(town, CHANNEL):  # else they are reminded of those who wait, when a week has gone by
        await town.person(ALICE).click({**card, "channel": CHANNEL}, "triage_resolve")
    town.desk.services.wall.ahead = 8 * 86_400.0
    await eventually(partial(nothing_is_lost, town))
    town.slack.fail("chat.postMessage", "restricted_action")
    await town.provider.reply(NUMBERS[3], "Bonjour")
    assert len(await says(town, CHANNEL, "Slack says restricted_action", 2)) == 2


async def test_a_channel_that_nobody_needs_any_more_is_not_lost_for_ever(town: Town) -> None:
    open_channels(town)
    await route(town, replies=SHOP)
    await archived(town, SHOP)
    await town.provider.reply(NUMBER, "Bonjour")
    await says(town, CHANNEL, f"cannot post in <#{SHOP}>")
    town.desk.services.wall.ahead = 8 * 86_400.0
    await eventually(partial(nothing_is_lost, town))


async def test_if_the_channel_of_the_settings_is_lost_what_belongs_there_waits_and_admins_hear_of_it_elsewhere(
    town: Town,
) -> None:
    open_channels(town)
    await route(town, alerts=CLUB)
    await archived(town, CHANNEL)
    await town.provider.reply(NUMBER, "Bonjour")
    [notice] = await says(town, CLUB, f"cannot post in <#{CHANNEL}>: it is archived")
    assert "waits until it is mended" in notice["text"]
    assert f"<@{ALICE}>" in notice["text"]
    town.slack.world.channels[CHANNEL].is_archived = False
    await threaded(town, CHANNEL, "Bonjour")
    await says(town, CLUB, f"can post in <#{CHANNEL}> again")


async def test_if_even_the_alerts_have_no_channel_the_status_says_so_and_no_late_warning_comes(town: Town) -> None:
    await archived(town, CHANNEL)
    await town.provider.reply(NUMBER, "Bonjour")
    await town.slack.until(lambda: len(town.slack.called("chat.postMessage")) >= 2)
    open_channels(town, SHOP)
    status = (await town.person().command("/sms", "status", SHOP)).answer
    assert f"cannot post in <#{CHANNEL}>" in str(status["blocks"])
    town.slack.world.channels[CHANNEL].is_archived = False
    await threaded(town, CHANNEL, "Bonjour")
    await eventually(partial(nothing_is_lost, town))
    assert saying(town, CHANNEL, "cannot post in") == []


async def test_checks_begin_at_once_after_a_worker_that_was_killed_while_it_started(redis_url: str) -> None:
    async with open_town(redis_url, workers=0) as town:
        await town.desk.services.store.redis.set("desk:perpetual:lock", "held by the dead", ex=60)
        await town.desk.services.store.lost.note("C0GONE", "is_archived")
        async with work(town.desk):
            await says(town, CHANNEL, "cannot post in <#C0GONE>")


async def nothing_is_lost(town: Town) -> bool:
    """Whether the desk believes that it can post everywhere."""
    return not await town.desk.services.store.lost.all()


@pytest.mark.parametrize(
    ("admins", "called"), [("", ALICE), (BRUNO, BRUNO)], ids=["the workspace's", "those of ADMINS"]
)
async def test_admins_are_called_by_name_where_the_team_has_its_alerts(
    redis_url: str, admins: str, called: str
) -> None:
    async with open_town(redis_url, admins=admins) as town:
        open_channels(town)
        await route(town, replies=SHOP, alerts=CLUB)
        await archived(town, SHOP)
        town.slack.fail("conversations.members", 500)
        await town.provider.reply(NUMBER, "Bonjour")
        [notice] = await says(town, CLUB, "it is archived")
        assert re.findall("<@(\\w+)>", notice["text"]) == [called]
        assert "nothing is lost" in notice["text"]


async def test_where_even_the_alerts_cannot_be_shown_they_are_shown_in_the_channel_of_the_settings(town: Town) -> None:
    open_channels(town)
    await route(town, replies=SHOP, alerts=CLUB)
    for channel in (SHOP, CLUB):
        await deleted(town, channel)
    await town.provider.reply(NUMBER, "Bonjour")
    [of_shop] = await says(town, CHANNEL, f"cannot post in <#{SHOP}>")
    [of_club] = await says(town, CHANNEL, f"cannot post in <#{CLUB}>")
    assert f"<@{ALICE}>" in of_shop["text"] + of_club["text"]


async def test_a_campaign_in_a_lost_channel_goes_on_elsewhere(town: Town) -> None:
    open_channels(town)
    await route(town, campaigns=SHOP)
    await town.send(text="Soldes")
    await says(town, SHOP, "Accepted")
    await town.slack.until(lambda: len(town.slack.called("chat.update")) >= 1)
    await deleted(town, SHOP)
    await town.provider.receipt(town.sends[0].json["sms"]["recipients"]["gsm"][0]["gsmsmsid"], 3)
    card = (await says(town, CHANNEL, "1 delivered"))[0]
    await town.provider.reply(NUMBER, "merci")
    await town.slack.until(lambda: "1 reply" in str(town.slack.thread(CHANNEL, card["ts"])[0]["blocks"]))
    assert len(saying(town, CHANNEL, "Soldes")) == 2  # this card, and what the new conversation answers
    assert len(await says(town, CHANNEL, "cannot post in")) == 1


@pytest.mark.parametrize("lose", LOSSES, ids=lambda lose: lose.__name__)
async def test_an_answer_that_stood_in_a_lost_channel_holds_up_nobody(town: Town, lose: Any) -> None:
    """Its receipt comes when it cannot be edited any more."""
    open_channels(town)
    await route(town, replies=SHOP)
    await town.provider.reply(NUMBER, "Ouvert ?")
    [asked] = await threaded(town, SHOP, "Ouvert ?")
    await town.person(ALICE).write(SHOP, "sms: Oui, jusqu'à 19 h", thread_ts=asked["thread_ts"])
    await town.slack.until(lambda: town.sends)
    await town.slack.until(lambda: any("ccepted" in str(m) for m in in_threads(town, SHOP, "19 h")))
    await lose(town, SHOP)
    await town.provider.reply(NUMBER, "Merci")
    await threaded(town, CHANNEL, "Merci")
    await town.provider.receipt(town.sends[0].json["sms"]["recipients"]["gsm"][0]["gsmsmsid"], 3)
    await town.slack.until(
        lambda: any("elivered" in str(m) for c in (SHOP, CHANNEL) for m in in_threads(town, c, "19 h")), 15
    )
    await town.provider.reply(OTHER, "Et moi ?")
    await threaded(town, CHANNEL, "Et moi ?")
    assert len(cards(town, CHANNEL)) == 2


@pytest.mark.parametrize("texts", [["un"], ["un", "deux", "trois"]], ids=len)
async def test_a_thread_goes_on_in_order_if_a_worker_dies_while_it_moves(redis_url: str, texts: list[str]) -> None:
    """The first of the texts is in the other channel's queue, and nothing else is done."""
    async with open_town(redis_url, workers=0) as town:
        open_channels(town)
        await route(town, replies=SHOP)
        services = town.desk.services
        async with open_desk(town.settings, redis_url, town.tempo) as worker, work(worker):
            await town.provider.reply(NUMBER, "zéro")
            await threaded(town, SHOP, "zéro")
            await town.slack.until(lambda: "zéro" in show(cards(town, SHOP)[0]))
        await archived(town, SHOP)
        about = await services.store.conversations.of(NUMBER)
        assert about
        for key in texts:
            await remark(services, about, key, key, urgency=Urgency.REPLY)
        first = (await services.store.posts.of(SHOP, about.anchor))[0]
        await services.store.posts.put(CHANNEL, first, ahead=True)
        await services.store.posts.drop(SHOP, first)
        async with open_desk(town.settings, redis_url, town.tempo) as worker, work(worker):
            await threaded(town, CHANNEL, texts[-1])
        assert [m["text"] for m in everything(town, CHANNEL) if m["text"] in texts] == texts
        assert len(cards(town, CHANNEL)) == 1


async def test_an_answer_in_a_thread_that_moved_ends_the_waiting_for_what_stood_in_the_lost_one(town: Town) -> None:
    open_channels(town)
    await route(town, replies=SHOP)
    await town.provider.reply(NUMBER, "Ouvert ?")
    await threaded(town, SHOP, "Ouvert ?")
    await archived(town, SHOP)
    about = await town.desk.services.store.conversations.of(NUMBER)
    assert about
    await remark(town.desk.services, about, "reminder", "A reminder.")
    [card] = await town.slack.until(lambda: cards(town, CHANNEL))
    await town.person(ALICE).write(CHANNEL, "sms: Oui, jusqu'à 19 h", thread_ts=card["ts"])
    await town.slack.until(lambda: town.sends)
    await town.slack.until(lambda: "nobody waits" in show(cards(town, CHANNEL)[0]).replace("*", ""))


# A card that somebody deleted


@pytest.mark.parametrize("told", [True, False], ids=["told by its event", "found by a look"])
@pytest.mark.parametrize("channel", [SHOP, CHANNEL])
async def test_a_thread_goes_on_under_a_new_card_if_its_card_is_deleted(
    redis_url: str, told: bool, channel: str
) -> None:
    events = None if told else {"member_joined_channel"}
    async with open_town(redis_url, slack={"subscriptions": events}) as town:
        open_channels(town)
        await route(town, replies=channel)
        await town.provider.reply(NUMBER, "un")
        await threaded(town, channel, "un")
        [old] = cards(town, channel)
        about = await town.desk.services.store.conversations.of(NUMBER)
        assert about
        await town.person(ALICE).delete(channel, old["ts"])
        if not told:
            await town.desk.services.store.redis.delete(f"anchor:{{{about.anchor}}}:seen")
        for text in ("deux", "trois"):
            await town.provider.reply(NUMBER, text)
        posts = [(await threaded(town, channel, text))[0] for text in ("deux", "trois")]
        [new] = cards(town, channel)
        assert {post["thread_ts"] for post in posts} == {new["ts"]} != {old["ts"]}
        await town.person(BRUNO).click((channel, new["ts"]), "triage_claim")
        await says(town, channel, f"assigned to <@{BRUNO}>")
        assert len(cards(town, channel)) == 1


async def test_a_busy_thread_is_looked_after_too(redis_url: str) -> None:
    """Its texts follow each other so quickly that it was always seen a moment ago."""
    async with open_town(redis_url, slack={"subscriptions": {"member_joined_channel"}}) as town:
        await town.provider.reply(NUMBER, "t00")
        await threaded(town, CHANNEL, "t00")
        [old] = cards(town, CHANNEL)
        about = await town.desk.services.store.conversations.of(NUMBER)
        assert about
        seen = f"anchor:{{{about.anchor}}}:seen"
        await town.slack.until(lambda: "t00" in show(cards(town, CHANNEL)[0]))
        await town.desk.services.store.redis.pexpire(seen, 400)
        town.slack.fail("chat.update", 500, 50)  # an edit would find it missing
        await town.person(ALICE).delete(CHANNEL, old["ts"])
        for index in range(1, 40):
            await town.provider.reply(NUMBER, f"t{index:02d}")
            await says(town, CHANNEL, f"t{index:02d}")
            if cards(town, CHANNEL):
                break
        assert index > 1, "at first it counts as seen"
        await threaded(town, CHANNEL, f"t{index:02d}")
