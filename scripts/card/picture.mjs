// Makes the READMEs' pictures: what an agent sees for two questions about one customer of the sandbox.
//
//   WOLKVOX_MCP=PROGRAM node picture.mjs FOLDER

import { writeFile } from "node:fs/promises";
import { hostContext, launch, openHost } from "./browser.mjs";
import { page, start } from "./program.mjs";

const CUSTOMER = "900000005";
const LANGUAGES = {
  en: { locale: "en-US", questions: [`What happened last time with ${CUSTOMER}?`, "And how much is owed?"] },
  es: { locale: "es-CO", questions: [`¿Qué pasó la última vez con la cédula ${CUSTOMER}?`, "¿Y cuánto debe?"] },
};
/** Where a computer has it; the cards take the host's font. */
const FONT = "Inter, \"Liberation Sans\", sans-serif";
const WIDTH = 380;

const [, , folder] = process.argv;
const opened = await launch();
const program = await start(process.env.WOLKVOX_MCP);
const html = await page(program);
const host = await openHost(opened, { page: html, deviceScaleFactor: 1.5 });
const found = await program.call("query_obligation", { field: "id_customer", value: CUSTOMER });
const { common, records: [first] } = found.structuredContent;
const { wolkvox_idRecord: caseFile } = { ...common, ...first };
const owed = await program.call("get_obligation", { record_id: caseFile });
program.stop();

for (const [language, { locale, questions }] of Object.entries(LANGUAGES)) {
  const context = hostContext({ locale, styles: { variables: { "--font-sans": FONT } } });
  const turns = [];
  for (const [index, result] of [found, owed].entries()) {
    await host.open({ width: WIDTH, context });
    await host.answer(result);
    await host.tab.waitForTimeout(200);
    const picture = await host.picture();
    turns.push(`<div><p>${questions[index]}</p>` +
      `<img width=${WIDTH} src="data:image/png;base64,${picture.toString("base64")}"></div>`);
  }
  const frame = await host.tab.context().newPage();
  await frame.setContent(`<!doctype html><style>
    body { margin: 0; font: 15px/1.4 ${FONT}; }
    main { display: inline-flex; gap: 24px; padding: 24px; background: #e9eef0; align-items: start; }
    div { display: grid; gap: 12px; }
    p { justify-self: end; margin: 0; padding: 8px 14px; border-radius: 16px 16px 4px; background: #0b7a75;
      color: #fff; }
    img { display: block; border-radius: 12px; border: 1px solid #d3dade; }
  </style><main>${turns.join("")}</main>`);
  // Whole pixels only.
  const size = await frame.locator("main").evaluate((main) =>
    ({ width: Math.floor(main.offsetWidth), height: Math.floor(main.offsetHeight) }));
  await frame.setViewportSize(size);
  const whole = await frame.screenshot({ clip: { x: 0, y: 0, ...size } });
  // A tenth of the size, for pages that many load.
  const small = await frame.evaluate(async (data) => {
    const picture = Object.assign(new Image(), { src: `data:image/png;base64,${data}` });
    await picture.decode();
    const canvas = Object.assign(document.createElement("canvas"),
      { width: picture.width, height: picture.height });
    canvas.getContext("2d").drawImage(picture, 0, 0);
    return canvas.toDataURL("image/webp", 0.8).split(",")[1];
  }, whole.toString("base64"));
  await writeFile(`${folder}/card-${language}.webp`, Buffer.from(small, "base64"));
  await frame.close();
}
await opened.stop();
