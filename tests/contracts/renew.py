"""Make tests/contracts anew from the full descriptions: ``python -m tests.contracts.renew ../shared/slack``.

The README beside this file says what each one is, where it comes from and what is left out.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.web_api_calls import calls_in_the_code

HERE = Path(__file__).resolve().parent
WIDTH = 120
WHOLE = ("block-kit/slack-block-kit.schema.json", "manifest/manifest.schema.2.0.0.json")
LICENCES = ("manifest/LICENSE", "payloads/LICENSE", "web-api/LICENSE.md")  # block-kit/LICENSE stands here alone
OF_A_METHOD = ("http_method", "scope", "rate_limits", "args")
PROSE = ("desc", "example")


def copies(originals: Path) -> dict[str, str]:
    """What belongs in this folder, by path: every file but the README, this module and a licence of its own."""
    described = {file.stem: _read(file) for file in sorted((originals / "web-api").glob("*.json"))}
    wanted = sorted(set(calls_in_the_code()))
    if unknown := [method for method in wanted if method not in described]:
        raise ValueError(f"the bot calls what Slack does not describe: {', '.join(unknown)}")
    made = {f"web-api/{method}.json": _short(described[method]) for method in wanted}
    made["error-codes.json"] = _error_codes(list(described.values()))
    made["events.json"] = {event["name"]: event.get("scopes") for event in _read(originals / "events.json")}
    samples = (file.relative_to(originals).as_posix() for file in sorted((originals / "payloads").rglob("*.json")))
    made |= {path: _read(originals / path) for path in (*WHOLE, *samples)}
    texts = {path: _folded(content) + "\n" for path, content in made.items()}
    return texts | {path: (originals / path).read_text("utf-8") for path in LICENCES}


def _read(file: Path) -> Any:
    return json.loads(file.read_text("utf-8"))


def _short(method: dict[str, Any]) -> dict[str, Any]:
    """A method without prose, sample answers and what its errors mean."""
    kept = {key: method[key] for key in OF_A_METHOD if key in method}
    return {**kept, "args": _without_prose(method["args"]), "errors": list(method.get("errors", ()))}


def _without_prose(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_without_prose(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: value for key, value in schema.items() if key not in PROSE and key != "properties"}
    shorter = {key: _without_prose(value) for key, value in kept.items()}
    if "properties" in schema:
        shorter["properties"] = {name: _without_prose(value) for name, value in schema["properties"].items()}
    return shorter


def _error_codes(methods: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Of all methods of the Web API: the codes that they list, and those in their sample answers alone."""
    listed = {code for method in methods for code in method.get("errors", ())}
    shown = {code for method in methods for sample in method.get("examples", {}).values() for code in _errors(sample)}
    return {"listed": sorted(listed), "in samples alone": sorted(shown - listed)}


def _errors(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(code := part.get("error"), str):
            yield code
        part = list(part.values())
    if isinstance(part, list):
        for item in part:
            yield from _errors(item)


def _folded(value: Any, indent: int = 0, taken: int = 0) -> str:
    """JSON in as few lines as fit: what is short enough stands on one. `taken`: the columns before it."""
    line = json.dumps(value, ensure_ascii=False)
    if taken + len(line) < WIDTH or not value or not isinstance(value, dict | list):
        return line
    inner = " " * (indent + 1)
    if isinstance(value, dict):
        heads = [f"{inner}{json.dumps(key, ensure_ascii=False)}: " for key in value]
        items, brackets = list(value.values()), "{}"
    else:
        heads, items, brackets = [inner] * len(value), value, "[]"
    lines = [head + _folded(item, indent + 1, len(head)) for head, item in zip(heads, items, strict=True)]
    return brackets[0] + "\n" + ",\n".join(lines) + "\n" + " " * indent + brackets[1]


def main(originals: Path) -> None:
    for file in HERE.rglob("*.json"):
        file.unlink()
    for path, text in copies(originals).items():
        (HERE / path).parent.mkdir(parents=True, exist_ok=True)
        (HERE / path).write_text(text, "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
