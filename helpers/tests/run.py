#!/usr/bin/env python3
"""The helpers for Python and Go: their own tests, and a component built of the packed helper, served and called.

    run.py WASMCP OUT LANGUAGE...

WASMCP is the program, OUT a folder to write to. Ends with a line for tools/test-summary.
"""

import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import urllib.error
import urllib.request
import zipfile
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MODULE = "example.com/wasmcp/helpers/go"
BINDINGS = ("http", "live", "model", "settings", "state")
FULL_WORLD = "package my:provider;\nworld bindings { include wasmcp:mcp/full-provider-with-services@0.1.0; }\n"

GREET_ADA = """
from app import *
context = record(model.Context, call_id="", attempt=1, protocol_version="", capabilities=None, remaining_ms=1000)
print(Tools().call_tool(context, model.ToolCall("greet", '{"name":"Ada"}', None, None)))
"""
GREET = {
    "name": "greet",
    "title": "Greet",
    "description": "Greets a person.",
    "inputSchema": {
        "type": "object",
        "required": ["name"],
        "properties": {"name": {"type": "string", "description": "Whom to greet"}},
    },
}
ADD = {
    "name": "add",
    "outputSchema": {
        "properties": {"total": {"type": "number"}, "terms": {"type": "array", "items": {"type": "number"}}}
    },
}


def call(name, /, **arguments):
    return "tools/call", {"name": name, "arguments": arguments}


def text(said, is_error=None):
    return {"result": {"content": [{"type": "text", "text": said}], "isError": is_error}}


# A name, a method with its parameters, and what the answer has: of objects these members, of texts all or what a pattern finds.
CASES = [
    (
        "a tool is listed with the schema of its types",
        ("tools/list", {}),
        {"result": {"tools": {"greet": GREET, "add": ADD}}},
    ),
    ("a text is content", call("greet", name="Grüße 🎉"), text("Hello, Grüße 🎉!")),
    ("an optional argument is taken", call("greet", name="Ada", times=2), text("Hello, Ada! Hello, Ada!")),
    ("a missing argument is named", call("greet"), text("`name` is missing: it must be a string", True)),
    ("a wrong argument is named", call("greet", name=7), text("`name` must be a string, not a number", True)),
    (
        "an unknown argument is named",
        call("greet", name="Ada", age=7),
        text("`age` is unknown; known: `name`, `times`", True),
    ),
    (
        "an item of the wrong type is named",
        call("add", terms=[1, "2"]),
        text("`terms[1]` must be a number, not a string", True),
    ),
    (
        "a type is structured content",
        call("add", terms=[1, 2.5]),
        {"result": {"structuredContent": {"total": 3.5, "terms": [1, 2.5]}, "isError": None}},
    ),
    ("an error is read by the model", call("fail"), text("there is no more tea", True)),
    ("an exception is read by the model", call("crash"), text(re.compile("failed: .*range"), True)),
    ("a result that is no JSON is read by the model", call("broken"), text(re.compile("(?i)nan"), True)),
    (
        "bytes are an image",
        call("picture"),
        {"result": {"content": [{"type": "image", "data": "iVBORw==", "mimeType": "image/png"}]}},
    ),
    ("legs go on from their state", call("count", to=5), text("counted to 5")),
    ("a request is sent by the host", call("look", url="{upstream}"), text("200 a page")),
    (
        "a request that is not allowed names the operator",
        call("look", url="http://127.0.0.2:1/"),
        text(re.compile("may not ask http://127.0.0.2:1/: "), True),
    ),
    ("a setting is read", call("place"), text("Porto")),
    ("a question is none that this server asks", call("book"), {"error": {"code": -32603}}),
    ("an unknown tool is an error of the contract", call("none"), {"error": {"code": -32602}}),
    (
        "a resource is listed",
        ("resources/list", {}),
        {"result": {"resources": [{"uri": "tried://about", "name": "about", "description": "About it."}]}},
    ),
    (
        "a resource is read",
        ("resources/read", {"uri": "tried://about"}),
        {"result": {"contents": [{"text": "# About", "mimeType": "text/markdown"}]}},
    ),
    (
        "a resource that is not there is an error",
        ("resources/read", {"uri": "tried://none"}),
        {"error": {"code": -32002}},
    ),
    (
        "a prompt is listed",
        ("prompts/list", {}),
        {
            "result": {
                "prompts": [{"name": "plan", "arguments": [{"name": "city", "description": "Where", "required": True}]}]
            }
        },
    ),
    (
        "a prompt is filled in",
        ("prompts/get", {"name": "plan", "arguments": {"city": "Porto"}}),
        {"result": {"messages": [{"role": "user", "content": {"type": "text", "text": "Plan a day in Porto."}}]}},
    ),
    (
        "an argument that a prompt lacks is an error",
        ("prompts/get", {"name": "plan"}),
        {"error": {"code": -32602, "message": re.compile("`city` is missing")}},
    ),
]
OWN_CASES = {
    "python": [
        (
            "a socket is refused with the way to go",
            call("dial"),
            text(re.compile("no sockets: use `fetch` of wasmcp"), True),
        ),
        (
            "JSON that would exhaust the stack is an error",
            call("parse", depth=100_000),
            text(re.compile("100 levels"), True),
        ),
    ],
    "go": [],
}


