// Makes the element known, turns code blocks called `consensus` into it, and fits frames to their runs.
export {};
