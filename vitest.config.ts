import { defineConfig } from "vitest/config";

/** The fast tests: `npx vitest`. More workers than cores, because many of them wait for a program that they started. */
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/lab/**"],
    testTimeout: 20_000,
    maxWorkers: 3,
  },
});
