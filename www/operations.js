// What a client can be asked to ask for: the operations of the protocol's sheet, their parts, and what
// was written into each part last, offered again.

/** @typedef {import("./app.js").App} App */

/**
 * What stands in a part that nobody has written yet; any other part is a word like a key.
 * @type {Record<string, string>}
 */
const FIRST = {
  key: "x", value: "1", expected: "1", queue: "jobs", file: "notes", payer: "account-A", payee: "account-B", amount: "10",
};

/** @type {Map<string, string>} */
const remembered = new Map();
let operationAsked = "";

/** @param {App} app @param {string} name */
export function partsOf(app, name) {
  return app.sheet.operations.find((operation) => operation.name === name)?.parts ?? [];
}

/**
 * The operation that is offered first: the last one, else one that writes, for it sets things going.
 * @param {App} app
 * @returns {string} empty where the protocol offers none
 */
export function offeredOperation(app) {
  const { operations } = app.sheet;
  if (operations.some(({ name }) => name === operationAsked)) return operationAsked;
  return (operations.find(({ parts }) => parts.includes("value")) ?? operations[0])?.name ?? "";
}

/** @param {string} part */
export function lastValue(part) {
  return remembered.get(part) ?? FIRST[part] ?? "x";
}

/**
 * The name of a part in the page's language; a part that the page has no word for keeps its own.
 * @param {App} app
 * @param {string} part
 */
export function partWords(app, part) {
  const key = `client.${part}`;
  const words = app.t(key);
  return words === key ? part.replaceAll("-", " ") : words;
}

/**
 * Keyboards and checks for a part's input.
 * @param {string} part
 * @returns {Record<string, string>}
 */
export function partInput(part) {
  const text = { type: "text", maxlength: "32", autocomplete: "off", autocapitalize: "off", spellcheck: "false" };
  return part === "amount" ? { ...text, inputmode: "numeric", maxlength: "7" } : text;
}

/**
 * The operation as it is written.
 * @param {App} app
 * @param {string} name
 * @param {(part: string) => string} valueOf
 */
export function phrase(app, name, valueOf) {
  return [name, ...partsOf(app, name).map((part) => valueOf(part).trim())].join(" ");
}

/**
 * Remembers what was asked. Asking twice should write something new: a value that is a number counts on,
 * and what was written is what is expected next.
 * @param {App} app
 * @param {string} name
 * @param {(part: string) => string} valueOf
 */
export function rememberAsked(app, name, valueOf) {
  operationAsked = name;
  for (const part of partsOf(app, name)) remembered.set(part, valueOf(part).trim());
  if (!partsOf(app, name).includes("value")) return;
  const written = valueOf("value").trim();
  remembered.set("expected", written);
  remembered.set("value", /^\d{1,9}$/.test(written) ? String(Number(written) + 1) : written);
}
