"""A stand-in Slack with the small app connected to it over signed HTTP."""

import aiohttp
import pytest
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import SlackStandIn
from tests.sandbox.slack.small_app import build, serving


@pytest.fixture
def seen():
    return {}


@pytest.fixture
async def slack(seen):
    async with SlackStandIn(echo=False) as stand_in, aiohttp.ClientSession() as session:
        app = build(stand_in, session, seen)

        async def handler(request):
            return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

        async with serving(handler) as url:
            stand_in.connect(url)
            yield stand_in


@pytest.fixture
async def client(slack):
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=session, retry_handlers=[])
