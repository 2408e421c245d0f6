"""Scripts on a server that does not know them, or has forgotten them, as after a failover."""

from bot.store.connection import connect
from bot.store.script import Script
from tests.conftest import NUMBER, open_town


async def test_server_that_has_forgotten_a_script_is_told_it_again(redis_url: str) -> None:
    async with connect(redis_url) as redis:
        pace = Script(redis, "pace")
        await redis.script_flush()
        first = await pace(["pace:{one}"], [60_000])
        await redis.script_flush()
        second = await pace(["pace:{one}"], [60_000])
        await redis.script_flush()
        third, fourth = await pace.many([(["pace:{one}"], [60_000])] * 2)
    assert first == 0
    assert 0 < second < third < fourth


async def test_sms_goes_its_whole_way_though_the_server_forgets_all_scripts(redis_url: str) -> None:
    """Between the form and its confirmation, and again before the receipt."""
    async with open_town(redis_url) as town, connect(redis_url) as redis:
        await redis.script_flush()
        assert not (await town.fill()).errors
        await redis.script_flush()
        assert (await town.person().submit({})).action == "clear"
        await town.card_says("Accepted")
        await redis.script_flush()
        await town.provider.receipt(town.provider.texts(NUMBER)[0].message_id, 3)
        await town.card_says("1 delivered")
