// The card in a real browser, in a host as a chat is one.
//
//   WOLKVOX_MCP=PROGRAM PICTURES=FOLDER node --test card.test.mjs

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { after, afterEach, before, describe, it } from "node:test";
import { HOSTILE, balance, contact, days, history, none } from "./answers.mjs";
import { failure, hostContext, launch, openHost, result } from "./browser.mjs";
import { page, start } from "./program.mjs";

const PICTURES = process.env.PICTURES;
const SPANISH = hostContext();
const ENGLISH = hostContext({ locale: "en-US" });

let opened, program, html, host;

before(async () => {
  if (PICTURES) mkdirSync(PICTURES, { recursive: true });
  program = await start(process.env.WOLKVOX_MCP);
  html = await page(program);
  opened = await launch();
  host = await openHost(opened, { page: html });
});

after(async () => {
  await opened?.stop();
  program?.stop();
});

// The policy is the specification's default: an error here is a rule broken there.
afterEach(() => {
  const seen = structuredClone(host.seen);
  host.seen.errors.length = host.seen.requests.length = 0;
  assert.deepEqual(seen, { errors: [], requests: [] });
});

/** Opens a card and lets it have a result. */
async function show(given, { args, ...options } = {}) {
  await host.open({ context: SPANISH, width: 320, ...options });
  await host.answer(typeof given === "string" ? failure(given) : result(given), args);
}

const text = () => host.card().innerText();

/** Asserts that the card says all of these. */
async function says(...words) {
  const shown = await text();
  for (const word of words) assert.ok(shown.includes(word), `no "${word}" in:\n${shown}`);
}

async function neverSays(...words) {
  const shown = await text();
  for (const word of words) assert.ok(!shown.includes(word), `"${word}" in:\n${shown}`);
}

/** Returns what reaches out to the right, and each text with less contrast than it needs. */
function faults() {
  const luminance = (colour) => {
    const [red, green, blue] = colour.map((it) => {
      const part = it / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const painted = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = painted(getComputedStyle(at).backgroundColor);
      if (colour[3] === 255) return colour.slice(0, 3);
    }
    return [255, 255, 255];
  };
  const found = [];
  const root = document.documentElement;
  if (root.scrollWidth > innerWidth) found.push(`scrolls to ${root.scrollWidth} of ${innerWidth}`);
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || element.closest("script, style, .unseen")) continue;
    const one = luminance(painted(getComputedStyle(element).color).slice(0, 3));
    const other = luminance(behind(element));
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (contrast < 4.5) found.push(`${contrast.toFixed(2)}: ${texts.currentNode.data}`);
  }
  for (const target of document.querySelectorAll("button, summary")) {
    const { width, height } = target.getBoundingClientRect();
    if (height > 0 && (width < 24 || height < 24)) found.push(`small: ${target.innerText}`);
  }
  return found;
}

async function hasNoFaults(where) {
  assert.deepEqual(await host.view().evaluate(faults), [], where);
}

