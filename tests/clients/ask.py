"""Asks the server through the official Python client, in both eras of the protocol.

Usage: ask.py PROGRAM [ARGUMENT...], or ask.py URL
"""

import sys

import anyio
import jsonschema
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters


async def ask(mode: str) -> None:
    server = sys.argv[1]
    if not server.startswith("http"):
        server = StdioServerParameters(command=server, args=sys.argv[2:])
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
        case = await client.call_tool(
            tool.name, {"field": "id_customer", "value": "900000005"}
        )
        common = case.structured_content["common"]
        balance = await client.call_tool(
            "get_obligation",
            {"obligation": common["obligation"], "record_id": common["wolkvox_idRecord"]},
        )
        assert balance.structured_content["obligations"][0]["total_balance"] == "870000", balance
        prompts = (await client.list_prompts()).prompts
        names = [prompt.name for prompt in prompts]
        assert names == ["customer_briefing", "obligation_status", "contacts_so_far"], names
        prompt = await client.get_prompt("customer_briefing", {"document": "900000005"})
        assert "900000005" in prompt.messages[0].content.text, prompt
        failed = await client.call_tool(tool.name, {"field": "sandbox_fault", "value": "token"})
        assert failed.is_error, failed
        assert failed.content[0].text.startswith("token_rejected: "), failed
    print(f"the official Python client is served: {mode}")


for mode in ("legacy", "auto", "2026-07-28"):
    anyio.run(ask, mode)
