// The same server over HTTP with the official TypeScript SDK, as its guide has it.

import { createMcpExpressApp } from "@modelcontextprotocol/express";
import { NodeStreamableHTTPServerTransport } from "@modelcontextprotocol/node";
import { McpServer } from "@modelcontextprotocol/server";
import * as z from "zod";

const url = `${process.env.WOLKVOX_SERVER}/server/API/v2/collections/queryGestion.php`;
const headers = { "Wolkvox-Token": process.env.WOLKVOX_TOKEN, "Content-Type": "application/json" };
const [host, port] = process.env.WOLKVOX_LISTEN.split(":");

function build() {
  const server = new McpServer({ name: "typescript", version: "1" });
  const settings = {
    description: "Finds the contacts logged with a customer",
    inputSchema: z.object({ operation: z.string(), field: z.string(), value: z.string() }),
    outputSchema: z.object({ total: z.number(), records: z.array(z.record(z.string(), z.any())) }),
  };
  server.registerTool("query_obligation", settings, async (asked) => {
    const reply = await fetch(url, { method: "POST", headers, body: JSON.stringify(asked) });
    if (!reply.ok) throw new Error(`status ${reply.status}`);
    const { data = [] } = await reply.json();
    const answer = { total: data.length, records: data };
    const content = [{ type: "text", text: JSON.stringify(answer) }];
    return { content, structuredContent: answer };
  });
  return server;
}

const app = createMcpExpressApp();
app.post("/mcp", async (request, response) => {
  const transport = new NodeStreamableHTTPServerTransport({ sessionIdGenerator: undefined });
  await build().connect(transport);
  await transport.handleRequest(request, response, request.body);
});
app.listen(Number(port), host);