describe("what the sandbox answers", () => {
  for (let number = 1; number <= 9; number += 1) {
    it(`is right for customer 90000000${number}, in both languages, light and dark`, async () => {
      const args = { field: "id_customer", value: `90000000${number}` };
      const given = await program.call("query_obligation", args);
      const { records, common = {}, total } = given.structuredContent;
      const newest = { ...common, ...records[0] };
      for (const [locale, theme, width, words] of [
        ["es-CO", "light", 320, ["Datos ficticios", "Último contacto"]],
        ["es-CO", "dark", 720, ["Datos ficticios", "Último contacto"]],
        ["en-US", "light", 720, ["Fictitious data", "Last contact"]],
        ["en-US", "dark", 280, ["Fictitious data", "Last contact"]],
      ]) {
        await host.open({ context: hostContext({ locale, theme }), width });
        await host.answer(given, args);
        const heading = await host.card().getByRole("heading", { level: 1 }).innerText();
        assert.equal(heading, `${newest.client_name} ${newest.client_lastname}`);
        await says(newest.id_customer, newest.tipification_description ?? "", ...words);
        const rows = await host.card().locator(".timeline > li").count();
        assert.ok(rows === Math.min(total, records.length) || rows === 8, `${rows} rows`);
        await hasNoFaults(`${locale} ${theme} ${width}`);
        const name = `90000000${number}-${width}-${theme}-${locale}.png`;
        if (PICTURES) await host.picture(`${PICTURES}/${name}`);
      }
    });
  }

  it("is right for each obligation's balance", async () => {
    for (const [customer, obligation, words] of [
      ["900000001", "FIC-001", ["1.250.000", "45 días", "6 oct 2026", "150.000", "20 oct 2026"]],
      ["900000004", "FIC-401", ["sin dato en wolkvox", "640.000", "18 nov 2026"]],
      ["900000005", "FIC-501", ["870.000", "61 días", "sin dato"]],
    ]) {
      const found = await program.call("query_obligation",
        { field: "id_customer", value: customer });
      const { records, common = {} } = found.structuredContent;
      const record = { ...common, ...records[0] };
      const given = await program.call("get_obligation",
        { obligation, record_id: record.wolkvox_idRecord });
      for (const [theme, width] of [["light", 320], ["dark", 720]]) {
        await host.open({ context: hostContext({ theme }), width });
        await host.answer(given);
        await says(...words);
        await hasNoFaults(`${obligation} ${theme} ${width}`);
        if (PICTURES) await host.picture(`${PICTURES}/${obligation}-${width}-${theme}.png`);
      }
    }
  });

  it("shows who, when and what came of it within the first 200 pixels of 320", async () => {
    await show(history({ sandbox: true }));
    for (const place of ["h1", ".outcome", "time"]) {
      const box = await host.view().locator(place).first().evaluate((it) =>
        it.getBoundingClientRect().bottom);
      assert.ok(box <= 200, `${place} ends at ${box}`);
    }
  });

  it("shows the outcome as the largest word after the name", async () => {
    await show(history({ records: days(20), summary: { today: 1, last_7_days: 7 } }));
    const sizes = await host.view().evaluate(() => [...document.querySelectorAll("main *")]
      .map((it) => [it.tagName, it.className, parseFloat(getComputedStyle(it).fontSize)])
      .sort((one, other) => other[2] - one[2]));
    const [first] = sizes;
    assert.equal(first[0], "H1");
    const outcome = sizes.find(([, name]) => name === "outcome");
    assert.ok(sizes.every(([tag, , size]) => ["H1", "BDI"].includes(tag) || size <= outcome[2]));
  });
});

describe("the last contact", () => {
  it("is one sentence with both forms of time, the channel in words, agent and obligation", async () => {
    await show(history({ records: [contact({ date: "2026-11-15 10:15:00" })] }));
    await says("Último contacto", "hace 5 días", "dom 15 nov 2026, 10:15", "Llamada de campaña",
      "Agente Prueba 2", "FIC-001");
  });

  it("is the answer's own where the newest is not in the list", async () => {
    const latest = {
      date: "2026-11-19 08:00:00", days_since: 1, tipification: "No contesta",
      type_interaction: "chat-whatsapp", agent_name: "Agente Prueba 3", obligation: "FIC-002",
    };
    const records = [contact({ date: "2026-10-01 10:00:00" })];
    await show(history({ records, latest, other_matches: 36 }), { args: { until: "2026-10-31" } });
    const last = await host.card().getByRole("region", { name: "Último contacto" }).innerText();
    for (const word of ["No contesta", "ayer", "WhatsApp", "36 gestiones"]) {
      assert.ok(last.includes(word), `${word}: ${last}`);
    }
  });

  it("is never called the last where that is not known", async () => {
    for (const [members, args, words] of [
      [{ incomplete: true, fetched: 250, total: 320 }, {}, "El más reciente de los que llegaron"],
      [{ total: 40 }, { offset: 20 }, "El más reciente de los mostrados"],
      [{}, { since: "2026-11-01" }, "El más reciente de los mostrados"],
      [{}, { channel: "chat" }, "El más reciente de los mostrados"],
      [{ other_matches: 3 }, {}, "El más reciente de los mostrados"],
    ]) {
      await show(history(members), { args });
      await says(words);
      await neverSays("Último contacto");
    }
  });

  it("is said to be uncertain where some have no readable date, which stand apart", async () => {
    const undated = [contact({ date: "el martes pasado" }), contact({ date: undefined })];
    await show(history({ records: [contact(), ...undated], undated: 2 }));
    await says("2 sin fecha legible: pueden ser más recientes");
    const apart = host.card().getByRole("list", { name: "Sin fecha legible" });
    assert.equal(await apart.getByRole("listitem").count(), 2);
    assert.ok((await apart.innerText()).includes("el martes pasado"));
  });

  it("shows both classifications where wolkvox has two", async () => {
    const two = contact({ tipifycation_code: "PI", tipifycation_desc: "Promesa incumplida" });
    await show(history({ records: [two] }));
    const both = "Promesa de pago / Promesa incumplida";
    const last = await host.card().getByRole("region", { name: "Último contacto" }).innerText();
    const listed = await host.card().getByRole("list", { name: "Historial" }).innerText();
    assert.ok(last.includes(both) && listed.includes(both), last + listed);
    assert.ok(last.includes("Dos tipificaciones distintas"), last);
  });

  it("says that nobody classified it, and what wolkvox wrote instead", async () => {
    const code = { tipification_code: "TIMEOUTACW", tipification_description: "TIMEOUTACW" };
    await show(history({ records: [contact(code)] }));
    await says("Sin tipificar (TIMEOUTACW)");
    const blank = { tipification_code: undefined, tipification_description: undefined };
    await show(history({ records: [contact(blank)] }));
    await says("Sin tipificar");
  });

  it("counts its days from today where a chat has kept the answer, and says so", async () => {
    await show(history({ as_of: "2026-11-17T20:10:00-05:00",
      records: [contact({ date: "2026-11-17 10:15:00" })] }));
    await says("Consultado hace 3 días", "hace 3 días · mar 17 nov 2026");
    await show(history({ as_of: "2026-11-17T20:10:00-05:00", sandbox: true,
      records: [contact({ date: "2026-11-17 10:15:00" })] }));
    await neverSays("Consultado hace");
  });
});

