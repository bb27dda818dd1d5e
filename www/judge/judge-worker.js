// Judges histories beside the page: an entry point of its own, with a core of its own. Where workers
// cannot be had the page imports it and has the same done in short slices.

import { serve } from "./checker.js";

export { serve };

/** How long a slice may take here, where nobody has to be answered but who says stop. */
const SLICE_MS = 40;

const scope = /** @type {any} */ (globalThis);
if (typeof scope.WorkerGlobalScope === "function" && globalThis instanceof scope.WorkerGlobalScope) serve(scope, SLICE_MS);
