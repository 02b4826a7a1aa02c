// Numbers over all matches: how often, how, with what outcome, in which months.

/** Rows of a list; the rest is one. */
const ROWS = 5;
/** Months below which a strip says no more than the numbers. */
const FEWEST_MONTHS = 3;
/** Contacts below which the history itself shows what comes how often. */
const FEWEST_CONTACTS = 4;

/**
 * @param {GestionesAnswer} answer
 * @param {Reader} reader
 */
function numbers({ summary, total }, { asOf, isOld }) {
  if (!summary) return null;
  const tiles = /** @type {[number | undefined, string][]} */ ([
    [summary.today, say("today")],
    [summary.last_7_days, say("sevenDays")],
    [summary.last_30_days, say("thirtyDays")],
    [total, say("inAll")],
  ]);
  return el("section", { "aria-labelledby": "numbers" },
    el("h2", { id: "numbers" }, say("numbers")),
    el("dl", { class: "tiles" }, ...tiles.map(([n, label]) => n !== undefined
      && el("div", {}, el("dt", {}, label), el("dd", {}, whole(n))))),
    recent(summary.last_7_days_by_channel),
    note(say("attempts"), isOld && asOf && ` ${say("asOfDay", { date: dayText(asOf) })}.`),
    months(summary));
}

/**
 * Says by which channels the last 7 days' contacts came.
 * @param {Record<string, unknown> | undefined} counts
 */
function recent(counts) {
  const all = ranked(counts, channelWords, "", 0);
  if (all.length === 0) return null;
  const pieces = all.map(({ label, n }) => el("span", {}, label, " ", el("b", {}, whole(n))));
  return el("p", { class: "recent" }, `${say("sevenDays")}: `, ...dotted(...pieces));
}

/**
 * Lists how often which outcome and which channel came, where the history is too long to see it.
 * @param {GestionesAnswer} answer
 */
function lists({ summary, total }) {
  if (!summary || total < FEWEST_CONTACTS) return null;
  const unclassified = summary.without_tipification;
  const outcomes = ranked(summary.by_tipification, value, say("unclassified"), unclassified);
  const channels = ranked(summary.by_channel, channel, say("noChannel"), summary.without_channel);
  return el("section", { class: "lists", "aria-label": say("numbers") },
    bars("byOutcome", outcomes, summary.other_tipifications),
    bars("byChannel", channels, summary.other_channels));
}

/** @typedef {{ label: Child, n: number }} Count */

/**
 * Puts counts in order, the largest first.
 * @param {Record<string, unknown> | undefined} counts
 * @param {(name: string) => Child} label
 * @param {string} blank what stands for those without a name
 * @param {number | undefined} blanks
 * @returns {Count[]}
 */
function ranked(counts, label, blank, blanks) {
  const named = Object.entries(counts ?? {}).map(([name, n]) => ({
    label: label(name), n: Number(n),
  }));
  const all = blanks ? [...named, { label: blank, n: blanks }] : named;
  return all.sort((one, other) => other.n - one.n);
}

/**
 * Draws a list of counts as bars.
 * @param {"byOutcome" | "byChannel"} title
 * @param {Count[]} rows
 * @param {number | undefined} others
 */
function bars(title, rows, others) {
  if (rows.length === 0) return null;
  const shown = rows.length > ROWS + 1 ? rows.slice(0, ROWS) : rows;
  const rest = rows.slice(shown.length).reduce((sum, { n }) => sum + n, others ?? 0);
  const all = rest > 0 ? [...shown, { label: say("others"), n: rest }] : shown;
  const most = Math.max(...all.map(({ n }) => n));
  return el("div", {},
    el("h3", {}, say(title)),
    el("ul", { class: "bars" }, ...all.map(({ label, n }) => {
      const row = el("li", {}, el("span", {}, label), " ", el("b", {}, whole(n)));
      row.style.setProperty("--part", String(n / most));
      return row;
    })));
}

/**
 * Draws the months as a strip, where there are enough of them to see a course.
 * @param {NonNullable<GestionesAnswer["summary"]>} summary
 */
function months({ by_month: counts }) {
  const count = new Map(Object.entries(counts ?? {}).map(([month, n]) => [month, Number(n)]));
  const known = [...count.keys()].filter((month) => /^\d{4}-\d\d$/.test(month)).sort();
  const [first, last] = [known[0], known.at(-1)];
  if (known.length < FEWEST_MONTHS || !first || !last) return null;
  const all = monthsFrom(first, last);
  const most = Math.max(...known.map((month) => count.get(month) ?? 0));
  const [STEP, BAR, HEIGHT] = [10, 7, 28];
  const drawn = all.map((month, index) => {
    const n = count.get(month) ?? 0;
    const height = n > 0 ? Math.max(2, (n / most) * HEIGHT) : 1;
    return svg("rect", {
      x: String(index * STEP), y: String(HEIGHT - height), width: String(BAR),
      height: String(height), rx: "1", class: n > 0 ? "full" : "empty",
    });
  });
  const words = all.map((month) => `${monthText(month)}: ${whole(count.get(month) ?? 0)}`);
  return el("div", { class: "months" },
    el("h3", {}, say("byMonth")),
    svg("svg", {
      viewBox: `0 0 ${all.length * STEP - (STEP - BAR)} ${HEIGHT}`,
      preserveAspectRatio: "none", role: "img", "aria-label": `${say("byMonth")}: ${words.join(", ")}`,
    }, ...drawn),
    el("p", { class: "muted ends", "aria-hidden": "true" },
      el("span", {}, monthText(first)), el("span", {}, monthText(last))));
}

/**
 * Lists the months between two, both included; those without contacts are months too.
 * @param {string} first
 * @param {string} last
 */
function monthsFrom(first, last) {
  const MOST = 36;
  const all = [];
  let [year = 0, month = 0] = first.split("-").map(Number);
  for (let at = first; at <= last && all.length < MOST;) {
    all.push(at);
    [year, month] = month === 12 ? [year + 1, 1] : [year, month + 1];
    at = `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}`;
  }
  return all;
}
