// What an embed can be asked for, by the same names as attributes of the element and as parameters of the
// page's address. Whatever is written there is data from somebody else: it is checked, and what is wrong is
// said in words and otherwise left out.

/**
 * @typedef {{kind: "preset", id: string} | {kind: "link", link: string} | {kind: "text", text: string}} Source
 * @typedef {{ms: number} | {index: number} | null} Moment
 * @typedef {"all"|"watch"|"play"|"none"} Controls
 * @typedef {"lazy"|"eager"|"click"} Loading
 * @typedef {{name: string, found: string, expected: string}} Complaint `expected` is the key of a sentence
 * @typedef {{source: Source | null, at: Moment, autoplay: boolean, loop: boolean, speed: number,
 *   controls: Controls, theme: "auto"|"light"|"dark", lang: "en"|"zh"|null, spoken: "en"|"zh", height: number | null,
 *   loading: Loading, poster: string | null, complaints: Complaint[]}} Asked
 */

export const ATTRIBUTES = /** @type {const} */ ([
  "scenario", "protocol", "nodes", "seed", "at", "autoplay", "loop", "speed", "controls", "theme", "lang",
  "height", "loading", "poster",
]);

export const HEIGHT = Object.freeze({ usual: 440, least: 200, most: 2000 });
const SPEED = Object.freeze({ least: 0.25, most: 8 });
const INDEX_MAX = 100_000;
const MS_MAX = 10_000_000;
/** The longest link or text that the core looks at. */
const SOURCE_CHARS_MAX = 262_144;
const SHOWN_CHARS_MAX = 60;

/**
 * @param {(name: string) => string | null} get the value of an attribute; null where it is absent
 * @param {string} [around] the language of the page around
 * @returns {Asked}
 */
export function readAttributes(get, around) {
  /** @type {Complaint[]} */
  const complaints = [];
  const complain = (/** @type {string} */ name, /** @type {string} */ found, expected = name) => {
    complaints.push({ name, found: shorten(found), expected: `embed.expected.${expected}` });
    return null;
  };
  /**
   * @template T
   * @param {string} name
   * @param {T} usual
   * @param {(value: string) => T | null} read
   */
  const value = (name, usual, read) => {
    const found = get(name)?.trim() ?? "";
    if (found === "") return usual;
    return read(found) ?? complain(name, found) ?? usual;
  };
  /**
   * @template {string} T
   * @param {string} name
   * @param {T[]} words of which the first is the usual one
   */
  const word = (name, ...words) => value(name, words[0], (found) => words.find((one) => one === found) ?? null);
  const flag = (/** @type {string} */ name) => {
    const found = get(name);
    if (found === null || ["false", "0", "no"].includes(found)) return false;
    // As HTML has it, an attribute of this kind is set by being there.
    return ["", "true", "1", "yes", name].includes(found) ? true : complain(name, found, "flag") ?? false;
  };
  const whole = (/** @type {string} */ found, least = 0, most = INDEX_MAX) =>
    (/^\d{1,9}$/.test(found) && Number(found) >= least && Number(found) <= most ? Number(found) : null);

  const lang = value("lang", /** @type {"en"|"zh"|null} */ (null), language);
  return {
    source: readSource(get, complain),
    at: value("at", /** @type {Moment} */ (null), (found) => {
      const ms = /^(\d{1,9}) ?ms$/.exec(found);
      if (ms) return Number(ms[1]) <= MS_MAX ? { ms: Number(ms[1]) } : null;
      const index = whole(found);
      return index === null ? null : { index };
    }),
    autoplay: flag("autoplay"),
    loop: flag("loop"),
    speed: value("speed", 1, (found) => {
      const speed = /^\d*\.?\d+$/.test(found) ? Number(found) : NaN;
      return speed >= SPEED.least && speed <= SPEED.most ? speed : null;
    }),
    controls: word("controls", /** @type {Controls} */ ("all"), "watch", "play", "none"),
    theme: word("theme", /** @type {"auto"|"light"|"dark"} */ ("auto"), "light", "dark"),
    lang,
    spoken: lang ?? (around ? [around] : navigator.languages).map(language).find((known) => known !== null) ?? "en",
    height: value("height", /** @type {number | null} */ (null), (found) =>
      whole(found.replace(/px$/, ""), HEIGHT.least, HEIGHT.most)),
    loading: word("loading", /** @type {Loading} */ ("lazy"), "eager", "click"),
    poster: value("poster", /** @type {string | null} */ (null), (found) => (/^(?!https?:|data:image\/)\w[\w+.-]*:/i.test(found) ? null : found)),
    complaints,
  };
}

/**
 * The language of a tag such as `zh-Hans`; null where it is neither of the two.
 * @param {string} tag
 * @returns {"en"|"zh"|null}
 */
function language(tag) {
  const short = tag.toLowerCase().split(/[-_]/)[0];
  return short === "en" || short === "zh" ? short : null;
}

/**
 * @param {(name: string) => string | null} get
 * @param {(name: string, found: string, expected?: string) => null} complain
 * @returns {Source | null}
 */
function readSource(get, complain) {
  const scenario = get("scenario")?.trim() ?? "";
  const protocol = get("protocol")?.trim() ?? "";
  if (scenario.length > SOURCE_CHARS_MAX) return complain("scenario", scenario, "scenario-short");
  if (scenario !== "") {
    // These belong to the scenario's own text, which says more than an attribute can.
    for (const name of ["nodes", "seed"]) {
      const found = get(name);
      if (found !== null) complain(name, found, "with-protocol");
    }
    const fragment = scenario.slice(scenario.indexOf("#") + 1);
    if (/^v\d+\.\S*$/.test(fragment)) return { kind: "link", link: fragment };
    if (/\n/.test(scenario) || /^protocol\s/.test(scenario)) return { kind: "text", text: `${scenario}\n` };
    if (/^\w+\/[\w-]+$/.test(scenario)) return { kind: "preset", id: scenario };
    return complain("scenario", scenario);
  }
  if (protocol === "") return complain("scenario", "", "something");
  if (!/^\w{1,40}$/.test(protocol)) return complain("protocol", protocol);
  let text = `protocol ${protocol}\n`;
  for (const name of ["nodes", "seed"]) {
    const found = get(name)?.trim() ?? "";
    if (found === "") continue;
    if (/^\d{1,20}$/.test(found)) text += `${name} ${found}\n`;
    else complain(name, found);
  }
  return { kind: "text", text };
}

/** @param {string} text */
function shorten(text) {
  return text.length > SHOWN_CHARS_MAX ? `${text.slice(0, SHOWN_CHARS_MAX)}…` : text;
}
