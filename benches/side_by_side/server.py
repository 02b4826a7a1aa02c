"""The same server with the official Python SDK, written in the same hour: over stdio, or over HTTP
where it is told an address."""

import os

import httpx2 as httpx
from mcp.server import MCPServer
from pydantic import BaseModel

url = os.environ["WOLKVOX_SERVER"] + "/server/API/v2/collections/queryGestion.php"
headers = {"Wolkvox-Token": os.environ["WOLKVOX_TOKEN"]}
client = httpx.AsyncClient(headers=headers, timeout=60, trust_env=False)
server = MCPServer("python")


class Answer(BaseModel):
    total: int
    records: list[dict]


@server.tool()
async def query_obligation(operation: str, field: str, value: str) -> Answer:
    """Finds the contacts logged with a customer"""
    reply = await client.post(url, json={"operation": operation, "field": field, "value": value})
    reply.raise_for_status()
    records = reply.json().get("data", [])
    return Answer(total=len(records), records=records)


if "WOLKVOX_LISTEN" in os.environ:
    host, port = os.environ["WOLKVOX_LISTEN"].split(":")
    server.run(transport="streamable-http", host=host, port=int(port))
else:
    server.run()
