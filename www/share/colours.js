// The palette in one theme, as the style sheet has it: what is saved has the same colours whatever theme, and
// whatever colours of their own, the person has who saves it.

/**
 * @param {string} sheet the rule of the style sheet with the palette, in which each colour is written for both themes
 * @param {"light"|"dark"} theme
 * @returns {import("../theme.js").Colours}
 */
export function coloursIn(sheet, theme) {
  const found = sheet.matchAll(/--(\w+): ?var\(--cp-\w+, ?light-dark\((#\w+), ?(#\w+)\)\)/g);
  return /** @type {any} */ (Object.fromEntries([...found].map(([, name, light, dark]) => [name, theme === "dark" ? dark : light])));
}

/**
 * The same of the page's own style sheets.
 * @param {"light"|"dark"} theme
 */
export function coloursOfPage(theme) {
  const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
  return coloursIn(rules.map((rule) => (rule instanceof CSSStyleRule ? rule.cssText : "")).filter((text) => text.includes("--bg")).join("\n"), theme);
}
