import type { KeyPairInfo } from "@aws-sdk/client-ec2";
import type { Kind } from "../../kind.ts";
import type { AwsClient } from "../client.ts";
import { inInstance, inRegion, labelsOf, ofMade, tagsOf, uniqueName, type OfFleet } from "../hosts.ts";

/** The key that a new instance lets in at its first boot. Identity: its name in the region. */
export const keyPair: Kind<OfFleet, KeyPairInfo, AwsClient> = {
  is: "aws/key-pair",
  title: "key pair",
  token: "aws:ec2/keyPair:KeyPair",

  declared: (fleet) => ofMade(fleet, (host) => `${host}-key`),
  identity: (model) => inRegion(model.host, uniqueName(model)),
  held: () => undefined,
  ask: (client) => [
    {
      about: "key pairs",
      list: async () =>
        (
          await client.list("DescribeKeyPairs", async (ec2, sdk) => {
            const { KeyPairs = [] } = await ec2.send(new sdk.DescribeKeyPairsCommand({}));
            return KeyPairs;
          })
        ).map((shown) => ({ identity: inRegion(client, shown.KeyName!), id: shown.KeyName!, shown })),
    },
  ],

  within: inInstance,
  resource: (model, values) => ({
    args: {
      keyName: uniqueName(model),
      publicKey: importable(model.host.name, values.operatorKeys),
      tags: tagsOf(model),
    },
    // Read at the first boot only: another operator's key must not replace the machine.
    options: { ignoreChanges: ["publicKey"] },
  }),
  labels: labelsOf,

  audit: {
    kind: "key-pair",
    tell: ({ KeyName = "", KeyFingerprint = "" }) => ({ name: KeyName, detail: KeyFingerprint }),
  },
};

/** The first of the operators' keys that EC2 takes; the others come with the first boot. */
function importable(host: string, operatorKeys: readonly string[]): string {
  const key = operatorKeys.find((each) => /^ssh-(ed25519|rsa) /.test(each));
  if (key === undefined)
    throw new Error(
      `host ${host} would be made without a key that may log in (EC2 takes ed25519 and RSA): ` +
        `\`pulumi config set operatorKeys "$(cat ~/.ssh/id_ed25519.pub)"\`, or give FLEET_OPERATOR_KEYS`,
    );
  return key;
}
