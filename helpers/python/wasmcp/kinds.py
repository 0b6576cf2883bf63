"""What a type hint means in JSON: its schema, and how a value of it is read."""

import dataclasses
import enum
import math
import re
import types
import typing
from typing import Annotated, Any, Callable, Literal, NamedTuple, Union, get_args, get_origin

MAX_DEPTH = 100  # The contract allows JSON this many levels.
REQUIRED, ABSENT = object(), object()  # In the place of a default: there must be a value; it is left out.


class ToolError(Exception):
    """Why there is no result, in words for the model. Raise it, or return it as a value."""


class Kind(NamedTuple):
    """A type: its JSON Schema, its name in errors, and what reads a JSON value of it or raises a `ToolError`."""

    schema: dict
    wanted: str
    read: Callable[[Any, str], Any]


SIMPLE = {
    str: ({"type": "string"}, "a string"),
    bool: ({"type": "boolean"}, "a boolean"),
    type(None): ({"type": "null"}, "null"),
    int: ({"type": "integer"}, "an integer"),
    float: ({"type": "number"}, "a number"),
    dict: ({"type": "object"}, "an object"),
    list: ({"type": "array"}, "an array"),
    Any: ({}, "any value"),
}
# The limits that a dict in `Annotated` may have: what is measured, whether it fits, and what the error says.
LIMITS = {
    "minimum": (lambda value, limit: value >= limit, "be at least {}"),
    "maximum": (lambda value, limit: value <= limit, "be at most {}"),
    "minLength": (lambda value, limit: len(value) >= limit, "have at least {} characters"),
    "maxLength": (lambda value, limit: len(value) <= limit, "have at most {} characters"),
    "minItems": (lambda value, limit: len(value) >= limit, "have at least {} items"),
    "maxItems": (lambda value, limit: len(value) <= limit, "have at most {} items"),
    "pattern": (lambda value, limit: re.search(limit, value), "match `{}`"),
}
UNCHECKED = {"description", "title", "examples", "default"}


