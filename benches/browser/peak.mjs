// The most this machine can do of the kernels' instruction, in WebAssembly: a loop of
// `i32x4.dot_i16x8_s` and `i32x4.add` on registers alone.
import binaryen from "binaryen";

/** Sums that do not wait for each other; with the two factors they fit in the 16 registers of x86-64. */
const SUMS = 12;
/** How often the sums are gone through before the loop jumps back. */
const UNROLLED = 4;
/** Products of i16 that one `dot_i16x8` adds up. */
const PRODUCTS = 8;

/** Multiply-adds of one turn of the loop. */
export const PER_TURN = SUMS * UNROLLED * PRODUCTS;

/** A module that exports `peak(turns, x, y)`; what it returns depends on all of it. */
export function peakModule() {
  const sums = Array.from({ length: SUMS }, (_, index) => index);
  const start = sums.map((i) => `(local.set $s${i} (i32x4.splat (i32.const ${i + 1})))`);
  const step = sums.map(
    (i) =>
      `(local.set $s${i} (i32x4.add (i32x4.dot_i16x8_s (local.get $s${i}) (local.get $u)) (local.get $v)))`,
  );
  const total = sums.reduce((all, i) => `(v128.xor ${all} (local.get $s${i}))`, "(local.get $u)");
  const module = binaryen.parseText(`
    (module
      (func (export "peak") (param $turns i32) (param $x i32) (param $y i32) (result i32)
        (local $u v128) (local $v v128) ${sums.map((i) => `(local $s${i} v128)`).join(" ")}
        (local.set $u (i32x4.splat (local.get $x)))
        (local.set $v (i32x4.splat (local.get $y)))
        ${start.join("\n")}
        (loop $turn
          ${Array(UNROLLED).fill(step).flat().join("\n")}
          (br_if $turn (local.tee $turns (i32.sub (local.get $turns) (i32.const 1)))))
        (i32x4.extract_lane 0 ${total})))`);
  module.setFeatures(binaryen.Features.SIMD128);
  const bytes = module.emitBinary();
  module.dispose();
  return bytes;
}
