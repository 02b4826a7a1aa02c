// A browser with the host's page, and a card in it.

import { chromium } from "playwright-core";
import { serve } from "./servers.mjs";

/** The sandbox's day, some minutes after its answers. */
const NOW = new Date("2026-11-20T20:15:00-05:00");

/** Opens a browser of Debian's, in a network that is closed. */
export async function launch() {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    // Containers lack what Chromium's own sandbox needs.
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking",
      "--disable-component-update", "--no-first-run", "--proxy-server=http://127.0.0.1:9",
      "--proxy-bypass-list=127.0.0.1"],
  });
  const servers = await serve();
  const stop = async () => {
    await browser.close();
    servers.stop();
  };
  return { browser, servers, stop };
}

/**
 * Opens the host's page. The browser's own language, theme and zone differ from what hosts say in the tests, so
 * that a card that takes the wrong ones is seen.
 */
export async function openHost({ browser, servers }, { page: html, isClockReal, ...settings } = {}) {
  const context = await browser.newContext({
    locale: "fr-FR", colorScheme: "dark", timezoneId: "America/Los_Angeles",
    viewport: { width: 900, height: 2200 }, ...settings,
  });
  if (!isClockReal) await context.clock.setFixedTime(NOW);
  context.setDefaultTimeout(10_000);
  const tab = await context.newPage();
  const seen = { errors: [], requests: [] };
  tab.on("console", (message) => {
    // What Chromium says of every host that frames as the specification asks.
    if (message.text().includes("allow-scripts and allow-same-origin")) return;
    if (["error", "warning"].includes(message.type())) seen.errors.push(message.text());
  });
  tab.on("pageerror", (error) => seen.errors.push(String(error)));
  tab.on("request", (request) => {
    const isOfView = request.frame().parentFrame()?.parentFrame();
    if (isOfView && !request.isNavigationRequest()) seen.requests.push(request.url());
  });
  await tab.goto(servers.host);
  const open = (options = {}) => tab.evaluate((given) => window.host.open(given), {
    html, sandbox: servers.sandbox, width: 720, ...options,
  });
  const view = () => tab.frames().find((frame) => frame.url().includes("/view/"));
  const bridge = (method, params) =>
    tab.evaluate(([name, given]) => window.host.bridge[name](given), [method, params]);
  /** Waits until the view has drawn. */
  const drawn = () => view().evaluate(() => new Promise((done) =>
    requestAnimationFrame(() => setTimeout(done))));
  const answer = async (result, args = {}) => {
    await bridge("sendToolInput", { arguments: args });
    await bridge("sendToolResult", result);
    await drawn();
  };
  return {
    tab, seen, open, view, bridge, drawn, answer,
    card: () => tab.frameLocator("#outer").frameLocator("iframe").locator("body"),
    /** Returns what the view has said with this method. */
    said: (method) => tab.evaluate((name) =>
      window.host.said.filter((it) => it.method === name), method),
    /** Answers the view's oldest call of a tool that waits. */
    answerCall: (result) => tab.evaluate((given) => {
      const { resolve, reject } = window.host.calls.shift();
      return given === null ? reject(new Error("not available")) : resolve(given);
    }, result),
    calls: () => tab.evaluate(() => window.host.calls.map((it) => it.params)),
    picture: (path) => tab.locator("#outer").screenshot({ path }),
    close: () => context.close(),
  };
}

/** What a host says of itself here. */
export function hostContext({ locale = "es-CO", theme = "light", ...more } = {}) {
  return { locale, theme, timeZone: "America/Bogota", ...more };
}

/** Wraps an answer as the tool's result. */
export function result(answer) {
  return { content: [{ type: "text", text: JSON.stringify(answer) }], structuredContent: answer };
}

/** Wraps a failure. */
export function failure(text) {
  return { content: [{ type: "text", text }], isError: true };
}
