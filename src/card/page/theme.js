// The host's look: its theme, its colours where they can be read, its font. Hosts leave out any of
// it, so each has a default in the style sheet, and colours are taken as a pair or not at all.

const LEGIBLE = 4.5;

/**
 * Takes over the host's look.
 * @param {HostContext} context
 */
function applyTheme({ theme, styles, safeAreaInsets }) {
  const root = document.documentElement;
  const prefersDark = matchMedia("(prefers-color-scheme: dark)").matches;
  const named = theme === "dark" || theme === "light" ? theme : null;
  // A host's `light-dark(…)` is resolved by this.
  root.style.colorScheme = named ?? (prefersDark ? "dark" : "light");
  const own = styles?.variables ?? {};
  const background = colour(own["--color-background-primary"]);
  const text = colour(own["--color-text-primary"]);
  const isUsable = background && text && contrast(background, text) >= LEGIBLE;
  const secondary = colour(own["--color-text-secondary"]);
  const isSecondUsable = isUsable && secondary && contrast(background, secondary) >= LEGIBLE;
  set("--background", isUsable && css(background));
  set("--text", isUsable && css(text));
  set("--muted", isSecondUsable && css(secondary));
  set("--font", own["--font-sans"]);
  const isDark = isUsable ? luminance(background) < 0.2 : root.style.colorScheme === "dark";
  root.dataset.theme = isDark ? "dark" : "light";
  const insets = safeAreaInsets ?? {};
  for (const side of /** @type {const} */ (["top", "right", "bottom", "left"])) {
    set(`--inset-${side}`, Number(insets[side]) > 0 && `${Number(insets[side])}px`);
  }
}

/**
 * @param {string} name
 * @param {string | false | null | undefined} to
 */
function set(name, to) {
  const { style } = document.documentElement;
  if (typeof to === "string" && to) style.setProperty(name, to);
  else style.removeProperty(name);
}

/** @typedef {[red: number, green: number, blue: number]} Colour */

/**
 * Returns what the browser paints for a colour in whatever notation, if it is one without
 * transparency.
 * @param {unknown} notation
 * @returns {Colour | null}
 */
function colour(notation) {
  if (typeof notation !== "string" || !CSS.supports("color", notation)) return null;
  const probe = el("span", {});
  probe.style.color = notation;
  document.body.append(probe);
  const computed = getComputedStyle(probe).color;
  probe.remove();
  const canvas = el("canvas", { width: "1", height: "1" });
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  if (!pen) return null;
  pen.fillStyle = computed;
  pen.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0, opacity] = pen.getImageData(0, 0, 1, 1).data;
  return opacity === 255 ? [red, green, blue] : null;
}

/** @param {Colour} colour */
function css([red, green, blue]) {
  return `rgb(${red} ${green} ${blue})`;
}

/**
 * Returns the contrast of two colours (WCAG 2.2, "contrast ratio").
 * @param {Colour} one
 * @param {Colour} other
 */
function contrast(one, other) {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

/** @param {Colour} colour */
function luminance(colour) {
  const [red = 0, green = 0, blue = 0] = colour.map((channel) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