describe("promises", () => {
  const promise = contact({ date: "2026-11-04 10:15:00" });
  const broken = contact({
    date: "2026-11-19 10:15:00", tipification_code: "PI",
    tipification_description: "Promesa incumplida",
  });
  const shown = () => host.card().getByRole("region", { name: /Promesa más reciente/ });

  it("are shown with what was logged after them on the same obligation", async () => {
    const other = contact({ date: "2026-11-10 09:00:00", obligation: "FIC-002",
      tipification_description: "No contesta" });
    await show(history({ records: [broken, other, promise] }));
    const text = await shown().innerText();
    assert.match(text, /Promesa de pago 4 nov\s+Después, en FIC-001:\s+Promesa incumplida 19 nov/);
    assert.ok(!text.includes("No contesta"), text);
  });

  it("are found by a tenant's own words, and endings are none", async () => {
    for (const [words, isPromise] of [
      ["Acuerdo_de_Pago", true], ["COMPROMISO DE PAGO", true], ["Promise to pay", true],
      ["Promesa incumplida", false], ["Acuerdo roto", false], ["Promesa cumplida", false],
      ["Sin acuerdo", false], ["No contesta", false], ["PP", false],
    ]) {
      const old = { ...promise, tipification_description: words };
      const new_ = contact({ tipification_description: "Mensaje con tercero" });
      await show(history({ records: [new_, old] }));
      assert.equal(await shown().count(), isPromise ? 1 : 0, words);
    }
  });

  it("say that nothing followed only of the same obligation", async () => {
    await show(history({ records: [contact({ tipification_description: "No contesta",
      obligation: "FIC-002" }), promise] }));
    assert.match(await shown().innerText(), /Después, en FIC-001: aún no hay nada registrado/);
  });

  it("are not told of a part of the contacts", async () => {
    for (const [members, args] of [
      [{}, { offset: 20 }], [{ other_matches: 5 }, {}], [{}, { tipification: "promesa" }],
    ]) {
      await show(history({ records: [broken, promise], ...members }), { args });
      assert.equal(await shown().count(), 0);
    }
  });
});

describe("numbers", () => {
  const summary = {
    first: "2025-10-20", last: "2026-11-20", days_since_last: 0, today: 1, last_7_days: 2,
    last_30_days: 5, by_tipification: { "No contesta": 18, "Promesa de pago": 10 },
    without_tipification: 9, by_channel: { inbound: 20, "chat-whatsapp": 17 },
    by_month: { "2026-11": 2, "2026-08": 30, "2026-07": 5 },
  };

  it("count today, 7 and 30 days, channels and outcomes, as the answer counts them", async () => {
    await show(history({ records: days(8), total: 37, summary }));
    const numbers = await host.card().getByRole("region", { name: "En números" }).allInnerTexts();
    const all = numbers.join("\n").replace(/\s+/g, " ");
    for (const words of ["hoy 1", "7 días 2", "30 días 5", "en total 37"]) {
      assert.ok(all.includes(words), `${words}: ${all}`);
    }
    await says("No contesta", "Sin tipificar", "WhatsApp", "Llamada entrante");
  });

  it("are drawn by month, with the months between, and told to who cannot see it", async () => {
    await show(history({ records: days(8), total: 37, summary }));
    const strip = host.card().getByRole("img", { name: /Por mes/ });
    const name = await strip.getAttribute("aria-label");
    assert.match(name, /jul 2026: 5, ago 2026: 30, sept? 2026: 0, oct 2026: 0, nov 2026: 2/);
    assert.equal(await strip.locator("rect").count(), 5);
  });

  it("are not made up: without a summary there are none", async () => {
    await show(history());
    assert.equal(await host.card().getByRole("region", { name: "En números" }).count(), 0);
  });
});

