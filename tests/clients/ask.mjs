// Asks the server through the official TypeScript client, in both eras of the protocol. The
// client checks every answer against the tool's output schema by itself.
//
// Usage: node ask.mjs PROGRAM [ARGUMENT...], or node ask.mjs URL

import assert from "node:assert/strict";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

const [command, ...args] = process.argv.slice(2);
const transport = () =>
  command.startsWith("http")
    ? new StreamableHTTPClientTransport(new URL(command))
    : new StdioClientTransport({ command, args, stderr: "ignore" });

for (const mode of ["legacy", "auto"]) {
  const client = new Client({ name: "test", version: "1" }, { versionNegotiation: { mode } });
  await client.connect(transport());
  const { tools } = await client.listTools();
  assert.ok(tools.some((tool) => tool.name === "query_obligation"));
  const ask = (field, value) =>
    client.callTool({ name: "query_obligation", arguments: { field, value, limit: 3 } });
  const found = await ask("id_customer", "900000001");
  assert.equal(found.structuredContent.outcome, "found");
  assert.deepEqual(JSON.parse(found.content[0].text), found.structuredContent);
  const none = await ask("id_customer", "no such customer");
  assert.equal(none.structuredContent.outcome, "none");
  const { common } = (await ask("id_customer", "900000005")).structuredContent;
  const balance = await client.callTool({
    name: "get_obligation",
    arguments: { obligation: common.obligation, record_id: common.wolkvox_idRecord },
  });
  assert.equal(balance.structuredContent.obligations[0].total_balance, "870000");
  const { prompts } = await client.listPrompts();
  const names = ["customer_briefing", "obligation_status", "contacts_so_far"];
  assert.deepEqual(prompts.map((prompt) => prompt.name), names);
  const prompt = await client.getPrompt({
    name: "customer_briefing",
    arguments: { document: "900000005", language: "en" },
  });
  assert.match(prompt.messages[0].content.text, /900000005/);
  const failed = await ask("sandbox_fault", "token");
  assert.ok(failed.isError);
  assert.match(failed.content[0].text, /^token_rejected: /);
  await client.close();
  console.log(`the official TypeScript client is served: ${mode}`);
}
