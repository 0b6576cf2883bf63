"""A provider of MCP tools: a server calls these functions, and speaks MCP to the clients."""

import json

from componentize_py_types import Err
from wit_world import exports
from wit_world.imports import model

SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string", "description": "Whom to greet"}},
    "required": ["name"],
}


# A record has no defaults: what is absent is `None` or `[]`.


class Provider(exports.Provider):
    def describe(self, ctx):
        program = model.Implementation(
            name="{{project-name | kebab_case}}", version="1.0.0",
            title=None, description=None, website_url=None, icons=[], extra=None,
        )
        return model.ProviderInfo(
            implementation=program, instructions=None, offers=model.Offers.TOOLS,
            # The list of tools is the same for every caller: a server asks for it once, when it starts.
            catalogue_static=True, catalogue_revision="1", cache=None, extensions=[], experimental=[], extra=None,
        )


class Tools(exports.Tools):
    def list_tools(self, ctx, cursor):
        if cursor is not None:  # The list has one page, so that no cursor was ever given out.
            raise Err(model.McpError_InvalidCursor())
        tool = model.Tool(
            name="greet", title=None, description="Greets a person.", input_schema=json.dumps(SCHEMA),
            output_schema=None, annotations=None, task_support=None, icons=[], extra=None,
        )
        return model.ToolPage(tools=[tool], next_cursor=None, cache=None, extra=None)

    def call_tool(self, ctx, call):
        if call.name != "greet":
            raise Err(model.McpError_UnknownName(call.name))
        try:
            text, is_error = greet(**json.loads(call.arguments)), False
        except Exception as error:
            # The model reads this text. An exception that left this method would reach the client as "internal error".
            text, is_error = f"{type(error).__name__}: {error}", True
        content = [model.ContentBlock_Text(model.TextContent(text=text, annotations=None, extra=None))]
        output = model.ToolOutput(content=content, structured_content=None, is_error=is_error, extra=None)
        return model.ToolLeg(events=[], outcome=model.ToolOutcome_Complete(output))


def greet(name):
    if not isinstance(name, str):  # The server has not checked the arguments against the schema.
        raise TypeError("`name` must be a string")
    return f"Hello, {name}!"
