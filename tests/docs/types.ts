// The types that the npm package tells are those that its element has.
import * as actual from "../../www/embed/element.js";
import type * as told from "../../xtask/npm/element.js";

export const fits: typeof told = actual;
