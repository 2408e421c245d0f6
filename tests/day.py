"""A day at the desk, with the scopes and events of the manifest and no more: every door is used, every view is seen."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import SecretStr

from bot.doctor import examine_slack
from bot.doors import Doors
from bot.sandbox.slack import Refused
from bot.store.embedded import EmbeddedServer
from bot.store.team import ConversationPolicy, Routes
from tests.conftest import ALICE, BRUNO, CHANNEL, GUEST, NUMBER, OTHER, QUICK, Town, open_town
from tests.rules.killing import eventually
from tests.rules.webhooks import post

ROOT = Path(__file__).resolve().parents[1]
APP_TOKEN = "xapp-stand-in"
QUICKER = replace(QUICK, price_patience=0.3)  # how long the form waits for a price that does not come


@cache
def manifest() -> dict[str, Any]:
    """What the app asks for."""
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text("utf-8"))
    return loaded


def scopes() -> set[str]:
    return set(manifest()["oauth_config"]["scopes"]["bot"])


def events() -> set[str]:
    return set(manifest()["settings"]["event_subscriptions"]["bot_events"])


@dataclass
class Day:
    """What is left of it: the calls with their arguments, what Slack did not take, what it was given to show."""

    town: Town

    @property
    def calls(self) -> list[tuple[str, dict[str, Any]]]:
        return [(call.method, call.args) for call in self.town.slack.calls]

    @property
    def methods(self) -> set[str]:
        return {method for method, _ in self.calls}

    @property
    def refused(self) -> list[Refused]:
        return self.town.slack.refused

    @property
    def doors(self) -> Doors:
        return self.town.desk.doors

    @property
    def shown(self) -> list[dict[str, Any]]:
        """Every message and view, posted, opened or given back with an answer."""
        return list(self._shown())

    def _shown(self) -> Iterator[dict[str, Any]]:
        for _, args in self.calls:
            if "view" in args:
                yield args["view"]
            elif "blocks" in args:
                yield {"blocks": args["blocks"]}
        for request in self.town.slack.requests:
            if isinstance(request.answer, dict):
                yield request.answer.get("view") or {"blocks": request.answer.get("blocks", [])}

    @property
    def commands(self) -> set[str]:
        """The words of /sms that were typed and are known."""
        typed = [request.payload.get("text", "") for request in self.town.slack.requests if request.kind == "command"]
        return {words.split()[0] for words in typed if words} & set(self.doors.commands)

    @property
    def shortcuts(self) -> set[str]:
        kinds = ("shortcut", "message_action")
        return {one.payload["callback_id"] for one in self.town.slack.requests if one.kind in kinds}


async def spend(directory: Path) -> Day:
    """With the scopes and events of the manifest and nothing more."""
    workspace = {"scopes": scopes(), "subscriptions": events(), "app_token": APP_TOKEN}
    async with (
        EmbeddedServer(directory) as server,
        open_town(server.url, tempo=QUICKER, slack=workspace) as town,
    ):
        day = Day(town)
        await ask(town)
        await send(town)
        await hear(town)
        await stumble(town)
        await save_an_answer(town)
        await converse(town)
        await know_somebody(town)
        await choose_settings(town)
        await list_whose_turn_it_is(town)
        await set_aside(town)
        await lose_a_channel(town)
        await be_refused(town)
        with_socket = town.settings.model_copy(update={"slack_app_token": SecretStr(APP_TOKEN)})
        asked = {finding.subject async for finding in examine_slack(with_socket)}
        assert asked == {"Slack token", "Slack scopes", "Slack channel", "Slack app token"}
        return day


async def ask(town: Town) -> None:
    """Every command but send, and a word that is none."""
    for words in (
        "help",
        "status",
        "balance",
        "campaigns",
        "campaigns soldes",
        "campaign",
        "campaign nosuch",
        "blance",
    ):
        result = await town.person().command("/sms", words)
        assert result.answer, words


async def send(town: Town) -> None:
    """From the command, from both shortcuts, with a wrong number first; a late price; a held campaign; its card."""
    alice = town.person()
    assert (await alice.command("/sms", "send 06 12 34 56 78 Bonjour à tous")).view
    assert (await alice.submit({"to": "pas un numéro"})).errors
    await alice.submit({"to": f"{NUMBER}, {OTHER}", "text": "Voir https://example.org/form ⚠", "options": ["links"]})
    await alice.submit()
    card = await town.card_says("Accepted")
    for index, code in enumerate((3, 12)):
        await town.provider.receipt(town.sends[0].json["sms"]["recipients"]["gsm"][index]["gsmsmsid"], code)
    await town.provider.click(town.sends[0].json["sms"]["recipients"]["gsm"][0]["gsmsmsid"])
    await town.card_says("1 click")
    campaign = town.sends[0].json["sms"]["recipients"]["gsm"][0]["gsmsmsid"].rpartition("-")[0]
    assert (await alice.command("/sms", f"campaign {campaign}")).answer
    assert (await alice.shortcut("send_sms")).view
    await alice.close(everything=True)
    assert (await alice.message_shortcut("send_as_sms", card)).view
    await alice.close(everything=True)
    town.provider.fail("POST /send/simulate", "stall")
    await town.fill(to=OTHER, text="Le prix se fait attendre")
    review = alice.view
    assert review
    await alice.click(review, "send_ask_again")
    await alice.close(everything=True)
    town.provider.hold("release")
    await town.send(to=OTHER, text="Retenu un moment")
    await town.card_says("Held")
    for ticket in list(town.provider.campaigns)[-1:]:
        await town.provider.release(ticket)
    await town.card_says("Accepted")


async def hear(town: Town) -> None:
    """A reply and one more, each of them posted with its answer lost; a STOP; a low balance."""
    town.slack.fail("chat.postMessage", "drop_after")
    await town.provider.reply(NUMBER, "Merci <tous> & *bien*")
    said = await town.channel_says("Merci")
    await town.slack.until(lambda: town.slack.called("conversations.history"))
    await town.person(BRUNO).click(said, "answer_open")
    await town.person(BRUNO).close(everything=True)
    town.slack.fail("chat.postMessage", "drop_after")
    await town.provider.reply(NUMBER, "Encore une question")
    await town.channel_says("Encore une question")
    await town.slack.until(lambda: town.slack.called("conversations.replies"))
    await town.provider.stop(NUMBER, also_mo=True)
    await town.slack.until(lambda: any("STOP" in message["text"] for message in town.slack.thread(CHANNEL, said["ts"])))
    before = len(town.roots())
    await town.provider.balance_alert()
    await town.slack.until(lambda: len(town.roots()) > before)


async def nothing_waits(town: Town) -> None:
    """Until all that came in is relayed, and all that is to be posted stands in Slack."""
    store = town.desk.services.store

    async def at_rest() -> bool:
        return not (await store.events.depth()).waiting and not await store.posts.waiting()

    await eventually(at_rest, 20)


async def lose_a_channel(town: Town) -> None:
    """Slack does not let the desk into a channel for a moment; an admin is told, and that it is over."""
    town.slack.world.add_channel("C0SHOP", "shop", [town.slack.world.bot_user_id, ALICE], creator=ALICE)
    await town.desk.services.store.team.save("routes", Routes(purposes={"replies": "C0SHOP"}))
    await nothing_waits(town)  # or a late post of what came before would meet the failure
    town.slack.fail("chat.postMessage", "not_in_channel")
    await town.provider.reply("33655667788", "Bonjour")
    for words in ("cannot post in <#C0SHOP>", "can post in <#C0SHOP> again"):
        await town.channel_says(words)


async def stumble(town: Town) -> None:
    """Slack refuses blocks, then is too fast; both ways lead to the card."""
    town.slack.fail("chat.postMessage", "invalid_blocks")
    await town.send(to=OTHER, text="Sans blocs cette fois")
    await town.slack.until(lambda: len(town.cards()) == 3)
    town.slack.fail("chat.postMessage", 429, retry_after=0)
    await town.send(to=OTHER, text="Encore un peu vite")
    await town.slack.until(lambda: len(town.cards()) == 4)
    await town.card_says("Accepted")


async def save_an_answer(town: Town) -> None:
    """A saved answer is made, changed, made again, and the second one deleted."""
    alice = town.person()
    await alice.command("/sms", "templates")
    for name in ("Horaires", "Adresse"):
        await alice.click(alice.view, "template_new")
        await alice.submit({"name": name, "text": f"{name} : voir le site"})
    for verb in ("edit", "delete"):
        block = next(block for block in alice.view["blocks"] if block.get("accessory", {}).get("type") == "overflow")
        [value] = [line["value"] for line in block["accessory"]["options"] if line["value"].startswith(verb)]
        await alice.click(alice.view, "template_more", value, block_id=block["block_id"])
        await alice.submit()
    await alice.close(everything=True)


async def talk(town: Town, text: str, number: str = "33611223344") -> dict[str, Any]:
    """Somebody writes; their card."""
    await town.provider.reply(number, text)
    return await town.channel_says(text[:100])


async def now(town: Town, card: dict[str, Any], has: str) -> dict[str, Any]:
    """A card, as soon as it has a button or a line of its menu."""

    def there() -> dict[str, Any] | None:
        shown = next(message for message in town.roots() if message["ts"] == card["ts"])
        return shown if has in str(shown["blocks"]) else None

    return await town.slack.until(there)


async def more(town: Town, card: dict[str, Any], verb: str, **values: Any) -> None:
    """A line of the ⋯ menu, and its form if it has one."""
    alice, shown = town.person(), await now(town, card, f"{verb} ")
    [menu] = [one for one in shown["blocks"][-1]["elements"] if one["type"] == "overflow"]
    [value] = [line["value"] for line in menu["options"] if line["value"].startswith(f"{verb} ")]
    await alice.click(shown, "triage_more", value)
    if alice.view and alice.view["submit"]:
        answer = await alice.submit(values)
        assert not answer.errors, answer.errors
    if alice.view:
        await alice.close(everything=True)


async def converse(town: Town) -> None:
    """Claimed, handed over, put off, answered in two ways, taken back, revealed, blocked, opted out."""
    alice, bruno = town.person(), town.person(BRUNO)
    await town.desk.services.store.team.save("conversations", ConversationPolicy(undo_seconds=60))
    card = await talk(town, "x" * 2_000)
    thread = await town.slack.until(
        lambda: [m for m in town.slack.thread(CHANNEL, card["ts"]) if "reply_show_all" in str(m.get("blocks"))]
    )
    await alice.click(thread[0], "reply_show_all")
    await alice.close(everything=True)
    await bruno.click(card, "triage_claim")
    await town.channel_says(f"assigned to <@{BRUNO}>")
    await more(town, card, "transfer", to=ALICE, note="À toi")
    await more(town, card, "snooze", how="reply")
    await alice.click(await now(town, card, "triage_reopen"), "triage_reopen")
    await alice.click(await now(town, card, "answer_open"), "answer_open")
    form = alice.view
    assert form
    await alice.click(form, "answer_pick", form_options(form, "answer_pick")[0])
    field = next(block["block_id"] for block in alice.view["blocks"] if "answer_text" in str(block.get("element")))
    await alice.click(alice.view, "answer_text", "Oui, bien sûr", block_id=field)
    await alice.submit()
    sent = await town.channel_says("can be taken back")
    await alice.click(sent, "answer_undo")
    await town.channel_says("Cancelled")
    await alice.click(await now(town, card, "answer_open"), "answer_open")
    await alice.close()
    await more(town, card, "reveal")
    await alice.click(await now(town, card, "triage_resolve"), "triage_resolve")
    await more(town, card, "block")
    await more(town, card, "unblock")
    await more(town, card, "opt_out")
    await alice.write(CHANNEL, "sms: Bonne journée", card["ts"])


def form_options(view: dict[str, Any], action: str) -> list[str]:
    """The values of a menu in a form."""
    elements = [block.get("element", {}) for block in view["blocks"]]
    return [one["value"] for element in elements if element.get("action_id") == action for one in element["options"]]


async def list_whose_turn_it_is(town: Town) -> None:
    """The inbox as a command and in the Home, filtered, and several resolved at once."""
    alice = town.person()
    await town.provider.reply("33611223366", "Il y a quelqu'un ?")  # in the channel that was invited for replies
    await town.slack.until(lambda: any("quelqu'un" in message["text"] for message in all_messages(town)))
    assert (await alice.command("/sms", "inbox")).answer
    await alice.open_home()
    home = alice.home
    assert home
    await alice.click(home, "inbox_show", "unassigned")
    await alice.click(alice.home, "inbox_channel", CHANNEL)
    await alice.click(alice.home, "inbox_channel_any")
    await alice.click(alice.home, "inbox_refresh")
    claims = [block["block_id"] for block in alice.home["blocks"] if "inbox_claim" in str(block)]
    await alice.click(alice.home, "inbox_claim", block_id=claims[0])
    await alice.click(alice.home, "inbox_many")
    await alice.submit({"which": form_options(alice.view, "which")})
    await alice.close(everything=True)


async def know_somebody(town: Town) -> None:
    """A contact gets a name and a note."""
    alice = town.person()
    await talk(town, "Bonjour, c'est Anna", "33611223355")
    asked = await alice.command("/sms", "contact 06 11 22 33 55")
    assert asked.answer
    await alice.click(alice.ephemerals[-1], "contact_edit")
    await alice.submit({"name": "Anna", "note": "Vient le samedi"})


async def choose_settings(town: Town) -> None:
    """Every part of the settings is opened; a rule is added and removed; the desk is invited three times."""
    alice = town.person()
    await alice.command("/sms", "settings")
    for part in [block["block_id"] for block in alice.view["blocks"] if "settings_change" in str(block)]:
        await alice.click(alice.view, "settings_change", block_id=part)
        if alice.view["callback_id"] == "settings_form":
            assert not (await alice.submit()).errors
            continue
        await alice.click(alice.view, "settings_rule_add")
        await alice.submit({"kind": "keyword", "value": "rdv", "channel": CHANNEL})
        [menu] = [block for block in alice.view["blocks"] if "settings_rule" in str(block.get("accessory"))]
        await alice.click(alice.view, menu["accessory"]["action_id"], menu["accessory"]["options"][-1]["value"])
        await alice.close()
    await alice.close(everything=True)
    for choice in ("replies", "some", "campaigns", "alerts", "optouts", "free", "nothing"):
        channel = (await alice.create_channel(f"pour-{choice}"))["id"]
        await alice.invite(channel, town.slack.world.bot_user_id)
        asked = await town.slack.until(
            lambda place=channel: next((m for m in town.slack.messages(place) if "settings_invited" in str(m)), None)
        )
        await alice.click(asked, f"settings_invited_{choice}")
        if alice.view:
            await alice.submit({"kind": "keyword", "value": "devis"})


async def set_aside(town: Town) -> None:
    """Webhooks that are not what they promise; one is tried again, one is dropped, the rest is tried again."""
    alice = town.person()
    for index in range(3):
        await post(town, "mo", {"odd": index})
    await town.slack.until(lambda: any("could not be handled" in message["text"] for message in all_messages(town)))
    await alice.command("/sms", "status")
    await alice.click(alice.ephemerals[-1], "status_look")
    for action in ("status_refresh", "status_again", "status_drop", "status_all_again"):
        places = [block["block_id"] for block in alice.view["blocks"] if action in str(block)]
        await alice.click(alice.view, action, block_id=places[0])
    await alice.close(everything=True)


def all_messages(town: Town) -> list[dict[str, Any]]:
    """In every channel, threads too."""
    return [message for channel in town.slack.world.channels.values() for message in channel.messages]


async def be_refused(town: Town) -> None:
    """A guest at every kind of door; somebody who becomes one while a form is open."""
    guest, bruno = town.person(GUEST), town.person(BRUNO)
    card = next(message for message in town.roots() if "triage_more" in str(message.get("blocks")))
    assert (await guest.command("/sms", "send")).answer
    await guest.click(card, "triage_more", "Reveal number")
    assert (await guest.shortcut("send_sms")).view
    town.provider.fail("POST /send/simulate", "stall")
    await town.fill(to=OTHER, text="Un dernier mot", who=BRUNO)
    await town.slack.change_user(BRUNO, is_restricted=True)
    review = bruno.view
    assert review
    await bruno.click(review, "send_ask_again")
    assert (await bruno.submit(view=review)).action == "update"
