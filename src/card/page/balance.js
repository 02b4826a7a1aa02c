// The card of `get_obligation`: what is owed, how late, the last payment. What wolkvox left blank is
// unknown, never 0.

/**
 * @param {BalanceAnswer} answer
 * @returns {Child[]}
 */
function balanceCard(answer) {
  const reader = reference(answer);
  const { obligations, total_balance: sum, not_found: missing } = answer;
  const texts = obligations.flatMap((it) => Object.values(it).map(flat));
  return [
    el("header", {},
      marks(answer, texts.some((text) => text.includes(MASK)), reader),
      el("h1", {}, sum && obligations.length > 1 ? say("totalOwed") : say("balance")),
      sum && obligations.length > 1 && el("p", { class: "amount" }, value(amount(sum))),
      el("p", { class: "muted" }, counted("obligations", obligations.length))),
    el("ul", { class: "obligations", "aria-label": say("balance") },
      ...obligations.map((it) => obligationItem(it, reader))),
    missing && missing.length > 0 && el("section", { "aria-labelledby": "missing" },
      el("h2", { id: "missing" }, say("notFound")),
      el("ul", { class: "plain" }, ...missing.map((it) =>
        el("li", {}, value(it.name), ": ", el("span", { class: "muted" }, english(it.reason)))))),
    note(say("noCurrency")),
    footer([answer], reader),
  ];
}

/**
 * @param {Row} obligation
 * @param {Reader} reader
 */
function obligationItem(obligation, reader) {
  const text = (/** @type {ObligationField} */ name) => textIn(obligation, name);
  const title = text("name") || text("id") || say("obligation");
  const balance = text("total_balance");
  const fact = (/** @type {string} */ label, /** @type {Child[]} */ ...shown) =>
    el("div", {}, el("dt", {}, label), el("dd", {}, ...shown));
  const unknown = el("span", { class: "unknown" }, say("unknown"));
  return el("li", {},
    el("p", { class: "title" },
      el("span", {}, value(title)),
      text("portfolio_type") && el("span", { class: "mark plain" }, value(text("portfolio_type")))),
    el("p", { class: "amount" }, balance
      ? value(amount(balance))
      : el("span", { class: "unknown" }, say("unknownInWolkvox"))),
    el("dl", { class: "terms" },
      fact(say("overdue"), ...overdue(obligation, unknown.cloneNode(true))),
      fact(say("dueDate"), ...dayOf(text("expiring_date"), reader, unknown.cloneNode(true))),
      fact(say("lastPayment"), ...payment(text, reader, unknown))),
    own(obligation));
}

/**
 * Shows the days overdue as wolkvox counts them, and by the due date where that differs.
 * @param {Row} obligation
 * @param {Node} unknown
 * @returns {Child[]}
 */
function overdue(obligation, unknown) {
  const days = textIn(obligation, "days_delay");
  const computed = textIn(obligation, "days_overdue");
  const words = (/** @type {string} */ text) =>
    /^\d{1,9}$/.test(text) ? counted("days", Number(text)) : text;
  return [
    days ? el("b", {}, value(words(days))) : unknown,
    computed && el("span", { class: "muted" }, ` (${say("byDueDate", { days: words(computed) })})`),
  ];
}

/**
 * @param {string} text
 * @param {Reader} reader
 * @param {Node} unknown
 * @returns {Child[]}
 */
function dayOf(text, { today }, unknown) {
  const moment = readMoment(text);
  if (!moment) return [text ? value(text) : unknown];
  const days = today ? daysBetween(moment, today) : null;
  return [time(moment), days !== null && el("span", { class: "muted" }, ` · ${ago(days)}`)];
}

/**
 * @param {(name: ObligationField) => string} text
 * @param {Reader} reader
 * @param {Node} unknown
 * @returns {Child[]}
 */
function payment(text, reader, unknown) {
  const [paid, day] = [text("last_pay"), text("last_pay_date")];
  if (!paid && !day) return [unknown];
  const blank = el("span", { class: "unknown" }, say("unknown"));
  return [paid ? value(amount(paid)) : unknown, " · ", ...dayOf(day, reader, blank)];
}

/** What stands elsewhere in the card, and which fields are blank, which their places say. */
const PLACED = new Set([
  "id", "name", "total_balance", "portfolio_type", "last_pay", "last_pay_date", "expiring_date",
  "days_delay", "days_overdue", "unknown",
]);

/**
 * Shows the tenant's own fields: those of the form by their names.
 * @param {Row} obligation
 */
function own(obligation) {
  const others = Object.entries(obligation).filter(([name]) => !PLACED.has(name));
  const entries = others.flatMap(([name, it]) => {
    const isForm = name === "form" && typeof it === "object" && it && !Array.isArray(it);
    return isForm ? Object.entries(it) : [[name, it]];
  });
  const shown = entries.filter(([, it]) => flat(it));
  if (shown.length === 0) return null;
  return el("details", {},
    el("summary", {}, say("ownFields")),
    fieldList(/** @type {[string, unknown][]} */ (shown)));
}
