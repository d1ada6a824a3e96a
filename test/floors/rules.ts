import type { IForbiddenRuleType } from "dependency-cruiser";
import type { Floor, Touch } from "../../floors.ts";

/** What is held to the floors; the tests look at everything, and nobody looks at them. */
export const HOUSE = ["hosts", "stacks", "services", "src", "test"];

/** The modules that touch the world, as dependency-cruiser names them. The terminal is there without an import. */
const MODULES: Record<Exclude<Touch, "terminal">, string> = {
  files: "^(node:)?(fs(/promises)?|sqlite)$",
  processes: "^(node:)?(child_process|cluster|worker_threads)$",
  network: "^(node:)?(net|tls|https?|http2|dgram|dns(/promises)?)$|^node_modules/(@grpc|@aws-sdk|cloudflare)/",
  pulumi: "^node_modules/@pulumi/",
};
const TOUCHES = Object.keys(MODULES) as (keyof typeof MODULES)[];

interface Room {
  path: string;
  floor: number;
  touches: readonly Touch[];
}

/** The rules of a plan for dependency-cruiser; each comment says what to do. */
export function rulesOf(floors: readonly Floor[]): IForbiddenRuleType[] {
  const rooms = floors.flatMap(({ rooms: here }, floor) =>
    Object.entries(here).map(([path, touches]): Room => ({ path, floor, touches })),
  );
  const from = (...some: Room[]) => ({
    path: some.map(inside),
    pathNot: rooms.filter((room) => some.some(({ path }) => room.path.startsWith(`${path}/`))).map(inside),
  });
  const pure = rooms.filter(({ touches }) => touches.length === 0);
  return [
    {
      name: "no-circles",
      severity: "error",
      comment: "they import each other in a circle: move what both need into a file below them",
      from: {},
      to: { circular: true },
    },
    ...rooms.map((room): IForbiddenRuleType => ({
      name: `downwards-from-${room.path}`,
      severity: "error",
      comment: `not below ${room.path} in floors.ts: move what both need down, or have it handed over as an argument`,
      from: from(room),
      to: {
        path: `^(${HOUSE.join("|")})/`,
        pathNot: rooms.filter(({ path, floor }) => path === room.path || floor > room.floor).map(inside),
      },
    })),
    ...rooms.flatMap((room): IForbiddenRuleType[] => {
      const others = TOUCHES.filter((touch) => !room.touches.includes(touch));
      return others.length === 0
        ? []
        : [
            {
              name: `untouched-by-${room.path}`,
              severity: "error",
              comment: `${room.path} does not touch ${others.join(", ")} in floors.ts: leave that to a folder that does`,
              from: from(room),
              to: { path: others.map((touch) => MODULES[touch]) },
            },
          ];
    }),
    ...(pure.length === 0
      ? []
      : [
          {
            name: "out-of-reach",
            severity: "error" as const,
            comment: "touching nothing in floors.ts is reaching no process, network or SDK: part off what is needed",
            from: from(...pure),
            to: { path: [MODULES.processes, MODULES.network, MODULES.pulumi], reachable: true },
          },
        ]),
  ];
}

/** A pattern of the files of a room. */
const inside = ({ path }: Room): string => `^${path.replaceAll(".", "\\.")}${/\.\w+$/.test(path) ? "$" : "/"}`;
