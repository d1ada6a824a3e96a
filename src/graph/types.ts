/** What in a fleet depends on what, as plain data. An edge leads from what needs something to what it needs. */
export interface Graph {
  /** The fleet's name. */
  name: string;
  nodes: GraphNode[];
  edges: GraphEdge[];
  /** Frames around nodes: a host with its services, a zone with its names, the mesh. */
  groups: GraphGroup[];
}

export type NodeKind =
  | "host"
  | "service"
  | "name"
  | "tunnel"
  | "balancer"
  | "worker"
  | "pages"
  | "bucket"
  | "kv"
  | "database";

export interface GraphNode {
  /** Unique in the graph: "host/ghost-01", "service/ghost-01/nginx". */
  id: string;
  kind: NodeKind;
  label: string;
  /** What else there is to say: "cx43, hel1". */
  note: string;
  planned: boolean;
  /** The id of its frame. */
  group?: string;
}

/**
 * A host runs a service; a service needs another or refers to a host; a name leads to what answers; a spoke dials its
 * hub; a host is reached through another.
 */
export type EdgeKind = "runs" | "needs" | "refers" | "leads" | "dials" | "through";

export interface GraphEdge {
  from: string;
  to: string;
  kind: EdgeKind;
  planned: boolean;
}

export interface GraphGroup {
  id: string;
  label: string;
}

export const hostId = (name: string): string => `host/${name}`;
export const serviceId = (label: string): string => `service/${label}`;
