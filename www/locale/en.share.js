// The words of the panel that shares, and of what it saves, in English.

export default {
  "picture.moment": "action {index} of {length} · {ms} ms",
};
