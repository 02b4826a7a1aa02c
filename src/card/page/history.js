// The card of `query_obligation`: who, the last contact, the promise, numbers, the history.

/**
 * @typedef {{
 *   pages: GestionesAnswer[],
 *   more: More,
 *   asked: Record<string, unknown>,
 *   canAsk: boolean,
 *   shown: number,
 *   open: Set<number>,
 *   askMore: () => void,
 * }} Shown
 */

/**
 * @param {Shown} shown
 * @returns {Child[]}
 */
function historyCard(shown) {
  const [answer] = shown.pages;
  if (!answer) return [];
  const contacts = shown.pages.flatMap(contactsOf);
  const customer = customerOf(answer, contacts);
  const reader = reference(answer);
  return [
    heading(answer, contacts, customer, reader),
    el("div", { class: "facts" },
      el("div", {},
        lastContact(answer, contacts, shown.asked, reader, customer === null),
        customer && promise(answer, contacts, shown.asked, reader)),
      numbers(answer, reader)),
    lists(answer),
    timeline(shown, contacts, customer, reader),
    footer(shown.pages, reader),
  ];
}

/** @typedef {ReturnType<typeof reference>} Reader */

/**
 * @param {GestionesAnswer} answer
 * @param {Contact[]} contacts
 * @param {ReturnType<typeof customerOf>} customer
 * @param {Reader} reader
 */
function heading(answer, contacts, customer, reader) {
  const total = counted("contacts", answer.total);
  const many = Number(answer.customers);
  const others = many > 1 ? say("customers", { n: whole(many) }) : say("severalCustomers");
  const isAnonymous = contacts.every((it) => !it.name && !it.document);
  const name = customer
    ? value(customer.name || say("noName"))
    : isAnonymous ? say("contacts") : others;
  const shared = customer ? sharedExtras(contacts) : [];
  return el("header", {},
    marks(answer, isMasked(contacts), reader),
    el("h1", {}, name),
    el("p", { class: "muted" },
      ...(customer ? dotted(customer.document && value(customer.document), total) : [total]),
      !customer && !isAnonymous && ` · ${say("ofSeveral")}`),
    shared.length > 0 && el("details", {},
      el("summary", {}, say("moreOnCustomer")),
      fieldList(shared)));
}

/**
 * Returns the marks that change how everything else is read.
 * @param {Answer} answer
 * @param {boolean} hasMasks
 * @param {Reader} reader
 */
function marks(answer, hasMasks, { asOf, today, isOld }) {
  const fetched = "fetched" in answer ? answer.fetched : undefined;
  const incomplete = fetched === undefined || fetched >= answer.total
    ? say("incomplete")
    : say("incompleteOf", { fetched: whole(fetched), n: whole(answer.total) });
  const all = [
    answer.incomplete && mark("warning", incomplete),
    isOld && asOf && today
      && mark("warning", say("lookedUpAgo", { ago: ago(daysBetween(asOf, today)) })),
    answer.sandbox && mark("plain", say("fictitious")),
    hasMasks && mark("plain", say("masked")),
  ].filter(isThere);
  return all.length > 0 && el("ul", { class: "marks" }, ...all);
}

/**
 * @param {"warning" | "plain"} kind
 * @param {string} text
 */
function mark(kind, text) {
  return el("li", { class: `mark ${kind}` }, text);
}

/**
 * Shows the newest contact, and how far it is known to be the newest.
 * @param {GestionesAnswer} answer
 * @param {Contact[]} contacts
 * @param {Record<string, unknown>} asked
 * @param {Reader} reader
 * @param {boolean} isOfSeveral
 */
