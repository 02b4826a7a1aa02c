// A host as a chat is one, on the reference implementation of the host's half. It runs in the
// browser, and tests tell it what to do by `window.host`.

import { AppBridge, PostMessageTransport } from "@modelcontextprotocol/ext-apps/app-bridge";

/** Small at first, as hosts begin. */
const SMALL = 150;

const host = {
  /** Every message of the view. */
  said: [],
  /** The view's calls of tools, to be answered by tests. */
  calls: [],
  bridge: undefined,

  /** Opens a view. */
  async open({ html, sandbox, width, context = {}, capabilities = { serverTools: {} } }) {
    await this.close();
    const frame = document.createElement("iframe");
    frame.id = "outer";
    frame.title = "card";
    frame.style.width = `${width}px`;
    frame.style.height = `${SMALL}px`;
    // On another origin, so that it may have one of its own.
    frame.sandbox = "allow-scripts allow-same-origin";
    document.body.replaceChildren(frame);
    frame.src = sandbox;
    this.said = [];
    this.calls = [];
    const bridge = new AppBridge(null, { name: "harness", version: "1" }, capabilities, {
      hostContext: context,
    });
    this.bridge = bridge;
    bridge.onsizechange = ({ height }) => (frame.style.height = `${Math.ceil(height)}px`);
    bridge.oncalltool = (params) =>
      new Promise((resolve, reject) => this.calls.push({ params, resolve, reject }));
    this.listener = ({ source, data }) => {
      if (source === frame.contentWindow) this.said.push(data);
    };
    addEventListener("message", this.listener);
    const initialized = new Promise((resolve) => (bridge.oninitialized = resolve));
    bridge.onsandboxready = () => bridge.sendSandboxResourceReady({ html });
    await bridge.connect(new PostMessageTransport(frame.contentWindow, frame.contentWindow));
    await initialized;
  },

  async close() {
    if (this.listener) removeEventListener("message", this.listener);
    await this.bridge?.close();
    document.body.replaceChildren();
  },
};

window.host = host;
