// What can be measured over the whole cluster, as small bars below the sentence: always in sight where
// the protocol has any, and nothing at all where it has none.

import { h } from "./dom.js";
import { paced } from "./panels/parts.js";
import { patch } from "./panels/patch.js";

/** @typedef {import("./types.js").Meter} Meter */

/**
 * @param {HTMLElement} host
 * @param {import("./app.js").App} app
 */
export function createMeters(host, app) {
  const list = h("div", { class: "meters", role: "group", hidden: true });
  host.append(list);
  // Only a new picture, or another language, is worth asking the core.
  let isNew = false;
  const update = paced(app, () => {
    if (!isNew) return;
    isNew = false;
    const meters = measured(app);
    if (!meters) return;
    list.hidden = meters.length === 0;
    list.setAttribute("aria-label", app.t("meters.label"));
    patch(list, meters.map((meter) => meterRow(meter, app.t("meters.of", { value: meter.value, of: meter.of }))));
  });
  for (const event of ["refresh", "language"]) {
    app.on(event, () => {
      isNew = true;
    });
  }
  app.on("change", update);
}

/**
 * A core that went down measures nothing any more; that it did is said elsewhere.
 * @param {import("./app.js").App} app
 * @returns {Meter[] | null}
 */
function measured(app) {
  try {
    return app.playground?.meters() ?? null;
  } catch {
    return null;
  }
}

/**
 * @param {Meter} meter
 * @param {string} words
 */
function meterRow({ name, value, of }, words) {
  const share = of > 0 ? Math.min(1, value / of) : 0;
  return h("div", {
    class: "meter", "data-key": name, role: "meter", "aria-label": name, "aria-valuemin": 0, "aria-valuemax": of, "aria-valuenow": Math.min(value, of),
    "aria-valuetext": words,
  },
  h("span", { class: "meter-name" }, name),
  h("span", { class: "meter-track" }, h("span", { class: "meter-bar", style: { width: `${share * 100}%` } })),
  h("span", { class: "meter-value" }, words));
}
