"""Settings: what is accepted, what is refused, and in which words."""

import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError
from pydantic_core import PydanticUndefined

from bot.settings import Settings, SettingsError, load

REQUIRED = {
    "SLACK_BOT_TOKEN": "xoxb-1-token",
    "SLACK_SIGNING_SECRET": "signing-secret",
    "SLACK_CHANNEL": "C0SMS",
    "SMSFACTOR_TOKEN": "provider-token",
    "SMSFACTOR_WEBHOOK_SECRET": "webhook-secret",
}
EXAMPLE = Path(__file__).parents[1] / ".env.example"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """An environment with the required settings only, in a directory without `.env`."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in REQUIRED.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def refusal(environment: pytest.MonkeyPatch, **variables: str) -> str:
    """The single problem that `load` finds with these variables."""
    for name, value in variables.items():
        environment.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load()
    [problem] = refused.value.problems
    return problem


def test_required_settings_are_enough_and_the_rest_has_its_default() -> None:
    settings = load()
    assert settings.slack_bot_token.get_secret_value() == "xoxb-1-token"
    assert settings.slack_app_token is None
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.smsfactor_api_url == "https://api.smsfactor.com"
    assert settings.smsfactor_signature == "plain"
    assert settings.redis_url == ""
    assert settings.data_dir == Path("data")
    assert (settings.host, settings.port, settings.public_url) == ("0.0.0.0", 3000, None)  # noqa: S104
    assert (settings.default_region, settings.timezone) == ("FR", ZoneInfo("Europe/Paris"))
    assert (settings.senders, settings.admins) == ((), ())
    assert (settings.flood_per_hour, settings.flood_same_text_per_hour) == (5, 1)
    assert (settings.approval_over, settings.balance_alert) == (50, 500)


def test_every_missing_setting_is_named_in_one_message(environment: pytest.MonkeyPatch) -> None:
    for name in REQUIRED:
        environment.delenv(name)
    environment.setenv("PORT", "none")
    with pytest.raises(SettingsError) as refused:
        load()
    assert {problem.partition(":")[0] for problem in refused.value.problems} == {*REQUIRED, "PORT"}
    assert all(problem in str(refused.value) for problem in refused.value.problems)


def test_empty_variable_counts_as_unset(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SLACK_APP_TOKEN", "")
    environment.setenv("PORT", "")
    assert load().slack_app_token is None
    assert load().port == 3000
    assert refusal(environment, SLACK_CHANNEL="").startswith("SLACK_CHANNEL: missing. Channel id")


def test_dotenv_in_the_working_directory_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    text = "PORT=8080\nSLACK_CHANNEL=C0OTHER\nSENDERS=ACME,Shop24\nUNKNOWN=ignored\n"
    (tmp_path / ".env").write_text(text, encoding="utf-8")
    settings = load()
    assert settings.port == 8080
    assert settings.senders == ("ACME", "Shop24")
    assert settings.slack_channel == "C0SMS"


def test_lists_are_comma_separated_without_blanks_and_repetitions(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SENDERS", " ACME, Shop24 ,,ACME")
    environment.setenv("ADMINS", "U0ALICE,W0BOSS")
    settings = load()
    assert settings.senders == ("ACME", "Shop24")
    assert settings.admins == ("U0ALICE", "W0BOSS")


def test_sender_names_of_three_and_of_eleven_signs_are_taken(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SENDERS", "SMS,ElevenSigns")
    assert load().senders == ("SMS", "ElevenSigns")


def test_addresses_are_kept_in_one_form(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SMSFACTOR_API_URL", "http://127.0.0.1:8001/")
    environment.setenv("PUBLIC_URL", "https://sms.example.org/")
    environment.setenv("SLACK_API_URL", "http://127.0.0.1:8002/api/")
    environment.setenv("DEFAULT_REGION", "be")
    settings = load()
    assert settings.smsfactor_api_url == "http://127.0.0.1:8001"
    assert settings.public_url == "https://sms.example.org"
    assert settings.slack_api_url == "http://127.0.0.1:8002/api/"
    assert settings.default_region == "BE"


@pytest.mark.parametrize(
    "url",
    [
        "redis://127.0.0.1:6379/0",
        "rediss://user:word@cache.example.org:6380/2",
        "unix:///run/valkey.sock?db=1",
        "redis+sentinel://10.0.0.1:26379,10.0.0.2:26379/mymaster/0",
        "rediss+sentinel://:word@[::1]:26379,10.0.0.2/mymaster",
        "redis+cluster://10.0.0.1:7000",
        "rediss+cluster://:word@cache.example.org:7000",
    ],
)
def test_redis_url_of_every_form_is_accepted(environment: pytest.MonkeyPatch, url: str) -> None:
    environment.setenv("REDIS_URL", url)
    assert load().redis_url == url


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SLACK_BOT_TOKEN", "xapp-swapped", "must begin with xoxb-"),
        ("SLACK_BOT_TOKEN", "xoxb-half another", "contains a blank or a line break"),
        ("SLACK_APP_TOKEN", "xoxb-swapped", "must begin with xapp-"),
        ("SLACK_API_URL", "https://slack.com/api", "must end in /api/"),
        ("SLACK_API_URL", "slack.com/api/", "must be an address that begins with https://"),
        ("SLACK_CHANNEL", "#sms", "must be a channel id"),
        ("SLACK_CHANNEL", "D0DIRECT", "must be a channel id"),
        ("SMSFACTOR_API_URL", "ftp://api.smsfactor.com", "must be an address"),
        ("SMSFACTOR_API_URL", "https://api.smsfactor.com:port", "must be an address"),
        ("SMSFACTOR_SIGNATURE", "md5", "must be 'plain', 'hmac' or 'auto'"),
        ("REDIS_URL", "localhost:6379", "must begin with one of redis://"),
        ("REDIS_URL", "memcached://localhost", "must begin with one of redis://"),
        ("REDIS_URL", "redis:///0", "names no host"),
        ("REDIS_URL", "redis://localhost:port", "cannot be read"),
        ("REDIS_URL", "unix://", "names no socket"),
        ("REDIS_URL", "redis+sentinel://10.0.0.1:26379", "names no service"),
        ("REDIS_URL", "redis+cluster://10.0.0.1:7000,10.0.0.2:7000", "must name one host"),
        ("PORT", "http", "must be a whole number"),
        ("PORT", "70000", "must be 65535 or less"),
        ("PORT", "9" * 5000, "cannot be read"),
        ("PORT", "-1", "must be 0 or more"),
        ("PUBLIC_URL", "sms.example.org", "must be an address"),
        ("DEFAULT_REGION", "France", "must be a country in two letters"),
        ("DEFAULT_REGION", "XX", "must be a country in two letters"),
        ("TIMEZONE", "Paris", "is not a time zone"),
        ("TIMEZONE", "../etc/passwd", "is not a time zone"),
        ("TIMEZONE", "Europe", "is not a time zone"),
        ("SENDERS", "ACME,Shop 24", "must be names of 3 to 11"),
        ("SENDERS", "12345", "must be names of 3 to 11"),
        ("SENDERS", "A very long", "must be names of 3 to 11"),
        ("SENDERS", "TwelveSigns0", "must be names of 3 to 11"),
        ("SENDERS", "AB", "must be names of 3 to 11"),
        ("ADMINS", "alice", "must be user ids"),
        ("FLOOD_PER_HOUR", "0", "must be 1 or more"),
        ("FLOOD_SAME_TEXT_PER_HOUR", "0", "must be 1 or more"),
        ("APPROVAL_OVER", "-2", "must be -1 or more"),
        ("APPROVAL_OVER", "2.5", "must be a whole number"),
        ("BALANCE_ALERT", "-5", "must be 0 or more"),
    ],
)
def test_wrong_setting_is_refused_in_words(environment: pytest.MonkeyPatch, name: str, value: str, words: str) -> None:
    problem = refusal(environment, **{name: value})
    assert problem.startswith(f"{name}: ")
    assert words in problem


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLACK_BOT_TOKEN", "hunter2"),
        ("SLACK_SIGNING_SECRET", "hunter2 hunter2"),
        ("SLACK_APP_TOKEN", "hunter2"),
        ("REDIS_URL", "redis://:hunter2@localhost:port"),
        ("REDIS_URL", "hunter2"),
    ],
)
def test_value_of_a_wrong_setting_is_never_repeated(environment: pytest.MonkeyPatch, name: str, value: str) -> None:
    environment.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load()
    assert "hunter2" not in str(refused.value)
    # Nor by the traceback: pydantic's own error, which could tell more, is not chained into it.
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


def test_secrets_do_not_show_in_the_repr(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("REDIS_URL", "redis://:hunter2@localhost")
    shown = repr(load())
    assert "C0SMS" in shown
    for secret in ("hunter2", "xoxb-1-token", "signing-secret", "provider-token", "webhook-secret"):
        assert secret not in shown


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        load().port = 1  # type: ignore[misc]


def test_env_example_lists_every_setting_with_its_description_and_default() -> None:
    """Both ways: a setting without its two lines and lines without their setting fail alike."""
    blocks = re.findall(r"^# (.+)\n([A-Z_]+)=(.*)$", EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE)
    listed = {name: (comment, value) for comment, name, value in blocks}
    expected = {}
    for name, field in Settings.model_fields.items():
        required = "Required. " if field.is_required() else ""
        blank = field.default is PydanticUndefined or field.default in (None, (), "")
        default = "" if blank else str(field.default)
        expected[name.upper()] = (required + str(field.description), default)
    expected["DATA_DIR"] = (expected["DATA_DIR"][0], "./data")
    assert listed == expected
    assert len(blocks) == len(listed)


def test_env_example_copied_to_dotenv_changes_nothing(tmp_path: Path) -> None:
    without = load()
    (tmp_path / ".env").write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    assert load() == without
