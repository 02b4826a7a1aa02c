// A small chat, enough to try the card in: it asks the sandbox's tools and shows what hosts of MCP Apps
// would show. Tests use the reference implementation of a host instead (scripts/card).

/** @typedef {[english: string, spanish: string]} Both */

/** @satisfies {Record<string, Both>} */
const TEXTS = {
  title: ["The card, with the sandbox's customers", "La tarjeta, con los clientes del sandbox"],
  about: [
    "What an agent sees beside the assistant's answer. Everything here is fictitious.",
    "Lo que ve un agente junto a la respuesta del asistente. Todo aquí es ficticio.",
  ],
  language: ["Language", "Idioma"],
  theme: ["Theme", "Tema"],
  light: ["light", "claro"],
  dark: ["dark", "oscuro"],
  width: ["Width", "Ancho"],
  customers: ["Customers", "Clientes"],
  last: [
    "What happened last time with document number {document}?",
    "¿Qué pasó la última vez con la cédula {document}?",
  ],
  owed: ["And how much is owed?", "¿Y cuánto debe?"],
  view: ["The card", "La tarjeta"],
};

/** The sandbox's customers and one fault, with what there is to see. */
const CUSTOMERS = /** @type {[string, Both][]} */ ([
  ["900000001", ["a promise today, 37 contacts", "una promesa hoy, 37 gestiones"]],
  ["900000002", ["a single contact", "una sola gestión"]],
  ["900000003", ["320 contacts", "320 gestiones"]],
  ["900000004", ["a promise that was kept", "una promesa cumplida"]],
  ["900000005", ["a promise that was broken", "una promesa incumplida"]],
  ["900000006", ["blanks and odd dates", "datos en blanco y fechas raras"]],
  ["900000007", ["contradicting classifications", "tipificaciones contradictorias"]],
  ["900000008", ["a company's own fields", "campos propios de la empresa"]],
  ["900000009", ["hostile texts", "textos hostiles"]],
  ["900000000", ["nobody: nothing is found", "nadie: no se encuentra nada"]],
  ["quota", ["a failure: the quota is used up", "una falla: el cupo se agotó"]],
]);

const chosen = { document: "900000005", language: "es", theme: "light", width: "100%" };
/** Each view and the calls that it shows, so that a choice of look is told to all. */
const views = /** @type {{ frame: HTMLIFrameElement }[]} */ ([]);

/**
 * @param {keyof typeof TEXTS} name
 * @param {Record<string, string>} [values]
 */
