"""Tools, resources and prompts of an MCP server from typed functions, over the bindings of the contract `wasmcp:mcp`.

Import all of it, `from wasmcp import *`: the bindings look for the classes `Provider`, `Tools`, `Resources` and `Prompts` in your module.
The records of the contract are in `model`; `record` makes one without its absent fields.
"""

from wit_world.imports import model

from .calls import Context, Declined, fetch, fetch_all, more, request, setting
from .kinds import ToolError
from .records import assistant, audio, from_json, image, record, user
from .server import Prompts, Provider, Resources, Tools, prompt, resource, server, tool

__all__ = [
    "Context",
    "Declined",
    "Prompts",
    "Provider",
    "Resources",
    "ToolError",
    "Tools",
    "assistant",
    "audio",
    "fetch",
    "fetch_all",
    "from_json",
    "image",
    "model",
    "more",
    "prompt",
    "record",
    "request",
    "resource",
    "server",
    "setting",
    "tool",
    "user",
]
