import{c as a,d as b,e as c}from"./shared-auto-element-frame.js";export{b as ConsensusPlayground,a as NAME,c as define};
