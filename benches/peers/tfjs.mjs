// EfficientNet-Lite0 by TensorFlow.js on its WebAssembly backend: SIMD, one thread, convolutions fused with
// bias and ReLU6. Runs in a page in which its scripts are loaded (`tf`).

/** Repeats, kernel, stride of the first block, channels out; as `vision/src/backbone/table.rs` has them. */
const STAGES = [
  [1, 3, 1, 16],
  [2, 3, 2, 24],
  [2, 5, 2, 40],
  [3, 3, 2, 80],
  [3, 5, 1, 112],
  [4, 5, 2, 192],
  [1, 3, 1, 320],
];

/** The tensors of a `.safetensors` file of numbers, by name. */
function read(bytes) {
  const length = Number(new DataView(bytes).getBigUint64(0, true));
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 8, length)));
  const at = 8 + length;
  return (name) => {
    const [begin, end] = head[name].data_offsets;
    return new Float32Array(bytes.slice(at + begin, at + end));
  };
}

/** Starts the backend; `files` is where its WebAssembly lies, `weights` the address of the weights. */
export async function open(tf, files, weights) {
  tf.wasm.setWasmPaths(files);
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  await tf.setBackend("wasm");
  await tf.ready();
  if (!tf.env().getBool("WASM_HAS_SIMD_SUPPORT")) throw new Error("TensorFlow.js found no SIMD");
  const of = read(await (await fetch(weights)).arrayBuffer());

  const layer = (name, kernel, strides, activation) => {
    const bias = of(`${name}.bias`);
    const values = of(`${name}.kernel`);
    const inputs = values.length / (kernel * kernel * bias.length);
    const rest = { strides, pad: "same", activation, bias: tf.tensor1d(bias) };
    const depthwise = name.endsWith(".depthwise");
    const shape = depthwise ? [kernel, kernel, bias.length, 1] : [kernel, kernel, inputs, bias.length];
    const filter = tf.tensor4d(values, shape);
    const run = depthwise ? tf.fused.depthwiseConv2d : tf.fused.conv2d;
    return (x) => run({ x, filter, ...rest });
  };
  const blocks = [];
  let channels = 32;
  for (const [repeats, kernel, stride, outputs] of STAGES) {
    for (let repeat = 0; repeat < repeats; repeat++) {
      const name = `block${String(blocks.length).padStart(2, "0")}`;
      const step = repeat === 0 ? stride : 1;
      const expand = blocks.length > 0 ? layer(`${name}.expand`, 1, 1, "relu6") : (x) => x;
      const depthwise = layer(`${name}.depthwise`, kernel, step, "relu6");
      const project = layer(`${name}.project`, 1, 1, "linear");
      const adds = step === 1 && channels === outputs;
      blocks.push((x) => {
        const y = project(depthwise(expand(x)));
        return adds ? tf.add(x, y) : y;
      });
      channels = outputs;
    }
  }
  const stem = layer("stem", 3, 2, "relu6");
  const head = layer("head", 1, 1, "relu6");
  const classes = tf.tensor2d(of("classes.kernel"), [1280, 1000]);
  const bias = tf.tensor1d(of("classes.bias"));

  /** Features and classes (1,280 and 1,000 numbers) of 224 × 224 × 3 numbers, (value − 127) / 128. */
  return function outputs(pixels) {
    return tf.tidy(() => {
      let x = stem(tf.tensor4d(pixels, [1, 224, 224, 3]));
      for (const block of blocks) x = block(x);
      const features = tf.mean(head(x), [1, 2]);
      const logits = tf.add(tf.matMul(features, classes), bias);
      return { features: features.dataSync(), classes: logits.dataSync() };
    });
  };
}
