import { z } from "zod";
import { service } from "../../src/model/service.ts";
import { refSchema, textSchema } from "../../src/model/text.ts";
import { scriptFile, scriptPath } from "../shell/index.ts";
import { certificateFiles, certificateService } from "./files.ts";
import { declaredRecord, keeperScript } from "./keeper.ts";
import { type Certificate, certificateArgs, certificateProbes } from "./schema.ts";
import { certificateUnit, selfSign } from "./unit.ts";

const sourceSchema = z.union([
  /** Made on the host, valid for so many days. One that somebody has put in its place is left alone. */
  z.strictObject({ selfSigned: z.int().min(1).max(7300) }),
  /** Bought or made elsewhere, in PEM: the certificate with the chain up to its authority, and its key. */
  z.strictObject({
    file: textSchema,
    key: refSchema.refine((r) => r.ref === "secret", 'must be secret("NAME")'),
    /** The authority's own certificate in PEM, when it is none that systems trust. */
    authority: z.string().startsWith("-----BEGIN CERTIFICATE-----", "must be a certificate in PEM").optional(),
  }),
  /** From an authority, by services/acme; until that has one, a self-signed one, so that its users can start. */
  z.literal("acme"),
]);

/** A certificate and its key in a place of their own, for other services of the host. */
export const certificate = service("certificate", {
  args: z
    .strictObject({ ...certificateArgs, from: sourceSchema })
    .refine((a) => !(a.from instanceof Object && "selfSigned" in a.from) || a.from.selfSigned > a.daysLeft, {
      message: "must be more days than daysLeft",
      path: ["from", "selfSigned"],
    }),
  instance: (a) => certificateService(a.name),
  render: (a, { standIns }) => {
    const name = certificateService(a.name);
    const { directory, certificate: path, key } = certificateFiles(a.name);
    const base = { packages: ["openssl"], directories: { [directory]: { mode: "0700" } } };
    // Nobody has given the lab an owner's key.
    const from = a.from instanceof Object && "file" in a.from && standIns ? { selfSigned: 365 } : a.from;
    if (from === "acme") return { ...base, units: { [`${name}.service`]: { text: certificateUnit(a, 7) } } };
    const records = { [scriptPath(name)]: { certificate: declaredRecord(a) } };
    if ("selfSigned" in from)
      return {
        ...base,
        files: scriptFile(name, keeper(a, selfSignedFunctions(a, from.selfSigned))),
        units: { [`${name}.service`]: { text: certificateUnit(a, from.selfSigned) } },
        records,
      };
    return {
      ...base,
      files: {
        ...scriptFile(name, keeper(a, fileFunctions, FILE_CASES)),
        [path]: { content: from.file, mode: "0600" },
        [key]: { content: { parts: [from.key, "\n"] }, mode: "0600" },
      },
      validations: [{ command: `/bin/sh ${scriptPath(name)} validate` }],
      records,
    };
  },
  probes: (a, { standIns }) => {
    if (a.from === "acme") return [];
    if ("selfSigned" in a.from || standIns) return certificateProbes(a, "itself");
    return certificateProbes(a, a.from.authority === undefined ? "authorities" : { authority: a.from.authority });
  },
});

const keeper = (a: Certificate, functions: string, cases?: string): string =>
  keeperScript({ certificate: a, kind: "certificate", record: declaredRecord(a), functions, cases });

const selfSignedFunctions = (a: Certificate, days: number): string => `obtain() {
  if [ -s cert.pem ] && [ "$(openssl x509 -noout -subject_hash -in cert.pem)" != "$(openssl x509 -noout -issuer_hash -in cert.pem)" ]; then
    echo "the certificate is not self-signed: whoever put it there has to put a newer one in its place: $(fields)"
    return 1
  fi
  made=$(mktemp -d made.XXXXXX) && ${selfSign(a, days, "$made/")} 2>/dev/null && place "$made/cert.pem" "$made/key.pem"
  made_well=$?; rm -rf made.*; return $made_well
}`;

/** The files are there already: what is left is to tell its users, also of one that nothing else can mend. */
const fileFunctions = `obtain() {
  tell; is_right && return
  echo "only a newer file helps, or a smaller daysLeft: $(fields)"; return 1
}`;
const FILE_CASES = `  validate)
    fits . || { echo "the key is not that of the certificate"; exit 1; }
    if ! openssl x509 -noout -checkend 0 -in cert.pem >/dev/null; then fields; exit 1; fi ;;
`;
