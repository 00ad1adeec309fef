// EfficientNet-Lite0 by ONNX Runtime Web on WebAssembly: SIMD, one thread, every optimisation of the graph.

/** Starts it; `files` is where its WebAssembly lies, `model` the address of the network. */
export async function open(ort, files, model) {
  ort.env.wasm.wasmPaths = files;
  ort.env.wasm.numThreads = 1;
  const bytes = new Uint8Array(await (await fetch(model)).arrayBuffer());
  const session = await ort.InferenceSession.create(bytes, {
    executionProviders: ["wasm"],
    graphOptimizationLevel: "all",
  });

  /** Features and classes (1,280 and 1,000 numbers) of 3 × 224 × 224 numbers, (value − 127) / 128. */
  return async function outputs(pixels) {
    const { features, classes } = await session.run({
      pixels: new ort.Tensor("float32", pixels, [1, 3, 224, 224]),
    });
    return { features: features.data, classes: classes.data };
  };
}