def kind_of(hint, where):
    """The kind of a type hint. `where` names it in the error that an author gets for a type without one."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _annotated(kind_of(args[0], where), args[1:], where)
    if origin in (typing.Required, typing.NotRequired):
        return kind_of(args[0], where)
    if origin in (Union, types.UnionType):
        return _union([kind_of(arg, where) for arg in args])
    if origin is Literal:
        return _choice(args, lambda value: value)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return _choice([member.value for member in hint], hint)
    if origin is list:
        item = kind_of(args[0], where)
        read_list = lambda value, name: [
            item.read(one, f"{name}[{i}]") for i, one in enumerate(_exactly(list, value, name))
        ]
        return Kind({"type": "array", "items": item.schema}, "an array", read_list)
    if origin is dict and args[0] is str:
        item = kind_of(args[1], where)
        read_dict = lambda value, name: {
            key: item.read(one, f"{name}.{key}") for key, one in _exactly(dict, value, name).items()
        }
        return Kind({"type": "object", "additionalProperties": item.schema}, "an object", read_dict)
    if dataclasses.is_dataclass(hint) or typing.is_typeddict(hint):
        members = {name: kind_of(of, where) for name, of in typing.get_type_hints(hint, include_extras=True).items()}
        if typing.is_typeddict(hint):
            return object_kind(
                {name: (of, REQUIRED if name in hint.__required_keys__ else ABSENT) for name, of in members.items()},
                dict,
            )
        return object_kind(
            {field.name: (members[field.name], _default(field)) for field in dataclasses.fields(hint)}, hint
        )
    if hint in SIMPLE:
        return Kind(*SIMPLE[hint], lambda value, name: _simple(hint, value, name))
    raise TypeError(
        f"{where} has the type {hint!r}, which has no JSON Schema here: take str, int, float, bool, None, Any, Literal, "
        "an Enum, list[…], dict[str, …], a dataclass, a TypedDict, or a union of them"
    )


def object_kind(members, make):
    """An object whose members are given by name, each as its kind and its default. `make` gets them by keyword."""
    properties = {name: dict(kind.schema) for name, (kind, _) in members.items()}
    for name, (_, default) in members.items():
        if default is not REQUIRED and default is not ABSENT and default is not None:
            properties[name].setdefault("default", plain(default, name))
    required = [name for name, (_, default) in members.items() if default is REQUIRED]
    schema = {"type": "object", "properties": properties, "additionalProperties": False}

    def read(value, name):
        inside = f"{name}." if name else ""
        for unknown in sorted(set(_exactly(dict, value, name or "arguments")) - set(members)):
            raise ToolError(
                f"`{inside}{unknown}` is unknown; known: " + (", ".join(f"`{one}`" for one in members) or "none")
            )
        for missing in (one for one in required if one not in value):
            raise ToolError(f"`{inside}{missing}` is missing: it must be {members[missing][0].wanted}")
        return make(**{one: members[one][0].read(given, inside + one) for one, given in value.items()})

    return Kind({**schema, "required": required} if required else schema, "an object", read)


def _default(field):
    if field.default is not dataclasses.MISSING:
        return field.default
    return REQUIRED if field.default_factory is dataclasses.MISSING else ABSENT


def _simple(hint, value, name):
    if hint is int and isinstance(value, float) and value.is_integer():
        return int(value)  # To JSON Schema `1.0` is an integer.
    if hint is float and type(value) is int:
        return float(value)
    return value if hint is Any else _exactly(hint, value, name)


def _exactly(hint, value, name):
    if type(value) is not hint:
        raise ToolError(f"`{name}` must be {SIMPLE[hint][1]}, not {_said(value)}")
    return value


def _said(value):
    """What JSON calls a value."""
    return "a number" if type(value) in (int, float) else SIMPLE[type(value)][1]


def _choice(values, make):
    wanted = "one of " + ", ".join(map(repr, values))

    def read(value, name):
        if not any(type(value) is type(one) and value == one for one in values):
            raise ToolError(f"`{name}` must be {wanted}, not {value!r:.100}")
        return make(value)

    return Kind({"enum": plain(list(values), "a choice")}, wanted, read)


def _union(kinds):
    wanted = " or ".join(kind.wanted for kind in kinds)

    def read(value, name):
        errors = []
        for kind in kinds:
            try:
                return kind.read(value, name)
            except ToolError as error:
                errors.append(error)
        # Of a type or null, what is wrong with the type says more.
        raise (
            errors[0]
            if kinds[1:] and kinds[1].wanted == "null"
            else ToolError(f"`{name}` must be {wanted}, not {_said(value)}")
        )

    return Kind({"anyOf": [kind.schema for kind in kinds]}, wanted, read)


def _annotated(kind, notes, where):
    """A text among the notes is the description; a dict has members of the schema."""
    added = {}
    for note in notes:
        added |= {"description": note} if isinstance(note, str) else note if isinstance(note, dict) else {}
    if unknown := set(added) - set(LIMITS) - UNCHECKED:
        raise TypeError(f"{where} has {unknown} in its schema, which is not checked here; take {', '.join(LIMITS)}")

    def read(value, name):
        made = kind.read(value, name)
        for key in LIMITS.keys() & added.keys():
            fits, words = LIMITS[key]
            if made is not None and not fits(made, added[key]):
                raise ToolError(f"`{name}` must {words.format(added[key])}")
        return made

    return Kind(kind.schema | added, kind.wanted, read)


def plain(value, name, depth=0):
    """The value as JSON has it, checked: what JSON cannot say would end the call after the function has returned."""
    if depth > MAX_DEPTH:
        raise TypeError(f"{name:.40}… is nested more than {MAX_DEPTH} levels deep")
    if isinstance(value, enum.Enum):
        return plain(value.value, name, depth)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {text(key, f"a key of {name}"): plain(one, f"{name}.{key}", depth + 1) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one, f"{name}[{i}]", depth + 1) for i, one in enumerate(value)]
    if isinstance(value, (int, float)) and not math.isfinite(value):  # An integer beyond a double is an OverflowError.
        raise ValueError(f"{name} is {value}, which JSON does not have")
    return value if value is None or isinstance(value, (bool, int, float)) else text(value, name)


def text(value, name):
    """The text, if UTF-8 has it."""
    if not isinstance(value, str):
        raise TypeError(f"{name} is a {type(value).__name__}, which JSON does not have")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{name} has half of a surrogate pair, which is no text") from None
    return value
