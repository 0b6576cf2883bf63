"""What the classes of the bindings answer. The bindings are real; the services of the host are not there."""

import json
import unittest
from dataclasses import dataclass
from typing import Annotated

from componentize_py_types import Err

import wasmcp
import wasmcp.calls
from wasmcp import (
    Context,
    ToolError,
    audio,
    from_json,
    image,
    model,
    more,
    prompt,
    record,
    resource,
    server,
    tool,
    user,
)
from wasmcp.records import check

wasmcp.calls.live = None  # As in a world without this service: Python alone has no host.
server("tried", "1.2.3", instructions="Try it.", title="Tried")


@dataclass
class Sum:
    total: float


@tool(title="Add", read_only=True, open_world=False)
def add(a: float, b: Annotated[float, "The second"] = 1) -> Sum:
    """Adds two numbers.

    Any two."""
    return Sum(a + b)


@tool(name="say")
def say_it(ctx: Context, what: str):
    return {
        "text": "a text",
        "none": None,
        "blocks": ["one", image(b"\x89PNG")],
        "number": 7,
        "surrogate": "\ud83c",
        "bytes": b"",
        "data": image("text"),
        "output": record(model.ToolOutput, content=[audio(b"RIFF")], is_error=True),
        "error": ToolError("as a value"),
        "type": record(model.ToolOutput, content=[7]),
    }[what]


@tool
def wrong() -> list[Sum] | ToolError:
    return [{"totals": 1}]


@tool
def fail(how: str):
    if how == "exit":
        raise SystemExit(3)
    if how == "contract":
        raise Err(model.McpError_Forbidden("not today"))
    if how == "no contract":
        raise Err("not today")
    raise {"error": ToolError, "value": ValueError, "surrogate": ToolError}[how](
        "\udfff" if how == "surrogate" else "no tea"
    )


@tool
def count(ctx: Context, to: int) -> int:
    done = (ctx.state or 0) + 1
    ctx.progress(done, to)
    return done if done == to else more(done, after_ms=5)


@dataclass
class Table:
    people: int


@tool
def book(ctx: Context) -> str:
    table = ctx.ask("table", "For how many?", Table)
    agreed = ctx.ask("agreed", f"A table for {table.people}?", dict)
    return f"booked for {table.people}, {agreed['yes']}"


@resource("tried://about", mime_type="text/markdown")
def about():
    """About it."""
    return "# About"


@resource("tried://items/{kind}/{number}")
def item(kind: str, number: str):
    return None if number == "0" else {"kind": kind, "number": int(number)}


@resource("tried://bytes")
def some_bytes() -> bytes:
    return b"\0"


@prompt(title="Plan")
def plan(city: Annotated[str, "Where"], day: str = "today"):
    """Plans a day."""
    return [user(f"Plan {day} in {city}."), wasmcp.assistant("Yes.")]


def context(**fields):
    values = {
        "call_id": "c",
        "attempt": 1,
        "protocol_version": "2026-07-28",
        "capabilities": None,
        "progress_wanted": True,
        "remaining_ms": 1000,
    }
    return record(model.Context, **{**values, **fields})


def leg(name, arguments="{}", resumed=None, **fields):
    call = model.ToolCall(name, arguments if isinstance(arguments, str) else json.dumps(arguments), resumed, None)
    return wasmcp.Tools().call_tool(context(**fields), call)


def said(answer):
    """The texts of a leg that is complete, and whether they are an error."""
    return [
        getattr(block.value, "text", block.value) for block in answer.outcome.value.content
    ], answer.outcome.value.is_error


def answers(**given):
    accept = model.ElicitationAction.ACCEPT
    elicited = {
        key: model.ElicitationResult(accept, json.dumps(value), None)
        if value
        else model.ElicitationResult(model.ElicitationAction.DECLINE, None, None)
        for key, value in given.items()
    }
    return [model.InputAnswer(key, model.InputResponse_Elicit(value)) for key, value in elicited.items()]


