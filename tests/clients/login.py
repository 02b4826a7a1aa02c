"""Logs in at an identity provider with the official Python client, and asks the server.

Usage: login.py URL ISSUER
"""

import sys

import anyio
import httpx2
from mcp.client.auth.extensions.client_credentials import ClientCredentialsOAuthProvider
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client

URL, ISSUER = sys.argv[1:]


class Memory:
    """Keeps what the client would write to a file."""

    tokens = None
    client_info = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client_info

    async def set_client_info(self, client_info):
        self.client_info = client_info


async def ask(mode: str) -> None:
    memory = Memory()
    login = ClientCredentialsOAuthProvider(
        server_url=URL,
        storage=memory,
        client_id="agente",
        client_secret="secreto-ficticio",
        issuer=ISSUER,
    )
    async with httpx2.AsyncClient(auth=login) as http:
        async with Client(streamable_http_client(URL, http_client=http), mode=mode) as client:
            tools = (await client.list_tools()).tools
            assert tools, tools
            arguments = {"field": "id_customer", "value": "900000001", "limit": 1}
            answer = await client.call_tool("query_obligation", arguments)
            assert answer.structured_content["total"] == 37, answer
    assert memory.tokens.scope == "wolkvox.read", memory.tokens.scope
    print(f"logged in and served: {mode}")


for mode in ("legacy", "auto"):
    anyio.run(ask, mode)
