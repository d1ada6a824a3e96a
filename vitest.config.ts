import { defineConfig } from "vitest/config";

// `npx vitest` runs the fast tests; the lab project boots real machines and needs Linux and root.
export default defineConfig({
  test: {
    projects: [
      { test: { name: "fast", include: ["test/**/*.test.ts"], exclude: ["test/lab/**"], testTimeout: 20_000 } },
      {
        test: {
          name: "lab",
          include: ["test/lab/**/*.test.ts"],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
