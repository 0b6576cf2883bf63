"""What the author's functions return, as records of the contract."""

import json

from componentize_py_types import Err
from wit_world.imports import model

from . import calls
from .kinds import ToolError
from .records import record, text_block, to_json, user


def tool_output(value, result):
    """What the function returned, as content. Records of the contract stay what they are."""
    if isinstance(value, (calls.More, model.ToolOutput)):
        return value
    if isinstance(value, ToolError):
        raise value
    if result:
        said = to_json(value)
        try:
            result.read(json.loads(said), "result")
        except ToolError as error:
            raise TypeError(f"it returned what its type does not allow: {error}") from None
        # The text repeats the structured content, for clients that do not read that.
        return record(model.ToolOutput, content=[text_block(said)], structured_content=said)
    blocks = value if isinstance(value, list) else [] if value is None else [value]
    return record(model.ToolOutput, content=[text_block(one) if isinstance(one, str) else one for one in blocks])


def resource_output(uri, listed, value, cache):
    """What the function returned, as contents with the MIME type of its kind, unless the author has named one."""
    if value is None:
        raise Err(model.McpError_ResourceNotFound(uri))
    if isinstance(value, (calls.More, model.ResourceOutput)):
        return value
    if isinstance(value, bytes):
        body, kind = model.ResourceBody_Blob(value), "application/octet-stream"
    elif isinstance(value, str):
        body, kind = model.ResourceBody_Text(value), "text/plain"
    else:
        body, kind = model.ResourceBody_Text(to_json(value)), "application/json"
    contents = record(model.ResourceContents, uri=uri, mime_type=listed.mime_type or kind, body=body)
    return record(model.ResourceOutput, contents=[contents], cache=cache)


def prompt_output(value):
    """What the function returned, as messages."""
    if isinstance(value, (calls.More, model.PromptOutput)):
        return value
    return record(model.PromptOutput, messages=value if isinstance(value, list) else [user(value)])