describe("several customers", () => {
  const records = [
    contact({ id_customer: "900000001", client_name: "Ana" }),
    contact({ id_customer: "900000002", client_name: "Eva" }),
  ];

  it("give no heading with one name, and each contact its own", async () => {
    await show(history({ records, common: undefined, customers: 2 }));
    assert.equal(await host.card().getByRole("heading", { level: 1 }).innerText(), "2 clientes");
    const rows = await host.card().locator(".timeline > li").allInnerTexts();
    assert.ok(rows[0].includes("Ana · 900000001") && rows[1].includes("Eva · 900000002"), rows);
  });

  it("are told where the page shows one of them only", async () => {
    await show(history({ records: [records[0]], common: undefined, customers: 3 }));
    assert.equal(await host.card().getByRole("heading", { level: 1 }).innerText(), "3 clientes");
  });
});

describe("marks", () => {
  it("say what changes how all else is read", async () => {
    const masked = { ...history().common, client_name: "•••te", id_customer: "•••001" };
    await show(history({ common: masked, incomplete: true, fetched: 250, total: 1320, sandbox: true }));
    await says("Incompleto: llegaron 250 de 1.320", "Datos ficticios", "Datos enmascarados");
  });
});

describe("what is no answer", () => {
  it("is a sentence for each kind of failure, in the host's language, and nothing else", async () => {
    const kinds = ["invalid_input", "token_rejected", "quota_exhausted", "busy", "maintenance",
      "rejected", "unavailable", "timeout", "incomplete", "unexpected_reply", "rate_limited",
      "not_recorded", "internal"];
    for (const [context, sentence] of [
      [SPANISH, "Esto no es una respuesta: no se sabe si el cliente tiene registros."],
      [ENGLISH, "This is not an answer: whether the customer has records is unknown."],
    ]) {
      await show(history(), { context });
      for (const kind of kinds) {
        await host.answer(failure(`${kind}: the server's own words.`));
        await says(sentence);
        assert.equal(await host.card().locator("li").count(), 0, "nothing of an older customer");
        await neverSays("Cliente Ficticio", "900000001", `${kind}:`);
        const own = host.card().getByText("the server's own words.");
        assert.equal(await own.getAttribute("lang"), "en");
      }
      await hasNoFaults();
    }
    if (PICTURES) await host.picture(`${PICTURES}/failure.png`);
  });

  it("is the server's own text where the kind is not known", async () => {
    await show("solar_flare: a new kind of failure.");
    await says("No se pudo consultar", "solar_flare: a new kind of failure.");
  });

  it("is 'nothing found' with its hint and time, without list or zeros", async () => {
    await show(none({ hint: "Check the number." }));
    await says("No se encontró nada", "Check the number.", "Consultado: 20 nov 2026, 20:10");
    assert.equal(await host.card().locator("li").count(), 0);
    assert.doesNotMatch(await text(), /\b0\b/);
    await show({ ...none(), records: undefined, obligations: [] });
    await says("No se encontró nada", "Check the number.");
    await show(none({ other_matches: 36 }), { args: { since: "2026-11-20" } });
    await says("Nada en estas fechas y filtros", "36 gestiones");
    await neverSays("No se encontró nada");
    const latest = { date: "2026-11-19 08:00:00", tipification: "No contesta" };
    await show(none({ other_matches: 36, latest }), { args: { since: "2026-11-20" } });
    await says("Último contacto", "No contesta", "ayer · jue 19 nov 2026, 08:00");
    await neverSays("lista");
    if (PICTURES) await host.picture(`${PICTURES}/none.png`);
  });

  it("is 'ask again' where a host has emptied the result, and never 'nothing found'", async () => {
    for (const emptied of [
      {}, { content: [] }, { content: [], structuredContent: {} }, { content: [null] },
      { content: [{ type: "text", text: "" }] }, { content: [{ type: "text", text: "{}" }] },
      { content: [{ type: "text", text: "not JSON" }], structuredContent: { outcome: "found" } },
    ]) {
      await host.open({ context: SPANISH, width: 320 });
      await host.view().evaluate((params) => {
        // AppBridge refuses what some hosts send.
        const data = { jsonrpc: "2.0", method: "ui/notifications/tool-result", params };
        dispatchEvent(new MessageEvent("message", { source: parent, data }));
      }, emptied);
      await says("Esta respuesta ya no está aquí", "Pregunte de nuevo");
      await neverSays("No se encontró");
    }
  });

  it("is a skeleton until there is one, and a sentence once it was cancelled", async () => {
    await host.open({ context: SPANISH, width: 320 });
    assert.equal(await host.card().locator("main").getAttribute("aria-busy"), "true");
    assert.equal(await host.card().getByRole("status").innerText(), "");
    await host.bridge("sendToolInput", { arguments: {} });
    await host.drawn();
    assert.equal(await host.card().getByRole("status").textContent(), "Consultando…");
    await host.bridge("sendToolCancelled", { reason: "user action" });
    await host.drawn();
    await says("Se canceló la consulta");
    assert.equal(await host.card().locator(".skeleton").count(), 0);
    assert.equal(await host.card().locator("main").getAttribute("aria-busy"), "false");
  });

  it("takes away the customer before as soon as another is asked for", async () => {
    await show(history());
    await host.bridge("sendToolInputPartial", { arguments: {} });
    await host.drawn();
    await neverSays("Cliente Ficticio");
    assert.equal(await host.card().locator(".skeleton").count(), 1);
  });
});

