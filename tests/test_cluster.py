"""The whole desk on a Redis Cluster: no script or pipeline may need two slots at once."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from tests.conftest import NUMBER, open_town
from tests.store.test_connection import until_answered, valkey


@pytest.fixture
async def cluster_url(tmp_path: Path) -> AsyncIterator[str]:
    """A Cluster of one node, which refuses a command that touches two slots like any other."""
    async with valkey("--cluster-enabled", "yes", cwd=tmp_path) as port:
        async with Redis(port=port) as node:
            await node.execute_command("CLUSTER", "ADDSLOTSRANGE", "0", "16383")
            await until_answered(node, "CLUSTER", "INFO", answer=b"cluster_state:ok")
        yield f"redis+cluster://127.0.0.1:{port}"


async def test_an_sms_its_receipt_a_reply_and_a_stop_make_their_way_on_a_cluster(cluster_url: str) -> None:
    async with open_town(cluster_url) as town:
        await town.send("06 12 34 56 78, 06 98 76 54 32", "Bonjour")
        await town.card_says("Accepted")
        message_id = town.sends[0].json["sms"]["recipients"]["gsm"][0]["gsmsmsid"]
        await town.provider.receipt(message_id, 3)
        await town.card_says("1 delivered")
        await town.provider.reply(NUMBER, "Merci")
        await town.channel_says("Merci")
        await town.provider.stop(NUMBER)
        await town.channel_says("said STOP")
        refused = await town.fill("06 12 34 56 78", "Encore")
        assert "opted out" in refused.errors["to"]
        status = await town.person().command("/sms", "status")
        assert status.answer
