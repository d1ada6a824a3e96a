import { BaseSequencer, type TestSpecification } from "vitest/node";
import { defineConfig } from "vitest/config";
import { ALONE, LONGEST_FIRST } from "./test/lab/order.ts";

/** Files that take longest begin first, so that none of them is left running alone at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const found = LONGEST_FIRST.findIndex((name) => moduleId.endsWith(`test/lab/${name}.test.ts`));
      return found === -1 ? LONGEST_FIRST.length : found;
    };
    return files.toSorted((a, b) => place(a) - place(b) || (a.moduleId < b.moduleId ? -1 : 1));
  }
}

const alone = ALONE.map((name) => `test/lab/${name}.test.ts`);
const patient = { testTimeout: 600_000, hookTimeout: 600_000, sequence: { sequencer: LongestFirst } };

/**
 * The tests on real machines, which need Linux and root (docs/testing.md): those that mainly wait side by side, then
 * those that measure time, one after the other.
 */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          ...patient,
          name: "lab",
          include: ["test/lab/**/*.test.ts"],
          exclude: alone,
          maxWorkers: 4,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...patient,
          name: "lab-alone",
          include: alone,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
