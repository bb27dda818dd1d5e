// A short reference of the scenario language, to unfold below the editor. The code is the same in
// all languages; what it means comes from the locale files.

import { h } from "../dom.js";

/** The key of the explanation, then the lines it explains. @type {[string, string[]][]} */
const HEADER = [
  ["protocol", ["protocol NAME"]],
  ["title", ["title …", "title.zh …", "about …"]],
  ["size", ["nodes 5", "clients 2"]],
  ["seed", ["seed 42"]],
  ["pace", ["pace by-hand|by-time|at-random"]],
  ["openAt", ["open-at 12"]],
  ["budget", ["budget operations 2 timers 3 crashes 1"]],
  ["network", ["network delay 10..30 loss 5% duplicate 1% ordered"]],
  ["link", ["link n1->n2 delay 50..60"]],
  ["waiting", ["waiting retry 300 give-up 3000"]],
  ["startClock", ["start-clock n3 rate 1200 ahead 50"]],
  ["set", ["set reads lease"]],
  ["without", ["without RULE…"]],
  ["disk", ["disk n1 term 6 vote n2 log 1 1 4"]],
];

/** @type {[string, string[]][]} */
const STEPS = [
  ["note", ["note …", "note.zh …"]],
  ["run", ["run 150", "at 412", "step 3"]],
  ["settle", ["settle", "wait 100"]],
  ["message", ["deliver|drop|duplicate n1->n2 KIND [#2]", "delay n1->n2 KIND by 50"]],
  ["timeout", ["timeout n1 election"]],
  ["fault", ["crash|restart|pause|resume n1", "lose-disk|hold-disk|sync-disk n1"]],
  ["cut", ["cut n1->n2", "cut n1<->n2", "partition n1 n2", "heal"]],
  ["clock", ["clock n3 rate 1200", "clock n3 ahead 50"]],
  ["rule", ["rule pre-vote off"]],
  ["invoke", ["invoke A put x 5 to n1", "retry A", "give-up A"]],
  ["command", ["command n1 transfer-leadership n3"]],
];

/** @type {[string, string[]][]} */
const EXPECTATIONS = [
  ["leader", ["expect leader n1|none"]],
  ["fact", ["expect n3 role WORD", "expect n3 term 4", "expect n3 log 1 1 4", "expect n1 committed 3", "expect n1 value x 5"]],
  ["status", ["expect n1 crashed"]],
  ["reply", ["expect reply A ok"]],
  ["invariant", ["expect violated leader-completeness", "expect holds election-safety", "expect all hold"]],
  ["inFlight", ["expect message n1->n2 KIND", "expect no message …"]],
  ["applied", ["expect applied RULE", "expect missed RULE"]],
  ["history", ["expect history linearizable", "expect history not sequential"]],
];

/** @param {import("../app.js").App} app */
export function reference(app) {
  const list = (/** @type {string} */ key, /** @type {[string, string[]][]} */ entries) => [
    h("h4", null, app.t(`reference.${key}`)),
    h("dl", null, entries.map(([name, lines]) => [
      h("dt", null, lines.map((line) => h("code", null, line))),
      h("dd", null, app.t(`reference.${key}.${name}`)),
    ]).flat()),
  ];
  const { sheet } = app;
  const words = (/** @type {string} */ title, /** @type {string[]} */ names) => names.length === 0 ? [] : [
    h("h4", null, title),
    h("p", { class: "words" }, names.map((name) => h("code", null, name))),
  ];
  return h("details", { class: "reference" },
    h("summary", null, app.t("reference.title")),
    h("p", { class: "quiet" }, app.t("reference.intro")),
    list("header", HEADER), list("step", STEPS), list("expect", EXPECTATIONS),
    sheet ? [
      ...words(app.t("reference.kinds"), ["Request", "Reply", ...sheet.messages.map(({ name }) => name)]),
      ...words(app.t("reference.timers"), sheet.timers.map(({ name }) => name)),
      ...words(app.t("reference.rules"), sheet.rules.map(({ id }) => id)),
      ...words(app.t("reference.invariants"), sheet.invariants.map(({ id }) => id)),
      ...words(app.t("reference.settings"), sheet.settings.map(({ id }) => id)),
    ] : []);
}
