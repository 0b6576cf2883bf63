"""Weather: three tools, a resource and a prompt, from Open-Meteo or a service with the same API. A provider of MCP."""

import json
import math
import re
from pathlib import Path
from urllib.parse import quote

from componentize_py_types import Err, Ok
from wit_world import exports
from wit_world.imports import http, model, settings

# A module is loaded when the component is built. Files can be read then, and never again.
SCHEMAS = {path.stem: path.read_text() for path in Path(__file__).with_name("schemas").glob("*.json")}
# What is listed here changes only with the program, so that every client may keep it for an hour.
CACHE = model.CacheHint(ttl_ms=3_600_000, scope=model.CacheScope.PUBLIC)
CONDITIONS_URI = "weather://py/conditions"
# The weather codes of the WMO that Open-Meteo uses.
CONDITIONS = {
    0: "clear sky", 1: "mainly clear", 2: "partly cloudy", 3: "overcast", 45: "fog", 48: "freezing fog",
    51: "light drizzle", 53: "drizzle", 55: "dense drizzle", 56: "light freezing drizzle", 57: "freezing drizzle",
    61: "light rain", 63: "rain", 65: "heavy rain", 66: "light freezing rain", 67: "freezing rain",
    71: "light snow", 73: "snow", 75: "heavy snow", 77: "snow grains", 80: "light rain showers", 81: "rain showers",
    82: "violent rain showers", 85: "light snow showers", 86: "snow showers", 95: "thunderstorm",
    96: "thunderstorm with light hail", 99: "thunderstorm with heavy hail",
}


# The contract: a class for each interface. A record has no defaults: what is absent is `None` or `[]`. An error of the
# contract is raised inside an `Err`; the client's program gets it, and no model reads it.


class Provider(exports.Provider):
    def describe(self, ctx):
        program = model.Implementation(
            name="weather", version="1.0.0", title="Weather", description="The weather now, by the name of a place.",
            website_url=None, icons=[], extra=None,
        )
        return model.ProviderInfo(
            implementation=program,
            instructions="For several places call `multi_weather` once: it asks for them at the same time.",
            offers=model.Offers.TOOLS | model.Offers.RESOURCES | model.Offers.PROMPTS,
            # The lists are the same for every caller: a server asks for them once, when it starts.
            catalogue_static=True, catalogue_revision="1.0.0", cache=CACHE, extensions=[], experimental=[], extra=None,
        )


class Tools(exports.Tools):
    def list_tools(self, ctx, cursor):
        only_page(cursor)
        weather = "Conditions, temperature, humidity and wind at one place now."
        several = "The same for one to five places at once. A place that fails does not fail the others."
        tools = [
            tool("echo", "Echo", "Says the message back.", open_world=False),
            tool("get_weather", "Weather at a place", weather, open_world=True),
            tool("multi_weather", "Weather at several places", several, open_world=True),
        ]
        return model.ToolPage(tools=tools, next_cursor=None, cache=CACHE, extra=None)

    def call_tool(self, ctx, call):
        run = {"echo": echo, "get_weather": get_weather, "multi_weather": multi_weather}.get(call.name)
        if run is None:
            raise Err(model.McpError_UnknownName(call.name))
        # The model reads what failed in a tool, and can do better. An exception that left this method would reach the
        # client as "internal error". The arguments are an object; the server has not checked them against the schema.
        try:
            output = run(ctx, json.loads(call.arguments))
        except ToolError as error:
            output = text_output(str(error), is_error=True)
        except Exception as error:
            output = text_output(f"the tool failed: {reason(error)}", is_error=True)
        return model.ToolLeg(events=[], outcome=model.ToolOutcome_Complete(output))


class Resources(exports.Resources):
    def list_resources(self, ctx, cursor):
        only_page(cursor)
        conditions = model.ResourceInfo(
            uri=CONDITIONS_URI, name="conditions", title="Weather codes", mime_type="application/json",
            description="What each weather code of the WMO means.", size=None, annotations=None, icons=[], extra=None,
        )
        return model.ResourcePage(resources=[conditions], next_cursor=None, cache=CACHE, extra=None)

    def list_templates(self, ctx, cursor):
        only_page(cursor)
        return model.ResourceTemplatePage(templates=[], next_cursor=None, cache=CACHE, extra=None)

    def read_resource(self, ctx, read):
        if read.uri != CONDITIONS_URI:
            raise Err(model.McpError_ResourceNotFound(read.uri))
        body = model.ResourceBody_Text(to_json(CONDITIONS))
        contents = model.ResourceContents(uri=read.uri, mime_type="application/json", body=body, extra=None)
        output = model.ResourceOutput(contents=[contents], cache=CACHE, extra=None)
        return model.ResourceLeg(events=[], outcome=model.ResourceOutcome_Complete(output))


