// Where the page's files lie: the folder that holds pkg/, scenarios/ and course/, and what judges histories
// and shows the course beside the page. A bundle lies elsewhere than the sources do, and brings other lines (xtask/bundle.mjs).

export const ROOT = new URL("../", import.meta.url);
export const JUDGE = new URL("judge/", import.meta.url);
export const COURSE = new URL("course/", import.meta.url);
