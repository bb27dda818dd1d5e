// What opens in an embedded run when somebody reaches into its picture: menus and the client's form. A
// bundle of it puts this module in the place of ../opened.js, which holds the whole page's.

import { addWords } from "../i18n.js";
import english from "../locale/en.opened.js";

addWords(english, () => import("../locale/zh.opened.js"));

export { anchorAt, closePopover, openPanel, popoverIsOpen, standIn } from "../popover.js";
export { openClientForm } from "../stage/forms.js";
export { openMessageMenu, openNodeMenu, openTimerMenu } from "../stage/menus.js";