class Prompts(exports.Prompts):
    def list_prompts(self, ctx, cursor):
        only_page(cursor)
        city = model.PromptArgument("city", title=None, description="The name of a place", required=True, extra=None)
        plan_day = model.Prompt(
            name="plan_day", title="Plan a day", description="Plans a day outdoors by the weather.",
            arguments=[city], icons=[], extra=None,
        )
        return model.PromptPage(prompts=[plan_day], next_cursor=None, cache=CACHE, extra=None)

    def get_prompt(self, ctx, get):
        if get.name != "plan_day":
            raise Err(model.McpError_UnknownName(get.name))
        city = dict(get.arguments).get("city", "").strip()
        if not city:
            raise Err(model.McpError_InvalidParams(model.ErrorDetail("`city` is missing: it must be a string", None)))
        text = f"Plan a day outdoors in {city}. Ask the tool `get_weather` for {city} first, and say what to wear."
        message = model.PromptMessage(role=model.Role.USER, content=text_block(text), extra=None)
        output = model.PromptOutput(description=None, messages=[message], extra=None)
        return model.PromptLeg(events=[], outcome=model.PromptOutcome_Complete(output))


def only_page(cursor):
    """Each list is one page, so that no cursor was ever given out."""
    if cursor is not None:
        raise Err(model.McpError_InvalidCursor())


# Records are made by functions, so that they always have the types of the contract: a wrong one ends the call.


def tool(name, title, description, open_world):
    hints = model.ToolAnnotations(
        title=None, read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=open_world,
        extra=None,
    )
    return model.Tool(
        name=name, title=title, description=description, input_schema=SCHEMAS[f"{name}.input"],
        output_schema=SCHEMAS.get(f"{name}.output"), annotations=hints, task_support=None, icons=[], extra=None,
    )


def text_block(text):
    return model.ContentBlock_Text(model.TextContent(text=text, annotations=None, extra=None))


def text_output(text, is_error=False, is_structured=False):
    structured = text if is_structured else None
    return model.ToolOutput(content=[text_block(text)], structured_content=structured, is_error=is_error, extra=None)


def structured_output(value):
    """The text repeats the structured content, for clients that do not read that."""
    return text_output(to_json(value), is_structured=True)


def to_json(value):
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


# The tools, and how they read their arguments.


class ToolError(Exception):
    """Why there is no answer, in words for the model."""


def echo(ctx, arguments):
    message = a_string("message", take(arguments, "message", "a string"))
    no_more(arguments)
    return text_output(message)


def get_weather(ctx, arguments):
    place = a_place("location", take(arguments, "location", "a string"))
    no_more(arguments)
    [report] = find_all(ctx, [place])
    if isinstance(report, ToolError):
        raise report
    return structured_output(report)


def multi_weather(ctx, arguments):
    cities = take(arguments, "cities", "an array of strings")
    if not isinstance(cities, list):
        raise ToolError(f"`cities` must be an array of strings, not {kind(cities)}")
    if not 1 <= len(cities) <= 5:
        raise ToolError(f"`cities` must have 1 to 5 items, not {len(cities)}")
    cities = [a_place(f"cities[{index}]", city) for index, city in enumerate(cities)]
    no_more(arguments)
    found = list(zip(cities, find_all(ctx, cities)))
    if all(isinstance(report, ToolError) for _, report in found):
        raise ToolError("\n".join(f"{city}: {error}" for city, error in found))
    outcome = lambda report: {"error": str(report)} if isinstance(report, ToolError) else {"weather": report}
    return structured_output({"cities": [{"location": city, **outcome(report)} for city, report in found]})


def take(arguments, name, wanted):
    if name not in arguments:
        raise ToolError(f"`{name}` is missing: it must be {wanted}")
    return arguments.pop(name)


def no_more(arguments):
    if arguments:
        raise ToolError(f"`{min(arguments)}` is not an argument of this tool")


def a_string(name, value):
    if not isinstance(value, str):
        raise ToolError(f"`{name}` must be a string, not {kind(value)}")
    return value


def a_place(name, value):
    text = a_string(name, value).strip()
    if not 1 <= len(text) <= 100:
        raise ToolError(f"`{name}` must have 1 to 100 characters, not {len(text)}")
    if re.search(r"[\x00-\x1f\x7f-\x9f]", text):
        raise ToolError(f"`{name}` must not have control characters")
    return text


def kind(value):
    """What JSON calls a value."""
    kinds = {str: "a string", dict: "an object", list: "an array", bool: "a boolean", type(None): "null"}
    return kinds.get(type(value), "a number")


def reason(error):
    return f"{type(error).__name__}: {error}"


# The settings. They are read at each call, so that a change needs no restart.


def setting(key, default):
    try:
        value = settings.get(key)
    except Err:
        raise ToolError(f"the setting `{key}` cannot be read now")
    return default if value is None else value


def base_url(key, default):
    url = setting(key, default)
    if not re.fullmatch(r"https?://[^/?#@\s]+(/[^?#\s]*)?", url):
        raise ToolError(f"the setting `{key}` is not a URL of the form `http[s]://HOST[:PORT][/PATH]`")
    return url.rstrip("/")


