import type { Kind } from "./resource.ts";
import { unlessGone } from "./scope.ts";
import { fromAws, toAws } from "./tags.ts";

/** A public key under a name that is unique in its region; its id is the name. */
export const keyPair: Kind = {
  token: "aws:ec2/keyPair:KeyPair",
  async create(scope, { keyName, publicKey }, tags) {
    const [KeyName, key] = [String(keyName), String(publicKey)];
    const find = async () => {
      const shown = await keyPair.read(scope, KeyName, {}, {});
      return shown?.publicKey === comparable(key) ? KeyName : undefined;
    };
    return scope.makeOnce(
      "ImportKeyPair",
      async (client, sdk) => {
        await client.send(
          new sdk.ImportKeyPairCommand({
            KeyName,
            PublicKeyMaterial: Buffer.from(key),
            TagSpecifications: [{ ResourceType: "key-pair", Tags: toAws(tags) }],
          }),
        );
        return KeyName;
      },
      find,
    );
  },
  async read(scope, id, declared) {
    const found = await unlessGone(
      scope.send("DescribeKeyPairs", (client, sdk) =>
        client.send(new sdk.DescribeKeyPairsCommand({ KeyNames: [id], IncludePublicKey: true })),
      ),
      "InvalidKeyPair.NotFound",
    );
    const pair = found?.KeyPairs?.[0];
    if (pair === undefined) return undefined;
    const shown = comparable(pair.PublicKey ?? "");
    return {
      keyName: id,
      // AWS may give a key back without its comment.
      publicKey: shown === comparable(String(declared.publicKey ?? "")) ? (declared.publicKey as string) : shown,
      fingerprint: pair.KeyFingerprint,
      keyPairId: pair.KeyPairId,
      keyType: pair.KeyType,
      tagsAll: fromAws(pair.Tags),
    };
  },
  async delete(scope, id) {
    // Deleting one that is not there succeeds.
    await scope.send("DeleteKeyPair", (client, sdk) => client.send(new sdk.DeleteKeyPairCommand({ KeyName: id })));
  },
  tagged: ({ keyPairId }) => String(keyPairId),
};

/** Type and key, without a comment. */
const comparable = (key: string): string => key.trim().split(/\s+/).slice(0, 2).join(" ");
