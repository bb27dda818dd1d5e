// The playground as one file: page and comparison lie in it as templates, and which of them is seen the
// address says. Links between the two go by names of files that are none here.

const COMPARISON = "compare.html";
const VIEW = "view", COMPARING = "compare";

const isComparing = new URLSearchParams(location.search).get(VIEW) === COMPARING;
show(isComparing ? "comparison" : "page");
document.addEventListener("click", follow);
for (const name of /** @type {const} */ (["pushState", "replaceState"])) {
  const change = history[name].bind(history);
  // What the comparison writes into its address leaves out which view it is.
  history[name] = (state, unused, address) => change(state, unused, address == null ? address : inView(address, isComparing));
}
if (isComparing) void import("../compare.js");
else void import("../main.js");

/** @param {string} id of a template */
function show(id) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById(id));
  document.body.className = template.className;
  document.body.prepend(template.content);
  for (const style of document.head.querySelectorAll("style[data-view]")) {
    if (/** @type {HTMLElement} */ (style).dataset.view !== id) style.remove();
  }
}

/** @param {MouseEvent} event on a link, perhaps, whose own listeners have had their turn */
function follow(event) {
  const link = /** @type {Element | null} */ (event.target)?.closest("a[href]");
  const address = link?.getAttribute("href") ?? "";
  if (event.defaultPrevented || event.button !== 0) return;
  if (!address.startsWith(COMPARISON) && !address.startsWith("./")) return;
  event.preventDefault();
  const target = inView(address.replace(/^[^?#]*/, location.pathname), address.startsWith(COMPARISON));
  if (event.ctrlKey || event.metaKey || event.shiftKey) open(target);
  else if (target.href.split("#")[0] === location.href.split("#")[0]) location.hash = target.hash;
  else location.assign(target);
}

/**
 * @param {string | URL} address
 * @param {boolean} comparing
 */
function inView(address, comparing) {
  const target = new URL(address, location.href);
  if (comparing) target.searchParams.set(VIEW, COMPARING);
  else target.searchParams.delete(VIEW);
  return target;
}
