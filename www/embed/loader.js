// The same as auto.js for places that know no modules: a classic script beside it.

import(/** @type {HTMLScriptElement} */ (document.currentScript).src.replace(/[^/]*$/, "auto.js"));
