"""The official Python client: lists the tools and calls three, or lists, reads, gets and completes everything else, and prints what it got.

python client.py URL legacy|auto|2026-07-28 tools|reads
"""

import asyncio
import sys

from mcp import Client, MCPError
from mcp.types import PromptReference, ResourceTemplateReference

CALLS = [
    ("echo", {"message": "grüß dich 🌍"}),
    ("add", {"a": 2, "b": 3}),
    ("get_weather", {"location": "Berlin"}),
]


async def pages(list_page, items: str) -> list:
    """The items of all pages."""
    page = await list_page()
    found = list(getattr(page, items))
    while page.next_cursor is not None:
        page = await list_page(cursor=page.next_cursor)
        found += getattr(page, items)
    return found


async def call_tools(client: Client) -> None:
    print("tools:", " ".join(tool.name for tool in await pages(client.list_tools, "tools")))
    for name, arguments in CALLS:
        result = await client.call_tool(name, arguments)
        print(f"{name}: {'failed: ' if result.is_error else ''}{result.content[0].text}")


async def read_everything(client: Client) -> None:
    resources = await pages(client.list_resources, "resources")
    print("resources:", " ".join(str(resource.uri) for resource in resources))
    templates = await pages(client.list_resource_templates, "resource_templates")
    print("templates:", " ".join(template.uri_template for template in templates))
    print("prompts:", " ".join(prompt.name for prompt in await pages(client.list_prompts, "prompts")))

    async def read(uri: str):
        return (await client.read_resource(uri)).contents[0]

    print("text:", (await read("test:///text")).text)
    print("bytes:", (await read("test:///binary")).blob)
    print("of a template:", (await read("test:///greetings/Ada")).text)
    try:
        await read("test:///nothing")
    except MCPError as error:
        print("missing:", error.code)

    prompt = await client.get_prompt("greet", {"name": "Ada", "style": "formal"})
    print("prompt:", prompt.messages[0].content.text)
    of_prompt = PromptReference(type="ref/prompt", name="greet")
    found = await client.complete(of_prompt, {"name": "name", "value": "Dr. A"}, {"style": "formal"})
    print("completion of a prompt:", ", ".join(found.completion.values))
    of_template = ResourceTemplateReference(type="ref/resource", uri="test:///greetings/{name}")
    found = await client.complete(of_template, {"name": "name", "value": "G"})
    print("completion of a template:", ", ".join(found.completion.values))


async def main(url: str, mode: str, task: str) -> None:
    async with Client(url, mode=mode) as client:
        print(f"version: {client.protocol_version}")
        await {"tools": call_tools, "reads": read_everything}[task](client)


sys.stdout.reconfigure(encoding="utf-8")
asyncio.run(main(*sys.argv[1:]))
