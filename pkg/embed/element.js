import{a,b,c}from"./shared-auto-element-frame.js";import"./shared-auto-element-frame-player.js";export{b as ConsensusPlayground,a as NAME,c as define};
