// Elements, made without HTML: every value of the CRM is text.

/** @typedef {Node | string | number | null | undefined | false} Child */
/** @typedef {"in" | "out" | "call" | "chat" | "mail" | "other"} Icon */

/**
 * Makes an element.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string>} attributes
 * @param {Child[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
function el(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.filter(isThere));
  return made;
}

/**
 * @param {Child} child
 * @returns {child is Node | string}
 */
function isThere(child) {
  return child instanceof Node || (typeof child === "string" && child !== "");
}

/**
 * Shows a value of the CRM; isolated, since a name in Hebrew would turn its neighbours round.
 * @param {string} text
 */
function value(text) {
  return el("bdi", {}, text);
}

/**
 * Shows the server's own English.
 * @param {string} text
 */
function english(text) {
  return el("span", { lang: "en" }, text);
}

/**
 * Shows a moment.
 * @param {Moment} moment
 * @param {{ weekday?: boolean, year?: boolean }} [how]
 */
function time(moment, how) {
  return el("time", { datetime: machineText(moment) }, momentText(moment, how));
}

/**
 * Puts a dot between what is there; each piece stays on one line if it can.
 * @param {Child[]} children
 * @returns {Child[]}
 */
function dotted(...children) {
  const there = children.filter(isThere);
  return there.flatMap((child, index) => {
    const isLast = index === there.length - 1;
    return [el("span", { class: "piece" }, child, !isLast && " ·"), !isLast && " "];
  });
}

/**
 * @param {string} name
 * @param {Record<string, string>} attributes
 * @param {Element[]} children
 */
function svg(name, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, it] of Object.entries(attributes)) made.setAttribute(key, it);
  made.append(...children);
  return made;
}

/** @type {Record<Icon, string>} */
const PATHS = {
  in: "M4 2.5 2.5 4c.4 5 4.5 9.1 9.5 9.5l1.5-1.5-2.6-2.6-1.7 1A9.6 9.6 0 0 1 5.6 6.8l1-1.7zM13.5 2.5 9.5 6.5m0-3.2v3.2h3.2",
  out: "M4 2.5 2.5 4c.4 5 4.5 9.1 9.5 9.5l1.5-1.5-2.6-2.6-1.7 1A9.6 9.6 0 0 1 5.6 6.8l1-1.7zM9.5 6.5l4-4m0 3.2V2.5h-3.2",
  call: "M4 2.5 2.5 4c.4 5 4.5 9.1 9.5 9.5l1.5-1.5-2.6-2.6-1.7 1A9.6 9.6 0 0 1 5.6 6.8l1-1.7z",
  chat: "M2.5 3.5h11v7.5H8l-3 2.5V11H2.5z",
  mail: "M2 3.5h12v9H2zm0 .5 6 5 6-5",
  other: "M8 5.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5",
};

/**
 * Draws a channel's sign, which stands beside its words.
 * @param {Icon} name
 */
function icon(name) {
  return svg("svg", { class: "icon", viewBox: "0 0 16 16", "aria-hidden": "true" },
    svg("path", { d: PATHS[name] }));
}