describe("the text block", () => {
  it("is read where a host keeps the structured half back", async () => {
    const { content } = result(history());
    await host.open({ context: SPANISH, width: 320 });
    await host.answer({ content });
    await says("Cliente Ficticio", "Promesa de pago");
  });
});

describe("more", () => {
  const args = { field: "id_customer", value: "900000001", limit: 10 };
  const first = history({ records: days(10), total: 37, next_offset: 10 });
  const second = history({ records: [contact({ date: "2026-01-01 08:00:00" })], total: 37, next_offset: 11 });
  const button = () => host.card().getByRole("button");
  const rows = () => host.card().locator(".timeline > li").count();

  it("shows first what is here, then asks the tool for the next page and appends it", async () => {
    const long = history({ records: days(20), total: 37, next_offset: 20 });
    await show(long, { args: { field: "f", value: "v" } });
    assert.equal(await rows(), 8);
    await button().click();
    assert.equal(await rows(), 20);
    assert.deepEqual(await host.calls(), [], "nothing was asked for");
    assert.equal(await button().innerText(), "Ver 17 más");
    await button().click();
    assert.deepEqual(await host.calls(), [
      { name: "query_obligation", arguments: { field: "f", value: "v", offset: 20 } },
    ]);
    await host.answerCall(result(history({ records: days(17), total: 37 })));
    await host.drawn();
    assert.equal(await rows(), 37);
    assert.equal(await button().count(), 0);
    const focused = await host.view().evaluate(() => document.activeElement.id);
    assert.equal(focused, "row-20", "the first new one");
    assert.equal(await host.card().getByRole("status").textContent(), "Se muestran 17 más.");
  });

  it("keeps what is shown where it fails, says so, and can be pressed again", async () => {
    await show(first, { args });
    for (const refused of [null, failure("busy: wait."), { content: [] }, result(none())]) {
      await button().click();
      assert.equal(await button().innerText(), "Cargando…");
      await host.answerCall(refused);
      await host.drawn();
      await says("No se pudo cargar el resto", "Cliente Ficticio");
      assert.equal(await rows(), 10);
    }
    await button().click();
    await host.answerCall(result(second));
    await host.drawn();
    assert.equal(await rows(), 11);
    await neverSays("No se pudo cargar");
  });

  it("is thrown away where another customer has come meanwhile", async () => {
    await show(first, { args });
    await button().click();
    await host.answer(result(history({ common: { client_name: "Otra", id_customer: "2" } })));
    await host.answerCall(result(second));
    await host.drawn();
    await says("Otra");
    await neverSays("Cliente Ficticio");
    assert.equal(await rows(), 1);
  });

  it("is asked for once, however often it is pressed", async () => {
    await show(first, { args });
    await button().click();
    await button().click({ force: true });
    assert.equal((await host.calls()).length, 1);
  });

  it("is only told of where the host carries no calls", async () => {
    await show(first, { args, capabilities: {} });
    assert.equal(await button().count(), 0);
    await says("Se muestran 10 de 37.");
  });

  it("says that pages of different moments may repeat or miss a contact", async () => {
    await show(first, { args });
    await button().click();
    await host.answerCall(result({ ...second, total: 38, as_of: "2026-11-20T20:14:00-05:00" }));
    await host.drawn();
    await says("Las páginas se consultaron en momentos distintos");
  });
});

