import type { Story } from "./story.ts";

/** The fleets that have a demo, each loaded when it is played. */
export const stories = {
  alaivos: async (): Promise<Story> => (await import("./alaivos.ts")).alaivos,
  blackroad: async (): Promise<Story> => (await import("./blackroad.ts")).blackroad,
  vault1984: async (): Promise<Story> => (await import("./vault1984.ts")).vault1984,
};
export type StoryName = keyof typeof stories;

export const storyNames = Object.keys(stories) as StoryName[];
