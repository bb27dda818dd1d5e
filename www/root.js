// Where the page's files lie: the folder that holds pkg/, scenarios/, course/ and words/, and what works beside the page; and
// where links lead. A bundle lies elsewhere than the sources do, and brings other lines (xtask/bundle.mjs).

export const ROOT = new URL("../", import.meta.url);
export const JUDGE = new URL("judge/", import.meta.url);
export const EXPLORE = new URL("explore/", import.meta.url);
export const COURSE = new URL("course/", import.meta.url);

/** The playground that others can open. @type {URL | null} */
export const SITE = ROOT;

/** What links to this page begin with; empty where nobody else can open it. */
export const pageAddress = () => location.origin + location.pathname;