class Server(unittest.TestCase):
    def test_the_provider_offers_what_the_world_exports(self):
        info = wasmcp.Provider().describe(context())
        self.assertEqual(
            (info.implementation.name, info.implementation.title, info.instructions), ("tried", "Tried", "Try it.")
        )
        self.assertEqual(
            info.offers, model.Offers.TOOLS | model.Offers.RESOURCES | model.Offers.PROMPTS | model.Offers.COMPLETION
        )
        self.assertRegex(info.catalogue_revision, r"^1\.2\.3-[0-9a-f]{16}$")

    def test_a_tool_is_listed_by_its_function(self):
        page = wasmcp.Tools().list_tools(context(), None)
        listed = {one.name: one for one in page.tools}
        self.assertEqual(list(listed), ["add", "say", "wrong", "fail", "count", "book"])
        self.assertEqual((listed["add"].title, listed["add"].description), ("Add", "Adds two numbers.\n\nAny two."))
        self.assertEqual(
            (listed["add"].annotations.read_only_hint, listed["add"].annotations.destructive_hint), (True, None)
        )
        self.assertEqual(
            json.loads(listed["add"].input_schema),
            {
                "type": "object",
                "required": ["a"],
                "additionalProperties": False,
                "properties": {
                    "a": {"type": "number"},
                    "b": {"type": "number", "description": "The second", "default": 1},
                },
            },
        )
        self.assertEqual(json.loads(listed["add"].output_schema)["required"], ["total"])
        self.assertEqual(json.loads(listed["say"].input_schema)["required"], ["what"])
        self.assertIsNone(listed["say"].output_schema)
        with self.assertRaises(Err) as caught:
            wasmcp.Tools().list_tools(context(), "")
        self.assertIsInstance(caught.exception.value, model.McpError_InvalidCursor)

    def test_what_a_tool_returns_becomes_content(self):
        output = leg("add", {"a": 1}).outcome.value
        self.assertEqual(
            (output.structured_content, output.content[0].value.text, output.is_error),
            ('{"total":2.0}', '{"total":2.0}', False),
        )
        for what, expected in [
            ("text", ["a text"]),
            ("none", []),
            ("blocks", ["one", model.MediaContent(b"\x89PNG", "image/png", None, None)]),
        ]:
            with self.subTest(what=what):
                self.assertEqual(said(leg("say", {"what": what})), (expected, False))
        self.assertTrue(leg("say", {"what": "output"}).outcome.value.is_error)

    def test_what_fails_is_an_error_that_the_model_reads(self):
        for name, arguments, expected in [
            ("add", {}, "`a` is missing: it must be a number"),
            ("add", {"a": 1, "c": 2}, "`c` is unknown; known: `a`, `b`"),
            ("fail", {"how": "error"}, "no tea"),
            ("fail", {"how": "value"}, "the tool failed: ValueError: no tea"),
            ("fail", {"how": "exit"}, "the tool failed: SystemExit: 3"),
            ("fail", {"how": "surrogate"}, "?"),
            (
                "fail",
                {"how": "no contract"},
                "the tool raised an Err that is none of the contract: the result is a str",
            ),
            ("say", {"what": "error"}, "as a value"),
            ("say", {"what": "number"}, "the tool failed: TypeError: the result.outcome.value.content[0] is a int"),
            ("say", {"what": "bytes"}, "the tool failed: TypeError: the result.outcome.value.content[0] is a bytes"),
            (
                "say",
                {"what": "data"},
                "the tool failed: TypeError: the result.outcome.value.content[0].value.data is a str",
            ),
            (
                "say",
                {"what": "surrogate"},
                "the tool failed: ValueError: the result.outcome.value.content[0].value.text has half of a surrogate",
            ),
            ("say", {"what": "type"}, "the tool failed: TypeError: the result.outcome.value.content[0] is a int"),
            (
                "wrong",
                {},
                "the tool failed: TypeError: it returned what its type does not allow: `result[0].totals` is unknown",
            ),
            ("add", "[" * 100_000, "the tool failed: "),
        ]:
            with self.subTest(name=name, arguments=str(arguments)[:50]):
                texts, is_error = said(leg(name, arguments))
                self.assertTrue(is_error)
                self.assertTrue(texts[0].startswith(expected), texts[0])

    def test_an_error_of_the_contract_stays_one(self):
        for name, arguments, expected in [
            ("fail", {"how": "contract"}, model.McpError_Forbidden("not today")),
            ("none", {}, model.McpError_UnknownName("none")),
        ]:
            with self.subTest(name=name), self.assertRaises(Err) as caught:
                leg(name, arguments)
            self.assertEqual(caught.exception.value, expected)

    def test_a_long_tool_is_a_chain_of_legs(self):
        resumed, seen = None, []
        while True:
            answer = leg("count", {"to": 3}, resumed)
            seen += [event.value.progress for event in answer.events]
            if not isinstance(answer.outcome, model.ToolOutcome_More):
                break
            self.assertEqual(answer.outcome.value.after_ms, 5)
            resumed = model.Resumption(answer.outcome.value.saved, [])
        self.assertEqual(
            (seen, answer.outcome.value.structured_content if answer.outcome.value else None), ([1, 2, 3], "3")
        )
        self.assertEqual(leg("count", {"to": 3}, progress_wanted=False).events, [])
        with self.assertRaises(Err) as caught:
            leg("count", {"to": 3}, model.Resumption(b"forged", []))
        self.assertIsInstance(caught.exception.value, model.McpError_InvalidSaved)

    def test_questions_are_asked_one_after_the_other(self):
        first = leg("book").outcome
        self.assertIsInstance(first, model.ToolOutcome_InputRequired)
        [question] = first.value.questions
        self.assertEqual((question.key, question.request.value.message), ("table", "For how many?"))
        form = {"type": "object", "properties": {"people": {"type": "integer"}}, "required": ["people"]}
        self.assertEqual(json.loads(question.request.value.requested_schema), form)
        second = leg("book", resumed=model.Resumption(first.value.saved, answers(table={"people": 4}))).outcome
        self.assertEqual(second.value.questions[0].request.value.message, "A table for 4?")
        last = leg("book", resumed=model.Resumption(second.value.saved, answers(agreed={"yes": "gladly"})))
        self.assertEqual(said(last), (["booked for 4, gladly"], False))
        declined = leg("book", resumed=model.Resumption(first.value.saved, answers(table=None)))
        self.assertEqual(said(declined), (["the user did not answer: For how many?"], True))

    def test_resources_are_found_by_uri_and_by_template(self):
        resources = wasmcp.Resources()
        listed = resources.list_resources(context(), None).resources[0]
        [template] = resources.list_templates(context(), None).templates
        self.assertEqual(
            (listed.uri, listed.description, template.uri_template),
            ("tried://about", "About it.", "tried://items/{kind}/{number}"),
        )
        read = lambda uri: resources.read_resource(
            context(), model.ResourceRead(uri, None, None)
        ).outcome.value.contents[0]
        self.assertEqual(
            (read("tried://about").body.value, read("tried://about").mime_type), ("# About", "text/markdown")
        )
        self.assertEqual(
            (read("tried://items/a%20b/7").body.value, read("tried://items/a/7").mime_type),
            ('{"kind":"a b","number":7}', "application/json"),
        )
        for uri, expected in [
            ("tried://items/a/0", model.McpError_ResourceNotFound),
            ("tried://none", model.McpError_ResourceNotFound),
            ("tried://items/a/b", model.McpError_Internal),
        ]:
            with self.subTest(uri=uri), self.assertRaises(Err) as caught:
                read(uri)
            self.assertIsInstance(caught.exception.value, expected)

    def test_a_prompt_takes_texts(self):
        prompts = wasmcp.Prompts()
        [listed] = prompts.list_prompts(context(), None).prompts
        self.assertEqual(
            [(one.name, one.description, one.required) for one in listed.arguments],
            [("city", "Where", True), ("day", None, False)],
        )
        messages = prompts.get_prompt(
            context(), model.PromptGet("plan", [("city", "Porto")], None, None)
        ).outcome.value.messages
        self.assertEqual(
            [(one.role.name, one.content.value.text) for one in messages],
            [("USER", "Plan today in Porto."), ("ASSISTANT", "Yes.")],
        )
        with self.assertRaises(Err) as caught:
            prompts.get_prompt(context(), model.PromptGet("plan", [], None, None))
        self.assertEqual(caught.exception.value.value.message, "`city` is missing: it must be a string")

    def test_a_function_that_cannot_be_served_is_told_when_it_is_decorated(self):
        async def later() -> str: ...
        def untyped(a): ...
        def open_ended(*a: int): ...
        def number(a: int): ...

        for decorate, function, expected in [
            (tool, later, "is async"),
            (tool, untyped, "has no type hint"),
            (tool, open_ended, "has no name for a client"),
            (tool, add, "two of the name add"),
            (prompt, number, "is not a str"),
            (resource("tried://{b}"), number, "are not those of"),
        ]:
            with self.subTest(expected=expected), self.assertRaisesRegex(TypeError, expected):
                decorate(function)
        with self.assertRaisesRegex(TypeError, "a tool has no readonly"):
            tool(readonly=True)(number)

    def test_json_that_is_nested_deeply_is_an_error(self):
        for said in [
            b'{"a": [1, "[[\\"{"]}',
            "[" * 100 + "]" * 100,
            '["' + "[" * 5000 + '"]',
            "[" + "[]," * 5000 + "{}]",
        ]:
            with self.subTest(said=said[:20]):
                self.assertEqual(from_json(said), json.loads(said))
        for said in ["[" * 101 + "]" * 101, '{"a":' * 5000, '[""' + ",[" * 200]:
            with self.subTest(said=said[:20]), self.assertRaisesRegex(ValueError, "more than 100 levels deep"):
                from_json(said)

    def test_records_are_checked_deeply(self):
        for value, hint, expected in [
            (model.CacheHint(-1, model.CacheScope.PUBLIC), model.CacheHint, "ttl_ms is -1"),
            (model.CacheHint(1, "public"), model.CacheHint, "scope is a str"),
            (model.CacheHint(True, model.CacheScope.PUBLIC), model.CacheHint, "ttl_ms is a bool"),
            (record(model.Progress, progress=float("inf")), model.Progress, "progress is inf"),
            ([("a",)], list[tuple[str, str]], "has 1 parts"),
        ]:
            with self.subTest(expected=expected), self.assertRaisesRegex((TypeError, ValueError), expected):
                check(value, hint)
        code = model.McpError_Other(model.ErrorCode(-5, "own", None))
        self.assertIs(check(code, model.McpError), code)


if __name__ == "__main__":
    unittest.main()
