// Everything that opens when somebody asks for it, fetched together with its words.

import { addWords } from "./i18n.js";
import english from "./locale/en.opened.js";

addWords(english, () => import("./locale/zh.opened.js"));

export { openChooser } from "./chooser.js";
export { openCourse, openLesson } from "./course/way.js";
export { openHelp } from "./help.js";
export { nodePanel } from "./panels/inspector-node.js";
export { clientPanel, messagePanel, newDraft } from "./panels/inspector-other.js";
export { anchorAt, anchorOf, closePopover, openPanel, popoverIsOpen, standBelow, standIn } from "./popover.js";
export { openClientForm, openPartitionForm } from "./stage/forms.js";
export { openMessageMenu, openNodeMenu, openTimerMenu } from "./stage/menus.js";
