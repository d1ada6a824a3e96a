import { declareSecret } from "../../src/model/secret.ts";

/** Push tokens and keys are made by the fleet itself and are not here. */
export const secrets = [
  declareSecret({
    name: "KUMA_PASSWORD",
    format: { kind: "token", minLength: 16 },
    usedBy: ["uptime-kuma on zurich, to keep its monitors"],
    make: "openssl rand -hex 32; for a Kuma that has an account already, that account's password",
  }),
  declareSecret({
    name: "OPENCLAW_DEPLOY_KEY",
    format: { kind: "pem", label: "OPENSSH PRIVATE KEY" },
    usedBy: ["openclaw-deploy-key on zurich, to push branches"],
    make: "ssh-keygen -t ed25519, and the public half as a deploy key of the repository, with write access",
    status: "planned",
  }),
];
