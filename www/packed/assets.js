// The addresses of modules by their paths, and of the scenarios by protocol. xtask/npm.mjs puts the package's
// in the place of this file.

/** @type {Record<string, () => URL>} */
export const MODULES = {};
/** @type {Record<string, () => URL>} */
export const SCENARIOS = {};
