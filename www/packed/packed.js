// What lies in the same file as the page: a part for each file, compressed and in letters, so that nothing is
// fetched and nothing is read that is not asked for.

/**
 * A file's bytes as gzip in base64; null where there is none of that name. Bundles that are a script and
 * no page bring another one of this function (xtask/packed.mjs).
 * @param {string} path
 * @returns {string | null}
 */
export function lettersOf(path) {
  return document.querySelector(`script[data-file="${CSS.escape(path)}"]`)?.textContent ?? null;
}
