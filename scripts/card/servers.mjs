// The host's address and the sandbox's: two origins, as the specification asks of hosts on the web.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { build } from "esbuild";

/** What the specification lets a view do that asks for nothing (2026-01-26, "Host behavior"). */
const POLICY = "default-src 'none'; script-src 'self' 'unsafe-inline'; " +
  "style-src 'self' 'unsafe-inline'; img-src 'self' data:; media-src 'self' data:; " +
  "connect-src 'none'; frame-src 'none'; object-src 'none'; base-uri 'self'";

const beside = (name) => new URL(name, import.meta.url);

async function listen(answer) {
  const server = createServer(answer);
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return server;
}

/** Starts both; the first serves the host's page, the second views. */
export async function serve() {
  const bundled = await build({
    entryPoints: [beside("host.mjs").pathname], bundle: true, format: "iife", write: false,
  });
  const script = bundled.outputFiles[0].text;
  const host = await listen((request, response) => {
    const isScript = request.url === "/host.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html; charset=utf-8");
    response.end(isScript ? script : "<!doctype html><html lang=en><title>host</title>" +
      "<style>body{margin:0}iframe{border:0;display:block}</style><body><script src=/host.js></script>");
  });
  const proxy = await readFile(beside("sandbox.html"));
  const views = new Map();
  const sandbox = await listen(async (request, response) => {
    if (request.method === "PUT") {
      const parts = [];
      for await (const part of request) parts.push(part);
      const path = `/view/${views.size}`;
      views.set(path, Buffer.concat(parts));
      response.end(path);
      return;
    }
    const view = views.get(request.url);
    response.setHeader("content-type", "text/html; charset=utf-8");
    if (view) response.setHeader("content-security-policy", POLICY);
    response.end(view ?? proxy);
  });
  const address = (server) => `http://127.0.0.1:${server.address().port}/`;
  const stop = () => [host, sandbox].forEach((server) => server.close());
  return { host: address(host), sandbox: address(sandbox), stop };
}
