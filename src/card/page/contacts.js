// A record as the card shows it, and what a list of them says.

/**
 * @typedef {{
 *   moment: Moment | null,
 *   rawDate: string,
 *   outcome: string,
 *   rival: string,
 *   isClassified: boolean,
 *   channel: string,
 *   agent: string,
 *   obligation: string,
 *   name: string,
 *   document: string,
 *   extras: [name: string, value: unknown][],
 * }} Contact
 */

/** wolkvox's fields that the card shows elsewhere, and ids that mean nothing to an agent. */
const KNOWN = new Set(/** @type {FieldName[]} */ ([
  "date", "type_interaction", "tipification_code", "tipification_description",
  "tipifycation_code", "tipifycation_desc", "obligation", "agent_name", "id_customer",
  "client_name", "client_lastname", "client_type_document", "wolkvox_idRecord", "wolkvox_id",
  "wolkvox_idCall", "wolkvox_idCustomer", "wolkvox_owner", "wolkvox_usuario_creacion",
  "wolkvox_ip_address", "module",
]));

/** What wolkvox writes where an agent let the time to classify run out. */
const TIMED_OUT = new Set(["TIMEOUTACW", "TIMEOUTCHAT"]);
const MASK = "•••";

/**
 * Returns the contacts of an answer, each with what all share.
 * @param {GestionesAnswer} answer
 * @returns {Contact[]}
 */
function contactsOf({ common, records = [] }) {
  return records.map((record) => contactOf({ ...common, ...record }));
}

/**
 * @param {Row} record
 * @returns {Contact}
 */
function contactOf(record) {
  const text = (/** @type {FieldName} */ name) => textIn(record, name);
  const words = text("tipification_description");
  const code = text("tipification_code");
  const outcome = words || code;
  const otherWords = text("tipifycation_desc");
  const otherCode = text("tipifycation_code");
  // Where both spellings came, they say different things.
  const rival = (words && otherWords) || (otherWords ? "" : code && otherCode);
  const isClassified = outcome !== "" && !TIMED_OUT.has(outcome);
  const rawDate = text("date");
  return {
    moment: readMoment(rawDate),
    rawDate,
    outcome: isClassified ? outcome : unclassified(outcome),
    rival: rival === outcome ? "" : rival,
    isClassified,
    channel: text("type_interaction"),
    agent: text("agent_name"),
    obligation: text("obligation"),
    name: [text("client_name"), text("client_lastname")].filter(Boolean).join(" "),
    document: [text("client_type_document"), text("id_customer")].filter(Boolean).join(" "),
    extras: Object.entries(record).filter(([name]) => !KNOWN.has(/** @type {any} */ (name))),
  };
}

/**
 * Says that nobody classified a contact, and what wolkvox wrote instead.
 * @param {string} code
 */
function unclassified(code) {
  return code ? `${say("unclassified")} (${code})` : say("unclassified");
}

/**
 * Returns the newest contact of all, where an answer names it apart from its records.
 * @param {NonNullable<GestionesAnswer["latest"]>} latest
 */
function latestContact(latest) {
  return contactOf({
    date: latest.date,
    tipification_description: latest.tipification,
    type_interaction: latest.type_interaction,
    agent_name: latest.agent_name,
    obligation: latest.obligation,
  });
}

/**
 * Returns a field as text; blank if it is not there.
 * @param {Row} record
 * @param {FieldName | ObligationField} name
 */
function textIn(record, name) {
  if (!Object.hasOwn(record, name)) return "";
  return flat(record[name]);
}

/**
 * Writes a value of any shape on one line.
 * @param {unknown} given
 * @returns {string}
 */
function flat(given) {
  if (given === null || given === undefined) return "";
  if (Array.isArray(given)) return given.map(flat).filter(Boolean).join(", ");
  if (typeof given === "object") {
    const members = Object.entries(given).map(([name, it]) => [name, flat(it)]);
    return members.filter(([, it]) => it).map(([name, it]) => `${name}: ${it}`).join(" · ");
  }
  return String(given);
}

/**
 * Returns the customer if all of it is about one.
 * @param {GestionesAnswer} answer
 * @param {Contact[]} contacts
 */
function customerOf(answer, contacts) {
  const [first] = contacts;
  const documents = new Set(contacts.map((it) => it.document));
  if (!first || documents.size !== 1 || Number(answer.customers) > 1) return null;
  const names = new Set(contacts.map((it) => it.name));
  if (!first.document && names.size !== 1) return null;
  const name = contacts.find((it) => it.name)?.name ?? "";
  return name || first.document ? { name, document: first.document } : null;
}

/**
 * Returns the fields that all contacts share, to be said once.
 * @param {Contact[]} contacts
 */
function sharedExtras(contacts) {
  const [first, ...others] = contacts;
  if (!first || others.length === 0) return [];
  const has = (/** @type {Contact} */ contact, /** @type {string} */ text) =>
    contact.extras.some((it) => JSON.stringify(it) === text);
  return first.extras.filter((it) => others.every((other) => has(other, JSON.stringify(it))));
}

/** @param {Contact[]} contacts */
function isMasked(contacts) {
  return contacts.some((it) =>
    [it.name, it.document, it.agent, it.obligation, ...it.extras.map(([, extra]) => flat(extra))]
      .some((text) => text.includes(MASK)));
}

/** Words of promises, in the spellings of classifications; a tenant chooses its own. */
const PROMISES = /prome|acuerdo|compromiso|promise|agreement|\bptp\b/i;
/** Of how they ended, or that there was none. */
const NO_PROMISE = /cumpl|rot[ao]\b|broke|kept|\b(no|not|sin)\b/i;

/**
 * Returns the newest promise and what was logged after it on the same obligation, as facts: what
 * became of it is in the words of the records themselves.
 * @param {Contact[]} contacts one customer's, newest first
 */
function promiseOf(contacts) {
  const dated = contacts.filter((it) => it.moment);
  const at = dated.findIndex((it) => {
    const words = it.outcome.replaceAll("_", " ");
    return PROMISES.test(words) && !NO_PROMISE.test(words);
  });
  const promise = dated[at];
  if (!promise) return null;
  const after = dated.slice(0, at).filter((it) => it.obligation === promise.obligation);
  return { promise, after: after.reverse() };
}
