// The first thing that a frame does, before anything is painted: its language and colours are as they will
// be, and everything that it will need is on its way at once, where one thing would else ask for the next.

/** A bundle names beside these what they are made of (xtask/bundle.mjs). */
const AHEAD = ["frame.js", "player.js"];

const { documentElement: page, head } = document;
const query = new URLSearchParams(location.search);
const beside = /** @type {HTMLScriptElement} */ (document.currentScript).src;
const theme = query.get("theme") ?? "";
if (theme === "light" || theme === "dark") page.style.colorScheme = theme;
const spoken = [query.get("lang") ?? "", ...navigator.languages].map((tag) => tag.slice(0, 2).toLowerCase())
  .find((short) => short === "en" || short === "zh");
page.lang = spoken === "zh" ? "zh-Hans" : "en";
// Something else is offered there first.
if (query.has("poster") || query.get("loading") === "click") page.dataset.offers = "";
else {
  for (const name of AHEAD) ahead("modulepreload", new URL(name, beside));
  // The folder of the frame's page has the root above it, in the sources as in a bundle.
  const root = new URL("../", location.href);
  const scenario = query.get("scenario") ?? "";
  const [, protocol] = /^(\w+)\/[\w-]+$/.exec(scenario) ?? [];
  ahead("preload", new URL("pkg/consensus_playground_bg.wasm", root));
  if (/^#?v\d+\./.test(location.hash || scenario)) ahead("preload", new URL("pkg/part_more.wasm", root));
  else if (protocol) {
    ahead("preload", new URL(`pkg/protocol_${protocol}.wasm`, root));
    ahead("preload", new URL(`scenarios/${scenario}.txt`, root));
  }
}

/**
 * @param {string} how
 * @param {URL} what
 */
function ahead(how, { href }) {
  const link = document.createElement("link");
  link.rel = how;
  link.href = href;
  link.crossOrigin = "";
  if (how === "preload") link.as = "fetch";
  head.append(link);
}
