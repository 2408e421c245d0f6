"""What the environment says: every setting of the bot, read once and refused in words when it is wrong.

Nobody else reads `os.environ`. `.env.example` lists the same variables in the same words; a test compares
them.
"""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo

import phonenumbers
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

REDIS_SCHEMES = (
    "redis",
    "rediss",
    "unix",
    "redis+sentinel",
    "rediss+sentinel",
    "redis+cluster",
    "rediss+cluster",
)

_SENDER = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9]{3,11}")
_CHANNEL_ID = re.compile(r"[CG][A-Z0-9]{2,}")
_USER_ID = re.compile(r"[UW][A-Z0-9]{2,}")


class SettingsError(Exception):
    """Settings are missing or wrong. Its text is one message that names every one of them.

    `problems` holds one line for each, "NAME: what is wrong". No line repeats a value, which may be a secret.
    """

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        heading = "These settings are missing or wrong (.env.example explains all of them):"
        super().__init__("\n".join([heading, *(f"  {problem}" for problem in self.problems)]))


def _without_blanks(secret: SecretStr) -> SecretStr:
    if re.search(r"\s", secret.get_secret_value()):
        raise ValueError("contains a blank or a line break")
    return secret


def _begins_with(prefix: str) -> AfterValidator:
    def check(secret: SecretStr) -> SecretStr:
        if not secret.get_secret_value().startswith(prefix):
            raise ValueError(f"must begin with {prefix}")
        return secret

    return AfterValidator(check)


def _matches(pattern: re.Pattern[str], words: str) -> AfterValidator:
    def check(value: str) -> str:
        if not pattern.fullmatch(value):
            raise ValueError(words)
        return value

    return AfterValidator(check)


