"""Asks the server through the official Python client, in both eras of the protocol.

Usage: ask.py PROGRAM [ARGUMENT...]
"""

import sys

import anyio
import jsonschema
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters


async def ask(mode: str) -> None:
    server = StdioServerParameters(command=sys.argv[1], args=sys.argv[2:])
    async with Client(server, mode=mode) as client:
        tools = (await client.list_tools()).tools
        tool = next(tool for tool in tools if tool.name == "query_obligation")
        jsonschema.Draft202012Validator.check_schema(tool.input_schema)
        jsonschema.Draft202012Validator.check_schema(tool.output_schema)
        for value, outcome in [("900000001", "found"), ("no such customer", "none")]:
            arguments = {"field": "id_customer", "value": value, "limit": 3}
            jsonschema.validate(arguments, tool.input_schema)
            result = await client.call_tool(tool.name, arguments)
            answer = result.structured_content
            assert not result.is_error, result
            assert answer["outcome"] == outcome, answer
            jsonschema.validate(answer, tool.output_schema)
        failed = await client.call_tool(tool.name, {"field": "sandbox_fault", "value": "token"})
        assert failed.is_error, failed
        assert failed.content[0].text.startswith("token_rejected: "), failed
    print(f"the official Python client is served: {mode}")


for mode in ("legacy", "auto", "2026-07-28"):
    anyio.run(ask, mode)
