// The page on a sandbox's admin address, on which people try the card in a plain browser.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { after, before, it } from "node:test";
import { launch } from "./browser.mjs";

let opened, server, tab;
const errors = [];

before(async () => {
  server = spawn(process.env.WOLKVOX_MCP, ["serve", "--sandbox", "--lang", "en",
    "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"],
  { env: { WOLKVOX_LOG: "off" }, stdio: ["ignore", "pipe", "inherit"] });
  let address;
  for await (const line of createInterface({ input: server.stdout })) {
    address = /^The card in a browser: (\S+)$/.exec(line)?.[1];
    if (address) break;
  }
  opened = await launch();
  const context = await opened.browser.newContext({ locale: "es-CO", colorScheme: "light" });
  context.setDefaultTimeout(10_000);
  tab = await context.newPage();
  tab.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  tab.on("pageerror", (error) => errors.push(String(error)));
  await tab.goto(address);
});

after(async () => {
  await opened?.stop();
  server?.kill();
});

const card = (index = 0) => tab.locator("iframe").nth(index).contentFrame();

it("shows the history and the balance of a customer who broke a promise", async () => {
  await card(0).getByRole("heading", { name: "Incumplido Ejemplo" }).waitFor();
  await card(1).getByText("870.000").waitFor();
});

it("shows each customer, nobody, and a failure", async () => {
  for (const [choice, heading] of [
    ["900000001", "Cliente Ficticio"], ["900000002", "Única Gestión Ficticia"],
    ["900000003", "Constante Muestra"], ["900000004", "Cumplida Ejemplo"],
    ["900000006", "Vacía De Datos"], ["900000007", "Doble Escritura"],
    ["900000008", "Íñigo José Muñoz Peñaranda"], ["900000009", "Texto Hostil DePrueba"],
    ["900000000", "No se encontró nada"], ["quota", "Se agotaron las consultas de wolkvox de hoy"],
  ]) {
    await tab.getByRole("button", { name: choice }).click();
    await card().getByRole("heading", { name: heading, level: 1 }).waitFor();
  }
});

it("loads more through the small chat", async () => {
  await tab.getByRole("button", { name: "900000001" }).click();
  // By the keyboard: a frame that still grows moves what a mouse is about to press.
  await card().getByRole("button", { name: "Ver 12 más" }).press("Enter");
  await card().getByRole("button", { name: "Ver 17 más" }).press("Enter");
  await card().getByText("Se muestran 17 más.").waitFor({ state: "attached" });
  assert.equal(await card().locator(".timeline > li").count(), 37);
});

it("changes language, theme and width of what is shown", async () => {
  await tab.getByLabel("Idioma").selectOption("en");
  await card().getByRole("heading", { name: "Last contact" }).waitFor();
  await tab.getByLabel("Theme").selectOption("dark");
  await card().locator("xpath=//*[@data-theme='dark']").or(card().locator(":root[data-theme='dark']"))
    .first().waitFor();
  await tab.getByLabel("Width").selectOption("320px");
  assert.equal(await tab.locator(".frame").first().evaluate((it) => it.offsetWidth), 320);
});

it("broke no policy and no script", () => assert.deepEqual(errors, []));
