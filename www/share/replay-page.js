// A film as one HTML file: the pictures as data, a player of a few lines, and styles. It fetches nothing, needs no
// WebAssembly, and its own policy forbids both, so that it is safe to keep and to pass on.

import { SIZE } from "./replay.js";
import { replayPlayer } from "./replay-player.js";
import { escapeText, FAMILY } from "./svg.js";

/** Data in a script: no text of a scenario may end it. @param {unknown} value */
const asData = (value) => JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);

/**
 * The colours in both themes, for the reader's to choose.
 * @param {import("../theme.js").Colours} light
 * @param {import("../theme.js").Colours} dark
 */
const palette = (light, dark) => Object.keys(light).map((name) => {
  const key = /** @type {keyof import("../theme.js").Colours} */ (name);
  return `--${name}:light-dark(${light[key]},${dark[key]})`;
}).join(";");

const STYLES = `body{margin:0 auto;max-width:980px;padding:16px;background:var(--bg);color:var(--ink);font:15px/1.5 ${FAMILY}}
h1{font-size:18px;margin:0}p{margin:0}.quiet{color:var(--soft);font-size:13px;font-variant-numeric:tabular-nums}
svg{display:block;width:100%;height:auto;margin:8px 0}#words{min-height:3em;margin:8px 0;overflow-wrap:anywhere}.bad{color:var(--bad)}
.bar{display:flex;flex-wrap:wrap;gap:8px;align-items:center}input{flex:1 1 200px;min-width:0;height:32px;margin:0;accent-color:var(--accent)}
button{font:inherit;min-width:44px;min-height:36px;padding:4px 12px;color:inherit;background:var(--panel);border:1px solid var(--soft);border-radius:6px;cursor:pointer}
@media (pointer:coarse){button,input{min-height:44px}}a{color:var(--accent)}:focus-visible{outline:2px solid var(--accent);outline-offset:2px}`;

/**
 * @param {import("./replay.js").Film} film
 * @param {object} options
 * @param {string} options.title
 * @param {string} options.protocol
 * @param {string} options.language
 * @param {string | null} options.link to the same run in the playground
 * @param {{light: import("../theme.js").Colours, dark: import("../theme.js").Colours}} options.colours
 * @param {import("./picture.js").Style["t"]} options.t
 */
export function replayPage(film, { title, protocol, language, link, colours, t }) {
  const words = {
    play: t("replay.play"), pause: t("replay.pause"), picture: t("replay.picture"), ...film.byHand && { byHand: "1" },
  };
  const number = (/** @type {number} */ count) => count.toLocaleString(language);
  const cut = film.from > 0 || film.to < film.length
    ? ` · ${t("replay.cut", { from: number(film.from), to: number(film.to), length: number(film.length) })}` : "";
  const button = (/** @type {string} */ id, /** @type {string} */ text, /** @type {string} */ label) =>
    `<button type="button" id="${id}"${label ? ` aria-label="${escapeText(label)}"` : ""}>${text}</button>`;
  const open = link === null ? "" : ` · <a href="${escapeText(link)}">${escapeText(t("replay.open"))}</a>`;
  return `<!doctype html>
<html lang="${language === "zh" ? "zh-Hans" : "en"}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeText(title)} · ${escapeText(protocol)}</title>
<link rel="icon" href="data:,">
<style>:root{color-scheme:light dark;${palette(colours.light, colours.dark)}}
${STYLES}</style>
</head>
<body>
<h1>${escapeText(title)}</h1>
<p class="quiet">${escapeText(protocol)}${escapeText(cut)}${open}</p>
<svg viewBox="0 0 ${SIZE.width} ${SIZE.height}" font-family="${escapeText(FAMILY)}" role="img"></svg>
<div class="bar">
${button("back", "‹", t("replay.back"))}
${button("play", escapeText(words.play), "")}
${button("on", "›", t("replay.on"))}
<input type="range" id="at" min="0" value="0" aria-label="${escapeText(t("replay.slider"))}">
<span class="quiet" id="where"></span>
</div>
<p id="words" aria-live="polite"></p>
<p class="quiet">${escapeText(t("replay.keys"))}</p>
<script>(${replayPlayer})(document, ${asData({ film, words })});</script>
</body>
</html>
`;
}
