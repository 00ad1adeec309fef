// What graphics card this browser offers, asked before anything is fetched for it.

/** Why there is no card to compute on. */
export type Refusal = "no-webgpu" | "no-card" | "software" | "too-small";

/** A card and, where it should not be chosen by itself, why. */
export interface Adapter {
  /** As far as the browser tells: "NVIDIA Ampere", or nothing. */
  readonly name: string;
  readonly refusal: Refusal | null;
}

/** Programs that play a graphics card on the processor. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|basic render|software|warp/i;

/** What the network's shaders need; a full WebGPU has it, the reduced "compatibility" one may not. */
const NEEDED = {
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupStorageSize: 16_384,
  maxStorageBuffersPerShaderStage: 8,
  maxStorageBufferBindingSize: 128 * 1024 * 1024,
} as const;

/** Asks the browser for its fastest card. */
export async function findAdapter(): Promise<Adapter> {
  if (!navigator.gpu) return { name: "", refusal: "no-webgpu" };
  let adapter: GPUAdapter | null;
  try {
    adapter = await navigator.gpu.requestAdapter({ powerPreference: "high-performance" });
  } catch {
    adapter = null;
  }
  if (!adapter) return { name: "", refusal: "no-card" };
  const { info } = adapter;
  const told = [info.vendor, info.architecture, info.device, info.description];
  return {
    name: nameOf(info),
    refusal:
      info.isFallbackAdapter || told.some((text) => SOFTWARE.test(text))
        ? "software"
        : fits(adapter.limits)
          ? null
          : "too-small",
  };
}

function fits(limits: GPUSupportedLimits): boolean {
  return (Object.keys(NEEDED) as (keyof typeof NEEDED)[]).every((name) => limits[name] >= NEEDED[name]);
}

/** Browsers tell little, and in small letters: "nvidia", "ampere". */
function nameOf({ description, vendor, architecture }: GPUAdapterInfo): string {
  return description || `${spelt(vendor)} ${spelt(architecture)}`.trim();
}

const SPELLINGS: Record<string, string> = { nvidia: "NVIDIA", swiftshader: "SwiftShader" };

function spelt(word: string): string {
  const first = word.charAt(0).toUpperCase() + word.slice(1);
  return SPELLINGS[word] ?? first.replace(/^(amd|gcn|rdna)/i, (short) => short.toUpperCase());
}
