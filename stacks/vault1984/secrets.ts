import { declareSecret } from "../../src/model/secret.ts";

/** Push tokens and keys are made by the fleet itself and are not here. */
export const secrets = [
  declareSecret({
    name: "KUMA_PASSWORD",
    format: { kind: "token", minLength: 16 },
    usedBy: ["uptime-kuma on zurich, to keep its monitors"],
    make: "openssl rand -hex 32; for a Kuma that has an account already, that account's password",
  }),
];