function text(name, values = {}) {
  return of(TEXTS[name]).replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

/** @param {Both} both */
function of(both) {
  return both[chosen.language === "es" ? 1 : 0];
}

/**
 * Calls a tool of the sandbox.
 * @param {string} name
 * @param {unknown} args
 */
async function call(name, args) {
  const body = JSON.stringify({ name, arguments: args });
  const answer = await fetch("card/call", { method: "POST", body });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

/** What a host says of itself. */
function context() {
  return {
    theme: chosen.theme,
    locale: chosen.language === "es" ? "es-CO" : "en-US",
    timeZone: "America/Bogota",
    displayMode: "inline",
    availableDisplayModes: ["inline"],
  };
}

/**
 * Shows a question and the card of its answer.
 * @param {string} question
 * @param {string} tool
 * @param {Record<string, unknown>} args
 */
function turn(question, tool, args) {
  const chat = /** @type {HTMLElement} */ (document.getElementById("chat"));
  const said = Object.assign(document.createElement("p"), {
    className: "question", textContent: question,
  });
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts");
  frame.title = text("view");
  const border = Object.assign(document.createElement("div"), { className: "frame" });
  border.append(frame);
  border.style.inlineSize = chosen.width;
  chat.append(said, border);
  views.push({ frame });
  return new Promise((resolve, reject) => {
    /** @param {Record<string, unknown>} message */
    const post = (message) =>
      frame.contentWindow?.postMessage({ jsonrpc: "2.0", ...message }, "*");
    addEventListener("message", async ({ source, data }) => {
      if (source !== frame.contentWindow) return;
      const { id, method, params } = data;
      if (method === "ui/initialize") {
        post({ id, result: {
          protocolVersion: params.protocolVersion,
          hostInfo: { name: "wolkvox-mcp", version: "1" },
          hostCapabilities: { serverTools: {} },
          hostContext: context(),
        } });
      } else if (method === "ui/notifications/initialized") {
        post({ method: "ui/notifications/tool-input", params: { arguments: args } });
        try {
          const result = await call(tool, args);
          post({ method: "ui/notifications/tool-result", params: result });
          resolve(result);
        } catch (problem) {
          post({ method: "ui/notifications/tool-cancelled", params: {} });
          reject(problem);
        }
      } else if (method === "ui/notifications/size-changed") {
        frame.style.blockSize = `${params.height}px`;
      } else if (method === "tools/call") {
        call(params.name, params.arguments).then(
          (result) => post({ id, result }),
          () => post({ id, error: { code: -32603, message: "the sandbox did not answer" } }),
        );
      }
    });
    frame.src = "card";
  });
}

/** Asks about the customer that is chosen, and what is owed if somebody is found. */
async function ask() {
  /** @type {HTMLElement} */ (document.getElementById("chat")).replaceChildren();
  views.length = 0;
  const { document: value } = chosen;
  const field = /^\d+$/.test(value) ? "id_customer" : "sandbox_fault";
  const found = await turn(text("last", { document: value }), "query_obligation", { field, value });
  const { records = [], common = {} } = found.structuredContent ?? {};
  const { wolkvox_idRecord: caseFile } = { ...common, ...records[0] };
  if (caseFile && chosen.document === value) {
    await turn(text("owed"), "get_obligation", { record_id: caseFile });
  }
}

/** Tells each view of another look. */
function tell() {
  for (const { frame } of views) {
    frame.contentWindow?.postMessage({
      jsonrpc: "2.0", method: "ui/notifications/host-context-changed", params: context(),
    }, "*");
  }
}

/**
 * @param {string} label
 * @param {[value: string, words: string][]} options
 * @param {"language" | "theme" | "width"} what
 */
function choice(label, options, what) {
  const made = document.createElement("label");
  const select = document.createElement("select");
  select.append(...options.map(([value, words]) => new Option(words, value, false, chosen[what] === value)));
  select.addEventListener("change", () => {
    chosen[what] = select.value;
    draw();
    tell();
  });
  made.append(`${label} `, select);
  return made;
}

function draw() {
  document.documentElement.lang = chosen.language;
  document.documentElement.dataset.theme = chosen.theme;
  const put = (/** @type {string} */ id, /** @type {(Node | string)[]} */ ...nodes) =>
    document.getElementById(id)?.replaceChildren(...nodes);
  put("title", text("title"));
  put("about", text("about"));
  put("settings",
    choice(text("language"), [["es", "Español"], ["en", "English"]], "language"),
    choice(text("theme"), [["light", text("light")], ["dark", text("dark")]], "theme"),
    choice(text("width"), [["100%", "100 %"], ["320px", "320"], ["280px", "280"]], "width"));
  const list = /** @type {HTMLElement} */ (document.getElementById("customers"));
  list.setAttribute("aria-label", text("customers"));
  list.replaceChildren(...CUSTOMERS.map(([value, words]) => {
    const button = document.createElement("button");
    const small = Object.assign(document.createElement("small"), { textContent: of(words) });
    button.append(value, small);
    if (value === chosen.document) button.setAttribute("aria-current", "true");
    button.addEventListener("click", () => {
      chosen.document = value;
      draw();
      ask();
    });
    const item = document.createElement("li");
    item.append(button);
    return item;
  }));
  for (const { frame } of views) {
    /** @type {HTMLElement} */ (frame.parentElement).style.inlineSize = chosen.width;
  }
}

chosen.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
chosen.language = /^es/i.test(navigator.language) ? "es" : "en";
draw();
ask();
