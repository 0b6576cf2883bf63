"""What the component has, from decorated functions, and the classes by which the bindings ask for it."""

import hashlib
import inspect
import re
import types
import typing
from urllib.parse import unquote

from componentize_py_types import Err
from wit_world import exports
from wit_world.imports import model

from . import calls
from .kinds import REQUIRED, ToolError, kind_of, object_kind
from .records import check, from_json, record, text_block, to_json
from .results import prompt_output, resource_output, tool_output

_server = {}
_tools, _resources, _templates, _prompts = {}, {}, {}, {}
HINTS = ("read_only", "destructive", "idempotent", "open_world")


def server(name, version, *, instructions=None, cache=None, **implementation):
    """Says what the provider is. `cache` is a `CacheHint` for the lists; other fields are those of `Implementation`."""
    program = record(model.Implementation, name=name, version=version, **implementation)
    _server.update(implementation=program, instructions=instructions, cache=cache)


def tool(function=None, *, name=None, title=None, **hints):
    """A function as a tool. Its type hints are the schemas, its docstring is the description. Hints: `read_only`,
    `destructive`, `idempotent`, `open_world`. A host may run a tool twice that is read-only or idempotent."""
    if function is None:
        return lambda function: tool(function, name=name, title=title, **hints)
    if unknown := set(hints) - set(HINTS):
        raise TypeError(f"a tool has no {', '.join(sorted(unknown))}: there are {', '.join(HINTS)}")
    _world_has("Tools", "tools")
    (call, arguments), result = _inspect(function), _result_kind(function)
    given = {f"{hint}_hint": value for hint, value in hints.items()}
    listed = record(
        model.Tool,
        name=name or function.__name__,
        title=title,
        description=inspect.getdoc(function),
        annotations=record(model.ToolAnnotations, **given) if given else None,
        input_schema=to_json(arguments.schema),
        output_schema=to_json(result.schema) if result else None,
    )
    _register(_tools, listed.name, listed, call, arguments, result)
    return function


def resource(uri, *, mime_type=None, title=None):
    """A function as a resource, or, where the URI has `{name}`, as a template of resources with these parameters. It
    returns a text, bytes, or any JSON; None is for a resource that is not there."""

    def register(function):
        _world_has("Resources", "resources")
        call, arguments = _inspect(function)
        names = re.findall(r"\{(\w+)\}", uri)
        if set(names) != set(arguments.schema["properties"]) or "{" in re.sub(r"\{\w+\}", "", uri):
            raise TypeError(f"the parameters of {function.__name__} are not those of {uri}, each written as {{name}}")
        common = {"name": function.__name__, "title": title, "mime_type": mime_type}
        common["description"] = inspect.getdoc(function)
        if names:
            pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/?#]+)", re.escape(uri))
            listed = record(model.ResourceTemplate, uri_template=uri, **common)
            _register(_templates, uri, listed, call, arguments, re.compile(pattern))
        else:
            _register(_resources, uri, record(model.ResourceInfo, uri=uri, **common), call, arguments, None)
        return function

    return register


def prompt(function=None, *, name=None, title=None):
    """A function as a prompt. Its parameters are texts. It returns a text of the user, or a list of messages."""
    if function is None:
        return lambda function: prompt(function, name=name, title=title)
    _world_has("Prompts", "prompts")
    call, arguments = _inspect(function)
    listed = []
    for argument, schema in arguments.schema["properties"].items():
        if schema.get("type") != "string":
            raise TypeError(f"`{argument}` of the prompt {function.__name__} is not a str: a client has texts alone")
        about = {"description": schema.get("description"), "required": argument in arguments.schema.get("required", [])}
        listed.append(record(model.PromptArgument, name=argument, **about))
    about = {"name": name or function.__name__, "title": title, "description": inspect.getdoc(function)}
    _register(_prompts, about["name"], record(model.Prompt, arguments=listed, **about), call, arguments, None)
    return function


def _world_has(interface, name):
    if not hasattr(exports, interface):
        line = f"include wasmcp:mcp/{name}-provider@0.1.0;"
        raise TypeError(f"the component exports no {name}: add `{line}` to wit/world.wit")


def _register(registry, key, listed, *rest):
    if key in registry:
        raise TypeError(f"there are two of the name {key}")
    registry[key] = (check(listed, type(listed), key), *rest)


def _inspect(function):
    """How to call the function, and the kind of its arguments."""
    where = function.__name__
    if inspect.iscoroutinefunction(function) or inspect.isgeneratorfunction(function):
        raise TypeError(f"{where} is async or a generator: write a plain function; `fetch_all` sends requests at once")
    hints, members, contexts = typing.get_type_hints(function, include_extras=True), {}, []
    for parameter in inspect.signature(function).parameters.values():
        name = parameter.name
        if parameter.kind is not parameter.POSITIONAL_OR_KEYWORD and parameter.kind is not parameter.KEYWORD_ONLY:
            raise TypeError(f"`{name}` of {where} has no name for a client: write each parameter by its name")
        if hints.get(name) is calls.Context:
            contexts.append(name)
        elif name not in hints:
            raise TypeError(f"`{name}` of {where} has no type hint")
        else:
            default = REQUIRED if parameter.default is parameter.empty else parameter.default
            members[name] = (kind_of(hints[name], f"`{name}` of {where}"), default)
    call = lambda context, values: function(**values, **dict.fromkeys(contexts, context))
    return call, object_kind(members, dict)