def request_timeout_ms(ctx):
    """How long a request may take: two, one after the other, must be done before the caller stops waiting."""
    text = setting("timeout-ms", "5000")
    if not re.fullmatch("0*[0-9]{1,5}", text) or not 1 <= int(text) <= 60_000:
        raise ToolError("the setting `timeout-ms` is not a number of milliseconds from 1 to 60000")
    return min(int(text), max(ctx.remaining_ms - 100, 0) // 2)


# The weather.


def find_all(ctx, places):
    """The report of each place or its `ToolError`, in their order. All places are looked up at once, and then the
    weather of those that were found is asked for at once."""
    geocoding = base_url("geocoding-url", "https://geocoding-api.open-meteo.com")
    forecast = base_url("forecast-url", "https://api.open-meteo.com")
    timeout = request_timeout_ms(ctx)
    fields = "temperature_2m,relative_humidity_2m,wind_speed_10m,weather_code"

    def search(name):
        return f"{geocoding}/v1/search?name={quote(name, safe='')}&count=1&language=en&format=json"

    def current(place):
        at = f"latitude={plain(place['latitude'])}&longitude={plain(place['longitude'])}"
        return f"{forecast}/v1/forecast?{at}&current={fields}"

    found = ask_all(timeout, places, search, read_place)
    return ask_all(timeout, found, current, read_report)


def ask_all(timeout, items, url_of, read):
    """What `read` makes of each item and the answer to its URL. An item that is an error already stays one."""
    urls = [None if isinstance(item, ToolError) else url_of(item) for item in items]
    headers = [("accept", "application/json"), ("user-agent", "weather/1.0.0")]
    requests = [http.Request("GET", url, headers, body=b"", timeout_ms=timeout) for url in urls if url]
    responses = iter(http.send(requests))

    def result(item, url):
        if url is None:
            return item
        service = f"the weather service at `{url.split('/')[2]}`"
        try:
            return read(item, read_response(service, timeout, next(responses)))
        except ToolError as error:
            return error
        except Exception as error:
            return ToolError(f"{service} gave an answer that cannot be read: {reason(error)}")

    return [result(item, url) for item, url in zip(items, urls)]


def read_response(service, timeout, response):
    """The JSON of a response. An error is for the model, and for the operator whom it tells."""
    match response:
        case Ok(http.Response(status=200, body=body)) if len(body) <= 1 << 20:
            # What is nested deeply would exhaust the stack, which ends the call and cannot be caught.
            if body.count(b"[") + body.count(b"{") > 1000:
                raise ValueError("it has too many parts")
            return json.loads(body.decode())
        case Ok(http.Response(status=200)) | Err(http.Failure_TooLarge()):
            raise ToolError(f"{service} answered with more than 1 MiB")
        case Ok(http.Response(status=status)):
            raise ToolError(f"{service} failed: it answered with HTTP status {status}")
        case Err(http.Failure_NotOffered()):
            raise ToolError("this server offers its tools no HTTP requests")
        case Err(http.Failure_Denied(why)):
            raise ToolError(f"this server may not ask the weather service: {why}")
        case Err(http.Failure_Timeout()):
            raise ToolError(f"{service} did not answer in time ({timeout} ms)")
        case Err(http.Failure_Connection(why)):
            raise ToolError(f"{service} cannot be reached: {why}")
        case Err(http.Failure_InvalidRequest(why) | http.Failure_Other(why)):
            raise ToolError(f"{service} cannot be asked: {why}")


def read_place(name, answer):
    results = member({"results": [], **answer}, "results", list)
    if not results:
        raise ToolError(f"there is no place called `{name}`")
    [best, *_] = results
    place = {"name": member(best, "name", str)}
    if best.get("country") is not None:  # Some places, the seas for example, are in none.
        place["country"] = member(best, "country", str)
    return {**place, "latitude": member(best, "latitude", float), "longitude": member(best, "longitude", float)}


def read_report(place, answer):
    now, units = answer["current"], answer["current_units"]
    reading = lambda field: {"value": member(now, field, float), "unit": member(units, field, str)}
    temperature, humidity = reading("temperature_2m"), reading("relative_humidity_2m")
    wind, code = reading("wind_speed_10m"), member(now, "weather_code", int)
    conditions = CONDITIONS.get(code, "unknown conditions")
    where = ", ".join(place[key] for key in ("name", "country") if key in place)
    say = lambda reading: f"{plain(reading['value'])} {reading['unit']}"
    summary = f"{where}: {conditions}, {say(temperature)}, humidity {say(humidity)}, wind {say(wind)}"
    return {
        **place, "conditions": conditions, "weatherCode": code, "temperature": temperature, "humidity": humidity,
        "windSpeed": wind, "summary": summary,
    }


def member(answer, key, wanted):
    """A member of an answer, if it has the type that is wanted."""
    value = answer[key]
    if wanted is float and type(value) is int:
        value = float(value)
    if type(value) is not wanted:
        raise TypeError(f"`{key}` is {kind(value)}")
    if wanted is float and not math.isfinite(value):
        raise ValueError(f"`{key}` is not finite")
    if wanted is str:
        value.encode()  # Half of a surrogate pair is a string of Python, and no text of the contract.
    return value


def plain(number):
    """The shortest text of a number: `82`, not `82.0`."""
    return repr(number).removesuffix(".0")