describe("the balance", () => {
  it("keeps every digit, separates by the locale, and shows no currency", async () => {
    for (const [written, spanish, english] of [
      ["1250000", "1.250.000", "1,250,000"],
      ["480500.50", "480.500,50", "480,500.50"],
      ["12345678901234567890.25", "12.345.678.901.234.567.890,25", "12,345,678,901,234,567,890.25"],
      ["0", "0", "0"], ["-1500", "-1.500", "-1,500"], [".50", ".50", ".50"],
      ["150.000", "150.000", "150.000"], ["000123", "000123", "000123"],
      ["1,250,000", "1,250,000", "1,250,000"], ["$ 5", "$ 5", "$ 5"], ["•••000", "•••000", "•••000"],
    ]) {
      for (const [context, shown] of [[SPANISH, spanish], [ENGLISH, english]]) {
        await show(balance([{ id: "A", total_balance: written }]), { context });
        assert.equal(await host.card().locator(".amount").innerText(), shown, written);
      }
    }
  });

  it("calls unknown what wolkvox left blank, and never 0", async () => {
    await show(balance([{ id: "A", name: "A", unknown: ["total_balance", "last_pay"] }]));
    await says("sin dato en wolkvox", "sin dato");
    assert.doesNotMatch(await text(), /\b0\b/);
  });

  it("shows a sum only where the answer has one, and days by the due date where they differ", async () => {
    const two = [
      { id: "A", name: "A", total_balance: "100", days_delay: "10", days_overdue: "12" },
      { id: "B", name: "B", total_balance: "200" },
    ];
    await show(balance(two, { total_balance: "300" }));
    await says("Total que debe", "300", "10 días", "12 días según el vencimiento");
    await show(balance(two));
    await neverSays("Total que debe", "300");
  });

  it("keeps a tenant's own fields, those of the form by their names", async () => {
    const form = { Frecuencia: "Mensual", Sede: "" };
    await show(balance([{ id: "A", form, otros: ["x", { y: "z" }] }]));
    await host.card().getByText("Campos propios").click();
    await says("Frecuencia", "Mensual", "otros", "x, y: z");
    await neverSays("Sede", "form");
  });

  it("lists what has no balance, with the reason", async () => {
    await show(balance([{ id: "A" }], { not_found: [{ name: "FIC-302", reason: "not known" }] }));
    await says("No se encontró el saldo de", "FIC-302", "not known");
  });
});

describe("hostile values", () => {
  it("are text, isolated from their neighbours, and stay within the card", async () => {
    for (const hostile of HOSTILE) {
      const fields = {
        type_interaction: hostile, tipification_description: hostile, agent_name: hostile,
        obligation: hostile, client_name: hostile, id_customer: hostile, [hostile]: hostile,
      };
      const record = Object.fromEntries(Object.entries(contact(fields)));
      for (const [given, width] of [
        [history({ records: [record], common: undefined }), 280],
        [balance([{ id: hostile, name: hostile, total_balance: hostile, expiring_date: hostile,
          portfolio_type: hostile, form: { [hostile]: hostile } }]), 280],
      ]) {
        await show(given, { width });
        const shown = await host.card().textContent();
        assert.ok(shown.includes(hostile), hostile);
        const strange = await host.card().locator("main :is(script, img, a, iframe, b > b)").count();
        assert.equal(strange, 0, hostile);
        const outside = await host.view().evaluate((value) => {
          const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
          const found = [];
          while (texts.nextNode()) {
            const { data, parentElement } = texts.currentNode;
            if (data === value && parentElement.tagName !== "BDI") found.push(parentElement.outerHTML);
          }
          return found;
        }, hostile);
        assert.deepEqual(outside, [], "each value is in a <bdi>");
        await hasNoFaults(hostile);
      }
    }
  });
});

