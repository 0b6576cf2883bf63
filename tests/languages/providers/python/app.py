"""Links: whether a web page answers. A provider of MCP tools."""
import json
from componentize_py_types import Err, Ok
from wit_world import exports
from wit_world.imports import http, model

SCHEMA = {
    "type": "object",
    "properties": {"url": {"type": "string", "description": "An http: or https: URL"}},
    "required": ["url"],
}


class Provider(exports.Provider):
    def describe(self, ctx):
        program = model.Implementation("links", "1.0.0", None, None, None, [], None)
        return model.ProviderInfo(program, None, model.Offers.TOOLS, [], [], None, "1", True, None)


class Tools(exports.Tools):
    def list_tools(self, ctx, cursor):
        if cursor is not None:
            raise Err(model.McpError_InvalidCursor())
        tool = model.Tool("check_link", None, "Says whether a web page answers.", json.dumps(SCHEMA), None, None, None, [], None)
        return model.ToolPage([tool], None, None, None)

    def call_tool(self, ctx, call):
        if call.name != "check_link":
            raise Err(model.McpError_UnknownName(call.name))
        try:
            text, failed = check_link(**json.loads(call.arguments)), False
        except Exception as error:  # An uncaught exception would reach the client as "internal error".
            text, failed = f"{type(error).__name__}: {error}", True
        content = [model.ContentBlock_Text(model.TextContent(text, None, None))]
        return model.ToolLeg([], model.ToolOutcome_Complete(model.ToolOutput(content, None, failed, None)))


def check_link(url):
    if not isinstance(url, str):
        raise TypeError("`url` must be a string")
    [answer] = http.send([http.Request("GET", url, [], b"", None)])
    if not isinstance(answer, Ok):
        raise OSError(f"{url} did not answer: {answer.value}")
    return f"{url} answers {answer.value.status}, {len(answer.value.body)} bytes"
