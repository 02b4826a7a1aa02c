// The program under test, spoken to over standard input and output.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** Starts the program on its sandbox and opens a connection. */
export async function start(path, settings = {}) {
  const child = spawn(path, ["--sandbox"], {
    env: { WOLKVOX_LOG: "off", ...settings },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let sent = 0;
  // One question at a time: answers come in another order otherwise.
  let before = Promise.resolve();
  const request = (method, params = {}) => {
    const answer = before.then(async () => {
      child.stdin.write(JSON.stringify({ jsonrpc: "2.0", id: ++sent, method, params }) + "\n");
      const { result, error } = JSON.parse((await lines.next()).value);
      if (error) throw new Error(`${method}: ${error.message}`);
      return result;
    });
    before = answer.catch(() => {});
    return answer;
  };
  await request("initialize", {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "card", version: "1" },
  });
  const call = (name, args) => request("tools/call", { name, arguments: args });
  return { request, call, stop: () => child.stdin.end() };
}

/** Reads the page that a tool's list entry leads to. */
export async function page(program) {
  const { tools } = await program.request("tools/list");
  const [uri] = new Set(tools.map((tool) => tool._meta?.ui?.resourceUri));
  const { contents } = await program.request("resources/read", { uri });
  return contents[0].text;
}
