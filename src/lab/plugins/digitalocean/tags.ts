import { unless, type Client } from "./client.ts";

/** Brings a thing's tags from what they are to what they should be; a new tag is made first. */
export async function retag(
  client: Client,
  thing: { resource_id: string; resource_type: "droplet" | "volume" },
  olds: unknown,
  news: unknown,
): Promise<void> {
  const [before, after] = [listOf(olds), listOf(news)];
  for (const tag of before.filter((each) => !after.includes(each)))
    await unless([404], client.call("DELETE", `/tags/${encodeURIComponent(tag)}/resources`, { resources: [thing] }));
  for (const tag of after.filter((each) => !before.includes(each))) {
    await client.call("POST", "/tags", { name: tag });
    await client.call("POST", `/tags/${encodeURIComponent(tag)}/resources`, { resources: [thing] });
  }
}

export const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
