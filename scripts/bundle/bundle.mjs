// Packs programs into an MCPB bundle, unpacks it again and starts what came out, the way a client
// does. Called by scripts/bundle.sh.
//
// Usage: node bundle.mjs MANIFEST BUNDLE SYSTEM=PROGRAM...

import assert from "node:assert/strict";
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { getMcpConfigForManifest, packExtension, unpackExtension } from "@anthropic-ai/mcpb";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

const [manifestFile, bundle, ...given] = process.argv.slice(2);
const manifest = JSON.parse(readFileSync(manifestFile, "utf8"));
const programs = Object.fromEntries(given.map((pair) => pair.split("=")));

// Only systems whose program is here are promised.
const systems = manifest.compatibility.platforms.filter((system) => system in programs);
assert.equal(systems.length, given.length, `systems are ${manifest.compatibility.platforms}`);
manifest.compatibility.platforms = systems;

const { command, platform_overrides } = manifest.server.mcp_config;
const folder = resolve("content");
rmSync(folder, { recursive: true, force: true });
for (const system of systems) {
  const place = (platform_overrides[system]?.command ?? command).replace("${__dirname}", folder);
  mkdirSync(dirname(place), { recursive: true });
  copyFileSync(programs[system], place);
  chmodSync(place, 0o755);
}
manifest.server.entry_point = (platform_overrides[systems[0]]?.command ?? command)
  .replace("${__dirname}/", "");
writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest, null, 2));

// Packing validates the manifest.
const quiet = { silent: true };
assert.ok(await packExtension({ extensionPath: folder, outputPath: bundle, ...quiet }), "packed");
console.log(`${bundle} holds ${systems.join(", ")}`);
if (!systems.includes(process.platform)) {
  console.log(`not started: it has no program for ${process.platform}`);
  process.exit();
}

const unpacked = resolve("unpacked");
rmSync(unpacked, { recursive: true, force: true });
assert.ok(await unpackExtension({ mcpbPath: bundle, outputDir: unpacked, ...quiet }), "unpacked");
const settings = (userConfig) =>
  getMcpConfigForManifest({
    manifest,
    extensionPath: unpacked,
    systemDirs: {},
    userConfig,
    pathSeparator: "/",
  });

// A user who leaves the operation blank must still get a server.
const userConfig = { server: "http://127.0.0.1:9", token: "FICTITIOUS-TOKEN-0001" };
assert.equal(await settings({ server: userConfig.server }), undefined, "a token is required");
const { command: program, args, env } = await settings(userConfig);
const client = new Client({ name: "bundle", version: manifest.version });
await client.connect(new StdioClientTransport({ command: program, args, env, stderr: "ignore" }));
const { tools } = await client.listTools();
assert.deepEqual(tools.map((tool) => tool.name), manifest.tools.map((tool) => tool.name));
assert.equal(client.getServerVersion().version, manifest.version);
await client.close();
console.log(`its server starts and lists ${tools.map((tool) => tool.name).join(", ")}`);
