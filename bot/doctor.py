"""Is everything in place: Redis, Slack, SMSFactor and the webhooks, looked at one by one from where the bot runs."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack

from slack_sdk.web.async_client import AsyncWebClient

from bot.registration import Finding, not_told, open_provider, review
from bot.settings import Settings
from bot.slack.api import CALL_ERRORS, Failure, classify, client, open_session
from bot.smsfactor.errors import SMSFactorError
from bot.store import StoreError
from bot.store.connection import connect
from bot.store.embedded import EmbeddedServer, EmbeddedServerError, server_url
from bot.store.persistence import Persistence, look, probe
from bot.tempo import Tempo

SCOPES = {
    "commands": "for /sms and the shortcuts",
    "chat:write": "to post and edit messages",
    "users:read": "to know members from guests",
    "channels:read": "to see whether a public channel is there, and the bot in it",
    "groups:read": "to see whether a private channel is there, and the bot in it",
    "channels:history": "to hear threads, and to find a post whose answer was lost, in a public channel",
    "groups:history": "to hear threads, and to find a post whose answer was lost, in a private channel",
}
"""What the app asks for in manifest.yml, and what each is for."""

APPEND = "set `appendonly yes` in its configuration"
INVITE = "invite the bot into the channel (/invite there), and see that SLACK_CHANNEL is its id"
REINSTALL = "put manifest.yml into the app again, and reinstall it"


async def examine(settings: Settings, tempo: Tempo | None = None) -> AsyncGenerator[Finding, None]:
    """Every check, one finding each, in the order in which a newcomer has to mend them."""
    tempo = tempo or Tempo()
    yield Finding(True, "Settings", "all that are required are there")
    async for finding in examine_redis(settings):
        yield finding
    async for finding in examine_slack(settings):
        yield finding
    async for finding in examine_smsfactor(settings, tempo):
        yield finding


# Redis


async def examine_redis(settings: Settings) -> AsyncGenerator[Finding, None]:
    """It can be reached and written, keeps its data, and forgets nothing."""
    async with AsyncExitStack() as stack:
        url, place, trouble = settings.redis_url, "at REDIS_URL", ""
        if not url:
            url, place = server_url(settings.data_dir), f"embedded, in {settings.data_dir}"
            try:
                await stack.enter_async_context(EmbeddedServer(settings.data_dir))
            except EmbeddedServerError as error:
                trouble, place = str(error), f"{place}, of the bot that is running"
        try:
            redis = connect(url)
        except ValueError as error:
            yield Finding(False, "Redis", str(error), "mend REDIS_URL")
            return
        stack.push_async_callback(redis.aclose)
        try:
            await probe(redis)
            servers = await look(redis)
        except StoreError as error:
            yield _no_redis(error, trouble)
            return
    yield Finding(True, "Redis", f"{place}: reached and writable")
    for server in servers:
        yield _persistence(server)
        yield _memory(server)


def _no_redis(error: StoreError, trouble: str) -> Finding:
    """``trouble``: why the embedded server could not be used, in words that say what to do as well."""
    if trouble:
        return Finding(False, "Redis", trouble)
    words = f"cannot be used ({type(error).__name__})"
    return Finding(False, "Redis", words, "is it running, is REDIS_URL right, and may its user write everywhere?")


def _persistence(server: Persistence) -> Finding:
    subject = "Redis persistence"
    if server.failing:
        return Finding(False, subject, "its last write to disk failed", "see its log; is the disk full?")
    if server.appends:
        return Finding(True, subject, "append-only file")
    if server.snapshots:
        words = "snapshots only: a crash loses what came after the last one, and an SMS may leave twice"
        return Finding(False, subject, words, APPEND)
    return Finding(False, subject, "none: a restart loses everything", APPEND)


def _memory(server: Persistence) -> Finding:
    subject, policy = "Redis memory", server.policy or "unknown"
    if policy == "noeviction":
        return Finding(True, subject, "nothing is forgotten when it is full")
    words = f"its maxmemory-policy is {policy}, so it may forget who said STOP when it is full"
    return Finding(False, subject, words, "set `maxmemory-policy noeviction` in its configuration")


# Slack


async def examine_slack(settings: Settings) -> AsyncGenerator[Finding, None]:
    """Token, scopes, channel and, for Socket Mode, the app token."""
    async with open_session() as session:
        slack = client(session, settings.slack_bot_token.get_secret_value(), settings.slack_api_url)
        try:
            answer = await slack.auth_test()
        except CALL_ERRORS as error:
            yield _no_token("SLACK_BOT_TOKEN", classify(error))
        else:
            yield Finding(True, "Slack token", f"workspace {answer.get('team')}, as @{answer.get('user')}")
            for finding in _scopes(answer.headers.get("x-oauth-scopes")):
                yield finding
            yield await _channel(slack, settings.slack_channel)
        if settings.slack_app_token:
            yield await _app_token(slack, settings.slack_app_token.get_secret_value())


def _no_token(setting: str, failure: Failure) -> Finding:
    subject = "Slack token" if setting == "SLACK_BOT_TOKEN" else "Slack app token"
    if failure.kind == "auth":
        return Finding(
            False, subject, f"Slack refuses it ({failure.code})", f"copy {setting} again from the app's pages"
        )
    return Finding(False, subject, f"Slack did not answer ({failure.code})", "can this machine reach slack.com?")


def _scopes(granted: str | None) -> list[Finding]:
    """``granted``: the header that comes with every answer of the Web API (Slack docs, "Using OAuth 2.0")."""
    if granted is None:
        return [Finding(False, "Slack scopes", "Slack did not say which ones the token has", "try again in a moment")]
    have = {scope.strip() for scope in granted.split(",")}
    missing = [
        Finding(False, "Slack scopes", f"{scope} is missing ({purpose})", REINSTALL)
        for scope, purpose in SCOPES.items()
        if scope not in have
    ]
    return missing or [Finding(True, "Slack scopes", f"all {len(SCOPES)} are granted")]


async def _channel(slack: AsyncWebClient, channel: str) -> Finding:
    subject = "Slack channel"
    try:
        about = (await slack.conversations_info(channel=channel))["channel"]
    except CALL_ERRORS as error:
        failure = classify(error)
        if failure.kind == "channel":
            return Finding(False, subject, f"{channel} is not there, or private without the bot", INVITE)
        return Finding(False, subject, f"{channel} cannot be looked at ({failure.code})", "mend the lines above first")
    name = f"#{about.get('name', channel)}"
    if about.get("is_archived"):
        return Finding(False, subject, f"{name} is archived", "unarchive it, or set SLACK_CHANNEL to another one")
    if not about.get("is_member"):
        return Finding(False, subject, f"the bot is not in {name}", INVITE)
    return Finding(True, subject, f"{name}, with the bot in it")


async def _app_token(slack: AsyncWebClient, token: str) -> Finding:
    """Asks for the address of a socket, and leaves it at that."""
    try:
        await slack.apps_connections_open(app_token=token)
    except CALL_ERRORS as error:
        return _no_token("SLACK_APP_TOKEN", classify(error))
    return Finding(True, "Slack app token", "Socket Mode can be opened")


# SMSFactor


async def examine_smsfactor(settings: Settings, tempo: Tempo) -> AsyncGenerator[Finding, None]:
    """The token, then the five webhooks."""
    async with open_provider(settings, tempo) as sms:
        try:
            balance = await sms.credits()
        except SMSFactorError as error:
            yield not_told(error)
            return
    left = f"{balance.credits} credits" if balance.can_run_out else "an account that cannot run out of credits"
    yield Finding(True, "SMSFactor", f"the token works, {left}")
    async for finding in review(settings, tempo):
        yield finding
