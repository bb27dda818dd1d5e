// The panels that are not seen at first: fetched together with their words, when the first of them is.

import { addWords } from "../i18n.js";
import { create as consistency } from "../judge/consistency.js";
import english from "../locale/en.more.js";
import { create as checks } from "./checks.js";
import { create as rules } from "./rules.js";
import { create as scenario } from "./scenario.js";
import { create as settings } from "./settings.js";

addWords(english, () => import("../locale/zh.more.js"));

export const panels = { checks, consistency, rules, scenario, settings };