def fits(answer, expected):
    if isinstance(expected, re.Pattern):
        return isinstance(answer, str) and expected.search(answer) is not None
    if isinstance(expected, dict):
        if isinstance(answer, list):
            answer = {item.get("name"): item for item in answer}
        return isinstance(answer, dict) and all(fits(answer.get(key), value) for key, value in expected.items())
    if isinstance(expected, list):
        return isinstance(answer, list) and len(answer) == len(expected) and all(map(fits, answer, expected))
    return answer == expected


class Results:
    passed = failed = 0

    def add(self, name, passed, said=""):
        self.passed, self.failed = self.passed + passed, self.failed + (not passed)
        print(f"{name} ... {'ok' if passed else 'FAILED'}{'' if passed else f': {said}'}", flush=True)


def run(*command, **options):
    print("$", *command, flush=True)
    return subprocess.run([str(part) for part in command], check=True, **options)


def unit(results, pattern, *command, **options):
    """Runs tests of a language, and counts them by what they print."""
    done = subprocess.run(
        [str(part) for part in command], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options
    )
    print(done.stdout)
    found = list(re.finditer(pattern, done.stdout, re.M))
    for test in found:
        results.add(test["name"], test["outcome"].lower() in ("ok", "pass"))
    results.add("the tests of the language ran", done.returncode == 0 and bool(found))


def readme(language):
    """The first program of the page of a language."""
    page = (HERE.parent / language / "README.md").read_text()
    return re.search(rf"^```{language}\n(.*?)^```$", page, re.M | re.S)[1]


def python(wasmcp, out, results):
    """Builds the wheel, installs it, and gives the folder of the project and its environment."""
    venv = out / ".venv"
    run(sys.executable, "-m", "venv", venv)
    pip = (venv / "bin" / "pip", "--quiet", "--disable-pip-version-check")
    run(*pip, "install", "--no-deps", "-r", ROOT / "templates" / "wasmcp-python" / "content" / "requirements.txt")
    run(*pip, "wheel", "--no-deps", "--wheel-dir", out / "dist", HERE.parent / "python")
    [wheel] = (out / "dist").glob("wasmcp-*.whl")
    run(*pip, "install", "--no-deps", wheel)
    bindings = (
        venv / "bin" / "componentize-py",
        "-d",
        ROOT / "wit",
        "-w",
        "full-provider-with-services",
        "bindings",
        out / "bindings",
    )
    run(*bindings)
    # The package is the installed one: the folder of the sources is on no path.
    unit(
        results,
        r"^(?P<name>test_\w+) .*\.\.\. (?P<outcome>\w+)$",
        venv / "bin" / "python",
        "-m",
        "unittest",
        "discover",
        "-v",
        "-s",
        HERE.parent / "python" / "tests",
        cwd=out,
        env={**os.environ, "PYTHONPATH": str(out / "bindings")},
    )
    (out / "readme").mkdir()
    (out / "readme" / "app.py").write_text(readme("python"))
    variables = {**os.environ, "PYTHONPATH": os.pathsep.join([str(out / "bindings"), str(out / "readme")])}
    said = subprocess.run([venv / "bin" / "python", "-c", GREET_ADA], env=variables, text=True, capture_output=True)
    results.add("the program of the page greets", "text='Hello, Ada!'" in said.stdout, said.stderr)
    # As in a shell where the environment is active: componentize-py looks for packages there.
    return {"VIRTUAL_ENV": str(venv), "PATH": f"{venv / 'bin'}{os.pathsep}{os.environ['PATH']}"}