def _split_url(url: str) -> SplitResult | None:
    """The parts of a URL; None when it cannot be read at all (a port that is no number, a torn IPv6 host)."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # read here because it raises where it is read
    except ValueError:
        return None
    return parts


def _http_address(url: str) -> str:
    parts = _split_url(url)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an address that begins with https:// (or http://)")
    return url.rstrip("/")


def _slack_address(url: str) -> str:
    if not url.endswith("/api/"):
        raise ValueError("must end in /api/")
    return _http_address(url) + "/"


def _redis_address(url: str) -> str:
    """Refuses what can be seen without a parser of its own; `bot.store.connection` reads the rest."""
    if not url:
        return url
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in REDIS_SCHEMES:
        raise ValueError("must begin with one of " + ", ".join(f"{known}://" for known in REDIS_SCHEMES))
    address, _, path = rest.partition("?")[0].partition("/")
    hosts = address.rpartition("@")[2]
    if scheme == "unix":
        if not path:
            raise ValueError("names no socket, e.g. unix:///run/valkey/valkey.sock")
    elif not hosts:
        raise ValueError("names no host")
    elif scheme.endswith("+sentinel"):
        if not path.strip("/"):
            raise ValueError("names no service, e.g. redis+sentinel://10.0.0.1:26379,10.0.0.2:26379/mymaster")
    elif "," in hosts:
        raise ValueError("must name one host; the other nodes of a cluster are found through it")
    elif _split_url(url) is None:
        raise ValueError("has a host or a port that cannot be read")
    return url


def _split_commas(value: Any) -> Any:
    """`SENDERS=ACME, Shop` → `("ACME", "Shop")`, each once; what is no string is left to pydantic."""
    if not isinstance(value, str):
        return value
    return tuple(dict.fromkeys(item.strip() for item in value.split(",") if item.strip()))


def _region(value: str) -> str:
    region = value.upper()
    if region not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError("must be a country in two letters, e.g. FR")
    return region


def _zone(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return ZoneInfo(value)
    # An unknown name is a KeyError, a path like ../etc a ValueError, a directory like "Europe" an OSError.
    except (KeyError, ValueError, OSError):
        raise ValueError("is not a time zone that this machine knows, e.g. Europe/Paris") from None


Secret = Annotated[SecretStr, AfterValidator(_without_blanks)]
BotToken = Annotated[Secret, _begins_with("xoxb-")]
AppToken = Annotated[Secret, _begins_with("xapp-")]
HttpAddress = Annotated[str, AfterValidator(_http_address)]
SlackAddress = Annotated[str, AfterValidator(_slack_address)]
RedisAddress = Annotated[str, AfterValidator(_redis_address)]
Region = Annotated[str, AfterValidator(_region)]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]
ChannelId = Annotated[str, _matches(_CHANNEL_ID, "must be a channel id (C… or G…), not a name")]
UserId = Annotated[str, _matches(_USER_ID, "must be user ids (U… or W…), separated by commas")]
Sender = Annotated[
    str,
    _matches(_SENDER, "must be names of 3 to 11 letters and digits, at least one letter, separated by commas"),
]


class Settings(BaseSettings):
    """Every setting, by the lower-cased name of its variable. An empty variable counts as unset."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        str_strip_whitespace=True,
    )

    slack_bot_token: BotToken = Field(description="Bot token of the Slack app (xoxb-…)")
    slack_signing_secret: Secret = Field(description="Signing secret of the Slack app")
    slack_app_token: AppToken | None = Field(
        None, description="App token (xapp-…): Slack is reached by Socket Mode, without a public address"
    )
    slack_api_url: SlackAddress = Field("https://slack.com/api/", description="Slack's Web API, ends in /api/")
    slack_channel: ChannelId = Field(description="Channel id (C…) for everything that has no channel of its own")

    smsfactor_token: Secret = Field(description="API token of the SMSFactor account")
    smsfactor_api_url: HttpAddress = Field("https://api.smsfactor.com", description="SMSFactor's API")
    smsfactor_webhook_secret: Secret = Field(description="Secret that SMSFactor's webhooks carry or sign with")
    smsfactor_signature: Literal["plain", "hmac", "auto"] = Field(
        "plain",
        description="How webhooks prove themselves: plain (the secret itself), hmac, or auto (either)",
    )

    # A Redis address may hold a password: keep it out of every repr.
    redis_url: RedisAddress = Field(
        "",
        repr=False,
        description="Redis or Valkey; empty: an embedded server that keeps its data in DATA_DIR",
    )
    data_dir: Annotated[Path, AfterValidator(Path.expanduser)] = Field(
        Path("./data"), description="Directory of the embedded server"
    )

    host: str = Field("0.0.0.0", description="Address to listen on")  # noqa: S104 - a web process is there to be reached
    port: int = Field(3000, ge=0, le=65535, description="Port to listen on (0: any free one)")
    public_url: HttpAddress | None = Field(
        None, description="Address under which SMSFactor reaches this bot, to register its webhooks"
    )

    default_region: Region = Field("FR", description="Country in which a number like 06 … is read")
    timezone: Zone = Field(
        ZoneInfo("Europe/Paris"), description="Clock of the team; the legal hours follow that of Paris"
    )
    senders: Annotated[tuple[Sender, ...], NoDecode, BeforeValidator(_split_commas)] = Field(
        (), description="Sender names that people may choose, separated by commas"
    )
    flood_per_hour: int = Field(5, ge=1, description="Texts that one number may get in an hour")
    flood_same_text_per_hour: int = Field(1, ge=1, description="Times that one number may get the same text in an hour")
    approval_over: int = Field(
        50,
        ge=-1,
        description="Recipients above which a second person approves, until then refused (0: always, -1: never)",
    )
    balance_alert: int = Field(500, ge=0, description="Credits below which the team is told")
    retention_days: int = Field(180, ge=1, description="Days that campaigns and silent conversations are kept")
    admins: Annotated[tuple[UserId, ...], NoDecode, BeforeValidator(_split_commas)] = Field(
        (), description="User ids who are admins beside the workspace's own, separated by commas"
    )


def load() -> Settings:
    """Reads the environment and `.env` of the working directory.

    Raises `SettingsError` naming every setting that is missing or wrong.
    """
    try:
        return Settings()
    except ValidationError as error:
        problems = dict.fromkeys(_problem(details) for details in error.errors())
        raise SettingsError(problems) from None


@contextmanager
def unseen(prefix: str) -> Iterator[None]:
    """Until the block ends, no variable whose name begins with ``prefix`` is in the environment.

    For libraries that look there themselves, past what they are handed, though it may come from `.env`.
    """
    hidden = {name: os.environ.pop(name) for name in tuple(os.environ) if name.startswith(prefix)}
    try:
        yield
    finally:
        os.environ.update(hidden)


def _problem(details: ErrorDetails) -> str:
    """One line of a SettingsError, from pydantic's account of one failure (which is never shown itself)."""
    name = str(details["loc"][0])
    limits = details.get("ctx", {})
    match details["type"]:
        case "missing":
            words = f"missing. {Settings.model_fields[name].description}"
        case "value_error":
            words = str(limits["error"])
        case "int_parsing" | "int_from_float":
            words = "must be a whole number"
        case "greater_than_equal":
            words = f"must be {limits['ge']} or more"
        case "less_than_equal":
            words = f"must be {limits['le']} or less"
        case "literal_error":
            words = f"must be {limits['expected']}"
        case _:
            words = "cannot be read"
    return f"{name.upper()}: {words}"
