"""The official Python client of a protected server: it is refused, finds the authorization server, lets a person log in, and calls `add`; then a tool
for which its token has too few scopes, `multiply`, for which it logs in once more.

python oauth.py URL legacy|auto|2026-07-28 dynamic|documents|registered
"""

import asyncio
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from mcp import Client
from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client
from mcp.shared.auth import OAuthClientInformationFull, OAuthClientMetadata, OAuthToken

BROWSER = Path(__file__).parent.parent / "oidc" / "browser.mjs"
DOCUMENT = "https://client.example.com/oauth/client.json"


class Storage:
    """What a client keeps between its starts."""

    def __init__(self, client: OAuthClientInformationFull | None) -> None:
        self.client = client
        self.tokens: OAuthToken | None = None

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens
        print("granted:", tokens.scope)

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.client = client_info


class Page:
    """The page of this client to which the authorization server sends the browser back."""

    def __init__(self) -> None:
        self.arrived: asyncio.Queue[str] = asyncio.Queue()

    async def listen(self) -> str:
        self.server = await asyncio.start_server(self.answer, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}/callback"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.arrived.put_nowait(head.split(b" ")[1].decode())
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    async def open(self, address: str) -> None:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        print(f"authorization: scope {asked.get('scope')}, resource {asked.get('resource')}, {asked.get('code_challenge_method')}")
        browser = await asyncio.create_subprocess_exec("node", str(BROWSER), address)
        if await browser.wait() != 0:
            raise RuntimeError("the browser failed")

    async def result(self) -> AuthorizationCodeResult:
        query = parse_qs(urlsplit(await self.arrived.get()).query)
        first = {name: values[0] for name, values in query.items()}
        return AuthorizationCodeResult(code=first["code"], state=first.get("state"), iss=first.get("iss"))


async def main(url: str, mode: str, registration: str) -> None:
    page = Page()
    redirect = await page.listen()
    registered = OAuthClientInformationFull(client_id="desktop", redirect_uris=[redirect], token_endpoint_auth_method="none")
    provider = OAuthClientProvider(
        server_url=url,
        client_metadata=OAuthClientMetadata(
            client_name="wasmcp-test", redirect_uris=[redirect], token_endpoint_auth_method="none"
        ),
        storage=Storage(registered if registration == "registered" else None),
        redirect_handler=page.open,
        callback_handler=page.result,
        client_metadata_url=DOCUMENT if registration == "documents" else None,
    )
    async with create_mcp_http_client(auth=provider) as http:
        async with Client(streamable_http_client(url, http_client=http), mode=mode) as client:
            print(f"version: {client.protocol_version}")
            for name, arguments in [("add", {"a": 2, "b": 3}), ("multiply", {"a": 2, "b": 3})]:
                result = await client.call_tool(name, arguments)
                print(f"{name}: {'failed: ' if result.is_error else ''}{result.content[0].text}")


sys.stdout.reconfigure(encoding="utf-8")
asyncio.run(main(*sys.argv[1:]))
