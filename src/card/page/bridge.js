// The way to the host: JSON-RPC over `postMessage` (SEP-1865, revision 2026-01-26).

const PROTOCOL = "2026-01-26";
const UNKNOWN_METHOD = -32601;
/** Some hosts never answer. */
const LONGEST_WAIT = 60_000;

/** @type {Map<unknown, { resolve: (result: unknown) => void, reject: (why: Error) => void }>} */
const pending = new Map();
let asked = 0;
let isOpen = false;

/** @param {Record<string, unknown>} message */
function post(message) {
  // The host's origin is not known here, and mostly opaque; nothing secret is sent.
  parent.postMessage({ jsonrpc: "2.0", ...message }, "*");
}

/**
 * Asks the host.
 * @param {string} method
 * @param {Record<string, unknown>} params
 * @returns {Promise<unknown>}
 */
function request(method, params) {
  const id = ++asked;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => settle(id)?.reject(new Error("no answer")), LONGEST_WAIT);
    pending.set(id, {
      resolve: (result) => (clearTimeout(timer), resolve(result)),
      reject: (why) => (clearTimeout(timer), reject(why)),
    });
    post({ id, method, params });
  });
}

/** @param {unknown} id */
function settle(id) {
  const waiting = pending.get(id);
  pending.delete(id);
  return waiting;
}

/**
 * Tells the host.
 * @param {string} method
 * @param {Record<string, unknown>} params
 */
function notify(method, params) {
  if (isOpen) post({ method, params });
}

/**
 * Opens the connection.
 * @param {{
 *   notified: (method: string, params: Record<string, unknown>) => void,
 *   opened: (result: InitializeResult) => void,
 *   closed: () => void,
 * }} handlers
 */
async function connect({ notified, opened, closed }) {
  addEventListener("message", ({ source, data }) => {
    if (source !== parent || data?.jsonrpc !== "2.0") return;
    const { id, method, params, result, error } = data;
    if (method === undefined) {
      const waiting = settle(id);
      if (error) waiting?.reject(new Error("refused"));
      else waiting?.resolve(result);
    } else if (id === undefined) {
      notified(method, params ?? {});
    } else if (method === "ping") {
      post({ id, result: {} });
    } else if (method === "ui/resource-teardown") {
      post({ id, result: {} });
      isOpen = false;
      for (const each of [...pending.keys()]) settle(each)?.reject(new Error("closed"));
      closed();
    } else {
      post({ id, error: { code: UNKNOWN_METHOD, message: "unknown method" } });
    }
  });
  const result = await request("ui/initialize", {
    protocolVersion: PROTOCOL,
    appInfo: { name: "wolkvox-card", version: "1" },
    appCapabilities: { availableDisplayModes: ["inline"] },
  });
  opened(/** @type {InitializeResult} */ (result ?? {}));
  post({ method: "ui/notifications/initialized", params: {} });
  isOpen = true;
}
