"""Status: what waits, in figures, to the one who asks."""

from aiohttp import ClientSession

from bot.sandbox.slack import show
from tests.conftest import SECRET, Town, open_town


async def asked(town: Town) -> str:
    """What /sms status says."""
    answer = (await town.person().command("/sms", "status")).answer
    assert answer
    return show(answer).replace("*", "")


async def test_a_desk_in_order_says_that_it_works(town: Town) -> None:
    text = await asked(town)
    assert text.startswith("# The desk works.")
    for words in (
        "Campaigns that are held: 0, being looked up: 0",
        "Webhooks that wait: 0\n",
        "because they could not be used: 0",
        "wait for their turn in Slack: 0",
        "Numbers that opted out: 0",
        "Version ",
    ):
        assert words in text


async def test_webhooks_that_no_worker_takes_are_counted(redis_url: str) -> None:
    async with open_town(redis_url, workers=0) as town:
        await town.provider.reply("33612345678", "un")
        await town.provider.reply("33698765432", "deux")
        assert "Webhooks that wait: 2, the oldest for 0 s" in await asked(town)


async def test_a_webhook_that_was_set_aside_is_counted_and_told_once(town: Town) -> None:
    headers = {"X-SMSFactor-Signature": SECRET}
    async with ClientSession() as session:
        for _ in range(2):
            async with session.post(f"{town.url}/smsfactor/mo", json={"from": {}}, headers=headers) as answer:
                assert answer.status == 200
    await town.channel_says("could not be used")
    assert "because they could not be used: 1" in await asked(town)
    assert len(town.roots()) == 1
