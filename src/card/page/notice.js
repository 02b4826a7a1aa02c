// What stands in the place of an answer: waiting, nothing found, failures.

/** @returns {Child[]} */
function waiting() {
  return [el("div", { class: "skeleton", "aria-hidden": "true" },
    ...["wide", "", "wide", ""].map((kind) => el("span", { class: kind })))];
}

/**
 * @param {string} title
 * @param {Child[]} children
 * @returns {Child[]}
 */
function notice(title, ...children) {
  return [el("div", { class: "notice" }, el("h1", {}, title), ...children)];
}

/**
 * @param {string} kind
 * @param {string} text the server's own
 */
function failureNotice(kind, text) {
  const known = FAILURES.get(kind);
  const own = known ? text.slice(kind.length + 1).trim() : text;
  return notice(known ? pick(known.what) : say("failed"),
    el("p", {}, say("noAnswer")),
    known && el("p", {}, pick(known.advice)),
    own !== "" && el("p", { class: "muted small" }, english(own)));
}

/** @param {Answer} answer */
function noneNotice(answer) {
  const others = "other_matches" in answer ? answer.other_matches : undefined;
  const reader = reference(answer);
  return [
    marks(answer, false, reader),
    ...notice(
      say(others ? "noneHere" : "none"),
      el("p", {}, others
        ? say("noneHereWhy", { n: counted("contacts", others) })
        : say("noneWhy")),
      answer.hint ? el("p", { class: "muted" }, english(answer.hint)) : null),
    "latest" in answer && answer.latest
      && lastContact(answer, [], {}, reader, false),
    footer([{ ...answer, hint: undefined }], reader),
  ];
}
