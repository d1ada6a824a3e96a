import { expect, test } from "vitest";
import { Secret, UNKNOWN } from "../../src/plugin/types.ts";
import { tokenResource } from "../../src/provider/token.ts";

const urn = "urn:pulumi:s::p::fleet:index:Token::kuma-tokyo";
const inputs = { name: "kuma-tokyo" };
const create = async (preview = false) => tokenResource.create({ urn, inputs, preview, timeoutSeconds: 0 });
const valueOf = (state: object) => (state as { value: Secret<string> }).value;

test("a token is 32 letters and digits, each time others, and a secret", async () => {
  const [one, two] = [await create(), await create()];
  expect(one.id).toBe("kuma-tokyo");
  expect(valueOf(one.state)).toBeInstanceOf(Secret);
  expect(valueOf(one.state).value).toMatch(/^[A-Za-z0-9]{32}$/);
  expect(valueOf(one.state).value).not.toBe(valueOf(two.state).value);
  expect(JSON.stringify(one)).not.toContain(valueOf(one.state).value);
});

test("a preview makes none up", async () => {
  expect(valueOf((await create(true)).state).value).toBe(UNKNOWN);
});

test("refreshes and updates keep it; only another name is another token", async () => {
  const { id, state } = await create();
  expect(await tokenResource.read({ urn, id, inputs, state })).toEqual({ id, inputs, state });
  expect(
    await tokenResource.update({
      urn,
      id,
      olds: state,
      oldInputs: inputs,
      news: inputs,
      preview: false,
      timeoutSeconds: 0,
      ignoreChanges: [],
    }),
  ).toEqual({ state });
  const diff = async (name: string) =>
    (await tokenResource.diff({ urn, id, olds: state, oldInputs: inputs, news: { name }, ignoreChanges: [] })).detailed;
  expect(await diff("kuma-tokyo")).toEqual({});
  expect(await diff("kuma-osaka")).toEqual({ name: { kind: "update-replace" } });
});

test("a name is needed, and an import is refused", async () => {
  expect((await tokenResource.check!({ urn, news: {} })).failures).toMatchObject([{ property: "name" }]);
  await expect(tokenResource.read({ urn, id: "kuma-tokyo" })).rejects.toThrow(
    "the token kuma-tokyo cannot be imported",
  );
});
