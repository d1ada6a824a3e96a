import type { Properties, ResourceType } from "../../src/plugin/types.ts";

const urnOf = (inputs: Properties) => `urn:pulumi:t::fleet::fleet:host:Service::${inputs.service as string}`;
const idOf = (inputs: Properties) => `${inputs.host as string}/${inputs.service as string}`;

/** The Pulumi engine, as far as tests of services need one: what it asks of their resource. */
export class Engine {
  private readonly asked: () => ResourceType;

  /** @param asked the resource at the time, which each test may have made anew */
  constructor(asked: () => ResourceType) {
    this.asked = asked;
  }

  async create(inputs: Properties): Promise<Properties> {
    return (await this.asked().create({ urn: urnOf(inputs), inputs, preview: false, timeoutSeconds: 0 })).state;
  }

  async update(olds: Properties, news: Properties): Promise<Properties> {
    const request = { urn: urnOf(news), id: idOf(news), olds, oldInputs: olds, news };
    return (await this.asked().update({ ...request, preview: false, timeoutSeconds: 0, ignoreChanges: [] })).state;
  }

  async remove(state: Properties): Promise<void> {
    await this.asked().delete({ urn: urnOf(state), id: idOf(state), state, timeoutSeconds: 0 });
  }

  /** What is there, and the paths of what is not as declared. */
  async drift(inputs: Properties, state: Properties): Promise<{ found: Properties; paths: string[] }> {
    const [urn, id] = [urnOf(inputs), idOf(inputs)];
    const found = (await this.asked().read({ urn, id, inputs, state }))!.state;
    const { detailed } = await this.asked().diff({
      urn,
      id,
      olds: found,
      oldInputs: found,
      news: inputs,
      ignoreChanges: [],
    });
    return { found, paths: Object.keys(detailed).sort() };
  }
}
