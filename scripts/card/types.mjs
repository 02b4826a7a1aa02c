// Writes the types that the card's scripts are checked against, of what the program itself says: the
// tools' output schemas and the table of fields. A member that is renamed there fails the check.
//
//   node types.mjs PROGRAM FILE

import { writeFile } from "node:fs/promises";
import { compile } from "json-schema-to-typescript";
import { start } from "./program.mjs";

const [, , path, file] = process.argv;
const program = await start(path);
const { tools } = await program.request("tools/list");
const { contents } = await program.request("resources/read", { uri: "wolkvox://fields" });
program.stop();

const answers = { query_obligation: "GestionesAnswer", get_obligation: "BalanceAnswer" };
const types = await Promise.all(Object.entries(answers).map(async ([tool, name]) => {
  const schema = tools.find((it) => it.name === tool)?.outputSchema;
  if (!schema) throw new Error(`${tool} has no output schema`);
  const options = { bannerComment: "", additionalProperties: false };
  const written = await compile({ ...schema, title: name }, name, options);
  // Without `export` the types are global, as the card's scripts are. Objects without known members
  // hold what a tenant named.
  return written.replace(/^export /gm, "").replaceAll("{}", "Record<string, unknown>");
}));
const fields = [...contents[0].text.matchAll(/^\| (\w+) \|/gm)].map(([, name]) => name).slice(1);
types.push(`type FieldName = ${fields.map((it) => JSON.stringify(it)).join(" | ")};\n`);
await writeFile(file, types.join("\n"));
