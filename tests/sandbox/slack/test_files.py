"""Files that people upload into forms, and that the app fetches."""

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack import NotOnScreenError, SlackStandIn
from bot.sandbox.slack.files import BYTES_MAX
from tests.sandbox.slack.small_app import FORM, row

CSV = b"number\n33612345678\n"


async def open_form(slack, client, element, who="U0ALICE"):
    trigger = slack.workspace.modals.new_trigger(who)
    await client.views_open(trigger_id=trigger.id, view={**FORM, "blocks": [row("file", element)]})


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


async def test_a_file_is_uploaded_submitted_and_fetched(slack, client, seen):
    alice = slack.person("U0ALICE")
    file = await alice.upload("clients.csv", "text/csv", CSV)
    assert (file["filetype"], file["size"], file["user"]) == ("csv", len(CSV), "U0ALICE")
    await open_form(slack, client, {"type": "file_input", "filetypes": ["csv"], "max_files": 1})
    await alice.fill({"file": [file]})
    assert (await alice.submit({"file": [file["id"]]})).action == "close"
    [state] = seen["submission"]["view"]["state"]["values"]["file"].values()
    assert state == {"type": "file_input", "files": [file]}
    async with aiohttp.ClientSession(headers=bearer(slack.bot_token)) as session:
        async with session.get(file["url_private"]) as answer:
            assert (answer.status, answer.content_type, await answer.read()) == (200, "text/csv", CSV)
            assert "Content-Disposition" not in answer.headers
        async with session.get(file["url_private_download"]) as answer:
            assert (await answer.read(), answer.content_disposition.type) == (CSV, "attachment")
    assert (await client.files_info(file=file["id"]))["file"] == file


@pytest.mark.parametrize("token", [None, "xoxb-other"])
async def test_without_the_bots_token_there_is_a_sign_in_page(slack, token):
    file = await slack.person("U0ALICE").upload("clients.csv", "text/csv", CSV)
    async with aiohttp.ClientSession(headers=bearer(token) if token else {}) as session:
        async with session.get(file["url_private"], allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"].startswith("/?redir=/files-pri/")) == (302, True)
        async with session.get(file["url_private"]) as answer:
            assert (answer.status, answer.content_type) == (200, "text/html")
            assert CSV not in await answer.read()


async def test_without_the_scope_the_token_opens_nothing():
    async with SlackStandIn(scopes={"chat:write"}) as slack, aiohttp.ClientSession() as session:
        file = await slack.person("U0ALICE").upload("clients.csv", "text/csv", CSV)
        async with session.get(file["url_private"], headers=bearer(slack.bot_token)) as answer:
            assert answer.content_type == "text/html"


async def test_a_file_that_is_not_there_is_not_found(slack, client):
    with pytest.raises(SlackApiError) as caught:
        await client.files_info(file="F0NONE")
    assert caught.value.response["error"] == "file_not_found"
    address = f"{slack.base_url}/files-pri/T0DESK-F0NONE/x.csv"
    async with aiohttp.request("GET", address, headers=bearer(slack.bot_token)) as answer:
        assert answer.status == 404


async def test_a_name_may_hold_anything(slack):
    file = await slack.person("U0ALICE").upload("à/b ü?.csv", "not a type\n", CSV)
    assert file["mimetype"] == "text/csv"
    async with aiohttp.request("GET", file["url_private_download"], headers=bearer(slack.bot_token)) as answer:
        assert (answer.status, answer.content_disposition.filename) == (200, "à/b ü?.csv")


async def test_a_form_takes_only_the_kinds_and_the_number_of_files_that_it_says(slack, client):
    alice = slack.person("U0ALICE")
    files = [await alice.upload(name, "text/plain", b"x") for name in ("a.CSV", "b.csv", "c.exe")]
    await open_form(slack, client, {"type": "file_input", "filetypes": ["csv", "txt"], "max_files": 1})
    for chosen, words in ((files[2:], "Only these kinds of file can be added: csv, txt."), (files[:2], "at most 1")):
        assert words in (await alice.submit({"file": chosen})).errors["file"]
    assert (await alice.submit({"file": files[:1]})).action == "close"


async def test_nobody_chooses_a_file_that_they_did_not_upload(slack, client):
    file = await slack.person("U0BRUNO").upload("a.csv", "text/csv", CSV)
    await open_form(slack, client, {"type": "file_input"})
    for value in (file, "F0NONE"):
        with pytest.raises(NotOnScreenError, match="upload it first"):
            await slack.person("U0ALICE").fill({"file": [value]})


async def test_a_file_is_neither_empty_nor_larger_than_ten_megabytes(slack):
    alice = slack.person("U0ALICE")
    for name, content in (("a.csv", b""), ("a.csv", b"x" * (BYTES_MAX + 1)), ("", b"x")):
        with pytest.raises(NotOnScreenError):
            await alice.upload(name, "text/csv", content)
    assert (await alice.upload("a.csv", "text/csv", b"x" * BYTES_MAX))["size"] == BYTES_MAX
