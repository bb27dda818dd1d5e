// In an embedded run nothing opens: menus, forms and panels are the whole page's, and the picture takes no
// pointer. A bundle of it puts this module in the place of ../opening.js.

/**
 * @param {unknown} _app
 * @param {unknown} _show
 * @param {() => void} [otherwise] called where nothing opens
 */
export function whenOpened(_app, _show, otherwise) {
  otherwise?.();
}

export function closePopover() {}
