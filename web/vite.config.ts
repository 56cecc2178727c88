import { defineConfig } from "vitest/config";

// The API that `npm run dev` passes requests on to.
const api = process.env["CUTROOM_URL"] ?? "http://127.0.0.1:8080";
// Under the page's own name: the server refuses what another site's page asks of it.
const passed = { target: api, changeOrigin: false };

export default defineConfig({
  base: "./", // addresses in the page are relative, so that any path prefix works
  build: {
    outDir: "../src/cutroom/api/playground",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0, // a data: address would need another line in the policy
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  server: { proxy: { "/api": passed, "/openapi.json": passed } },
  test: { include: ["src/**/*.test.{ts,tsx}"], environment: "node" },
});
