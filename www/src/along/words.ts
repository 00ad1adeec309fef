/** Every sentence of "Take it along". Words that other parts of the page say, too, are in `../words`. */
import { bytes, number, photos, type Words } from "../words";
import type { Deed, Fault, Result, Untagged, Way } from "./run";

const NBSP = "\u00a0";
const files = (n: number): string => `${number(n)} ${n === 1 ? "file" : "files"}`;
const folders = (n: number): string => `${number(n)} ${n === 1 ? "folder" : "folders"}`;

export const title = "Take it along";
export const back = "Photos";
export const asWhat = "As what";
export const which = "Which photos";
export const all = (n: number): string => `All ${number(n)}`;
export const doneOnly = (n: number): string => `Done only ${number(n)}`;
export const leaveOutUnsure = "Leave out not sure";
export const keepFolders = "Keep the folders they came from";
export const inside = "Write the label into the copies";
export const ownFolders = { none: "None of these", unsure: "Not sure" } as const;

export const ways: Readonly<Record<Way, Words>> = {
  folders: { what: "Folders on this computer", todo: "One for each label. Copy or move." },
  zip: { what: "One ZIP", todo: "The same folders in one file." },
  tags: { what: "Tags for photo programs", todo: "XMP files, in one ZIP to unpack over the photos." },
  table: { what: "Table", todo: "Path, label, how sure." },
  script: { what: "Move script", todo: "You run it: it moves the originals into folders." },
};
export const noFolders = "This browser cannot write folders. One ZIP does the same.";

export const program = "For which program";
export const programs = [
  ["digikam", "digiKam, darktable"],
  ["lightroom", "Lightroom"],
] as const;
export const programHint = {
  digikam: "photo.jpg.xmp beside photo.jpg.",
  lightroom: "photo.xmp beside photo.jpg. Lightroom reads these for RAW files only.",
} as const;
export const format = "In which form";
export const formats = [
  ["csv", "CSV"],
  ["json", "JSON"],
] as const;

export const shell = "For which computer";
export const shells = [
  ["sh", "Mac, Linux"],
  ["ps1", "Windows"],
] as const;
export const scriptHint = {
  before:
    "Put it where the photos' folder lies; photos that came without a folder must lie beside it. Then, in a terminal there:",
  sh: (name: string): string => `sh ${name}.sh`,
  ps1: (name: string): string => `powershell -ExecutionPolicy Bypass -File ${name}.ps1`,
} as const;
export const scriptNeverOverwrites =
  "What is there already is never written over; what is missing is left out. It says what it did.";
export const scriptNoUndo =
  "It moves the originals, and the page cannot move them back. Folders and ZIP copy them.";
export const leadsOut = (n: number): string =>
  `${photos(n)} left out: the path leads elsewhere, or no file can have it there.`;

/** Of how many photos, into how many folders. */
export const heading: Readonly<Record<Way, (n: number, inFolders: number) => string>> = {
  folders: (n, inFolders) => `${photos(n)} into ${folders(inFolders)}`,
  zip: (n) => `${photos(n)} into one ZIP`,
  tags: (n) => `Tags for ${photos(n)}`,
  table: (n) => `${photos(n)}, one line each`,
  script: (n, inFolders) => `A script that moves ${photos(n)} into ${folders(inFolders)}`,
};
export const looking = (done: number, total: number): string =>
  `Looking for the originals: ${number(done)} of ${number(total)}`;
export const lookingName = "Originals looked for";
export const size = (n: number, companions: number): string =>
  companions > 0 ? `${bytes(n)}, with ${files(companions)} that belong to them.` : `${bytes(n)}.`;
export const parts = (n: number): string =>
  `This browser takes no more than 2${NBSP}GB at once: it will be ${number(n)} ZIPs.`;
export const numbered = (n: number): string =>
  n === 1 ? "1 name collides and gets a number." : `${number(n)} names collide and get a number.`;
export const renamed = (n: number): string =>
  n === 1
    ? "1 name cannot be used everywhere and is changed."
    : `${number(n)} names cannot be used everywhere and are changed.`;
export const becomes = "becomes";
export const show = "Show";
export const leftOut = (n: number): string => `${photos(n)} left out: not done.`;
export const leftOutUnsure = (n: number): string => `${photos(n)} left out: not sure.`;
export const noLabel = (n: number): string => `${photos(n)} without a label get no tag.`;
export const lookingInside = (done: number, of: number): string =>
  `Looking which copies can hold a tag: ${number(done)} of ${number(of)}`;
export const holdTags = (n: number): string =>
  n === 1 ? "1 copy gets its label as a tag." : `${number(n)} copies get their label as a tag.`;
