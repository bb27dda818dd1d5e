// Where the page's files lie: the folder that holds pkg/ and scenarios/. A bundle lies elsewhere than
// the sources do, and brings another one of these two lines (xtask/bundle.mjs).

export const ROOT = new URL("../", import.meta.url);
