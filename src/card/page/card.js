// One state, drawn anew after each change.

const place = /** @type {HTMLElement} */ (document.getElementById("card"));
const announcer = /** @type {HTMLElement} */ (document.getElementById("status"));

const state = {
  view: /** @type {View} */ ({ kind: "waiting" }),
  /** What the tool was called with. It is never shown: it may hold what answers mask. */
  asked: /** @type {Record<string, unknown>} */ ({}),
  /** Counts the look-ups, so that a page that comes late for an earlier one is thrown away. */
  turn: 0,
  shown: AT_FIRST,
  open: /** @type {Set<number>} */ (new Set()),
  canAsk: false,
  context: /** @type {HostContext} */ ({}),
};

function render() {
  document.documentElement.lang = isSpanish() ? "es" : "en";
  document.title = titleOf(state.view);
  place.setAttribute("aria-busy", String(state.view.kind === "waiting"));
  const focused = document.activeElement?.id;
  place.replaceChildren(...drawn(state.view).filter(isThere));
  if (focused) document.getElementById(focused)?.focus();
}

/** @param {View} view */
function drawn(view) {
  switch (view.kind) {
    case "waiting": return waiting();
    case "cancelled": return notice(say("cancelled"), el("p", {}, say("cancelledWhy")));
    case "closed": return notice(say("closed"));
    case "gone": return notice(say("gone"), el("p", {}, say("goneWhy")));
    case "failed": return failureNotice(view.failure, view.text);
    case "none": return noneNotice(view.answer);
    case "balance": return balanceCard(view.answer);
    case "history": {
      const { asked, canAsk, shown, open } = state;
      return historyCard({ ...view, asked, canAsk, shown, open, askMore });
    }
  }
}

/** @param {View} view */
function titleOf(view) {
  return `wolkvox · ${say(view.kind === "balance" ? "balance" : "history")}`;
}

/**
 * Says something to screen readers.
 * @param {string} text
 */
function announce(text) {
  announcer.textContent = text;
}

/**
 * Shows something else; nothing of what was shown before stays.
 * @param {View} view
 */
function show(view) {
  Object.assign(state, { view, turn: state.turn + 1, shown: AT_FIRST, open: new Set() });
  if (view.kind === "history") {
    const loaded = view.pages.flatMap((page) => page.records).length;
    // No button for a row or two.
    if (loaded <= AT_FIRST + 2) state.shown = loaded;
  }
  render();
  announce(statusOf(view));
}

/** @param {View} view */
function statusOf(view) {
  switch (view.kind) {
    case "waiting": return say("waiting");
    case "cancelled": return say("cancelled");
    case "closed": return "";
    case "gone": return say("gone");
    case "none": return "other_matches" in view.answer ? say("noneHere") : say("none");
    case "failed": {
      const known = FAILURES.get(view.failure);
      return known ? pick(known.what) : say("failed");
    }
    default: return say("ready");
  }
}

/** Shows more: first what is here already, then the tool's next page. */
async function askMore() {
  const { view, turn } = state;
  if (view.kind !== "history" || view.more === "loading") return;
  const loaded = view.pages.flatMap((page) => page.records).length;
  const before = Math.min(state.shown, loaded);
  if (loaded > before) return reveal(view.pages, before, loaded);
  const offset = view.pages.at(-1)?.next_offset;
  if (offset === undefined) return;
  state.view = { ...view, more: "loading" };
  render();
  announce(say("loading"));
  const came = await nextPage(offset);
  // Another look-up has taken this one's place.
  if (state.turn !== turn) return;
  if (came === null) {
    state.view = { ...view, more: "failed" };
    render();
    return announce(say("moreFailed"));
  }
  reveal([...view.pages, came], before, before + came.records.length);
}

/**
 * @param {GestionesAnswer[]} pages
 * @param {number} before
 * @param {number} after
 */
function reveal(pages, before, after) {
  state.view = { kind: "history", pages, more: "idle" };
  state.shown = after;
  render();
  document.getElementById(`row-${before}`)?.focus();
  announce(say("loaded", { n: whole(after - before) }));
}

/**
 * Asks the tool for a further page; null if none came.
 * @param {number} offset
 */
async function nextPage(offset) {
  try {
    const question = { name: "query_obligation", arguments: { ...state.asked, offset } };
    const came = viewOf(/** @type {ToolResult} */ (await request("tools/call", question)));
    return came.kind === "history" ? came.pages[0] ?? null : null;
  } catch {
    return null;
  }
}

/**
 * @param {string} method
 * @param {Record<string, any>} params
 */
function notified(method, params) {
  switch (method) {
    case "ui/notifications/tool-input-partial":
      if (state.view.kind !== "waiting") show({ kind: "waiting" });
      break;
    case "ui/notifications/tool-input":
      state.asked = params.arguments ?? {};
      show({ kind: "waiting" });
      break;
    case "ui/notifications/tool-result":
      show(viewOf(params));
      break;
    case "ui/notifications/tool-cancelled":
      show({ kind: "cancelled" });
      break;
    case "ui/notifications/host-context-changed":
      changed(/** @type {HostContext} */ (params));
      break;
  }
}

/**
 * Takes over what changed of the host: it may be a part only.
 * @param {HostContext} context
 */
function changed(context) {
  const styles = { ...state.context.styles, ...context.styles };
  const variables = { ...state.context.styles?.variables, ...context.styles?.variables };
  state.context = { ...state.context, ...context, styles: { ...styles, variables } };
  locale = known(state.context.locale) ?? known(navigator.language) ?? "en";
  timeZone = knownZone(state.context.timeZone);
  applyTheme(state.context);
  render();
}

/** @param {unknown} name */
function knownZone(name) {
  try {
    return typeof name === "string" && new Intl.DateTimeFormat("en", { timeZone: name })
      ? name : undefined;
  } catch {
    return undefined;
  }
}

/** Tells the host how large the content is: some start the frame small and grow it by this only. */
function tellSize() {
  let told = "";
  const tell = () => {
    const size = { width: innerWidth, height: Math.ceil(place.getBoundingClientRect().height) };
    if (JSON.stringify(size) === told || size.height === 0) return;
    told = JSON.stringify(size);
    notify("ui/notifications/size-changed", size);
  };
  new ResizeObserver(tell).observe(place);
  tell();
}

function start() {
  changed({});
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => changed({}));
  connect({
    notified,
    opened: ({ hostContext, hostCapabilities }) => {
      state.canAsk = Boolean(hostCapabilities?.serverTools);
      changed(hostContext ?? {});
    },
    closed: () => show({ kind: "closed" }),
  // A host that refuses may still send a result.
  }).catch(() => {}).then(tellSize);
}

start();
