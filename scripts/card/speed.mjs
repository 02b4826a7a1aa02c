// How fast the card is, beside an empty page in the same host: the best of some rounds, since other
// work on a computer only adds. What the card takes beyond the empty page has a limit.
//
//   WOLKVOX_MCP=PROGRAM node speed.mjs

import { days, history } from "./answers.mjs";
import { hostContext, launch, openHost, result } from "./browser.mjs";
import { page, start } from "./program.mjs";

const ROUNDS = 7;
/** Milliseconds beyond an empty page. */
const LIMITS = { paint: 100, 100: 300 };

/** Shakes hands as a view must, and shows a word. */
const EMPTY = `<!doctype html><title>empty</title><body><p>…</p><script>
const post = (message) => parent.postMessage({ jsonrpc: "2.0", ...message }, "*");
addEventListener("message", ({ data }) => {
  if (data.id === 1) post({ method: "ui/notifications/initialized", params: {} });
});
post({ id: 1, method: "ui/initialize", params: { protocolVersion: "2026-01-26",
  appInfo: { name: "empty", version: "1" }, appCapabilities: {} } });
</script>`;

const opened = await launch();
const program = await start(process.env.WOLKVOX_MCP);
const html = await page(program);
program.stop();
// Real time is measured, so the clock must run.
const host = await openHost(opened, { isClockReal: true });

/** Returns when a page was first painted, and how long a result takes until it is drawn. */
async function measure(document, count) {
  await host.open({ html: document, width: 720, context: hostContext() });
  await host.drawn();
  const paint = await host.view().evaluate(async () => {
    const first = () => performance.getEntriesByName("first-paint")[0];
    while (!first()) await new Promise((done) => setTimeout(done, 5));
    return first().startTime;
  });
  const whole = result(history({ records: days(count) }));
  const drawn = await host.view().evaluate((params) => new Promise((done) => {
    const began = performance.now();
    const data = { jsonrpc: "2.0", method: "ui/notifications/tool-result", params };
    dispatchEvent(new MessageEvent("message", { source: parent, data }));
    document.querySelector("#more")?.click();
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
  }), whole);
  return { paint, drawn };
}

async function best(document, count) {
  const rounds = [];
  for (let at = 0; at < ROUNDS; at += 1) rounds.push(await measure(document, count));
  const least = (name) => Math.min(...rounds.map((it) => it[name]));
  return { paint: least("paint"), drawn: least("drawn") };
}

const empty = await best(EMPTY, 1);
const rows = [];
for (const count of [1, 20, 100]) rows.push([count, await best(html, count)]);
await opened.stop();

const shown = (of, than) => `${of.toFixed(0)} ms (empty page ${than.toFixed(0)} ms)`;
const [[, first]] = rows;
console.log(`first paint: ${shown(first.paint, empty.paint)}`);
for (const [count, { drawn }] of rows) {
  console.log(`${count} records on the screen: ${shown(drawn, empty.drawn)} after the result`);
}
const beyond = {
  paint: first.paint - empty.paint, 100: rows.at(-1)[1].drawn - empty.drawn,
};
for (const [what, limit] of Object.entries(LIMITS)) {
  if (beyond[what] > limit) {
    console.error(`${what}: ${beyond[what].toFixed(0)} ms beyond an empty page, more than ${limit}`);
    process.exitCode = 1;
  }
}
