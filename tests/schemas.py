"""Checks against JSON schemas, quick enough to be asked a thousand times.

Slack's schemas say ``oneOf`` twenty blocks or elements, each with a ``type`` of its own. jsonschema tries all of them
on everything, and writes down what speaks against each. Here only those are tried that take the type at hand: what
is valid stays the same, and what is said of a mistake is about the block that was meant.
"""

from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator, ValidationError, validators

Schema = dict[str, Any]
_try_all = Draft202012Validator.VALIDATORS["oneOf"]
POINTER = "#/$defs/"


def validator_of(schema: Schema) -> Draft202012Validator:
    """For a schema whose references all point into its own ``$defs``. Keep it: it learns the types as it goes."""
    kinds: dict[int, list[frozenset[str] | None]] = {}

    def one_of(validator: Any, alternatives: list[Schema], instance: object, of: Schema) -> Iterator[ValidationError]:
        kind = instance.get("type") if isinstance(instance, dict) else None
        if not isinstance(kind, str):
            yield from _try_all(validator, alternatives, instance, of)
            return
        if id(alternatives) not in kinds:
            kinds[id(alternatives)] = [types_taken(one, schema["$defs"]) for one in alternatives]
        taken = kinds[id(alternatives)]
        left = [one for one, types in zip(alternatives, taken, strict=True) if types is None or kind in types]
        if not left:
            yield ValidationError(f"{kind!r} is none of the types that may stand here")
        elif len(left) == 1:
            yield from validator.descend(instance, left[0])
        else:
            yield from _try_all(validator, left, instance, of)

    made: Draft202012Validator = validators.extend(Draft202012Validator, {"oneOf": one_of})(schema)
    return made


def types_taken(schema: Schema, definitions: dict[str, Schema]) -> frozenset[str] | None:
    """Which values of ``type`` an object may have to be valid, None if the schema is not known to ask for any."""
    if reference := schema.get("$ref"):
        return types_taken(definitions[reference.removeprefix(POINTER)], definitions)
    described = schema.get("properties", {}).get("type", {})
    if "type" in schema.get("required", ()) and "const" in described:
        return frozenset({described["const"]})
    for part in schema.get("allOf", ()):
        if (taken := types_taken(part, definitions)) is not None:
            return taken
    each = [types_taken(one, definitions) for one in schema.get("oneOf", ())]
    return frozenset().union(*(one or () for one in each)) if each and None not in each else None
