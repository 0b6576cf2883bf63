"""A peer of `make bench-languages`: the official Python SDK, without a session and with JSON answers. Its tool is the `echo` of the examples."""

import sys

import uvicorn
from mcp.server import MCPServer

server = MCPServer("weather", title="Weather", version="1.0.0", log_level="WARNING")


@server.tool(title="Echo", structured_output=False)
async def echo(message: str) -> str:
    """Says the message back."""
    return message


app = server.streamable_http_app(json_response=True, stateless_http=True)
host, port = sys.argv[1].split(":")
# One worker, and no line for each request.
uvicorn.run(app, host=host, port=int(port), loop="uvloop", http="httptools", log_level="warning", access_log=False)
