// The comparison, as compare.html loads it.

import "./compare/main.js";
