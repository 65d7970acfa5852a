import { defineConfig } from "vite";

// Names without checksums, so that a change of the page is a change of the same three files.
export default defineConfig({
  base: "./",
  build: {
    outDir: "../src/tidu/lab/page",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rollupOptions: {
      output: {
        entryFileNames: "lab.js",
        assetFileNames: "lab[extname]",
      },
    },
  },
});
