// `keepsake/burn` for this bench: everything that crosses into the module and out of it is copied as
// its glue does, and no network is run.
const INPUT = 224 * 224 * 3;
const OUTPUTS = 3208;

const memory = new WebAssembly.Memory({ initial: 64 });
const outputs = new Float32Array(memory.buffer, 0, 16 * OUTPUTS).fill(0.5);
const room = new Uint8Array(memory.buffer, outputs.byteLength);

export default async () => undefined;

export class Card {
  name = "";
  software = false;
  lost = new Promise(() => undefined);

  static async open() {
    return new Card();
  }

  async outputs(rgb) {
    room.set(rgb);
    return outputs.slice(0, (rgb.length / INPUT) * OUTPUTS);
  }
}
