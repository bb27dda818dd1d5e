import{a}from"./shared-explore-more.js";import"./shared-explore-more-opened.js";import"./main.js";import"./shared-compare-explore-main-more-opened.js";export{a as panels};
