// What a tool's result means. Each one stands for itself: nothing of an older one stays.

/**
 * @typedef {{ kind: "waiting" }
 *   | { kind: "cancelled" }
 *   | { kind: "closed" }
 *   | { kind: "gone" }
 *   | { kind: "failed", failure: string, text: string }
 *   | { kind: "none", answer: Answer }
 *   | { kind: "history", pages: GestionesAnswer[], more: More }
 *   | { kind: "balance", answer: BalanceAnswer }} View
 * @typedef {"idle" | "loading" | "failed"} More
 */

/**
 * Reads a result. Some hosts keep back its structured half, and the text is the same JSON; others
 * empty it when a chat is opened again, which must not read as "nothing found".
 * @param {Partial<ToolResult>} result
 * @returns {View}
 */
function viewOf(result) {
  const text = textOf(result);
  if (result.isError) {
    const failure = /^(\w+):/.exec(text)?.[1] ?? "";
    return { kind: "failed", failure, text };
  }
  const answer = answerOf(result.structuredContent) ?? answerOf(parsed(text));
  if (!answer) return { kind: "gone" };
  if (answer.outcome === "none") return { kind: "none", answer };
  if ("obligations" in answer) return { kind: "balance", answer };
  return { kind: "history", pages: [answer], more: "idle" };
}

/** @param {Partial<ToolResult>} result */
function textOf(result) {
  if (!Array.isArray(result.content)) return "";
  const block = result.content.find((it) => it?.type === "text" && typeof it.text === "string");
  return block?.text ?? "";
}

/** @param {string} text */
function parsed(text) {
  try {
    return /** @type {unknown} */ (JSON.parse(text));
  } catch {
    return null;
  }
}

/**
 * Returns an answer if it is one: it says how the look-up ended, and has what it found.
 * @param {unknown} given
 * @returns {Answer | null}
 */
function answerOf(given) {
  if (typeof given !== "object" || given === null) return null;
  const answer = /** @type {Partial<GestionesAnswer & BalanceAnswer>} */ (given);
  const isList = Array.isArray(answer.records) || Array.isArray(answer.obligations);
  if (answer.outcome === "none") return /** @type {Answer} */ (answer);
  return answer.outcome === "found" && isList ? /** @type {Answer} */ (answer) : null;
}
