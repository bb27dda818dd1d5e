// The addresses of modules and of tables of words by their paths, and of the scenarios by protocol. xtask/npm.mjs puts the package's
// in the place of this file.

/** @type {Record<string, () => URL>} */
export const MODULES = {};
/** @type {Record<string, () => URL>} */
export const SCENARIOS = {};
/** @type {Record<string, () => URL>} */
export const WORDS = {};
