// The words of the panel that shares, and of what it saves, in Chinese.

export default {
  "picture.moment": "第 {index} 步，共 {length} 步 · {ms} 毫秒",
};
