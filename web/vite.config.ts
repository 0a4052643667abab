// How is the page built, and where does it go?
import { defineConfig } from "vitest/config";

/** Where the service of a developer answers; `npm run dev` passes these paths on to it. */
const SERVICE = "http://127.0.0.1:8000";

export default defineConfig({
  base: "./", // the service may stand behind a path of its own
  build: {
    outDir: "../api/page",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false }, // one script: nothing to preload
    chunkSizeWarningLimit: 1500, // kB; MapLibre alone is about 1,100
  },
  worker: { format: "es" },
  server: { proxy: { "/v1": SERVICE, "/tiles": SERVICE, "/styles": SERVICE } },
  test: { include: ["src/**/*.test.ts"] },
});
