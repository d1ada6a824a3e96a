/** The benchmark's stack, and its lab. */
export const STACK = "bench";
/** Tells the program how many services a host has. */
export const SERVICES_VARIABLE = "FLEET_BENCH_SERVICES";
