/** What a server type is, before its prices are spread over its locations. */
export interface ServerTypeFacts {
  id: number;
  name: string;
  category: string;
  architecture: "x86" | "arm";
  cpu_type: "shared" | "dedicated";
  cores: number;
  /** GB */
  memory: number;
  /** GB */
  disk: number;
  /** EUR a month without VAT, in the locations of the EU. */
  monthly: number;
  locations: string[];
}

const EU = ["fsn1", "nbg1", "hel1"];
const WORLD = [...EU, "ash", "hil", "sin"];

/** name, id, cores, memory, disk, EUR a month */
type Row = [name: string, id: number, cores: number, memory: number, disk: number, monthly: number];

function family(
  category: string,
  architecture: "x86" | "arm",
  cpu: "shared" | "dedicated",
  locations: string[],
  rows: Row[],
): ServerTypeFacts[] {
  return rows.map(([name, id, cores, memory, disk, monthly]) => ({
    id,
    name,
    category,
    architecture,
    cpu_type: cpu,
    cores,
    memory,
    disk,
    monthly,
    locations,
  }));
}

/**
 * The server types that can be ordered. Sizes and list prices are public facts of late 2025; Hetzner changes prices, so
 * they are examples.
 */
export const SERVER_TYPES: ServerTypeFacts[] = [
  ...family("cost_optimized", "x86", "shared", EU, [
    ["cx22", 104, 2, 4, 40, 3.79],
    ["cx32", 105, 4, 8, 80, 6.8],
    ["cx42", 106, 8, 16, 160, 16.4],
    ["cx52", 107, 16, 32, 320, 32.4],
    ["cx23", 114, 2, 4, 40, 3.49],
    ["cx33", 115, 4, 8, 80, 5.49],
    ["cx43", 116, 8, 16, 160, 9.49],
    ["cx53", 117, 16, 32, 320, 17.49],
  ]),
  ...family("cost_optimized", "arm", "shared", EU, [
    ["cax11", 45, 2, 4, 40, 3.79],
    ["cax21", 93, 4, 8, 80, 6.49],
    ["cax31", 94, 8, 16, 160, 12.49],
    ["cax41", 95, 16, 32, 320, 24.49],
  ]),
  ...family("regular_purpose", "x86", "shared", WORLD, [
    ["cpx11", 22, 2, 2, 40, 4.35],
    ["cpx21", 23, 3, 4, 80, 7.55],
    ["cpx31", 24, 4, 8, 160, 13.6],
    ["cpx41", 25, 8, 16, 240, 25.2],
    ["cpx51", 26, 16, 32, 360, 54.9],
  ]),
  ...family("regular_purpose", "x86", "shared", EU, [
    ["cpx12", 108, 1, 2, 40, 5.49],
    ["cpx22", 109, 2, 4, 80, 5.99],
    ["cpx32", 110, 4, 8, 160, 10.49],
    ["cpx42", 111, 8, 16, 320, 19.49],
    ["cpx52", 112, 12, 24, 480, 28.49],
    ["cpx62", 113, 16, 32, 640, 38.99],
  ]),
  ...family("general_purpose", "x86", "dedicated", WORLD, [
    ["ccx13", 96, 2, 8, 80, 11.99],
    ["ccx23", 97, 4, 16, 160, 23.99],
    ["ccx33", 98, 8, 32, 240, 47.99],
    ["ccx43", 99, 16, 64, 360, 95.99],
    ["ccx53", 100, 32, 128, 600, 191.99],
    ["ccx63", 101, 48, 192, 960, 287.99],
  ]),
];
