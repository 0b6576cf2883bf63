#!/usr/bin/env python3
"""Serves a component that was built on a packed helper, alone and in one file, and calls it over HTTP:
conversation.py WASMCP COMPONENT [TOOL...]. The helpers of Rust and TypeScript have a provider of the same tools, which must answer the same.
Each further TOOL must answer something else at each call."""
import http.server
import json
import subprocess
import sys
import tempfile
import threading
import urllib.request

wasmcp, component, *random_tools = sys.argv[1:]
results = []


def check(name, ok, found):
    results.append(bool(ok))
    if not ok:
        print(f"failed: {name}: {found}")


# Set when a client has got progress, while its call still runs.
progressed = threading.Event()


class Page(http.server.BaseHTTPRequestHandler):
    """What the tool `fetch` gets."""

    def do_GET(self):
        if self.path == "/wait":
            self.send_response(200 if progressed.wait(10) else 503)
        else:
            self.send_response(404 if self.path == "/none" else 200)
        self.end_headers()
        self.wfile.write("Grüße".encode())

    def log_message(self, *_):
        pass


class Server:
    """`wasmcp serve` on a free port."""

    prints = False

    def __init__(self, *arguments):
        self.log = tempfile.TemporaryFile("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [wasmcp, "serve", *arguments, "--addr", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=self.log, text=True
        )
        for line in self.process.stdout:
            if "mcpServers" in line:
                [entry] = json.loads(line)["mcpServers"].values()
                self.url = entry["url"]
                return
        raise SystemExit(f"wasmcp serve {' '.join(arguments)} ended: {self.process.wait()}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.log.seek(0)
        if self.prints:
            log = self.log.read()
            check("what is printed is in the log", 'printed: {"grüße":"🎉🎉' in log and "while the module loads" not in log, log)

    def ask(self, method, **params):
        """The messages that answer a request of 2026-07-28: notifications, then the answer."""
        params["_meta"] = {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
            "io.modelcontextprotocol/clientCapabilities": {"elicitation": {}},
            "progressToken": "p",
        }
        headers = {
            "content-type": "application/json",
            "accept": "application/json, text/event-stream",
            "mcp-protocol-version": "2026-07-28",
            "mcp-method": method,
        }
        if "name" in params or "uri" in params:
            headers["mcp-name"] = params.get("name") or params["uri"]
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        try:
            response = urllib.request.urlopen(urllib.request.Request(self.url, body, headers))
        except urllib.error.HTTPError as error:
            return [json.load(error)]
        with response:
            if "event-stream" not in response.headers["content-type"]:
                return [json.load(response)]
            messages = []
            for line in response:
                if line.startswith(b"data:") and line[5:].strip():
                    messages.append(json.loads(line[5:]))
                    if messages[-1].get("method") == "notifications/progress":
                        progressed.set()
            return messages

    def call(self, name, **arguments):
        """What a tool says, and whether that is an error."""
        answer = self.ask("tools/call", name=name, arguments=arguments)[-1]
        if "error" in answer:
            return answer["error"]["code"], answer["error"]["message"]
        return answer["result"]["content"][0].get("text"), answer["result"].get("isError", False)


def converse(shape, server, page):
    def says(name, text, is_error=False, **arguments):
        found = server.call(name, **arguments)
        check(f"{shape}: {name} {arguments}", found[1] == is_error and text in str(found[0]), found)

    def refuses(what, answer, text):
        check(f"{shape}: {what}", text in answer.get("error", {}).get("message", ""), answer)

    tools = {tool["name"]: tool for tool in server.ask("tools/list")[-1]["result"]["tools"]}
    schema = tools["add"]["inputSchema"]
    listed = {name: value["type"] for name, value in schema["properties"].items()}
    if "print" in tools:
        says("print", "done")
        server.prints = True
    check(f"{shape}: schema", listed == {"a": "number", "b": "number"} and schema["required"] == ["a", "b"], schema)
    check(f"{shape}: description", schema["properties"]["b"]["description"] == "The second number", schema)
    check(f"{shape}: output schema", tools["sum"]["outputSchema"]["properties"]["sum"]["type"] == "number", tools["sum"])
    check(f"{shape}: hint", tools["sum"]["annotations"]["readOnlyHint"] is True, tools["sum"])

    says("add", "3.5", a=1.5, b=2)
    says("add", "`b`", True, a=1)
    says("add", "`b`", True, a=1, b="two")
    says("add", "`c` is not an argument", True, a=1, b=2, c=3)
    answer = server.ask("tools/call", name="sum", arguments={"a": 1, "b": 2})[-1]["result"]
    check(f"{shape}: structured", answer["structuredContent"] == {"sum": 3}, answer)
    [image] = server.ask("tools/call", name="pixel", arguments={})[-1]["result"]["content"]
    check(f"{shape}: image", (image["data"], image["mimeType"]) == ("AP8=", "image/png"), image)
    answer = server.ask("tools/call", name="secret", arguments={})[-1]
    refuses("an error of the contract", answer, "not you")
    check(f"{shape}: unknown tool", "error" in server.ask("tools/call", name="none", arguments={})[-1], None)

    messages = server.ask("tools/call", name="count", arguments={"to": 3})
    steps = [message["params"]["progress"] for message in messages if message.get("method") == "notifications/progress"]
    check(f"{shape}: progress", steps == [1, 2, 3], messages)
    check(f"{shape}: steps", messages[-1]["result"]["content"][0]["text"] == "counted to 3", messages)
    # No server asks its clients yet: this is what the server says of a question.
    answer = server.ask("tools/call", name="book", arguments={})[-1]
    check(f"{shape}: question", answer.get("error", {}).get("code") == -32603, answer)

    if page:
        says("fetch", "200 Grüße", url=f"{page}/")
        progressed.clear()
        says("fetch", "200 ", url=f"{page}/wait")
        says("fetch", "404 ", url=f"{page}/none")
        says("fetch", "--egress", True, url="http://example.invalid/?secret")
        says("unit", "metric")

    [contents] = server.ask("resources/read", uri="helped://motto")[-1]["result"]["contents"]
    check(f"{shape}: resource", contents["text"] == "Errors are values.", contents)
    [contents] = server.ask("resources/read", uri="helped://double/21")[-1]["result"]["contents"]
    check(f"{shape}: template", contents["text"] == "42", contents)
    check(f"{shape}: no resource", "error" in server.ask("resources/read", uri="helped://double/x")[-1], None)
    [prompt] = server.ask("prompts/list")[-1]["result"]["prompts"]
    listed = [(argument["name"], argument["required"]) for argument in prompt["arguments"]]
    check(f"{shape}: prompts", listed == [("name", True)], prompt)
    answer = server.ask("prompts/get", name="greet", arguments={"name": "Ada"})[-1]["result"]
    check(f"{shape}: prompt", answer["messages"][0]["content"]["text"] == "Greet Ada.", answer)
    check(f"{shape}: a missing argument", server.ask("prompts/get", name="greet")[-1]["error"]["code"] == -32602, None)

    for name in random_tools:
        found = {server.call(name)[0] for _ in range(3)}
        check(f"{shape}: {name}", len(found) == 3 and None not in found, found)


pages = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
threading.Thread(target=pages.serve_forever, daemon=True).start()
page = f"http://127.0.0.1:{pages.server_port}"
with Server(component, "--egress", f"helped={page.removeprefix('http://')}", "--set", "helped.unit=metric") as server:
    converse("alone", server, page)

composed = component.removesuffix(".wasm") + "-server.wasm"
subprocess.run([wasmcp, "compose", component, "-o", composed], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
with Server(composed) as server:
    converse("in one file", server, None)

failed = results.count(False)
print(f"test result: {'FAILED' if failed else 'ok'}. {len(results) - failed} passed; {failed} failed;")
sys.exit(failed > 0)
