// The history: a list, newest first, and what of it is not shown yet.

/** Rows at first: a card must not push the conversation away. */
const AT_FIRST = 8;

/**
 * @param {Shown} shown
 * @param {Contact[]} contacts
 * @param {ReturnType<typeof customerOf>} customer
 * @param {Reader} reader
 */
function timeline(shown, contacts, customer, reader) {
  const rows = contacts.slice(0, shown.shown);
  const shared = customer ? sharedExtras(contacts).map((it) => JSON.stringify(it)) : [];
  const row = (/** @type {Contact} */ contact, /** @type {number} */ index) => {
    const extras = contact.extras.filter((it) => !shared.includes(JSON.stringify(it)));
    return timelineRow({ ...contact, extras }, index, customer === null, reader, shown.open);
  };
  const dated = rows.filter((it) => it.moment).length;
  const all = rows.map(row);
  return el("section", { "aria-labelledby": "history" },
    el("h2", { id: "history" }, say("history")),
    dated > 0 && el("ol", { class: "timeline", "aria-labelledby": "history" }, ...all.slice(0, dated)),
    dated < all.length && el("h3", { id: "undated" }, say("undatedOnes")),
    dated < all.length
      && el("ol", { class: "timeline", "aria-labelledby": "undated" }, ...all.slice(dated)),
    rest(shown, contacts));
}

/**
 * @param {Contact} contact
 * @param {number} index
 * @param {boolean} isOfSeveral
 * @param {Reader} reader
 * @param {Set<number>} open
 */
function timelineRow(contact, index, isOfSeveral, { today }, open) {
  const { moment, rawDate } = contact;
  const isThisYear = moment?.year === today?.year;
  const day = moment
    ? el("time", { class: "day", datetime: machineText(moment) },
      dayText(moment, { weekday: isThisYear, year: !isThisYear }),
      moment.time && el("span", { class: "muted" }, ` ${moment.time}`))
    : el("span", { class: "day muted" }, rawDate ? value(rawDate) : say("noDate"));
  const person = [contact.name, contact.document].filter(Boolean).join(" · ");
  const made = el("li", { tabindex: "-1", id: `row-${index}` },
    day,
    el("div", { class: "what" },
      el("p", { class: "result" }, ...outcome(contact)),
      el("p", { class: "muted context" }, ...dotted(
        channel(contact.channel),
        contact.agent && value(contact.agent),
        contact.obligation && value(contact.obligation))),
      isOfSeveral && person && el("p", {}, value(person)),
      contact.rival && note(say("contradicts")),
      contact.extras.length > 0 && moreOn(contact, index, open)));
  return made;
}

/**
 * @param {Contact} contact
 * @param {number} index
 * @param {Set<number>} open
 */
function moreOn(contact, index, open) {
  const what = contact.moment ? momentText(contact.moment) : contact.outcome;
  const made = el("details", open.has(index) ? { open: "" } : {},
    el("summary", { "aria-label": say("detailsOf", { what }) }, say("details")),
    fieldList(contact.extras));
  made.addEventListener("toggle", () => (made.open ? open.add(index) : open.delete(index)));
  return made;
}

/** @param {[string, unknown][]} fields */
function fieldList(fields) {
  return el("dl", { class: "fields" }, ...fields.map(([name, it]) =>
    el("div", {}, el("dt", {}, value(fieldName(name))), el("dd", {}, value(flat(it))))));
}

/** @param {string} name */
function fieldName(name) {
  const words = FIELD_WORDS.get(name);
  return words ? pick(words) : name.trim();
}

/**
 * Offers what is not shown yet: what is here already, else what the tool has.
 * @param {Shown} shown
 * @param {Contact[]} contacts
 */
function rest(shown, contacts) {
  const last = shown.pages.at(-1);
  const hidden = contacts.length - shown.shown;
  const next = last?.next_offset;
  const skipped = Number(shown.asked.offset ?? 0) || 0;
  const left = (last?.total ?? 0) - skipped - contacts.length;
  if (hidden <= 0 && next === undefined) return null;
  if (hidden <= 0 && !shown.canAsk) {
    const values = { shown: whole(contacts.length), n: whole(last?.total ?? 0) };
    return note(say("thereAreMore", values));
  }
  const isLoading = shown.more === "loading";
  const page = Math.min(left, Number(shown.asked.limit) || PAGE);
  const n = hidden > 0 ? hidden : page;
  const words = n > 0 ? say("more", { n: whole(n) }) : say("moreUnknown");
  const button = el("button", { type: "button", id: "more", ...(isLoading && { "aria-disabled": "true" }) },
    isLoading ? say("loading") : words);
  button.addEventListener("click", shown.askMore);
  return el("div", { class: "rest" },
    shown.more === "failed" && note(say("moreFailed")),
    button);
}

/** Records that the tool returns where nobody says how many. */
const PAGE = 20;
