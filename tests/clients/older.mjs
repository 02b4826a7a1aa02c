// Asks the team's server through clients of the older era: the TypeScript SDK 1.x over HTTP,
// mcp-remote, and our own way for clients that only start programs.
//
// Usage: node older.mjs URL PROGRAM, where the server keeps no answers

import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const [url, program] = process.argv.slice(2);
const remote = fileURLToPath(new URL("node_modules/mcp-remote/dist/proxy.js", import.meta.url));
const home = mkdtempSync(join(tmpdir(), "mcp-remote-"));
const started = (command, args) =>
  new StdioClientTransport({
    command,
    args,
    env: { ...process.env, MCP_REMOTE_CONFIG_DIR: home, NO_PROXY: "127.0.0.1" },
    stderr: "ignore",
  });
const ways = {
  "SDK 1.x over HTTP": () => new StreamableHTTPClientTransport(new URL(url)),
  "mcp-remote": () => started(process.execPath, [remote, url, "--transport", "http-only"]),
  connect: () => started(program, ["connect", url]),
};

for (const [way, transport] of Object.entries(ways)) {
  const client = new Client({ name: "test", version: "1" });
  await client.connect(transport());
  const { tools } = await client.listTools();
  assert.equal(tools.length, 2);
  const ask = (value, options, field = "id_customer") =>
    client.callTool(
      { name: "query_obligation", arguments: { field, value, limit: 3 } },
      undefined,
      options,
    );
  const found = await ask("900000001");
  assert.equal(found.structuredContent.outcome, "found");

  const heard = [];
  await ask("slow", { onprogress: ({ progress }) => heard.push(progress) }, "sandbox_fault");
  assert.ok(heard.length > 0, "progress is heard");
  assert.deepEqual(heard, [...new Set(heard)].sort((one, other) => one - other), "and rises");

  // All places of a person are taken: the next call would be refused, or wait for three seconds.
  const abort = new AbortController();
  const slow = Array.from({ length: 8 }, () =>
    assert.rejects(ask("slow", { signal: abort.signal }, "sandbox_fault")),
  );
  await sleep(700);
  abort.abort();
  await Promise.all(slow);
  const began = Date.now();
  const next = await ask("900000002");
  assert.ok(!next.isError);
  const took = Date.now() - began;
  assert.ok(took < 2000, `a call after the aborted ones took ${took} ms`);
  await client.close();
  console.log(`an older client is served: ${way}`);
}
