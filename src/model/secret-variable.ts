/**
 * The environment variable that gives a secret's value, for CI: FLEET_SECRET_TURN_SECRET. It wins over the stack's
 * configuration.
 */
export const secretVariable = (name: string): string => `FLEET_SECRET_${name}`;
