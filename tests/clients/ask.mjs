// Asks the server through the official TypeScript client, in both eras of the protocol. The
// client checks every answer against the tool's output schema by itself.
//
// Usage: node ask.mjs PROGRAM [ARGUMENT...]

import assert from "node:assert/strict";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

const [command, ...args] = process.argv.slice(2);

for (const mode of ["legacy", "auto"]) {
  const client = new Client({ name: "test", version: "1" }, { versionNegotiation: { mode } });
  await client.connect(new StdioClientTransport({ command, args, stderr: "ignore" }));
  const { tools } = await client.listTools();
  assert.ok(tools.some((tool) => tool.name === "query_obligation"));
  const ask = (field, value) =>
    client.callTool({ name: "query_obligation", arguments: { field, value, limit: 3 } });
  const found = await ask("id_customer", "900000001");
  assert.equal(found.structuredContent.outcome, "found");
  assert.deepEqual(JSON.parse(found.content[0].text), found.structuredContent);
  const none = await ask("id_customer", "no such customer");
  assert.equal(none.structuredContent.outcome, "none");
  const failed = await ask("sandbox_fault", "token");
  assert.ok(failed.isError);
  assert.match(failed.content[0].text, /^token_rejected: /);
  await client.close();
  console.log(`the official TypeScript client is served: ${mode}`);
}
