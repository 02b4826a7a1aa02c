// Days and times. wolkvox's have no time zone, so they are never put through one: "2026-11-20"
// would be the 19th in Bogotá.

/** @typedef {{ year: number, month: number, day: number, time: string | null }} Moment */

const DAY = 24 * 60 * 60 * 1000;

/** The host's time zone, if it is one; else the browser's. */
let timeZone = /** @type {string | undefined} */ (undefined);

/**
 * Reads a day, with or without a time, as answers write it.
 * @param {string} text
 * @returns {Moment | null}
 */
function readMoment(text) {
  const found = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d:\d\d)(?::\d\d(?:\.\d+)?)?)?$/.exec(text);
  if (!found) return null;
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])];
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  return { year, month, day, time: found[4] ?? null };
}

/**
 * Reads when an answer was made: in the call centre's time if it says so, else in the host's zone.
 * @param {string | undefined} text
 * @returns {Moment | null}
 */
function readAsOf(text) {
  const instant = new Date(text ?? "");
  if (!text || Number.isNaN(instant.getTime())) return null;
  const offset = offsetOf(text);
  if (offset !== null) {
    return readMoment(new Date(instant.getTime() + offset).toISOString().slice(0, 16));
  }
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit",
    minute: "2-digit", hourCycle: "h23",
  });
  const parts = Object.fromEntries(format.formatToParts(instant).map((it) => [it.type, it.value]));
  return readMoment(`${parts.year}-${parts.month}-${parts.day} ${parts.hour}:${parts.minute}`);
}

/**
 * Returns how far a time with an offset is from UTC, in milliseconds.
 * @param {string} text
 */
function offsetOf(text) {
  const found = /([+-])(\d\d):(\d\d)$/.exec(text);
  if (!found) return null;
  const minutes = Number(found[2]) * 60 + Number(found[3]);
  return (found[1] === "-" ? -minutes : minutes) * 60_000;
}

/**
 * Returns the day from which "5 days ago" is counted: an answer that a chat has kept for days must
 * not say "today" of the day it was made.
 * @param {{ as_of?: string, sandbox?: boolean }} answer
 */
function reference(answer) {
  const asOf = readAsOf(answer.as_of);
  if (!asOf || answer.sandbox) return { asOf, today: asOf, isOld: false };
  const offset = offsetOf(answer.as_of ?? "");
  const today = offset === null
    ? readAsOf(new Date().toISOString())
    : readMoment(new Date(Date.now() + offset).toISOString().slice(0, 16));
  if (!today || daysBetween(asOf, today) <= 0) return { asOf, today: asOf, isOld: false };
  return { asOf, today, isOld: true };
}

/**
 * Returns the days from one day to another.
 * @param {Moment} from
 * @param {Moment} to
 */
function daysBetween(from, to) {
  return Math.round((utc(to).getTime() - utc(from).getTime()) / DAY);
}

/** @param {Moment} moment */
function utc({ year, month, day }) {
  return new Date(Date.UTC(year, month - 1, day));
}

/**
 * Returns how long ago a number of days is, in words: the days themselves for a quarter of a year,
 * since arrears are counted in days.
 * @param {number} days
 */
function ago(days) {
  const format = new Intl.RelativeTimeFormat(wordsLocale(), { numeric: "auto" });
  if (Math.abs(days) < 100) return format.format(-days, "day");
  if (Math.abs(days) < 730) return format.format(-Math.trunc(days / 30.44), "month");
  return format.format(-Math.trunc(days / 365.25), "year");
}

/**
 * Writes a day: "vie 20 nov 2026".
 * @param {Moment} moment
 * @param {{ weekday?: boolean, year?: boolean }} [how]
 */
function dayText(moment, { weekday = false, year = true } = {}) {
  return [
    weekday ? dayPart(moment, "weekday") : "",
    String(moment.day),
    dayPart(moment, "month"),
    year ? String(moment.year) : "",
  ].filter(Boolean).join(" ");
}

/**
 * Writes a weekday's or a month's short name.
 * @param {Moment} moment
 * @param {"weekday" | "month"} name
 */
function dayPart(moment, name) {
  const key = `${name} ${wordsLocale()}`;
  const format = formats.get(key)
    ?? new Intl.DateTimeFormat(wordsLocale(), { [name]: "short", timeZone: "UTC" });
  formats.set(key, format);
  return format.format(utc(moment)).replace(/\.$/, "");
}

/**
 * Formats are dear to make: a hundred rows need two.
 * @type {Map<string, Intl.DateTimeFormat>}
 */
const formats = new Map();

/**
 * Writes a day and its time: "vie 20 nov 2026, 10:15".
 * @param {Moment} moment
 * @param {{ weekday?: boolean, year?: boolean }} [how]
 */
function momentText(moment, how) {
  return moment.time ? `${dayText(moment, how)}, ${moment.time}` : dayText(moment, how);
}

/**
 * Writes a moment for programs.
 * @param {Moment} moment
 */
function machineText({ year, month, day, time }) {
  const date = [String(year).padStart(4, "0"), month, day].map((it) => String(it).padStart(2, "0"));
  return date.join("-") + (time ? `T${time}` : "");
}

/**
 * Writes a month, "2026-11", as "nov 2026".
 * @param {string} month
 */
function monthText(month) {
  const moment = readMoment(`${month}-01`);
  return moment ? dayText(moment).replace(/^\S+ /, "") : month;
}
