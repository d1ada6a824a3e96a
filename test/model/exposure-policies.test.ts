import { describe, expect, test } from "vitest";
import { edge, kv, worker } from "../../src/model/edge.ts";
import { answersHealth, neverBindsAll, noOpenPorts } from "../../src/model/exposure-policies.ts";
import { atMost, without } from "../../src/model/policies.ts";
import { tcp } from "../../src/model/port.ts";
import { planned } from "../../src/model/status.ts";
import { findings, server, sketch } from "./fixtures.ts";

const all = () => true;
const binding = (content: string) => sketch("app", { bundle: { files: { "/etc/app": { content } } } });
const unit = (text: string) => sketch("app", { bundle: { units: { "app.service": { text } } } });
const asked = (url: string) => sketch("container", { bundle: { checks: [{ kind: "http", url }] } });
const of = (...services: Parameters<typeof planned>[0][]) => ({
  hosts: [server("a", { services: services as never })],
});

const rules = {
  open: noOpenPorts("no open ports", all),
  all: neverBindsAll("never 0.0.0.0", all),
  models: without("models on the Jetson", ["vllm"], all),
  most: atMost("few", { workers: 1, kv: 1 }),
  health: answersHealth("health", ({ kind }) => kind === "container"),
};

describe("policies about what is reached", () => {
  test.each([
    ["nothing", {}, []],
    ["a loopback port", of(sketch("app", { ports: [tcp(80, "loopback")] })), []],
    ["an opened port", { hosts: [server("a", { publicPorts: ["80/tcp"] })] }, ["open: a opens 80/tcp to the public"]],
    [
      "a public service, although planned",
      of(planned(sketch("app", { ports: [tcp(80)] }))),
      ["open: a/app listens on 80/tcp for the public"],
    ],
    ["a file that binds all", of(binding("listen 0.0.0.0:80\n")), ["all: a/app binds every address in /etc/app"]],
    ["a file that binds all of IPv6", of(binding("listen [::]:80\n")), ["all: a/app binds every address in /etc/app"]],
    [
      "a unit that binds all",
      of(unit("[Service]\nExecStart=/x --host 0.0.0.0\n")),
      ["all: a/app binds every address in app.service"],
    ],
    ["a network, and an address that ends alike", of(binding("allow 0.0.0.0/0 10.0.0.0:1\n")), []],
    ["a model", of(sketch("vllm")), ["models: a/vllm puts vllm on a"]],
    [
      "a model in a container",
      of({ ...asked("http://127.0.0.1:1/health"), name: "vllm" }),
      ["models: a/vllm puts vllm on a"],
    ],
    ["a container that is asked", of(asked("http://127.0.0.1:1/health")), []],
    [
      "a container that is asked otherwise",
      of(asked("http://127.0.0.1:1/healthy")),
      ["health: a/container is not asked for /health"],
    ],
    ["a container that nobody asks", of(sketch("container")), ["health: a/container is not asked for /health"]],
    ["one Worker and one namespace", { edge: edge({ workers: [worker({ name: "w" })], kv: [kv({ name: "k" })] }) }, []],
    [
      "two of each",
      {
        edge: edge({ workers: ["v", "w"].map((name) => worker({ name })), kv: ["k", "l"].map((name) => kv({ name })) }),
      },
      ["most: there are 2 Workers, and 1 at most may be", "most: there are 2 KV namespaces, and 1 at most may be"],
    ],
  ])("%s", (_, parts, expected) => {
    const found = findings({ ...(parts as Parameters<typeof findings>[0]), policies: rules })
      .filter((f) => f.startsWith("policy:"))
      .map((f) => f.replace(/^policy:/, "").replace(/ \(policy .*$/, ""));
    expect(found).toEqual(expected);
  });
});
