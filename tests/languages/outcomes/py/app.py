"""Every outcome that a call may have, in Python: legs, a question, bytes, settings and failures, as
`tests/conversations/outcomes.toml` has them."""

import json

from componentize_py_types import Err
from wit_world import exports
from wit_world.imports import model, settings

# It names the language: no two providers of a server may have the same URI.
BYTES_URI = "outcomes://py/bytes"
NO_ARGUMENTS = '{"type":"object"}'
TO = '{"type":"object","properties":{"to":{"type":"integer","minimum":1}},"required":["to"]}'
KEY = '{"type":"object","properties":{"key":{"type":"string"}},"required":["key"]}'
AS = '{"type":"object","properties":{"as":{"type":"string"}},"required":["as"]}'
KINDS = '["own","forbidden","unavailable","internal"]'
FORM = '{"type":"object","properties":{"name":{"type":"string"}},"required":["name"]}'


class Provider(exports.Provider):
    def describe(self, ctx):
        program = model.Implementation("outcomes", "1.0.0", None, None, None, icons=[], extra=None)
        offers = model.Offers.TOOLS | model.Offers.RESOURCES | model.Offers.LOGGING
        return model.ProviderInfo(
            implementation=program, instructions=None, offers=offers, extensions=[], experimental=[], cache=None,
            catalogue_revision="1", catalogue_static=True, extra=None,
        )


class Tools(exports.Tools):
    def list_tools(self, ctx, cursor):
        only_page(cursor)
        tools = [
            ("count", "Counts, each number in a leg.", TO),
            ("ask", "Asks the user for a name.", NO_ARGUMENTS),
            ("picture", "Shows bytes in every kind of content.", NO_ARGUMENTS),
            ("setting", "Says what a setting is.", KEY),
            ("fail", "Fails as it is told to.", AS),
            ("crash", "Fails as no tool should.", NO_ARGUMENTS),
        ]
        tools = [
            model.Tool(
                name, title=None, description=description, input_schema=schema, output_schema=None, annotations=None,
                task_support=None, icons=[], extra=None,
            )
            for name, description, schema in tools
        ]
        return model.ToolPage(tools, next_cursor=None, cache=None, extra=None)

    def call_tool(self, ctx, call):
        arguments, events = json.loads(call.arguments), []
        match call.name:
            case "count":
                events, outcome = count(arguments["to"], call.resumed)
            case "ask":
                outcome = model.ToolOutcome_InputRequired(question())
            case "picture":
                outcome = complete(picture())
            case "setting":
                outcome = complete([text_block(setting(arguments["key"]))])
            case "fail":
                raise Err(failure(arguments["as"]))
            case "crash":
                raise RuntimeError("as no tool should")
            case unknown:
                raise Err(model.McpError_UnknownName(unknown))
        return model.ToolLeg(events, outcome)


class Resources(exports.Resources):
    def list_resources(self, ctx, cursor):
        only_page(cursor)
        listed = model.ResourceInfo(
            BYTES_URI, name="bytes", title=None, description=None, mime_type="application/octet-stream", size=256.0,
            annotations=None, icons=[], extra=None,
        )
        return model.ResourcePage([listed], next_cursor=None, cache=None, extra=None)

    def list_templates(self, ctx, cursor):
        only_page(cursor)
        return model.ResourceTemplatePage([], next_cursor=None, cache=None, extra=None)

    def read_resource(self, ctx, read):
        """Every value of a byte. The first leg saves one half, to which the second leg adds the other."""
        if read.uri != BYTES_URI:
            raise Err(model.McpError_ResourceNotFound(read.uri))
        if read.resumed is None:
            outcome = model.ResourceOutcome_More(model.More(saved=bytes(range(128)), after_ms=0))
            return model.ResourceLeg([progress(1, 2)], outcome)
        every = contents(read.resumed.saved + bytes(range(128, 256)))
        outcome = model.ResourceOutcome_Complete(model.ResourceOutput([every], cache=None, extra=None))
        return model.ResourceLeg([progress(2, 2)], outcome)


def only_page(cursor):
    """Each list has one page, so that no cursor was ever given out."""
    if cursor is not None:
        raise Err(model.McpError_InvalidCursor())


def count(to, resumed):
    """One leg of as many as the number that it counts to."""
    leg = json.loads(resumed.saved)["legs"] + 1 if resumed else 1
    log = model.LogMessage(model.LogLevel.INFO, logger="outcomes", data=json.dumps({"leg": leg}), extra=None)
    if leg < to:
        outcome = model.ToolOutcome_More(model.More(saved=json.dumps({"legs": leg}).encode(), after_ms=1))
    else:
        outcome = complete([text_block(f"counted to {to} in {leg} legs")])
    return [progress(leg, to), model.Event_Log(log)], outcome


def progress(leg, of):
    return model.Event_Progress(model.Progress(float(leg), float(of), f"leg {leg} of {of}", extra=None))


def question():
    form = model.InputRequest_ElicitForm(model.FormElicitation("Who?", requested_schema=FORM, extra=None))
    return model.InputRequired([model.InputQuestion("who", form)], saved=b"\x00\xff", extra=None)


def picture():
    media = lambda data, mime_type: model.MediaContent(data, mime_type, annotations=None, extra=None)
    embedded = lambda data: model.EmbeddedResource(contents(data), annotations=None, extra=None)
    return [
        model.ContentBlock_Image(media(b"\x89PNG\r\n\x1a\n\x00\xff", "image/png")),
        model.ContentBlock_Audio(media(b"\x00\xff\xfe\x80", "audio/wav")),
        model.ContentBlock_EmbeddedResource(embedded(b"\xff\x00")),
        model.ContentBlock_EmbeddedResource(embedded(b"")),
    ]


def contents(data):
    return model.ResourceContents(BYTES_URI, "application/octet-stream", model.ResourceBody_Blob(data), extra=None)


def setting(key):
    value = settings.get(key)
    return f"`{key}` is not set" if value is None else f"`{key}` is `{value}`"


def failure(kind):
    known = {
        "own": model.McpError_Other(model.ErrorCode(42, "its own", data='{"why":1}')),
        "forbidden": model.McpError_Forbidden("not today"),
        "unavailable": model.McpError_Unavailable(1500),
        "internal": model.McpError_Internal("it broke"),
    }
    return known.get(kind) or model.McpError_InvalidParams(model.ErrorDetail("not so", data=KINDS))


def text_block(text):
    return model.ContentBlock_Text(model.TextContent(text, annotations=None, extra=None))


def complete(content):
    return model.ToolOutcome_Complete(model.ToolOutput(content, structured_content=None, is_error=False, extra=None))
