"""What a function can use while it runs: progress, questions, further legs, settings and HTTP."""

import importlib
import json
import socket
import sys
import time
from dataclasses import dataclass
from typing import Any

from componentize_py_types import Err, Ok
from wit_world.imports import model

from .kinds import ToolError, kind_of
from .records import check, from_json, record, to_json


def _service(name):
    """The module of a service, if the world of the component has it."""
    try:
        return importlib.import_module(f"wit_world.imports.{name}")
    except ImportError:
        return None


http, live, settings = map(_service, ("http", "live", "settings"))


def _need(module, name):
    if module is None:
        raise ToolError(
            f"the component has no service `{name}`: add `include wasmcp:mcp/{name}-service@0.1.0;` to wit/world.wit"
        )
    return module


class Question(BaseException):
    """Ends a leg, so that the client is asked. No `except Exception` of a tool catches it."""


class Declined(ToolError):
    """The user did not answer a question."""


@dataclass
class More:
    """The result of a leg that is not the last one."""

    state: Any
    after_ms: int


def more(state, after_ms=0):
    """Return it to be called again, not before `after_ms`: `Context.state` is then this JSON value."""
    return More(state, after_ms)


class Context:
    """The call that runs. A function gets it for a parameter with this type."""

    def __init__(self, raw, resumed=None):
        self.raw, self.events, self._started = raw, [], time.monotonic()
        self.state, self._answers, self._is_live = None, {}, live is not None
        if resumed is not None and resumed.saved is not None:
            try:
                self.state, self._answers = json.loads(resumed.saved)
            except (ValueError, TypeError):
                raise Err(model.McpError_InvalidSaved()) from None
        for answer in resumed.answers if resumed else []:
            if isinstance(answer.response, model.InputResponse_Elicit):
                result = answer.response.value
                self._answers[answer.key] = [result.action.name.lower(), result.content]

    @property
    def remaining_ms(self):
        """After so many milliseconds no client waits for the answer."""
        return max(self.raw.remaining_ms - int((time.monotonic() - self._started) * 1000), 0)

    def progress(self, progress, total=None, message=None):
        """Tells the client how far the call is: now where the server can, else with the result of the leg."""
        if self.raw.progress_wanted:
            self.emit(model.Event_Progress(record(model.Progress, progress=progress, total=total, message=message)))

    def emit(self, event):
        """Sends an event of the contract to the client: now where the server can, else with the result of the leg."""
        check(event, model.Event, "the event")
        if self._is_live:
            try:
                return live.emit(self.raw.call_id, event)
            except Err as error:
                if not isinstance(error.value, model.McpError_NotOffered):
                    raise
                self._is_live = False
        self.events.append(event)

    def ask(self, key, message, answer):
        """What the user fills into a form: an `answer`, a dataclass of texts, numbers and booleans. The function starts
        again once the user has answered, and every question that was answered gives its answer at once: do what must
        be done only once after the last question."""
        kind = kind_of(answer, f"the question `{key}`")
        if key not in self._answers:
            flat = {name: kind.schema[name] for name in ("type", "properties", "required") if name in kind.schema}
            form = record(model.FormElicitation, message=message, requested_schema=to_json(flat))
            raise Question(model.InputQuestion(key, model.InputRequest_ElicitForm(form)))
        action, content = self._answers[key]
        if action != "accept":
            raise Declined(f"the user did not answer: {message}")
        return kind.read(from_json(content or "{}"), key)

    def saved(self, state):
        """The bytes by which the next leg has this state and the answers so far."""
        return to_json([state, self._answers], "the state").encode()


current = None  # The context of the call that runs: an instance has one call at a time.


def enter(raw, resumed=None):
    """The context of a leg that begins, which is the current one from now on."""
    global current
    current = Context(raw, resumed)
    return current


def setting(key, default=None):
    """What the operator has set for this provider, or the default."""
    try:
        value = _need(settings, "settings").get(key)
    except Err:
        raise ToolError(f"the setting `{key}` cannot be read now") from None
    return default if value is None else value


FAILURES = {
    "NotOffered": "this server offers its tools no HTTP requests",
    "Denied": "this server may not ask {url}: {why}",
    "Timeout": "{url} did not answer in time",
    "TooLarge": "{url} answered with more than this server lets a tool have",
    "Connection": "{url} cannot be reached: {why}",
}


def request(url, method="GET", headers=None, body=b"", timeout_ms=None):
    """A request of `fetch_all`. It has no more time than what is left of the call."""
    left = current.remaining_ms - 100 if current else 30_000  # The rest is for the answer.
    if left <= 0:
        raise ToolError("there is no time left for HTTP")
    return _need(http, "http").Request(method, url, list((headers or {}).items()), body, min(timeout_ms or left, left))


def fetch_all(requests):
    """For each request its `Response`, whatever the status is, or a `ToolError`. All are sent at once."""
    answers = _need(http, "http").send(check(requests, list[http.Request], "requests"))
    return [
        answer.value if isinstance(answer, Ok) else _failure(one.url, answer.value)
        for one, answer in zip(requests, answers)
    ]


def _failure(url, failure):
    case, why = type(failure).__name__.removeprefix("Failure_"), getattr(failure, "value", "")
    return ToolError(FAILURES.get(case, "{url} cannot be asked: {why}").format(url=url.split("?")[0], why=why))


def fetch(url, method="GET", headers=None, body=b"", timeout_ms=None):
    """The `Response` to one request. Raises a `ToolError` where there is none."""
    [answer] = fetch_all([request(url, method, headers, body, timeout_ms)])
    if isinstance(answer, ToolError):
        raise answer
    return answer


def _no_sockets(*_, **__):
    raise OSError("a component has no sockets: use `fetch` of wasmcp, which sends HTTP requests")


if sys.platform == "wasi":
    socket.getaddrinfo = socket.gethostbyname = socket.create_connection = socket.create_server = _no_sockets
    socket.socket.connect = socket.socket.connect_ex = socket.socket.bind = _no_sockets
