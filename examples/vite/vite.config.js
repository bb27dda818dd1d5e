export default {
  base: "./",
  build: { rollupOptions: { input: ["index.html", "inline.html"] } },
  // Its development server would move the package away from its modules.
  optimizeDeps: { exclude: ["consensus-playground"] },
};
