// The player inside a saved replay. It runs alone in that file, as the text of this function: it must use nothing
// from outside itself.

/**
 * @param {Document} page
 * @param {{film: import("./replay.js").Film, words: Record<string, string>}} content
 */
export function replayPlayer(page, { film: { patterns, parts, keys, steps }, words }) {
  const svg = /** @type {SVGElement} */ (page.querySelector("svg"));
  const find = (/** @type {string} */ id) => /** @type {HTMLElement} */ (page.getElementById(id));
  const slider = /** @type {HTMLInputElement} */ (find("at"));
  const [play, sentence, where] = [find("play"), find("words"), find("where")];
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  /** The first key picture of each step. */
  const firsts = steps.map((_, step) => keys.findIndex((key) => key[1] === step));
  let at = 0, passed = 0, playing = false, before = 0, shownStep = -1;

  /** What stands at each place of the picture: its pattern, and the numbers that were set. @type {{node: Element, pattern: number, numbers: number[]}[]} */
  const shown = [];

  /** @param {number} pattern */
  function make(pattern) {
    const [tag, names, values, text] = patterns[pattern];
    const node = page.createElementNS("http://www.w3.org/2000/svg", tag);
    names.forEach((name, place) => {
      const value = values[place];
      if (value !== null) node.setAttribute(name, value);
    });
    if (text !== null) {
      node.textContent = text;
      node.setAttribute("lengthAdjust", "spacingAndGlyphs");
    }
    return node;
  }

  /**
   * Things move only between two key pictures of one step that show the same things.
   * @param {number} key
   */
  function isMoving(key) {
    const [one, two] = [keys[key], keys[key + 1]];
    return two !== undefined && one[1] === two[1] && one[2].length === two[2].length
      && one[2].every((part, place) => patterns[parts[part][0]][0] === patterns[parts[two[2][place]][0]][0]);
  }

  function draw() {
    const [ms, step, places] = keys[at];
    const after = !isStill && ms > 0 && passed > 0 && isMoving(at) ? keys[at + 1][2] : places;
    const part = ms > 0 ? Math.min(1, passed / ms) : 0;
    places.forEach((place, here) => {
      const [pattern, ...numbers] = parts[place];
      // What changes otherwise than by its numbers stays until the next key picture.
      const [other, ...goals] = parts[after[here]];
      if (shown[here]?.pattern !== pattern) {
        const node = make(pattern);
        if (shown[here]) shown[here].node.replaceWith(node);
        else svg.append(node);
        shown[here] = { node, pattern, numbers: [] };
      }
      const { node, numbers: set } = shown[here];
      let number = 0;
      patterns[pattern][1].forEach((name, column) => {
        if (patterns[pattern][2][column] !== null) return;
        const from = numbers[number];
        const to = other === pattern ? goals[number] : from;
        const value = from === to ? from : Math.round((from + (to - from) * part) * 10) / 10;
        if (set[number] !== value) node.setAttribute(name, String(value));
        set[number++] = value;
      });
    });
    for (const { node } of shown.splice(places.length)) node.remove();
    if (step === shownStep) return;
    shownStep = step;
    slider.value = String(step);
    slider.setAttribute("aria-valuetext", `${steps[step].where}: ${steps[step].words}`);
    where.textContent = steps[step].where;
    if (sentence.textContent !== steps[step].words) sentence.textContent = steps[step].words;
    sentence.className = steps[step].violated ? "bad" : "";
    svg.setAttribute("aria-label", `${words.picture} ${steps[step].words}`);
  }

  /** @param {number} wallMs */
  function tick(wallMs) {
    if (!playing) return;
    passed += Math.min(100, wallMs - before);
    before = wallMs;
    while (passed >= keys[at][0]) {
      if (at === keys.length - 1) {
        passed = 0;
        stop();
        break;
      }
      passed -= keys[at++][0];
    }
    draw();
    if (playing) requestAnimationFrame(tick);
  }

  function stop() {
    playing = false;
    play.textContent = words.play;
  }

  function start() {
    if (at === keys.length - 1) go(0);
    playing = true;
    play.textContent = words.pause;
    before = performance.now();
    requestAnimationFrame(tick);
  }

  /** @param {number} step */
  function go(step) {
    stop();
    at = firsts[Math.max(0, Math.min(steps.length - 1, step))];
    passed = 0;
    // What has come to rest is what the step looks like.
    while (keys[at + 1]?.[1] === keys[at][1] && keys[at][0] < 300 && words.byHand) at++;
    draw();
  }

  const present = () => keys[at][1];
  const toggle = () => (playing ? stop() : start());
  play.addEventListener("click", toggle);
  find("back").addEventListener("click", () => go(present() - 1));
  find("on").addEventListener("click", () => go(present() + 1));
  slider.addEventListener("input", () => go(Number(slider.value)));
  page.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = /** @type {Element} */ (event.target);
    /** @type {Record<string, () => void>} */
    const ways = { ArrowLeft: () => go(present() - 1), ArrowRight: () => go(present() + 1), Home: () => go(0), End: () => go(steps.length - 1) };
    // Buttons have a meaning for the space bar of their own.
    if (event.key === " " && !target.closest("button, a")) ways[" "] = toggle;
    const way = ways[event.key];
    if (!way) return;
    event.preventDefault();
    way();
  });
  slider.max = String(steps.length - 1);
  go(0);
  if (!isStill) start();
}
