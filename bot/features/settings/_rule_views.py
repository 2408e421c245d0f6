"""Rules for replies, as they are shown: the list with its menus, and the form of a new one."""

from collections.abc import Mapping, Sequence

from bot.features.settings._part import Part, channel_name, mark
from bot.settings import Settings
from bot.slack.blocks import Block, actions, alert, button, context, option, overflow, section
from bot.slack.forms import View, modal, radio, text_input
from bot.slack.markup import escape, mention
from bot.slack.pickers import channel_select
from bot.store.team import Routes, Rule, RuleKind, TeamSettings

LIST, ADD, MENU, RULE_FORM = "settings_rules", "settings_rule_add", "settings_rule", "settings_rule_form"
RULES_MAX = 40
LISTED = 10  # in the overview
VALUE_MAX = 30
FIRST = "The first rule that fits decides where a new conversation opens. Those that have begun stay where they are."
NONE = "No rules: all new conversations open in the channel for replies."
KINDS: Mapping[RuleKind, tuple[str, str]] = {
    "keyword": ("A keyword", "SMS whose first word it is; capitals make no difference"),
    "campaign": ("A campaign", "Answers to it; write its id or its ticket below"),
    "sender": ("A sender name", "Answers to SMS that you sent from this name; few networks bring any"),
}


def rule_in_words(rule: Rule) -> str:
    """What it fits, and where that goes."""
    return f"{which(rule.kind, rule.value)} → {channel_name(rule.channel)}"


def which(kind: str, value: str) -> str:
    """The SMS that a rule fits, in markup."""
    match kind:
        case "campaign":
            return f"Answers to campaign `{escape(value)}`"
        case "sender":
            return f"Answers to SMS from *{escape(value)}*"
        case _:
            return f"SMS that begin with *{escape(value)}*"


def _words(_: Settings, team: TeamSettings) -> str:
    rules = team.routes.rules
    lines = [f"{index}. {rule_in_words(rule)}" for index, rule in enumerate(rules[:LISTED], start=1)]
    if len(rules) > LISTED:
        lines.append(f"and {len(rules) - LISTED} more")
    return "\n".join(lines) or NONE


RULES = Part("rules", "Rules for replies", "routes", words=_words, piece=lambda team: Routes(rules=team.routes.rules))


# Views


def list_view(team: TeamSettings, overtaken: str | None = None) -> View:
    """All rules in order. ``overtaken``: who changed them before the last click, which therefore did nothing."""
    rules, shown = team.routes.rules, mark(RULES.of(team))
    blocks: list[Block] = []
    if overtaken is not None:
        who = mention(overtaken) if overtaken else "Somebody"
        blocks.append(
            alert(f"{who} changed the rules before you clicked, so nothing was done. See how they are now.", "warning")
        )
    blocks.append(section(FIRST if rules else NONE))
    for index, rule in enumerate(rules):
        menu = overflow(MENU, _menu(index, shown))
        blocks.append(section(f"{index + 1}. {rule_in_words(rule)}", accessory=menu, block_id=f"rule_{index}"))
    if len(rules) < RULES_MAX:
        blocks.append(actions(button("Add a rule…", ADD)))
    else:
        blocks.append(context(f"{RULES_MAX} rules are the most."))
    return modal(LIST, RULES.title, blocks, close="Back")


def _menu(index: int, shown: str) -> list[dict[str, object]]:
    remove = option("Remove", f"remove {index} {shown}")
    return [option("Move up", f"up {index} {shown}"), remove] if index else [remove]


def rule_form(callback_id: str, senders: Sequence[str], *, channel: str | None = None, about: str = "") -> View:
    """A new rule; for ``channel``, if that is settled already."""
    kinds = [
        option(name, kind, description=words) for kind, (name, words) in KINDS.items() if kind != "sender" or senders
    ]
    blocks = [
        radio("Which replies", "kind", kinds, initial="keyword"),
        text_input(
            "The word, campaign or sender name",
            "value",
            max_length=VALUE_MAX,
            placeholder="PROMO, c7k2m9q34, ACME …",
        ),
    ]
    if channel:
        blocks.append(section(f"The conversations will open in {channel_name(channel)}."))
    else:
        blocks.append(
            channel_select("Channel", "channel", hint="Conversations that begin with such an SMS open there.")
        )
    return modal(callback_id, "A rule for replies", blocks, submit="Add", close="Cancel", private_metadata=about)
