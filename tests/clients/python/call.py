"""The official Python client: lists the tools, calls three, and prints what it got.

python call.py URL legacy|auto|2026-07-28
"""

import asyncio
import sys

from mcp import Client

CALLS = [
    ("echo", {"message": "grüß dich 🌍"}),
    ("add", {"a": 2, "b": 3}),
    ("get_weather", {"location": "Berlin"}),
]


async def main(url: str, mode: str) -> None:
    async with Client(url, mode=mode) as client:
        print(f"version: {client.protocol_version}")
        tools = (await client.list_tools()).tools
        print("tools:", " ".join(tool.name for tool in tools))
        for name, arguments in CALLS:
            result = await client.call_tool(name, arguments)
            print(f"{name}: {'failed: ' if result.is_error else ''}{result.content[0].text}")


sys.stdout.reconfigure(encoding="utf-8")
asyncio.run(main(*sys.argv[1:]))
