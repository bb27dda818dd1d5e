import"./shared-main-more-opened.js";import"./shared-compare-main-more-opened.js";
