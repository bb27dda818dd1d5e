// The texts of what works beside the page, and the styles that come later. xtask/packed.mjs puts what it has
// bundled in the place of this file.

export const JUDGING = "";
export const SEARCHING = "";
/** By the names of their files. @type {Record<string, string>} */
export const STYLES = {};
