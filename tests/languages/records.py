"""records.py WIT_FOLDER PYTHON_BINDINGS: every type of the contract's model is a class of the bindings, field by field."""

import dataclasses
import enum
import importlib
import pathlib
import re
import sys

wit, bindings = map(pathlib.Path, sys.argv[1:])
sys.path.insert(0, str(bindings))
model = importlib.import_module("wit_world.imports.model")

TYPE = re.compile(r"^    (record|variant|enum|flags) ([a-z-]+) \{(.*?)\}", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"///.*")
NAME = re.compile(r"(?:^|,|\{)\s*([a-z-]+)\s*(?=[:,(]|$)", re.MULTILINE)


def camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("-"))


def members(cls: type) -> list[str]:
    if dataclasses.is_dataclass(cls):
        return [field.name for field in dataclasses.fields(cls)]
    assert issubclass(cls, enum.Enum), cls
    return [member.lower() for member in cls.__members__]


checked = 0
for kind, name, body in TYPE.findall((wit / "model.wit").read_text()):
    wanted = NAME.findall(COMMENT.sub("", body))
    assert wanted, f"nothing read of {name}"
    if kind == "variant":
        for case in wanted:
            assert hasattr(model, f"{camel(name)}_{camel(case)}"), f"{name} lacks the case {case}"
    else:
        found = members(getattr(model, camel(name)))
        assert found == [member.replace("-", "_") for member in wanted], f"{name}: {found} instead of {wanted}"
    checked += 1
assert checked > 70, f"only {checked} types were read"
print(f"python: {checked} types")
