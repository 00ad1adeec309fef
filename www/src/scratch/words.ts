/** Every sentence of the page that learns from nothing. Words that both pages say are in `../words`. */
import type { ScratchLabel, ScratchPreset, ScratchState } from "keepsake/burn";
import type { Problem } from "../engine/engine";
import { number, percent, setAside, type Words } from "../words";

const NBSP = "\u00a0";

export const pictures = (n: number): string => `${number(n)} ${n === 1 ? "picture" : "pictures"}`;

export const title = "Drawings";
export const subtitle = "learns from nothing";
export const skip = "Skip to the drawing pad";
export const opening = "Getting ready";
export const openingHint = "The first time this fetches about 3 MB.";

/* ── top bar ── */
export const menuOf = "Drawings: go to your photos";
export const toPhotos = "Your photos";
export const addPictures = "Add pictures";
export const startAnew = "Start anew…";
export const useCard = "Compute on the graphics card";
export const useProcessor = "Compute on the processor";
export const noCard = "The graphics card cannot be used here, so the processor computes.";
export const cardLostWithAll =
  "The graphics card stopped, and what was learned in this tab with it. The processor begins anew.";
export const cardLost = "The graphics card stopped. Nothing was lost: the processor goes on.";

/* ── starting anew ── */
export const anewQuestion: Words = {
  what: "Start anew?",
  todo: "Every label and everything learned here is deleted. Your photos stay as they are.",
};
export const anewYes = "Delete and start anew";

/* ── the pad ── */
export const draw = "Draw";
export const undoStroke = "Undo stroke";
export const clear = "Clear";
export const pad = (strokes: number, held: number): string => {
  if (held > 0) return `Drawing pad with ${pictures(held)} on it`;
  return strokes === 0
    ? "Drawing pad, empty"
    : `Drawing pad with a drawing of ${number(strokes)} lines on it`;
};
export const padHint = "Draw here, or drop pictures";
export const itSees = "It sees";
export const itSeesAlt = "What the learner sees of it";
export const morePictures = (n: number): string => `and ${number(n)} more`;
export const teachAs = "Teach this as";
export const newLabel = "New";
export const nameIt = "What is it?";
export const nameHint = "Name it";
export const emptyPad = "Draw something first, or add a picture.";
export const sure = (
  name: string,
  probability: number,
): { readonly name: string; readonly rest: string } => ({
  name,
  rest: `, ${percent(probability)} sure`,
});
export const next = (name: string): string => `next: ${name}`;
export const firstGuess = "Name it, and it learns.";
export const oneGuess = "Teach another kind, and it can tell them apart.";
export const noGuess = "Draw, and see what it takes it for.";
export const unreadable = (name: string, why: string): string => `${name}: ${why}`;

/* ── training ── */
export const learning = (name: string): string => `Learning ${name}`;
export const learningToDream = (name: string): string => `Learning to dream of ${name}`;
export const knownAlready = (name: string): string =>
  `${name} is known and saved already. Dreaming of it will keep it from being forgotten.`;
export const learned = (name: string): string => `Learned ${name}`;
export const stopped = (name: string): string => `Stopped learning ${name}`;
export const howItLearns = "How it learns";
export const step = "Step";
export const of = (steps: number): string => `of ${number(steps)}`;
export const speed = "Speed";
export const aSecond = "a second";
export const left = "Left";
export const took = "Took";
export const seconds = "s";
export const on = "On";
export const device = (state: ScratchState): { readonly name: string; readonly detail: string } =>
  state.device === "webgpu" ? { name: "WebGPU", detail: state.card } : { name: "CPU", detail: "" };
export const deviceLine = (state: ScratchState): string => {
  const { name, detail } = device(state);
  return detail ? `${name}: ${detail}` : name;
};
export const stop = "Stop";
export const stopHint = "Stop keeps what it has learned so far.";
export const steps = "Steps";
export const mistakes = "Mistakes";
export const dreaming = "Learning to dream";
export const lossHint = "(loss), lower is better";
export const dreamHint = "(loss), high where its critic tells a dream from a picture";
export const curve = (from: number, to: number, step: number, steps: number): string =>
  `Loss from ${from.toFixed(2)} to ${to.toFixed(2)} over ${number(step)} of ${number(steps)} steps`;
export const lastStep = (steps: number): string => `${number(steps)} steps`;
export const waiting = (n: number): string =>
  `${number(n)} more ${n === 1 ? "waits" : "wait"} to be learned.`;
export const exactNoCurve =
  "There is no training run to watch: the answer is solved in one go from sums over all pictures shown.";
export const nothingYet = "Draw something, and give it a name. It starts knowing nothing at all.";

