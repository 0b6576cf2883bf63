"""Type hints as JSON Schemas, and values read and written by them. Plain Python: no component runs."""

import enum
import math
import unittest
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Literal, NotRequired, Optional, TypedDict

from wasmcp.kinds import ToolError, kind_of, plain


class Units(enum.Enum):
    METRIC = "metric"
    IMPERIAL = "imperial"


@dataclass
class Place:
    name: Annotated[str, "As people say it"]
    height: float = 0.0
    tags: list[str] = field(default_factory=list)


class Wish(TypedDict):
    people: int
    note: NotRequired[str]


PLACE = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "description": "As people say it"},
        "height": {"type": "number", "default": 0.0},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
    "additionalProperties": False,
    "required": ["name"],
}


class Kinds(unittest.TestCase):
    def test_a_type_has_a_schema(self):
        for hint, expected in [
            (str, {"type": "string"}),
            (int, {"type": "integer"}),
            (float, {"type": "number"}),
            (bool, {"type": "boolean"}),
            (type(None), {"type": "null"}),
            (Any, {}),
            (dict, {"type": "object"}),
            (list[int], {"type": "array", "items": {"type": "integer"}}),
            (dict[str, bool], {"type": "object", "additionalProperties": {"type": "boolean"}}),
            (int | None, {"anyOf": [{"type": "integer"}, {"type": "null"}]}),
            (Optional[str], {"anyOf": [{"type": "string"}, {"type": "null"}]}),
            (Literal["a", 1], {"enum": ["a", 1]}),
            (Units, {"enum": ["metric", "imperial"]}),
            (Annotated[int, "How many", {"minimum": 1}], {"type": "integer", "description": "How many", "minimum": 1}),
            (Place, PLACE),
            (
                Wish,
                {
                    "type": "object",
                    "properties": {"people": {"type": "integer"}, "note": {"type": "string"}},
                    "additionalProperties": False,
                    "required": ["people"],
                },
            ),
        ]:
            with self.subTest(hint=hint):
                self.assertEqual(kind_of(hint, "it").schema, expected)

    def test_a_value_becomes_what_the_type_says(self):
        for hint, value, expected in [
            (int, 3.0, 3),
            (float, 3, 3.0),
            (int | None, None, None),
            (Units, "metric", Units.METRIC),
            (list[Place], [{"name": "Porto"}], [Place("Porto")]),
            (Wish, {"people": 2}, {"people": 2}),
            (dict[str, list[int]], {"a": [1]}, {"a": [1]}),
            (Literal["a", 1], 1, 1),
        ]:
            with self.subTest(hint=hint):
                self.assertEqual(kind_of(hint, "it").read(value, "it"), expected)

    def test_a_wrong_value_is_named_with_its_place(self):
        for hint, value, expected in [
            (str, 1, "`it` must be a string, not a number"),
            (int, True, "`it` must be an integer, not a boolean"),
            (int, 1.5, "`it` must be an integer, not a number"),
            (float, "1", "`it` must be a number, not a string"),
            (list[str], ["a", None], "`it[1]` must be a string, not null"),
            (dict[str, int], {"a": "b"}, "`it.a` must be an integer, not a string"),
            (Place, {}, "`it.name` is missing: it must be a string"),
            (Place, {"name": "a", "size": 1}, "`it.size` is unknown; known: `name`, `height`, `tags`"),
            (Units, "kelvin", "`it` must be one of 'metric', 'imperial', not 'kelvin'"),
            (Literal[1], True, "`it` must be one of 1, not True"),
            (int | str, [], "`it` must be an integer or a string, not an array"),
            (int | None, "a", "`it` must be an integer, not a string"),
            (Annotated[int, {"minimum": 1}], 0, "`it` must be at least 1"),
            (Annotated[str, {"maxLength": 2}], "abc", "`it` must have at most 2 characters"),
            (Annotated[str, {"pattern": "^a"}], "b", "`it` must match `^a`"),
        ]:
            with self.subTest(hint=hint, value=value), self.assertRaises(ToolError) as caught:
                kind_of(hint, "it").read(value, "it")
            self.assertEqual(str(caught.exception), expected)

    def test_a_type_without_a_schema_is_told_when_the_component_is_built(self):
        for hint, expected in [
            (date, "`when` of f has the type"),
            (set[int], "no JSON Schema here"),
            (dict[int, str], "no JSON Schema here"),
            (Annotated[str, {"format": "email"}], "{'format'}"),
        ]:
            with self.subTest(hint=hint), self.assertRaisesRegex(TypeError, expected):
                kind_of(hint, "`when` of f")

    def test_what_json_cannot_say_is_an_error_before_it_leaves(self):
        deep = []
        for _ in range(200):
            deep = [deep]
        for value, expected in [
            (math.nan, "nan"),
            (10**400, "int too large"),
            ({1: 2}, "a key of it is a int"),
            ("\ud83c", "surrogate"),
            ({"a": [b""]}, r"it\.a\[0\] is a bytes"),
            (deep, "more than 100 levels"),
            (date(2026, 1, 1), "it is a date"),
        ]:
            with (
                self.subTest(value=repr(value)[:20]),
                self.assertRaisesRegex((TypeError, ValueError, OverflowError), expected),
            ):
                plain(value, "it")
        self.assertEqual(
            plain({"a": (Place("Porto"), Units.METRIC, None, True, 1.5)}, "it"),
            {"a": [{"name": "Porto", "height": 0.0, "tags": []}, "metric", None, True, 1.5]},
        )


if __name__ == "__main__":
    unittest.main()