def _result_kind(function):
    """The kind of a structured result; None for a text, for content of the contract, and where there is no type hint."""
    returned = typing.get_type_hints(function, include_extras=True).get("return", str)
    if typing.get_origin(returned) in (typing.Union, types.UnionType):
        returned = typing.Union[tuple(one for one in typing.get_args(returned) if one not in (calls.More, ToolError))]
    is_content = any(one in vars(model).values() for one in (returned, *typing.get_args(returned)))
    if is_content or returned in (str, type(None)):
        return None
    return kind_of(returned, f"the result of {function.__name__}")


def _leg(kind, raw, resumed, run):
    """One leg: of what the function returned or raised, the record that the bindings take, checked."""
    outcome = lambda case, value: getattr(model, f"{kind}Outcome_{case}")(value)
    context = calls.enter(raw, resumed)
    try:
        made = run(context)
        if isinstance(made, calls.More):
            made = outcome("More", model.More(context.saved(made.state), made.after_ms))
        else:
            made = outcome("Complete", made)
    except calls.Question as asked:
        made = record(model.InputRequired, questions=[asked.args[0]], saved=context.saved(context.state))
        made = outcome("InputRequired", made)
    return check(getattr(model, f"{kind}Leg")(context.events, made), getattr(model, f"{kind}Leg"))


def _guarded(kind, raw, request, run, failed):
    """A leg from which no exception leaves but an `Err` of the contract."""
    try:
        return _leg(kind, raw, request.resumed, run)
    except Err as error:
        try:
            raise Err(check(error.value, model.McpError))
        except (TypeError, ValueError) as wrong:
            return failed(f"the {kind.lower()} raised an Err that is none of the contract: {wrong}")
    except ToolError as error:
        return failed(_sound(error))
    except BaseException as error:  # SystemExit too: what left this function would end the call.
        return failed(f"the {kind.lower()} failed: {type(error).__name__}: {_sound(error)}")


def _sound(error):
    return str(error).encode(errors="replace").decode()


def _internal(why):
    raise Err(model.McpError_Internal(why))


def _page(kind, cursor, **lists):
    if cursor is not None:  # Each list is one page, so that no cursor was ever given out.
        raise Err(model.McpError_InvalidCursor())
    records = {name: [entry[0] for entry in of.values()] for name, of in lists.items()}
    return record(kind, cache=_server.get("cache"), **records)


class Provider:
    """The interface `provider` of the contract."""

    def describe(self, ctx):
        """What `server` has set, and what the world exports."""
        if not _server:
            _internal("the module does not say what it is: call `server(NAME, VERSION)` of wasmcp")
        offers = model.Offers(0)
        for name in ("TOOLS", "RESOURCES", "PROMPTS", "COMPLETION"):
            if hasattr(exports, name.title()):
                offers |= model.Offers[name]
        lists = repr([entry[0] for of in (_tools, _resources, _templates, _prompts) for entry in of.values()])
        revision = f"{_server['implementation'].version}-{hashlib.sha256(lists.encode()).hexdigest()[:16]}"
        info = record(model.ProviderInfo, **_server, offers=offers, catalogue_revision=revision, catalogue_static=True)
        return check(info, model.ProviderInfo)


class Tools:
    """The interface `tools` of the contract."""

    def list_tools(self, ctx, cursor):
        """The tools, on one page."""
        return _page(model.ToolPage, cursor, tools=_tools)

    def call_tool(self, ctx, call):
        """Runs a leg of a tool. What fails is an output, which the model reads."""
        if call.name not in _tools:
            raise Err(model.McpError_UnknownName(call.name))
        _, function, arguments, result = _tools[call.name]

        def run(context):
            return tool_output(function(context, arguments.read(from_json(call.arguments), "")), result)

        def failed(why):
            output = record(model.ToolOutput, content=[text_block(why)], is_error=True)
            return record(model.ToolLeg, outcome=model.ToolOutcome_Complete(output))

        return _guarded("Tool", ctx, call, run, failed)


class Resources:
    """The interface `resources` of the contract."""

    def list_resources(self, ctx, cursor):
        """The resources that are of no template, on one page."""
        return _page(model.ResourcePage, cursor, resources=_resources)

    def list_templates(self, ctx, cursor):
        """The templates, on one page."""
        return _page(model.ResourceTemplatePage, cursor, templates=_templates)

    def read_resource(self, ctx, read):
        """Reads the resource of a URI, or of the first template that fits it."""
        found, values = _resources.get(read.uri), {}
        for entry in () if found else _templates.values():
            if match := entry[3].fullmatch(read.uri):
                found, values = entry, {name: unquote(value) for name, value in match.groupdict().items()}
                break
        if not found:
            raise Err(model.McpError_ResourceNotFound(read.uri))
        listed, function, arguments, _ = found
        returned = lambda context: function(context, arguments.read(values, ""))
        run = lambda context: resource_output(read.uri, listed, returned(context), _server.get("cache"))
        return _guarded("Resource", ctx, read, run, _internal)


class Prompts:
    """The interface `prompts` of the contract."""

    def list_prompts(self, ctx, cursor):
        """The prompts, on one page."""
        return _page(model.PromptPage, cursor, prompts=_prompts)

    def get_prompt(self, ctx, get):
        """Fills in a prompt."""
        if get.name not in _prompts:
            raise Err(model.McpError_UnknownName(get.name))
        _, function, arguments, _ = _prompts[get.name]
        try:
            values = arguments.read(dict(get.arguments), "")
        except ToolError as error:
            raise Err(model.McpError_InvalidParams(model.ErrorDetail(_sound(error), None)))
        return _guarded("Prompt", ctx, get, lambda context: prompt_output(function(context, values)), _internal)
