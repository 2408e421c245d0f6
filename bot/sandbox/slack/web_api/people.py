"""auth.test, users.*, usergroups.*, bots.info: who is who."""

from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.web_api.method import Method
from bot.sandbox.slack.web_api.pages import page
from bot.sandbox.slack.workspace import Workspace
from bot.sandbox.slack.world import Json


def _auth_test(slack: Workspace, _args: Json) -> Json:
    world = slack.world
    return {
        "url": f"https://{world.team_domain}.slack.com/",
        "team": "SMS desk",
        "user": slack.bot.name,
        "team_id": world.team_id,
        "user_id": world.bot_user_id,
        "bot_id": world.bot_id,
        "is_enterprise_install": False,
    }


def _user_info(slack: Workspace, args: Json) -> Json:
    user = slack.world.user(args["user"])
    return {"user": user.as_json(include_locale=args.get("include_locale", False))}


def _user_list(slack: Workspace, args: Json) -> Json:
    some, following = page(list(slack.world.users.values()), args, default=1000)
    locale = args.get("include_locale", False)
    return {
        "members": [user.as_json(include_locale=locale) for user in some],
        "response_metadata": following,
    }


def _group_list(slack: Workspace, args: Json) -> Json:
    groups = []
    for group in slack.world.groups.values():
        if group.disabled and not args.get("include_disabled"):
            continue
        body: Json = {
            "id": group.id,
            "team_id": slack.world.team_id,
            "is_usergroup": True,
            "name": group.handle,
            "handle": group.handle,
            "description": "",
            "date_delete": int(group.disabled),
        }
        if args.get("include_users"):
            body["users"] = list(group.users)
        if args.get("include_count"):
            body["user_count"] = len(group.users)
        groups.append(body)
    return {"usergroups": groups}


def _group_users(slack: Workspace, args: Json) -> Json:
    group = slack.world.groups.get(args["usergroup"])
    if group is None or (group.disabled and not args.get("include_disabled")):
        raise SlackError("no_such_subteam")
    return {"users": list(group.users)}


def _bot_info(slack: Workspace, args: Json) -> Json:
    wanted = args.get("bot", slack.world.bot_id)
    for user in slack.world.users.values():
        if user.bot_id == wanted:
            return {"bot": {**slack.world.profile_of_bot(user), "user_id": user.id, "updated": 1700000000}}
    raise SlackError("bot_not_found")


METHODS = {
    "auth.test": Method(_auth_test, {}),
    "users.info": Method(_user_info, {"user": "text", "include_locale": "flag"}, ("user",), "users:read"),
    "users.list": Method(
        _user_list,
        {"cursor": "text", "limit": "number", "include_locale": "flag"},
        scope="users:read",
    ),
    "usergroups.list": Method(
        _group_list,
        {"include_count": "flag", "include_disabled": "flag", "include_users": "flag"},
        scope="usergroups:read",
    ),
    "usergroups.users.list": Method(
        _group_users,
        {"usergroup": "text", "include_disabled": "flag"},
        ("usergroup",),
        "usergroups:read",
    ),
    "bots.info": Method(_bot_info, {"bot": "text"}, scope="users:read"),
}