export const cannotHold = (n: number, of: number, kinds: readonly string[]): string =>
  `${number(n)} of ${number(of)} cannot hold a tag: ${kinds.map((kind) => (kind === "?" ? "unknown kinds" : kind)).join(", ")}. ${
    n === 1 ? "It is copied as it is." : "They are copied as they are."
  }`;
export const insideHint = "Nothing else in them changes.";
export const companionsAbsent = (n: number): string =>
  `${files(n)} that belong to photos are not at hand and are left out.`;
export const unpack = (n: number): string => `Unpack it, and the ${folders(n)} are there.`;
export const unpackTags =
  "Unpack it where the photos' folder lies. XMP files that were there when you added the photos keep what they say.";
export const missing = (n: number, name: string): string =>
  n === 1
    ? `The original of 1 photo is not at hand (${name}). It is left out until its folder is here again.`
    : `The originals of ${photos(n)} are not at hand. They are left out until their folder is here again.`;
/* ── the originals move ── */
export const copyOrMove = "Copy or move";
export const copyMove = [
  ["copy", "Copy"],
  ["move", "Move"],
] as const;
export const originalsStay = "Originals stay where they are.";
export const originalsMove = "Originals move. The undo list brings them back.";
export const originalsMoveHow =
  "Each is deleted only when its copy was read again and is the same. What changed since you added it stays.";
export const movedToday =
  "The moved files carry today as their files' date; what is inside them is the same.";
export const cannotMove = (n: number, name: string): string =>
  n === 1
    ? `1 photo stays where it is (${name}): to move it the page needs the folder that it lies in.`
    : `${photos(n)} stay where they are: to move them the page needs the folders that they lie in.`;
const named = (names: readonly string[]): string => names.map((name) => `“${name}”`).join(", ");
export const notAllowed = (names: readonly string[]): string =>
  `The browser does not let the page change ${named(names)}: what lies there stays.`;
export const askAgain = "Ask again";
export const allowMoving = (names: readonly string[]): string => `Allow moving out of ${named(names)}`;
export const chooseAndMove = "Choose a place and move";
export const stayed = (n: number): string =>
  n === 1
    ? "1 original was copied and is still where it was, too:"
    : `${number(n)} originals were copied and are still where they were, too:`;

/* ── what was moved on an earlier visit ── */
export const earlier = {
  what: "Moved on an earlier visit",
  todo: "The undo list lies beside the photos. Choose the folder that they were moved to.",
  choose: "Choose that folder…",
  see: "See what",
  none: "No undo list lies in that folder that says of a photo that it was moved.",
} as const;
export const movedInto = (name: string): string => `Photos moved into ${named([name])}`;
export const movedThen = (n: number, names: readonly string[]): string =>
  `${files(n)} moved out of ${named(names)}`;
export const oddLines = (n: number): string =>
  n === 1 ? "1 line of the list is passed over." : `${number(n)} lines of the list are passed over.`;
export const chooseSource = (name: string): string => `Choose “${name}”…`;
export const bringBack = "Bring them back";
export const day = (at: number): string =>
  new Date(at).toLocaleDateString("en", { day: "numeric", month: "short" });

export const allowFolder = "Allow the folder again";
export const neverOverwrites = "What is there already is never written over: the new file gets a number.";
export const today = "The copies carry today as their files' date; what is inside them is the same.";
export const todayTagged = "The copies carry today as their files' date.";
export const nothing = "There is no photo for that.";
export const go: Readonly<Record<Way, string>> = {
  folders: "Choose a place and copy",
  zip: "Make the ZIP",
  tags: "Make the ZIP",
  table: "Save the table",
  script: "Save the script",
};
export const before = "Nothing is written before that.";

/* ── running, and its end ── */
const doing: Readonly<Partial<Record<Deed, string>>> = {
  folders: "Copying",
  move: "Moving",
  back: "Bringing back",
};
export const working = (deed: Deed, done: number, total: number): string =>
  `${doing[deed] ?? "Writing"}: ${number(done)} of ${number(total)}`;
export const workName = "Photos taken along";
export const perSecond = (n: number): string => `${n >= 10 ? number(Math.round(n)) : n.toFixed(1)} a second`;
export const secondsLeft = (s: number): string =>
  s < 90 ? `${Math.max(1, Math.round(s))}${NBSP}s left` : `${Math.round(s / 60)}${NBSP}min left`;
export const stop = "Stop";
export const stopKeeps: Readonly<Record<Deed, string>> = {
  move: "Stop leaves the rest where it is. You can go on naming photos.",
  back: "Stop leaves the rest where it is.",
  folders: "Stop keeps what has been copied. You can go on naming photos.",
  zip: "Stop keeps what has been written: the ZIP is whole, with fewer photos. You can go on naming photos.",
  tags: "Stop keeps what has been written. You can go on naming photos.",
  table: "",
  script: "",
};
export const of = (done: number, total: number): string => `${number(done)} of ${number(total)}`;

