"""One of every block and element that Slack knows, as an app may send them."""

from typing import Any

Json = dict[str, Any]

PIXEL = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'%3E%3Ccircle r='9'/%3E%3C/svg%3E"
NOON = 1_795_345_200  # Sunday, 22 November 2026, 12:00 in Paris


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def marked(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def option(value: str, **more: Any) -> Json:
    return {"text": plain(value.capitalize()), "value": value, **more}


def rich(*parts: Json) -> Json:
    return {"type": "rich_text", "elements": list(parts)}


def words(*leaves: Json | str) -> Json:
    parts = [{"type": "text", "text": leaf} if isinstance(leaf, str) else leaf for leaf in leaves]
    return {"type": "rich_text_section", "elements": parts}


def listed(style: str, *items: str, **more: Any) -> Json:
    return {"type": "rich_text_list", "style": style, "elements": [words(item) for item in items], **more}


def asked(label: str, element: Json, **more: Any) -> Json:
    """An input block; its id is that of its element with "_block"."""
    return {
        "type": "input",
        "block_id": f"{element['action_id']}_block",
        "label": plain(label),
        "element": element,
    } | more


CONFIRM = {
    "title": plain("Send it?"),
    "text": marked("It goes to *3* numbers."),
    "confirm": plain("Send"),
    "deny": plain("Not yet"),
    "style": "danger",
}
TRIGGER = {"url": "https://example.com/trigger"}
BUTTONS: Json = {
    "type": "actions",
    "block_id": "buttons",
    "elements": [
        {"type": "button", "action_id": "take", "text": plain("Take it"), "value": "7", "style": "primary"},
        {"type": "button", "action_id": "drop", "text": plain("Drop"), "style": "danger", "confirm": CONFIRM},
        {"type": "button", "action_id": "open", "text": plain("Open"), "url": "https://example.com/a"},
        {"type": "workflow_button", "action_id": "flow", "text": plain("Workflow"), "workflow": {"trigger": TRIGGER}},
        {
            "type": "overflow",
            "action_id": "more",
            "options": [
                option("edit", description=plain("Change the words")),
                option("archive"),
                option("help", url="https://example.com/help"),
            ],
        },
    ],
}
MENUS: Json = {
    "type": "actions",
    "block_id": "menus",
    "elements": [
        {"type": "static_select", "action_id": "s", "options": [option("one"), option("two")]},
        {"type": "external_select", "action_id": "e", "placeholder": plain("A contact"), "min_query_length": 2},
        {"type": "users_select", "action_id": "u", "initial_user": "U0BRUNO"},
        {"type": "conversations_select", "action_id": "c", "filter": {"include": ["public", "private"]}},
        {"type": "channels_select", "action_id": "ch"},
        {"type": "multi_static_select", "action_id": "ms", "options": [option("red"), option("blue")]},
        {"type": "multi_external_select", "action_id": "me"},
        {"type": "multi_users_select", "action_id": "mu", "initial_users": ["U0ALICE", "U0BRUNO"]},
        {"type": "multi_conversations_select", "action_id": "mc"},
        {"type": "multi_channels_select", "action_id": "mch"},
        {"type": "datepicker", "action_id": "d", "initial_date": "2026-11-30"},
        {"type": "timepicker", "action_id": "t", "initial_time": "14:30", "timezone": "Europe/Paris"},
        {"type": "datetimepicker", "action_id": "dt", "initial_date_time": NOON},
        {"type": "checkboxes", "action_id": "cb", "options": [option("urgent", description=plain("Beep"))]},
        {"type": "radio_buttons", "action_id": "r", "options": [option("now"), option("later")]},
    ],
}
COLOURS = {"options": [option("red"), option("green"), option("blue")]}
INPUTS: list[Json] = [
    asked("Text", {"type": "plain_text_input", "action_id": "text", "max_length": 20}, hint=plain("Short.")),
    asked(
        "Several lines",
        {"type": "plain_text_input", "action_id": "lines", "multiline": True, "min_length": 5},
        optional=True,
    ),
    asked("Address", {"type": "email_text_input", "action_id": "email", "placeholder": plain("you@example.com")}),
    asked("Link", {"type": "url_text_input", "action_id": "url"}),
    asked("Number", {"type": "number_input", "action_id": "number", "is_decimal_allowed": False}),
    asked("Rich", {"type": "rich_text_input", "action_id": "rich"}),
    asked("Files", {"type": "file_input", "action_id": "files", "filetypes": ["csv"], "max_files": 2}),
    asked("Day", {"type": "datepicker", "action_id": "day"}),
    asked("Hour", {"type": "timepicker", "action_id": "hour"}),
    asked("Moment", {"type": "datetimepicker", "action_id": "moment"}),
    asked("Ticks", {"type": "checkboxes", "action_id": "ticks", "options": [option("a"), option("b")]}),
    asked("One", {"type": "radio_buttons", "action_id": "one", "options": [option("yes"), option("no")]}),
    asked(
        "Grouped",
        {
            "type": "static_select",
            "action_id": "grouped",
            "option_groups": [
                {"label": plain("Fruit"), "options": [option("apple"), option("pear")]},
                {"label": plain("Trees"), "options": [option("oak", description=plain("slow to grow"))]},
            ],
        },
        optional=True,
    ),
    asked("Colours", {"type": "multi_static_select", "action_id": "colours", "max_selected_items": 2} | COLOURS),
]
CHARTS: list[Json] = [
    {
        "type": "data_visualization",
        "title": f"Texts by day, {kind}",
        "chart": {
            "type": kind,
            "series": [
                {"name": "Sent", "data": [{"label": "Mon", "value": 1200}, {"label": "Tue", "value": 950}]},
                {"name": "Refused", "data": [{"label": "Mon", "value": 30}, {"label": "Tue", "value": -12.5}]},
            ],
            "axis_config": {"categories": ["Mon", "Tue"], "x_label": "Day", "y_label": "Texts"},
        },
    }
    for kind in ("line", "bar", "area")
] + [
    {
        "type": "data_visualization",
        "title": "Where they went",
        "chart": {"type": "pie", "segments": [{"label": "France", "value": 75}, {"label": "Spain", "value": 25}]},
    }
]
TABLE: Json = {
    "type": "table",
    "column_settings": [{"align": "left", "is_wrapped": True}, {"align": "right"}, None],
    "rows": [
        [{"type": "raw_text", "text": title} for title in ("Number", "Texts", "Last words")],
        [
            {"type": "raw_text", "text": "+33 6 12 34 56 78"},
            {"type": "raw_text", "text": "12"},
            rich(words({"type": "text", "text": "See you", "style": {"bold": True}}, " tomorrow")),
        ],
    ],
}
DATA_TABLE: Json = {
    "type": "data_table",
    "caption": "Credits by team",
    "page_size": 2,
    "rows": [
        [{"type": "raw_text", "text": "Team"}, {"type": "raw_text", "text": "Credits"}],
        *(
            [{"type": "raw_text", "text": team}, {"type": "raw_number", "value": left}]
            for team, left in (("Sales", 1200), ("Support", 90), ("Office", 30_500))
        ),
    ],
}
IMAGE = {"type": "image", "image_url": PIXEL, "alt_text": "A dot"}
CARD: Json = {
    "type": "card",
    "hero_image": {"type": "image", "image_url": "https://example.com/shop.png", "alt_text": "A shop window"},
    "icon": IMAGE,
    "title": plain("Opening hours"),
    "subtitle": marked("_since Monday_"),
    "body": marked("We open at *9*."),
    "actions": [{"type": "button", "action_id": "hours", "text": plain("Change")}],
}
TASK: Json = {
    "type": "task_card",
    "task_id": "t1",
    "title": "Count the receipts",
    "status": "in_progress",
    "details": rich(words("Reading")),
    "output": rich(words("12 of 30")),
    "sources": [{"type": "url", "url": "https://example.com/s", "text": "The list"}],
}
RICH: Json = rich(
    words(
        {"type": "text", "text": "bold", "style": {"bold": True, "italic": True}},
        " and ",
        {"type": "text", "text": "code", "style": {"code": True}},
        {"type": "link", "url": "https://example.com/", "text": "a link"},
        {"type": "user", "user_id": "U0ALICE"},
        {"type": "channel", "channel_id": "C0SMS"},
        {"type": "usergroup", "usergroup_id": "S0TEAM"},
        {"type": "team", "team_id": "T0TEAM"},
        {"type": "broadcast", "range": "here"},
        {"type": "emoji", "name": "wave", "skin_tone": 3},
        {"type": "color", "value": "#ff8800"},
        {"type": "date", "timestamp": NOON, "format": "{date_short} at {time}"},
    ),
    listed("ordered", "first", "second", offset=2),
    listed("bullet", "under second", indent=1),
    listed("bullet", "deepest", indent=2, border=1),
    {"type": "rich_text_quote", "elements": [{"type": "text", "text": "as *they* said"}]},
    {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "a  b\n  c"}], "language": "text"},
)
MARKDOWN = """# Week 47
Some **bold**, *italic*, ~~struck~~ and `code`, a [link](https://example.com/) and :tada:

- one
  - deeper
- [x] done

2. second
3. third

> quoted
> on

```python
print("*no*")
```

| Team | Texts |
|:-----|------:|
| Sales | 12 |

---
"""
SECTION: Json = {
    "type": "section",
    "block_id": "section",
    "text": marked("*Bakery Martin* <@U0ALICE> asked at <!date^1795345200^{time}|noon>"),
    "fields": [marked("*Number*\n+33 6 12"), plain("Credits 3")],
    "accessory": IMAGE,
}
ALERT: Json = {"type": "alert", "level": "warning", "text": marked("*Two* numbers were left out.")}

