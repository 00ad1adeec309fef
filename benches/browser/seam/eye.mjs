// `keepsake` for this bench: photos are opened once and handed out again, since to decode is not part
// of the seam. All else is the module itself.
import init, * as keepsake from "../../../pkg/keepsake.js";

export default init;

export class Eye {
  static feature = keepsake.Eye.feature;
  #eye;
  #opened;

  constructor(eye) {
    this.#eye = eye;
  }

  static async open(weights) {
    return new Eye(await keepsake.Eye.open(weights));
  }

  /** As from the module: an object and bytes that nobody has yet. */
  async prepare(photo) {
    this.#opened ??= await this.#eye.prepare(photo);
    const { input, key, ...rest } = this.#opened;
    return { ...rest, input: input.slice(), key: key.slice() };
  }
}
