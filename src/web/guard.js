// Between an instance of the module and everything that calls into it: `cargo xtask build` puts this at the
// end of the generated JavaScript, with PROMISING, the exports that answer with a promise.
//
// A trap (a panic, no memory left, a full stack) unwinds nothing. Thrown at whoever asked it would at least
// be seen; in the middle of a promise's work it ends a continuation that nobody waits for, and the promise
// stays unsettled for ever. What is left in memory may be anything, so the instance ends as a whole: what it
// promised and what it is asked afterwards is refused with `internal/crashed`.

/** @type {(Error & { code: string }) | undefined} What every call is answered once the instance has ended. */
let crashed;
/** @type {Set<(reason: Error) => void>} How to reject what was promised and is not settled. */
const promised = new Set();

/**
 * @param {WebAssembly.Exports} exports
 * @returns {Record<string, WebAssembly.ExportValue>} The same, guarded.
 */
// biome-ignore lint/correctness/noUnusedVariables: the generated code calls it
function guarded(exports) {
  const guards = Object.entries(exports).map(([name, it]) => [
    name,
    typeof it === "function" ? guard(name, it) : it,
  ]);
  return Object.fromEntries(guards);
}

/**
 * @param {string} name
 * @param {Function} call
 */
function guard(name, call) {
  const isContinuation = name.startsWith("wasm_bindgen__");
  // Continuations and finalizers are called by the browser: nobody hears a refusal.
  const isInternal = isContinuation || name.startsWith("_");
  const refuse = () => {
    if (isInternal) return [];
    if (PROMISING.has(name)) return Promise.reject(crashed);
    throw crashed;
  };
  return (...given) => {
    if (crashed) return refuse();
    let answer;
    try {
      answer = call(...given);
    } catch (thrown) {
      // A call that the generated code refuses, such as one of an object that was freed, ends nothing.
      if (!isContinuation && !isTrap(thrown)) throw thrown;
      end(thrown);
      // As an error that nobody caught, so that a page sees that its worker failed.
      if (isInternal) throw thrown;
      return refuse();
    }
    return answer instanceof Promise ? kept(answer) : answer;
  };
}

/** A full stack has a name of its own in each engine. */
function isTrap(thrown) {
  return (
    thrown instanceof WebAssembly.RuntimeError ||
    thrown instanceof RangeError ||
    thrown?.name === "InternalError"
  );
}

function end(thrown) {
  if (crashed) return;
  const what = thrown instanceof Error ? thrown.message : String(thrown);
  const sentence = `Keepsake stopped by a fault of its own (${what}). What was saved is safe; reload the page.`;
  const error = new Error(sentence, { cause: thrown });
  crashed = Object.assign(error, { name: "KeepsakeError", code: "internal/crashed" });
  for (const reject of promised) reject(crashed);
  promised.clear();
}

/** The same promise, rejected when the instance ends before it is settled. */
function kept(promise) {
  return new Promise((resolve, reject) => {
    promised.add(reject);
    const settle = (by) => (value) => {
      promised.delete(reject);
      by(value);
    };
    promise.then(settle(resolve), settle(reject));
  });
}