const lasted = (s: number): string =>
  s < 90 ? `${Math.max(1, Math.round(s))}${NBSP}s` : `${Math.round(s / 60)}${NBSP}min`;
export const result = ({ way, photos: n, planned, folders: f, stopped }: Result): string => {
  const count = way === "back" ? files : photos;
  const many = stopped || n < planned ? `${number(n)} of ${count(planned)}` : count(n);
  if (way === "back") return `${many} back where ${planned === 1 ? "it was" : "they were"}`;
  if (way === "move") return `${many} moved into ${folders(f)}`;
  if (way === "folders") return `${many} in ${folders(f)}`;
  if (way === "zip") return `${many} in the ZIP`;
  return way === "tags" ? `Tags for ${many}` : `${many} in the ${way}`;
};
const befores: Readonly<Partial<Record<Deed, string>>> = {
  folders: "Copied to",
  move: "Moved to",
  back: "Taken from",
};
const rereads: Readonly<Partial<Record<Deed, string>>> = {
  folders: "Each file was read again and is the same as its original",
  move: "Each file was read again and is the same as its original, which was deleted then",
  back: "Each file was read again before it was taken away",
};
export const where = ({ way, where: place, seconds, tags }: Result) => ({
  before: befores[way] ?? "Written to",
  place,
  after: `in ${lasted(seconds)}.`,
  again: rereads[way] === undefined ? "" : `${rereads[way]}${tags ? ", but for the tag" : ""}.`,
});
export const tagged = (n: number, of: number): string =>
  n === 1
    ? `1 of ${number(of)} copies holds its label as a tag.`
    : `${number(n)} of ${number(of)} copies hold their label as a tag.`;
export const untagged = (n: number): string =>
  n === 1
    ? "1 photo was copied as it is, without a tag:"
    : `${photos(n)} were copied as they are, without a tag:`;
export const whyNoTag: Readonly<Record<Untagged["why"], string>> = {
  odd: "is damaged, or built in a way that leaves no certain place for one",
  packet: "has XMP in it that cannot be read with certainty",
  long: "has no room for more XMP",
};
export const downloads = "your downloads";
export const within = (name: string): string =>
  `That place lies in “${name}”, where photos come from: when you add that folder again, the page knows them by their content.`;
export const already = (n: number): string => `${number(n)} of them lay there already.`;
export const leftThere = (n: number): string =>
  n === 1 ? "1 file was not brought back:" : `${files(n)} were not brought back:`;
export const wasStopped = "You stopped it. What was written is whole.";
export const faults = (n: number): string =>
  n === 1 ? "1 file was left out:" : `${files(n)} were left out:`;
export const why: Readonly<Record<Fault["why"], string>> = {
  absent: "is not at hand",
  unreadable: "cannot be read any more: it was moved, changed or deleted",
  unlike: "was not the same when it was read again; the copy was deleted",
  refused: "could not be written: the browser no longer lets the page write there",
  full: "could not be written: the disk is full",
  unwritten: "could not be written",
  "no-xmp": "has an XMP file that cannot be read, which stays as it is",
  "xmp-absent": "has an XMP file that is not at hand, which stays as it is",
  "other-name": "has a name that an unpacked file cannot have everywhere",
  "leads-out": "has a path that leads elsewhere, or that no file can have there",
  twice: "would have the same XMP file as another photo",
  changed: "was changed since you added it and stays where it is; add its folder again first",
  closed: "stays where it is: the browser does not let the page delete there, or the folder is read-only",
  together: "stays where it is, together with what belongs to it",
  "odd-path": "stays where it is: the undo list cannot hold its path",
  "no-list": "stays where it is: the undo list could not be written",
  gone: "was moved or deleted since",
  occupied: "stays: another file lies where it was",
  "changed-since": "stays: it was changed since",
  "no-folder": "stays: the folder that it came from is not at hand",
};
export const more = (n: number): string => `and ${number(n)} more`;
export const onceMore = "Take along once more";
export const past = "What was taken along";
export const undo = "Undo";
export const undoOf = (what: string): string => `Undo: ${what}`;
export const undone = (removed: number, kept: number): string =>
  kept === 0
    ? `${files(removed)} deleted again. The originals are where they were.`
    : `${files(removed)} deleted again. ${files(kept)} stay: they were changed, or cannot be reached.`;
export const listBeside = "The same list lies beside the photos as";
export const failed = "It could not be written.";
export { number as count } from "../words";
export const time = (at: number): string =>
  new Date(at).toLocaleTimeString("en", { hour: "numeric", minute: "2-digit" });