def go(wasmcp, out, results):
    """Packs the module for a proxy of files, and writes the version into the project."""
    source = HERE.parent / "go"
    files = sorted(path for path in source.rglob("*") if path.is_file())
    digest = hashlib.sha256(b"".join(path.name.encode() + path.read_bytes() for path in files)).hexdigest()
    version = f"v0.1.0-t{digest[:12]}"  # A module of a version never changes for Go.
    proxy = out / "proxy" / MODULE / "@v"
    proxy.mkdir(parents=True)
    (proxy / "list").write_text(version + "\n")
    (proxy / f"{version}.info").write_text(json.dumps({"Version": version}))
    shutil.copy(source / "go.mod", proxy / f"{version}.mod")
    with zipfile.ZipFile(proxy / f"{version}.zip", "w") as packed:
        for path in files:
            packed.write(path, f"{MODULE}@{version}/{path.relative_to(source)}")
    settings = subprocess.run(["go", "env", "-json"], check=True, text=True, stdout=subprocess.PIPE).stdout
    set_to = json.loads(settings)
    environment = {
        "GOFLAGS": f"{set_to['GOFLAGS']} -mod=mod",
        "GOPROXY": f"file://{out / 'proxy'},{set_to['GOPROXY']}",
        "GONOSUMDB": f"{set_to['GONOSUMDB']},{MODULE}",
        "GOTOOLCHAIN": "local",
    }
    run("go", "vet", "./wasmcp/...", cwd=source)
    unit(results, r"^--- (?P<outcome>\w+): (?P<name>\w+)", "go", "test", "-v", "./...", cwd=source)
    module = out / "project" / "go.mod"
    module.write_text(module.read_text().replace("VERSION", version))
    check_bindings(wasmcp, out / "bindings", source, results)
    greeter = out / "readme"
    run(wasmcp, "new", "greeter", "--lang", "go", "--output", greeter, stdout=subprocess.DEVNULL)
    for path in ("go.mod", "go.sum", "export_wasmcp_mcp_provider/provider.go", "export_wasmcp_mcp_tools/tools.go"):
        (greeter / path).unlink()
    (greeter / "main.go").write_text(readme("go"))
    module = (
        f"module greeter\n\ngo 1.25\n\nrequire wit_component v0.0.0\n\nreplace wit_component => {MODULE} {version}\n"
    )
    (greeter / "go.mod").write_text(module)
    run(wasmcp, "build", greeter, env={**os.environ, **environment})
    with serving(wasmcp, greeter / "greeter.wasm") as url:
        answer = ask(url, *call("greet", name="Ada"))
        results.add(
            "the program of the page greets, and imports no service",
            fits(json.loads(answer), text("Hello, Ada!")),
            answer,
        )
    return environment


def check_bindings(wasmcp, folder, source, results):
    """The committed bindings are those that `wasmcp build` makes, which needs no more than to begin for that."""
    (folder / "wit").mkdir(parents=True)
    (folder / "wit" / "world.wit").write_text(FULL_WORLD)
    (folder / "wasmcp.toml").write_text('name = "bindings"\nlanguage = "go"\nworld = "bindings"\n')
    # The build itself fails: the folder is no project.
    subprocess.run([wasmcp, "build", "--no-check", folder], stderr=subprocess.DEVNULL, check=False)
    same = lambda name: all(
        (source / name / file).read_bytes() == (folder / name / file).read_bytes()
        for file in ("wit_bindings.go", "empty.s")
    )
    old = [name for name in BINDINGS if not same(f"wasmcp_mcp_{name}")]
    results.add("the bindings are those of the contract", not old, f"copy those of {', '.join(old)} from {folder}")


class Upstream(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"a page")

    def log_message(self, *_):
        pass


def ask(url, method, params):
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    headers = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=300) as response:
            return response.read().decode()
    except urllib.error.HTTPError as error:
        return error.read().decode()


@contextlib.contextmanager
def serving(wasmcp, component, *options):
    """Serves a component on a free port, and gives the URL."""
    server = subprocess.Popen(
        [wasmcp, "serve", component, "--addr", "127.0.0.1:0", *options], stdout=subprocess.PIPE, text=True
    )
    try:
        urls = (re.search(r'"url":"([^"]*)"', line) for line in server.stdout)
        yield next(found[1] for found in urls if found)
    finally:
        server.terminate()
        server.wait()


def converse(wasmcp, component, language, results):
    upstream = HTTPServer(("127.0.0.1", 0), Upstream)
    threading.Thread(target=upstream.serve_forever, daemon=True).start()
    host = f"127.0.0.1:{upstream.server_port}"
    with serving(wasmcp, component, "--set", "tried.place=Porto", "--egress", f"tried={host}") as url:
        for name, (method, params), expected in CASES + OWN_CASES[language]:
            params = json.loads(json.dumps(params).replace("{upstream}", f"http://{host}/"))
            answer = ask(url, method, params)
            results.add(name, fits(json.loads(answer), expected), answer)
        streamed = ask(url, "tools/call", {"name": "count", "arguments": {"to": 5}, "_meta": {"progressToken": "p"}})
        progress = [int(float(number)) for number in re.findall(r'"progress":([\d.]+)', streamed)]
        results.add(
            "progress is told as it is made", progress == [1, 2, 3, 4, 5] and "counted to 5" in streamed, streamed
        )
        drawn = {ask(url, *call("draw")) for _ in range(2)}
        results.add("random numbers are new at each call", len(drawn) == 2, drawn)
    upstream.shutdown()


def main():
    wasmcp, out, *languages = sys.argv[1:]
    wasmcp, out, results = Path(wasmcp).resolve(), Path(out).resolve(), Results()
    for language in languages:
        folder = out / language
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(HERE / language, folder / "project")
        environment = {"python": python, "go": go}[language](wasmcp, folder, results)
        run(wasmcp, "build", folder / "project", env={**os.environ, **environment})
        converse(wasmcp, folder / "project" / "tried.wasm", language, results)
    print(f"\ntest result: {'FAILED' if results.failed else 'ok'}. {results.passed} passed; {results.failed} failed")
    sys.exit(results.failed > 0)


if __name__ == "__main__":
    main()
