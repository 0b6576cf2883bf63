#!/usr/bin/env python3
"""The providers of docs/providers.md and README.md, built by the commands of these pages, served and called.

    providers.py OUT [LANGUAGE...]

Takes the pinned tools from $WASMCP_TOOLS, as check.sh does, and the programs `wasmcp` and `go-component` from target/release. Writes to
the folder OUT. The sources are in providers/; pages.py checks that the pages have the same. What README.md builds is written by `wasmcp new`.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PROGRAMS = ROOT / "target" / "release"
# What a reader does once, and what is pinned here. `serve` ends the commands.
INSTALLS = ("export ", "pip install ", "rustup ", "cargo install ", "curl ")


def commands(page, heading):
    """The indented lines below a heading, up to the next heading of the same level or a higher one."""
    level = heading.split()[0]
    lines = iter((ROOT / page).read_text().splitlines())
    found = []
    for line in lines:
        if line == heading:
            break
    else:
        raise AssertionError(f"{page} has no `{heading}`")
    fenced = False
    for line in lines:
        fenced ^= line.startswith("```")
        if not fenced and re.match(rf"#{{1,{len(level)}}} ", line):
            break
        if not fenced and line.startswith("    ") and not line.startswith("     "):
            found.append(line.strip())
    return found


def check_versions(lines):
    """A page installs what is pinned here."""
    pinned = {**json.loads((HERE / "package.json").read_text())["devDependencies"]}
    pinned.update(line.split("==") for line in (HERE / "requirements.txt").read_text().split() if "==" in line)
    for name, version in re.findall(r"([\w.-]+)(?:==|@)(\d[\w.]*)", "\n".join(lines)):
        assert pinned.get(name, version) == version, f"the page installs {name} {version}, pinned is {pinned[name]}"


def environment(out):
    """Where the commands of a page find the tools."""
    tools = Path(os.environ["WASMCP_TOOLS"])
    shims = out / "bin"
    shims.mkdir(parents=True, exist_ok=True)
    for name in ("wit-bindgen", "wasm-tools"):
        link = shims / name
        link.unlink(missing_ok=True)
        link.symlink_to(PROGRAMS / "go-component")
    path = [shims, PROGRAMS, tools / "python" / "bin", tools / "node_modules" / ".bin", os.environ["PATH"]]
    variables = {name: value for name, value in os.environ.items() if name != "CARGO_TARGET_DIR"}
    return {**variables, "WASMCP": str(ROOT), "PATH": os.pathsep.join(map(str, path)), "GOTOOLCHAIN": "local"}


def write_files(folder, language):
    """What a reader has written before the commands of a page."""
    shutil.rmtree(folder / "wit", ignore_errors=True)
    shutil.copytree(HERE / "providers" / language, folder, dirs_exist_ok=True)
    (folder / "wit").mkdir()
    shutil.copy(HERE / "providers" / "world.wit", folder / "wit")
    modules = folder / "node_modules"
    if not modules.exists():
        modules.symlink_to(Path(os.environ["WASMCP_TOOLS"]) / "node_modules")
    if language == "rust":
        # The folder is inside the clone, whose workspace it is no member of.
        with (folder / "Cargo.toml").open("a") as manifest:
            manifest.write("\n[workspace]\n")
    if language == "go":
        shutil.copy(HERE / "go.sum", folder)


def build(out, language, lines):
    """Runs the commands of a page. Gives the command that serves, and what it serves."""
    folder = out / language
    if language == "hello":
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    else:
        write_files(folder, language)
    for line in lines:
        serve = re.search(r"wasmcp (serve|dev) (\S+)", line)
        if serve:
            return serve[1], folder / serve[2]
        if not line.startswith(INSTALLS):
            print(f"  {line}", flush=True)
            subprocess.run(["bash", "-ec", line], cwd=folder, env=environment(out), check=True)
    raise AssertionError("the commands do not serve what they build")


class Page(BaseHTTPRequestHandler):
    """What the providers fetch."""

    def do_GET(self):
        body = b"hello"
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server:
    """`wasmcp serve` or `wasmcp dev` on a free port, until it is left."""

    def __init__(self, out, served, *flags):
        command = [PROGRAMS / "wasmcp", *served, "--addr", "127.0.0.1:0", "--cache-dir", out / "cache", *flags]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def __enter__(self):
        said = []
        for line in self.process.stdout:
            said.append(line)
            if line.startswith('{"mcpServers"'):
                self.url = json.loads(line)["mcpServers"]["wasmcp"]["url"]
                # What it says later must not fill the pipe.
                threading.Thread(target=self.process.stdout.read, daemon=True).start()
                return self
        raise AssertionError("".join(said))

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def request(self, method, params):
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        request = urllib.request.Request(self.url, body, {"content-type": "application/json"})
        with urllib.request.urlopen(request) as response:
            return json.load(response)

    def call(self, tool, arguments):
        """What the model reads, and whether it is an error."""
        result = self.request("tools/call", {"name": tool, "arguments": arguments})["result"]
        return result["content"][0]["text"], result.get("isError", False)


def equal(found, expected):
    assert found == expected, f"{found}, not {expected}"


def links(out, served, page):
    """Calls a provider of docs/providers.md."""
    url = f"http://{page}/"
    with Server(out, served, "--egress", f"links={page}") as server:
        [tool] = server.request("tools/list", {})["result"]["tools"]
        equal((tool["name"], tool["inputSchema"]["required"]), ("check_link", ["url"]))
        equal(server.call("check_link", {"url": url}), (f"{url} answers 200, 5 bytes", False))
        for arguments in ({}, {"url": 1}, {"url": "http://denied.example/"}, {"url": "no url"}):
            text, is_error = server.call("check_link", arguments)
            assert is_error and text, f"{arguments}: {text}"
        equal(server.request("tools/call", {"name": "other", "arguments": {}})["error"]["code"], -32602)
        equal(server.request("tools/list", {"cursor": "x"})["error"]["code"], -32602)


def hello(out, served, _page):
    """Calls the provider of README.md."""
    with Server(out, served) as server:
        equal(server.call("greet", {"name": "Ada"}), ("Hello, Ada!", False))
        equal(server.call("greet", {}), ("TypeError: `name` must be a string", True))


PROVIDERS = {
    "hello": ("README.md", "## Your first tool", hello),
    "javascript": ("docs/providers.md", "## JavaScript", links),
    "go": ("docs/providers.md", "## Go", links),
    "rust": ("docs/providers.md", "## Rust", links),
    "python": ("docs/providers.md", "## Python", links),
}


def main(out, *languages):
    out = Path(out).resolve()
    upstream = HTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=upstream.serve_forever, daemon=True).start()
    page = "127.0.0.1:%d" % upstream.server_port
    failed = []
    chosen = languages or PROVIDERS
    for language in chosen:
        print(f"provider {language}", flush=True)
        file, heading, check = PROVIDERS[language]
        try:
            lines = commands(file, heading)
            check_versions(lines)
            if check is links:
                lines = commands(file, "## Before you start") + lines
            check(out, build(out, language, lines), page)
        except (AssertionError, KeyError, OSError, ValueError, subprocess.CalledProcessError) as error:
            print(f"provider {language}: {type(error).__name__}: {error}", flush=True)
            failed.append(language)
    print(f"test result: {'FAILED' if failed else 'ok'}. {len(chosen) - len(failed)} passed; {len(failed)} failed")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
