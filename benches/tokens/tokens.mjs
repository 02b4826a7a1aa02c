// Measures what an assistant pays: tokens of the tool list, and of answers beside the raw replies
// they were made of, with the o200k_base tokenizer. Prints a Markdown table.
//
//   cargo build --release && cd benches/tokens && npm install && node tokens.mjs
//
// With --check it fails when a figure is over its budget.

import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { Tiktoken } from "js-tiktoken/lite";
import o200k_base from "js-tiktoken/ranks/o200k_base";

const PROGRAM = process.env.WOLKVOX_MCP ?? "../../target/release/wolkvox-mcp";
const tokenizer = new Tiktoken(o200k_base);
const tokens = (text) => tokenizer.encode(text, [], []).length;

const OUTCOMES = [
  ["PROMESA_FICTICIA", "Promesa de pago (ficticia)"],
  ["NO_CONTESTA", "No contesta"],
  ["MENSAJE_TERCERO", "Mensaje con tercero"],
  ["CONTACTO_TITULAR", "Contacto con titular"],
];
const CHANNELS = ["outbound_ma", "out_pre", "inbound", "chat-whatsapp"];
const id = (number) => String(number).padStart(24, "6701f3a09b");

// One gestión of one customer: all 28 fields, 5 or 6 of them blank (20%).
function gestion(n) {
  const [code, description] = OUTCOMES[n % OUTCOMES.length];
  const day = new Date(Date.UTC(2026, 10, 20, 15, 15) - n * 3 * 86_400_000 - n * 1_234_567);
  const agent = 1001 + (n % 4);
  return {
    tipifycation_code: code,
    tipifycation_desc: description,
    module: "collections",
    id_customer: "900000001",
    customer_id: "",
    wolkvox_idRecord: id(170001),
    wolkvox_idCall: id(880000 + n),
    client_name: "Cliente",
    client_lastname: "Ficticio De Prueba",
    client_type_document: "CC",
    client_telephone: "3000000001",
    agent_name: `Agente Prueba ${agent - 1000}`,
    agent_id: String(agent),
    type_interaction: CHANNELS[n % CHANNELS.length],
    time: `00:0${n % 10}:${String((n * 17) % 60).padStart(2, "0")}`,
    date: day.toISOString().slice(0, 19).replace("T", " "),
    campaign_id: n % 2 ? "" : "99001",
    tipification_code: code,
    tipification_description: description,
    wolkvox_idCustomer: "",
    wolkvox_phoneCall: "93000000001",
    wolkvox_CrmPhoneCall: "",
    obligation: `FICTICIA-00${1 + (n % 3)}`,
    wolkvox_usuario_creacion: `agent_${agent}@testmodule`,
    wolkvox_origen: "",
    wolkvox_ip_address: n % 2 ? "192.0.2.10" : "",
    // The case file's owner, the same in all of its gestiones.
    wolkvox_owner: {
      user: "agent_1001@testmodule",
      nombre: "Agente Prueba 1",
      id: "1000000000001001",
      email: "agente1001@example.com",
    },
    wolkvox_id: id(990000 + n),
  };
}

const raw = (count) =>
  JSON.stringify({
    code: "200",
    error: "null",
    msg: `${count} records were are found`,
    data: Array.from({ length: count }, (_, n) => gestion(n)),
  });

const stub = createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => (body += chunk));
  request.on("end", () => {
    response.setHeader("Content-Type", "application/json");
    response.end(raw(Number(JSON.parse(body).value)));
  });
});
await new Promise((ready) => stub.listen(0, "127.0.0.1", ready));

const program = spawn(PROGRAM, [], {
  env: {
    WOLKVOX_SERVER: `http://127.0.0.1:${stub.address().port}`,
    WOLKVOX_TOKEN: "ficticio-0001",
    WOLKVOX_LOG: "off",
  },
  stdio: ["pipe", "pipe", "inherit"],
});
const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
let sent = 0;
async function request(method, params) {
  program.stdin.write(JSON.stringify({ jsonrpc: "2.0", id: ++sent, method, params }) + "\n");
  const { result, error } = JSON.parse((await lines.next()).value);
  if (error) throw new Error(error.message);
  return result;
}
await request("initialize", {
  protocolVersion: "2025-11-25",
  capabilities: {},
  clientInfo: { name: "tokens", version: "1" },
});

const rows = [];
const { tools } = await request("tools/list", {});
rows.push(["tool list, output schemas included", "", tokens(JSON.stringify(tools)), "", 2300]);
const budgets = { 1: 0.6, 20: 0.28, 100: 0.23 };
for (const [count, columns, budget] of [
  [1, undefined, budgets[1]],
  [20, undefined, budgets[20]],
  [100, undefined, budgets[100]],
  [1, ["*"], undefined],
  [20, ["*"], 0.52],
  [100, ["*"], undefined],
]) {
  const result = await request("tools/call", {
    name: "query_obligation",
    arguments: {
      operation: "testmodule", field: "id_customer", value: String(count), limit: count, columns,
    },
  });
  const answer = result.content[0].text;
  const shown = result.structuredContent.records.length;
  if (shown !== count) throw new Error(`${shown} of ${count} records`);
  const [paid, whole] = [tokens(answer), tokens(raw(count))];
  const what = `${count} record${count > 1 ? "s" : ""}, ${columns ? "`[\"*\"]`" : "by default"}`;
  rows.push([what, whole, paid, (paid / whole).toFixed(2), budget ?? ""]);
}
program.stdin.end();
stub.close();

console.log("| what | raw reply | ours | ratio | at most |");
console.log("| --- | --- | --- | --- | --- |");
for (const row of rows) console.log(`| ${row.join(" | ")} |`);
if (process.argv.includes("--check")) {
  const over = rows.filter(([, , paid, ratio, most]) => most !== "" && Number(ratio || paid) > most);
  for (const [what] of over) console.error(`over its budget: ${what}`);
  process.exitCode = over.length ? 1 : 0;
}
