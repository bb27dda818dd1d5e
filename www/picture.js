// The present moment of a playground as plain data: everything that draws uses only this copy.

/**
 * @param {any} playground
 * @returns {import("./types.js").Frame}
 */
export function pictureOf(playground) {
  return {
    cursor: playground.cursor(),
    nodes: playground.nodes(),
    clients: playground.clients(),
    messages: playground.messages(),
    cuts: playground.cuts(),
    last: playground.last(),
    note: playground.note() ?? null,
    checks: playground.checks(),
    rules: playground.rules(),
  };
}
