"""A person at one input: what its menu offers, and what the input holds once something was chosen."""

from typing import Any

from bot.sandbox.slack import payloads
from bot.sandbox.slack.errors import NotOnScreenError
from bot.sandbox.slack.forms import STATE_KEYS, options_of, state_of
from bot.sandbox.slack.hands import Hands, named
from bot.sandbox.slack.limits import OPTIONS_ANSWER, Findings
from bot.sandbox.slack.workspace import Refused
from bot.sandbox.slack.world import Channel, Json, User, World

MIN_QUERY = 3  # Slack docs, external_select: min_query_length if the element does not say
WITH_OPTIONS = ("static_select", "radio_buttons", "checkboxes", "multi_static_select", "overflow")


async def options(hands: Hands, place: Json, name: str, query: str) -> list[Json]:
    """What a menu shows when `query` is typed into it, as options; groups laid flat.

    People and conversations are options too, with their id as value. Raises NotOnScreenError for no menu.
    """
    block, element = named(place.get("blocks", []), name)
    if element["type"].endswith("external_select"):
        return await _ask(hands, place, block, element, query)
    found = options_of(element) if element["type"] in WITH_OPTIONS else _listed(hands, element)
    if found is None:
        raise NotOnScreenError(f"{name!r} is no menu")
    return [option for option in found if query.casefold() in option["text"]["text"].casefold()]


async def choose(hands: Hands, place: Json, block: Json, element: Json, value: Any) -> Json:
    """The state of an input after a person gave it `value` (see `forms.state_of`).

    An external menu is queried with a value that it does not show yet. Raises NotOnScreenError for what this
    person cannot choose.
    """
    key, _ = STATE_KEYS.get(element["type"], ("", ""))
    before = hands.values(place).get(block["block_id"], {}).get(element["action_id"], {}).get(key)
    held = before if isinstance(before, list) else [before] if before else []
    if element["type"].endswith("external_select"):
        return state_of(element, value, await _external(hands, place, (block, element), value, held))
    if element["type"] == "file_input":
        return state_of(element, value, _files(hands))
    listed = _listed(hands, element)
    if listed is not None:
        listed += [_option(one, one) for one in held]
    return state_of(element, value, listed)


async def _external(hands: Hands, place: Json, at: tuple[Json, Json], value: Any, held: list[Json]) -> list[Json]:
    block, element = at
    offered = [*held, *hands.offered.get(_key(place, block, element), [])]
    for one in value if isinstance(value, list) else [value]:
        known = any(one in (option, option.get("value"), option["text"]["text"]) for option in offered)
        if isinstance(one, str) and not known:
            offered += await _ask(hands, place, block, element, one)
    return offered


async def _ask(hands: Hands, place: Json, block: Json, element: Json, query: str) -> list[Json]:
    """What the app offers for `query`; nothing if it answers with something unfit."""
    if len(query) < element.get("min_query_length", MIN_QUERY):
        return []
    payload = payloads.suggestion(hands.slack, hands.user, place, block, element, query)
    delivery = await hands.courier.send("block_suggestion", payload)
    findings = Findings()
    OPTIONS_ANSWER(delivery.answer, "", findings)
    if not delivery.ok or findings.messages:
        hands.slack.refused.append(Refused("block_suggestion", "invalid_options", tuple(findings.messages)))
        return []
    found = options_of(delivery.answer)
    hands.offered[_key(place, block, element)] = found
    return found


def _key(place: Json, block: Json, element: Json) -> tuple[str, str, str]:
    return place["id"] if "hash" in place else place["ts"], block["block_id"], element["action_id"]


def _files(hands: Hands) -> list[Json]:
    world, base_url = hands.slack.world, hands.slack.base_url
    return [file.as_json(world, base_url) for file in hands.slack.files.values() if file.user == hands.user.id]


def _listed(hands: Hands, element: Json) -> list[Json] | None:
    """The people or conversations of a menu that lists them; None for another element."""
    kind = element["type"].removeprefix("multi_")
    if kind == "users_select":
        return _people(hands.slack.world, hands.user)
    if kind in ("conversations_select", "channels_select"):
        return _channels(hands.slack.world, hands.user, element, only_public=kind == "channels_select")
    return None


def _people(world: World, user: User) -> list[Json]:
    """Everybody who is not gone; a guest knows only those with whom they share a channel."""
    near = {one for channel in world.channels.values() if user.id in channel.members for one in channel.members}
    people = [one for one in world.users.values() if not one.deleted]
    return [_option(one.id, one.real_name) for one in people if not user.is_restricted or one.id in near]


def _channels(world: World, user: User, element: Json, *, only_public: bool) -> list[Json]:
    """The conversations that a person finds, filtered as the element says (Slack docs, conversation filter)."""
    kept = element.get("filter", {})
    kinds = ["public"] if only_public else kept.get("include", ["public", "private", "im"])
    found = []
    for channel in world.channels.values():
        if channel.kind not in kinds or channel.is_archived or not world.open_to(user, channel):
            continue
        partner = _partner(world, user, channel)
        if kept.get("exclude_external_shared_channels") and channel.is_ext_shared:
            continue
        if kept.get("exclude_bot_users") and partner is not None and partner.is_bot:
            continue
        found.append(_option(channel.id, partner.real_name if partner else channel.name))
    return found


def _partner(world: World, user: User, channel: Channel) -> User | None:
    if channel.kind != "im":
        return None
    return next((world.users[one] for one in channel.members if one != user.id), None)


def _option(value: str, text: str) -> Json:
    return {"text": {"type": "plain_text", "text": text}, "value": value}
