"""STOP: however it comes it is told once, counted once, and kept."""

from bot.sandbox.slack import show
from bot.sandbox.smsfactor.records import Entry
from bot.smsfactor.contacts import Contact
from tests.conftest import CHANNEL, NUMBER, OTHER, Town, open_town
from tests.rules.webhooks import post

TOLD = "said STOP, and will not be texted again"


def told(town: Town) -> list[str]:
    """Every message, in threads too, that tells of a STOP."""
    messages = [m for root in town.roots() for m in town.slack.thread(CHANNEL, root["ts"])]
    return [m["text"] for m in messages if TOLD in m["text"]]


async def sent_and_accepted(town: Town, to: str = NUMBER) -> None:
    await town.send(to)
    await town.card_says("Accepted")


async def test_a_stop_is_told_with_a_masked_number_and_counted_on_the_card(town: Town) -> None:
    await sent_and_accepted(town)
    await town.provider.stop(NUMBER)
    await town.channel_says(TOLD)
    await town.card_says("0 replies, 1 STOP")
    assert told(town) == [f":no_entry: *+33 6 •• •• •• 78* {TOLD}."]


async def test_a_stop_that_comes_as_stop_and_as_reply_is_told_and_counted_once(town: Town) -> None:
    await sent_and_accepted(town)
    await town.provider.stop(NUMBER, "STOP", also_mo=True)
    await town.card_says("1 reply, 1 STOP")
    await town.provider.reply(NUMBER, "encore")
    await town.card_says("2 replies, 1 STOP")
    assert len(told(town)) == 1


async def test_a_stop_of_which_only_the_reply_knows_the_campaign_is_counted_once(town: Town) -> None:
    await sent_and_accepted(town)
    await post(town, "stop", {"date": "2026-03-02 09:30:00", "message": "STOP", "from": NUMBER})
    await town.channel_says(TOLD)
    for text in ("STOP", "Stop !"):
        await town.provider.reply(NUMBER, text)
    await town.card_says("2 replies, 1 STOP")
    assert len(told(town)) == 1


async def test_a_stop_that_comes_as_a_reply_only_is_a_stop(town: Town) -> None:
    await sent_and_accepted(town)
    await town.provider.reply(NUMBER, " « Stop. » merci")
    await town.card_says("1 reply, 1 STOP")
    told_in = await town.channel_says(TOLD)
    root = await town.slack.until(
        lambda: next((root for root in town.roots() if "Opted out" in str(root["blocks"])), None)
    )
    assert told_in["thread_ts"] == root["ts"]
    assert "Waiting" not in str(root["blocks"])
    filled = await town.fill(text="autre chose")
    assert "This number opted out" in filled.errors["to"]


async def test_a_second_stop_of_the_same_person_is_not_told_again(town: Town) -> None:
    await town.provider.stop(NUMBER, "Stop SMS")
    await town.channel_says(TOLD)
    await town.provider.stop(NUMBER, "STOP !!!")
    await town.provider.reply(NUMBER, "toujours")
    await town.channel_says("toujours")
    await town.provider.stop(OTHER)
    await town.slack.until(lambda: len(told(town)) == 2)
    assert [text.partition("*")[2][:20] for text in told(town)] == ["+33 6 •• •• •• 78* s", "+33 6 •• •• •• 32* s"]


async def test_a_stop_without_a_campaign_of_ours_is_told(town: Town) -> None:
    await town.provider.stop(OTHER)
    root = await town.channel_says(TOLD)
    assert show(root)


async def test_the_status_counts_who_opted_out(town: Town) -> None:
    for number in (NUMBER, OTHER):
        await town.provider.stop(number)
    await town.slack.until(lambda: len(told(town)) == 2)
    answer = (await town.person().command("/sms", "status")).answer
    assert answer
    assert "Numbers that opted out: *2*" in str(answer["blocks"])


async def test_an_opt_out_that_is_read_from_the_provider_s_list_is_on_the_card_of_who_waits(town: Town) -> None:
    await town.provider.reply(NUMBER, "Bonjour")
    await town.channel_says("Waiting")
    assert await town.desk.services.sms.add_to_blacklist([Contact(NUMBER)]) == 1
    await town.desk.services.outbox.learn_optouts()  # as every ten minutes
    card = await town.channel_says("Opted out")
    assert "Waiting" not in show(card)
    assert "Reply" not in show(card)


# A desk in another country: a number in national form is one of that country (in France this one is somebody else's)

NATIONAL, BELGIAN, FRENCH = "0470123456", "32470123456", "33470123456"


async def test_a_stop_in_national_form_bars_the_number_of_the_desk_s_country(redis_url: str) -> None:
    async with open_town(redis_url, default_region="BE") as town:
        await post(town, "stop", {"date": "2026-03-02 09:30:00", "message": "STOP", "from": NATIONAL})
        await town.channel_says(TOLD)
        assert told(town) == [f":no_entry: *+32 4 •• •• •• 56* {TOLD}."]
        assert await town.desk.services.store.optouts.among([BELGIAN, FRENCH]) == {BELGIAN}
        assert "This number opted out" in (await town.fill(to="0470 12 34 56")).errors["to"]


async def test_a_number_in_national_form_on_the_blacklist_bars_that_of_the_desk_s_country(redis_url: str) -> None:
    async with open_town(redis_url, workers=0, default_region="BE") as town:
        town.provider._state.blacklist[NATIONAL] = Entry("1", NATIONAL, 0.0)
        await town.desk.services.outbox.learn_optouts()  # as every ten minutes
        assert await town.desk.services.store.optouts.among([BELGIAN, FRENCH]) == {BELGIAN}
        assert "This number opted out" in (await town.fill(to="0470 12 34 56")).errors["to"]
