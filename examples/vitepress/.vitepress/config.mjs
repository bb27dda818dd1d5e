export default {
  title: "Consensus in our store",
  head: [["script", { type: "module", src: "https://playground.example/pkg/embed/auto.js" }]],
  vue: { template: { compilerOptions: { isCustomElement: (name) => name === "consensus-playground" } } },
};