function lastContact(answer, contacts, asked, reader, isOfSeveral) {
  const { latest, other_matches: others, undated } = answer;
  const contact = latest ? latestContact(latest) : contacts[0];
  if (!contact) return null;
  let label = say("last");
  if (!latest && answer.incomplete) label = say("newestCame");
  else if (!latest && (isCut(asked) || others)) label = say("newestShown");
  const days = contact.moment && reader.today ? daysBetween(contact.moment, reader.today) : null;
  const since = days === null ? null : ago(days);
  const when = contact.moment
    ? dotted(since && el("strong", {}, since), time(contact.moment, { weekday: true }))
    : [contact.rawDate ? say("dateReads", { date: "" }) : say("noDate"), value(contact.rawDate)];
  return el("section", { "aria-labelledby": "last" },
    el("h2", { id: "last" }, label),
    el("p", { class: "outcome" }, ...outcome(contact)),
    el("p", {}, ...when),
    el("p", { class: "muted" }, ...dotted(
      isOfSeveral && !latest && value([contact.name, contact.document].filter(Boolean).join(" · ")),
      channel(contact.channel),
      contact.agent ? value(contact.agent) : say("noAgent"),
      contact.obligation && value(contact.obligation))),
    contact.rival && note(say("contradicts")),
    latest && contacts.length > 0 && note(say("notListed")),
    others && contacts.length > 0 && note(say("listIsCut", { n: counted("contacts", others) })),
    contact.moment && undated && note(say("mayBeNewer", { n: whole(undated) })));
}

/**
 * Returns whether only a part of what matches was asked for.
 * @param {Record<string, unknown>} asked
 */
function isCut(asked) {
  const names = ["since", "until", "tipification", "channel", "obligation"];
  return Number(asked.offset ?? 0) > 0 || names.some((name) => (asked[name] ?? "") !== "");
}

/** @param {Contact} contact */
function outcome({ outcome: words, rival }) {
  return rival ? [value(words), " / ", value(rival)] : [value(words)];
}

/** @param {string} code */
function channel(code) {
  if (!code) return null;
  return el("span", {}, icon(knownChannel(code)?.icon ?? "other"), channelWords(code));
}

/** @param {string} code */
function channelWords(code) {
  const known = knownChannel(code);
  return known ? pick(known.words) : value(code);
}

/** @param {string} code */
function knownChannel(code) {
  return CHANNELS.get(code.trim().toLowerCase());
}

/** @param {Child[]} children */
function note(...children) {
  return el("p", { class: "note" }, ...children);
}

/**
 * Shows the newest promise and what came after it.
 * @param {GestionesAnswer} answer
 * @param {Contact[]} contacts
 * @param {Record<string, unknown>} asked
 * @param {Reader} reader
 */
function promise(answer, contacts, asked, { today }) {
  // In a part of the contacts neither "newest" nor "afterwards" is known.
  if (isCut(asked) || answer.latest || answer.other_matches) return null;
  const found = promiseOf(contacts);
  const isLast = found?.promise === contacts[0];
  if (!found || isLast) return null;
  const MOST = 3;
  const { promise: made, after } = found;
  const year = (/** @type {Contact} */ it) => it.moment?.year !== today?.year;
  const step = (/** @type {Contact} */ it) => el("li", {},
    el("b", {}, ...outcome(it)), " ",
    it.moment && el("span", { class: "muted" }, time({ ...it.moment, time: null }, { year: year(it) })));
  const rest = after.length - MOST;
  return el("section", { "aria-labelledby": "promise" },
    el("h2", { id: "promise" }, say(answer.incomplete ? "promiseShown" : "promise")),
    el("ol", { class: "steps" },
      step(made),
      el("li", { class: "after" },
        made.obligation
          ? say("afterwardsOn", { obligation: made.obligation })
          : say("afterwards"), ": ",
        after.length === 0 && el("span", {}, say("nothingAfter"))),
      ...after.slice(0, MOST).map(step),
      rest > 0 && el("li", { class: "muted" }, say("andMoreAfter", { n: whole(rest) }))));
}

/**
 * Says when wolkvox was asked, and what the server noted.
 * @param {Answer[]} answers
 * @param {Reader} reader
 */
function footer(answers, { asOf }) {
  const hints = [...new Set(answers.map((it) => it.hint ?? "").filter(Boolean))];
  const moments = new Set(answers.map((it) => it.as_of));
  const totals = new Set(answers.map((it) => it.total));
  return el("footer", {},
    totals.size > 1 && moments.size > 1 && note(say("anotherMoment")),
    asOf && el("p", { class: "muted" }, say("lookedUp", { date: "" }), time(asOf)),
    hints.length > 0 && el("details", {},
      el("summary", {}, say("serverNotes")),
      ...hints.map((hint) => el("p", { class: "muted" }, english(hint)))));
}