describe("the host's look", () => {
  const background = () => host.view().evaluate(() =>
    getComputedStyle(document.documentElement).backgroundColor);

  it("is its theme, whatever the system's, and the system's without one", async () => {
    await show(history(), { context: hostContext({ theme: "light" }) });
    assert.equal(await background(), "rgb(255, 255, 255)");
    await show(history(), { context: { locale: "es-CO" } });
    assert.equal(await background(), "rgb(21, 25, 30)", "the browser prefers dark");
    await host.bridge("setHostContext", { theme: "light" });
    await host.drawn();
    assert.equal(await background(), "rgb(255, 255, 255)", "a change by itself");
    await says("Último contacto");
  });

  it("is its colours as a pair that can be read, or none of them", async () => {
    const styled = (variables) => hostContext({ styles: { variables } });
    for (const [variables, painted] of [
      [{ "--color-background-primary": "#fdf6e3", "--color-text-primary": "#073642" },
        "rgb(253, 246, 227)"],
      [{ "--color-background-primary": "light-dark(#fafafa, #111)",
        "--color-text-primary": "light-dark(#111, #eee)" }, "rgb(250, 250, 250)"],
      [{ "--color-background-primary": "oklch(0.3 0.05 250)", "--color-text-primary": "#fff",
        "--color-text-secondary": "#445" }, null],
      [{ "--color-background-primary": "#000" }, "rgb(255, 255, 255)"],
      [{ "--color-background-primary": "#777", "--color-text-primary": "#888" }, "rgb(255, 255, 255)"],
      [{ "--color-background-primary": "red; }", "--color-text-primary": "url(x)" },
        "rgb(255, 255, 255)"],
    ]) {
      const many = history({ records: days(3), incomplete: true, sandbox: true });
      await show(many, { context: styled(variables) });
      if (painted) assert.equal(await background(), painted);
      await hasNoFaults(JSON.stringify(variables));
    }
  });

  it("is its language, and numbers by its locale; defaults where it says nothing", async () => {
    for (const [locale, language, words] of [
      ["es-CO", "es", ["Último contacto", "hoy", "1.250.000 gestiones"]],
      ["en-US", "en", ["Last contact", "today", "1,250,000 contacts"]],
      ["de-DE", "en", ["Last contact", "today", "1.250.000 contacts"]],
      ["xx invalid", "en", ["Last contact"]],
    ]) {
      await show(history({ total: 1250000 }), { context: hostContext({ locale }) });
      await says(...words);
      const lang = await host.view().evaluate(() => document.documentElement.lang);
      assert.equal(lang, language);
    }
    await show(history());
    await host.bridge("setHostContext", { locale: "en-GB" });
    await host.drawn();
    await says("Last contact");
  });

  it("leaves days alone in every zone, and reads a time in UTC in the host's", async () => {
    for (const timeZone of ["America/Bogota", "Pacific/Kiritimati", "Pacific/Pago_Pago", "No/Where"]) {
      await show(history(), { context: hostContext({ timeZone }) });
      await says("vie 20 nov 2026, 10:15", "Consultado: 20 nov 2026, 20:10");
    }
    await show(history({ as_of: "2026-11-21T01:10:00Z" }));
    await says("Consultado: 20 nov 2026, 20:10", "hoy");
  });
});

