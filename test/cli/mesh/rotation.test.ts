import { expect, test } from "vitest";
import { readPeers, stageOf, type Listed, type Stage } from "../../../src/cli/mesh/rotation.ts";

const line = (key: string, next = ""): Listed => ({ key, next });

test.each<[string, { publicKey: string; nextPublicKey: string }, Listed[], Stage]>([
  ["nothing has begun", { publicKey: "A", nextPublicKey: "" }, [line("A")], "announce"],
  ["a next key is made and nobody knows it", { publicKey: "A", nextPublicKey: "B" }, [line("A")], "announce"],
  [
    "another next key is known: the host was made anew",
    { publicKey: "A", nextPublicKey: "C" },
    [line("A", "B")],
    "announce",
  ],
  ["another key is known", { publicKey: "C", nextPublicKey: "" }, [line("A")], "announce"],
  ["it is known to everyone", { publicKey: "A", nextPublicKey: "B" }, [line("A", "B")], "switch"],
  ["it is known to one of two", { publicKey: "A", nextPublicKey: "B" }, [line("A", "B"), line("A")], "announce"],
  ["it is used, and the old one still known", { publicKey: "B", nextPublicKey: "" }, [line("A", "B")], "forget"],
  [
    "one of two has forgotten the old one",
    { publicKey: "B", nextPublicKey: "" },
    [line("B"), line("A", "B")],
    "forget",
  ],
  ["it is used, and the old one forgotten", { publicKey: "B", nextPublicKey: "" }, [line("B")], "announce"],
  ["nobody lists the host", { publicKey: "A", nextPublicKey: "B" }, [], "announce"],
  ["the host has no line", { publicKey: "A", nextPublicKey: "B" }, [line("")], "announce"],
])("%s", (_, keys, lists, stage) => expect(stageOf(keys, lists)).toBe(stage));

test.each([
  ["nothing", "", {}],
  ["a title alone", "# name, address, endpoint, key, next key while it gets one\n", {}],
  [
    "lines with a key, a next key, and none",
    "# title\na 10.84.0.2/32 - KEY=\nb 10.84.0.3/32 192.0.2.1:51820 KEY= NEXT=\nc 10.84.0.4/32 - \n",
    { a: line("KEY="), b: line("KEY=", "NEXT="), c: line("") },
  ],
])("a list of peers is read: %s", (_, text, peers) => expect(Object.fromEntries(readPeers(text))).toEqual(peers));