IN_MESSAGES: list[Json] = [
    {"type": "header", "text": plain("Campaign :rocket:"), "level": 2},
    SECTION,
    {"type": "divider"},
    {"type": "context", "elements": [IMAGE, marked("Sent by <@U0BRUNO>"), plain("3 credits")]},
    BUTTONS,
    MENUS,
    {
        "type": "context_actions",
        "block_id": "feedback",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "good",
                "positive_button": {"text": plain("Good"), "value": "up"},
                "negative_button": {"text": plain("Bad"), "value": "down"},
            },
            {"type": "icon_button", "action_id": "bin", "icon": "trash", "text": plain("Delete")},
            {
                "type": "icon_button",
                "action_id": "hidden",
                "icon": "trash",
                "text": plain("Not for Alice"),
                "visible_to_user_ids": ["U0BRUNO"],
            },
        ],
    },
    RICH,
    {"type": "markdown", "text": MARKDOWN},
    {**IMAGE, "title": plain("A dot, large")},
    {"type": "image", "image_url": "https://example.com/x.png", "alt_text": "A chart from elsewhere"},
    {
        "type": "video",
        "title": plain("How to send"),
        "alt_text": "A person at a desk",
        "thumbnail_url": "https://example.com/v.png",
        "video_url": "https://example.com/v",
        "provider_name": "Tube",
        "author_name": "Bruno",
    },
    {"type": "file", "external_id": "F-1", "source": "remote"},
    TABLE,
    DATA_TABLE,
    *CHARTS[:2],
    CARD,
    {"type": "carousel", "block_id": "cards", "elements": [CARD, {**CARD, "title": plain("Second")}]},
    {
        "type": "container",
        "title": plain("Details"),
        "is_collapsible": True,
        "default_collapsed": False,
        "has_header_divider": True,
        "child_blocks": [{"type": "section", "text": marked("Inside")}, {"type": "divider"}],
    },
    TASK,
    {"type": "plan", "title": "Monthly report", "tasks": [TASK, {"task_id": "t2", "title": "Send it"}]},
]
EVERY_BLOCK: list[Json] = [*IN_MESSAGES, *CHARTS[2:], ALERT, *INPUTS]