/* ── the choice of a learner ── */
export const presets: Readonly<Record<ScratchPreset, Words>> = {
  exact: {
    what: "At once",
    todo: "Solves the answer exactly from everything shown. Nothing is forgotten, in whatever order you teach. The best of the three.",
  },
  rehearse: {
    what: "With dreams",
    todo: "Trains for some seconds. It dreams of earlier labels and rehearses them, so as not to forget.",
  },
  article: {
    what: "As in the textbook",
    todo: "One network and one dreamer for all labels. The oldest labels fade: this shows why forgetting is a problem.",
  },
};
export const rehearse = "Rehearse old labels";
export const withoutRehearsal = "Off, the newest label pushes out the others.";

/** What helps against forgetting, as it was measured. */
export const honest: Readonly<Record<ScratchPreset, string>> = {
  exact: "It keeps sums, not pictures, and forgets nothing. In our measurements no dreamer did better.",
  rehearse:
    "What helps is that the dreams of a label start from what its pictures have in common, and then stay as they are. The contest between dreamer and critic adds a little.",
  article: "One dreamer for all labels forgets, too. Expect the first labels to fade as more come.",
};

/* ── dreams ── */
export const dreams = "Dreams";
export const dreamsSay = "What it rehearses so as not to forget. None of these is a picture you gave it.";
export const averages = "Averages";
export const averagesSay =
  "This way of learning has no dreams: it needs to rehearse nothing. Instead, the average of each label’s pictures.";
export const noRehearsal = "Rehearsing is off, so there are no dreams.";
export const stripOf = (label: string, n: number, average: boolean): string =>
  average ? `The average picture of ${label}` : `${number(n)} dreams of ${label}`;
export function known(label: ScratchLabel): string {
  if (label.taught === 0) return "no picture yet";
  if (label.tried === 0) return pictures(label.taught);
  return `${number(label.known)} of ${number(label.tried)} known`;
}
export const knownHint =
  "“Known” counts the last pictures taught on this visit, tried again after every lesson. They are not stored.";
export const atStep = (step: number): string => `step ${number(step)}`;
export const renameMenu = (name: string): string => `${name}: rename`;
export const takeBack = "Take back its last lesson";
export const labelRow = (label: ScratchLabel): string => `${label.name}, ${pictures(label.taught)}`;

/* ── what just happened ── */
export const said = {
  taught: (name: string, n: number): string => `Taught ${name} with ${pictures(n)}.`,
  stopped: (name: string): string => `Stopped. What it learned of ${name} so far stays.`,
  made: (name: string): string => `Made the label ${name}. Draw it, and teach it.`,
  renamed: (name: string): string => `Renamed to ${name}.`,
  undid: (what: string): string => `Undone: ${what}.`,
  redid: (what: string): string => `Done again: ${what}.`,
  opened: (labels: number): string =>
    `Opened the backup: ${number(labels)} ${labels === 1 ? "label" : "labels"}.`,
  anew: "Everything here was deleted.",
  held: (n: number): string => `${pictures(n)} on the pad. Choose what they show.`,
};

/* ── states ── */
export const elsewhere: Words = {
  what: "Another tab has your drawings open.",
  todo: "Go on there, or take them over.",
};
export const drawHere = "Draw here instead";
/** Sentences that are read; more of them say the same. */
const TOLD = 3;
export function damaged(problems: readonly string[]): Words {
  const { what } = setAside(problems.length);
  const more = problems.length > TOLD ? ` And ${number(problems.length - TOLD)} more.` : "";
  return {
    what,
    todo: `What was learned is all there. ${problems.slice(0, TOLD).join(" ")}${more} A label whose name is lost can be given one again.`,
  };
}
export const unreadableNetworks: Words = {
  what: "What was learned here cannot be read any more.",
  todo: "It stays where it is until you decide. A backup takes its place, or you begin anew.",
};
export const notKept = "Not saved.";
export function halted(problem: Problem, n: number): Words {
  const rest = `${n === 1 ? "One lesson waits" : `${number(n)} lessons wait`}; all before is saved.`;
  return problem.code === "storage/full"
    ? { what: "Not saved: this device is full.", todo: `${rest} Free some space, then try again.` }
    : { what: notKept, todo: `${rest} ${problem.message}` };
}
export const taughtInAll = (n: number): string => `${pictures(n)} taught`;
export const keptHere = "Saved on this device";
export const inTabOnly = "In this tab only";
export const nothingStored = "Nothing stored yet";
export const left_ = (secondsLeft: number): string => `${Math.max(1, Math.round(secondsLeft))}${NBSP}s`;
