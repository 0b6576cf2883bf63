"""Records of the contract: made without the fields that are absent, and checked before they leave Python."""

import dataclasses
import functools
import json
import math
import re
from typing import Union, get_args, get_origin, get_type_hints

from wit_world.imports import model

from .kinds import MAX_DEPTH, plain, text

TOKENS = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{}]')


@functools.cache
def fields(kind):
    """The types of a record's fields, by their names."""
    return get_type_hints(kind)


# Memory is that of the build at each call, so that what is read here need not be read then.
for _kind in filter(dataclasses.is_dataclass, vars(model).values()):
    fields(_kind)


def record(kind, **given):
    """A record of the contract whose other fields are absent: None, an empty list or False."""
    for name, hint in fields(kind).items():
        if name not in given and (get_origin(hint) is list or hint is bool or type(None) in get_args(hint)):
            given[name] = [] if get_origin(hint) is list else False if hint is bool else None
    return kind(**given)


def check(value, hint, name="the result"):
    """The value, if it has the type that the bindings say. Any other would end the call when the bindings take it."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is Union:
        hint = next((one for one in args if isinstance(value, get_origin(one) or one)), args[0])
        return value if value is None and type(None) in args else check(value, hint, name)
    if hint is str:
        return text(value, name)
    fits = isinstance(value, origin or hint) or hint is float and isinstance(value, int)
    if not fits or isinstance(value, bool) and hint is not bool:
        raise TypeError(f"{name} is a {type(value).__name__}, not a {getattr(hint, '__name__', hint)}")
    if (
        hint is int
        and not (-(2**31) if name.endswith(".code") else 0) <= value < 2**31
        or hint is float
        and not math.isfinite(value)
    ):
        raise ValueError(f"{name} is {value}, which is out of range")
    if origin is list:
        for i, one in enumerate(value):
            check(one, args[0], f"{name}[{i}]")
    elif origin is tuple:
        if len(value) != len(args):
            raise TypeError(f"{name} has {len(value)} parts, not {len(args)}")
        for i, (one, of) in enumerate(zip(value, args)):
            check(one, of, f"{name}[{i}]")
    elif dataclasses.is_dataclass(hint):
        for field, of in fields(hint).items():
            check(getattr(value, field), of, f"{name}.{field}")
    return value


def to_json(value, name="the result"):
    """The JSON text of a value. What JSON does not have is an error, which calls the value by the name."""
    return json.dumps(plain(value, name), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def from_json(said):
    """The value of a JSON text, of `fetch` for example. A text that is nested deeply is an error here; `json.loads` would
    exhaust the stack, which ends the call."""
    if isinstance(said, bytes):
        said = said.decode()
    depth = 0
    # A text with few brackets need not be looked through.
    for token in TOKENS.findall(said) if said.count("[") + said.count("{") > MAX_DEPTH else ():
        depth += (token in "[{") - (token in "]}")
        if depth > MAX_DEPTH:
            raise ValueError(f"the JSON is nested more than {MAX_DEPTH} levels deep")
    return json.loads(said)


def text_block(said):
    """Content that is text."""
    return model.ContentBlock_Text(record(model.TextContent, text=said))


def image(data: bytes, mime_type: str = "image/png"):
    """Content that is an image."""
    return model.ContentBlock_Image(record(model.MediaContent, data=data, mime_type=mime_type))


def audio(data: bytes, mime_type: str = "audio/wav"):
    """Content that is a sound."""
    return model.ContentBlock_Audio(record(model.MediaContent, data=data, mime_type=mime_type))


def user(said):
    """A message of the user in a prompt: a text, or a block of content."""
    return record(
        model.PromptMessage, role=model.Role.USER, content=text_block(said) if isinstance(said, str) else said
    )


def assistant(said):
    """A message of the model in a prompt."""
    return dataclasses.replace(user(said), role=model.Role.ASSISTANT)
