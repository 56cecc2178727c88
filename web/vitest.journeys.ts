import { defineConfig } from "vitest/config";

// A journey needs a server and a browser; tests/browser/test_journeys.py brings both.
export default defineConfig({
  test: {
    include: ["journeys/**/*.journey.ts"],
    environment: "node",
    testTimeout: 120_000,
    hookTimeout: 60_000,
    fileParallelism: false,
    disableConsoleIntercept: true,
  },
});