describe("the bridge", () => {
  it("says nothing before the host knows it but its name", async () => {
    await show(history());
    const said = await host.tab.evaluate(() => window.host.said.map((it) => it.method));
    assert.deepEqual(said.slice(0, 3), [
      "ui/notifications/sandbox-proxy-ready", "ui/initialize", "ui/notifications/initialized",
    ]);
    const [{ params }] = await host.said("ui/initialize");
    assert.equal(params.protocolVersion, "2026-01-26");
    assert.deepEqual(params.appCapabilities, { availableDisplayModes: ["inline"] });
    const others = new Set(said.slice(3));
    assert.deepEqual(others, new Set(["ui/notifications/size-changed"]), "nothing unasked for");
  });

  it("tells its height when that changes, and the frame grows to it", async () => {
    const long = history({ records: days(10) });
    await show(long, { width: 320 });
    await host.tab.waitForTimeout(100);
    const sizes = (await host.said("ui/notifications/size-changed")).map((it) => it.params);
    const texts = sizes.map((it) => JSON.stringify(it));
    assert.equal(new Set(texts).size, texts.length, "each told once");
    assert.ok(sizes.every(({ width }) => width === 320));
    const content = await host.view().evaluate(() =>
      document.querySelector("main").getBoundingClientRect().height);
    assert.equal(sizes.at(-1).height, Math.ceil(content));
    const frame = await host.tab.locator("#outer").evaluate((it) => it.clientHeight);
    assert.equal(frame, Math.ceil(content));
    await host.bridge("sendToolCancelled", {});
    await host.tab.waitForTimeout(100);
    const last = (await host.said("ui/notifications/size-changed")).at(-1).params;
    assert.ok(last.height < 200, "it shrinks again");
  });

  it("answers a ping and the end, and refuses what it does not know", async () => {
    await show(history({ records: days(10), total: 37, next_offset: 10 }));
    const ask = (method) => host.tab.evaluate((name) => new Promise((resolve) => {
      const id = `test-${name}`;
      const frame = document.getElementById("outer").contentWindow;
      addEventListener("message", ({ data }) => data.id === id && !data.method && resolve(data));
      frame.postMessage({ jsonrpc: "2.0", id, method: name, params: {} }, "*");
    }), method);
    assert.deepEqual((await ask("ping")).result, {});
    assert.equal((await ask("ui/other")).error.code, -32601);
    await host.card().getByRole("button").click();
    assert.deepEqual((await ask("ui/resource-teardown")).result, {});
    await host.drawn();
    await neverSays("Cliente Ficticio", "Cargando");
  });

  it("listens to its host alone", async () => {
    await show(history());
    await host.view().evaluate(() => {
      const data = { jsonrpc: "2.0", method: "ui/notifications/tool-cancelled", params: {} };
      dispatchEvent(new MessageEvent("message", { source: window, data }));
      dispatchEvent(new MessageEvent("message", { source: null, data }));
      dispatchEvent(new MessageEvent("message", { source: parent, data: "text" }));
    });
    await says("Cliente Ficticio");
  });

  it("shows a result even where the host refuses to shake hands", async () => {
    await host.open({ context: SPANISH, width: 320 });
    await host.view().evaluate((params) => {
      const data = { jsonrpc: "2.0", method: "ui/notifications/tool-result", params };
      dispatchEvent(new MessageEvent("message", { source: parent, data }));
    }, result(history()));
    await says("Cliente Ficticio");
  });
});

describe("without a mouse, without eyes", () => {
  const own = contact({ Observación: "Ñandú & compañía" });

  it("everything is reached and worked with the keyboard", async () => {
    await show(history({ records: [own, ...days(15)], total: 16 }), { width: 720 });
    await host.view().evaluate(() => document.body.focus());
    const reached = [];
    for (let at = 0; at < 3; at += 1) {
      await host.tab.keyboard.press("Tab");
      reached.push(await host.view().evaluate(() => {
        const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
        return [document.activeElement.tagName, outlineStyle, parseFloat(outlineWidth) >= 2];
      }));
      if (at === 0) {
        await host.tab.keyboard.press("Enter");
        assert.equal(await host.card().locator("details[open]").count(), 1);
        await says("Ñandú & compañía");
      }
    }
    assert.deepEqual(reached.slice(0, 2), [["SUMMARY", "solid", true], ["BUTTON", "solid", true]]);
    await host.card().getByRole("button").focus();
    await host.tab.keyboard.press("Enter");
    assert.equal(await host.card().locator(".timeline > li").count(), 16);
    assert.equal(await host.card().locator("details[open]").count(), 1, "it stays open");
  });

  it("nothing moves for people who asked for that", async () => {
    await host.tab.emulateMedia({ reducedMotion: "reduce" });
    await host.open({ context: SPANISH, width: 320 });
    const moves = await host.view().evaluate(() =>
      getComputedStyle(document.querySelector(".skeleton span")).animationName);
    await host.tab.emulateMedia({ reducedMotion: null });
    assert.equal(moves, "none");
  });

  it("a screen reader hears names, roles and the course of things", async () => {
    await show(history({ records: [own, contact({ date: "2026-11-04 10:15:00" })], sandbox: true }));
    const tree = await host.card().ariaSnapshot();
    for (const part of [
      'heading "Cliente Ficticio" [level=1]', 'heading "Último contacto" [level=2]',
      'region "Último contacto"', 'list "Historial"', "time:", "status: Llegó la respuesta.",
      "listitem: Datos ficticios",
    ]) {
      assert.ok(tree.includes(part), `${part} in\n${tree}`);
    }
    const named = host.card().locator("summary[aria-label]").first();
    assert.match(await named.getAttribute("aria-label"), /Más datos de 20 nov 2026, 10:15/);
    assert.match(await host.view().title(), /wolkvox/);
    assert.equal(await host.card().locator("time").first().getAttribute("datetime"), "2026-11-20T10:15");
  });
});
