/** Every sentence the page says. Plain functions, so that a translation is another such file. */

import type { Renewal } from "keepsake";
import type {
  BackupFile,
  Damaged,
  Device,
  Failure,
  Importing,
  Offline,
  Photo,
  Problem,
  Storage,
} from "./engine/engine";
import type { OtherKind } from "./engine/kinds";
import type { Group } from "./sw/files";

const numbers = new Intl.NumberFormat("en");
const NBSP = "\u00a0";

export const number = (n: number): string => numbers.format(n);
export const photos = (n: number): string => `${number(n)} ${n === 1 ? "photo" : "photos"}`;
const files = (n: number): string => `${number(n)} ${n === 1 ? "file" : "files"}`;
const records = (n: number): string => `${number(n)} ${n === 1 ? "record" : "records"}`;
export const lessons = (n: number): string => `${number(n)} ${n === 1 ? "lesson" : "lessons"}`;

/** Never 0 % nor 100 %: the learner is never that sure. */
export function percent(probability: number): string {
  const rounded = Math.min(99, Math.max(1, Math.round(probability * 100)));
  return `${rounded}${NBSP}%`;
}

export function bytes(n: number): string {
  if (n < 1e3) return `${n}${NBSP}bytes`;
  if (n < 1e6) return `${Math.round(n / 1e3)}${NBSP}KB`;
  if (n < 1e9) return `${number(Math.round(n / 1e6))}${NBSP}MB`;
  return `${(n / 1e9).toFixed(1)}${NBSP}GB`;
}

function span(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))}${NBSP}s`;
  return `${Math.round(seconds / 60)}${NBSP}min`;
}

export const appName = "Keepsake";
export const noneOfThese = "None of these";
export const notSure = "Not sure";
export const allPhotos = "All photos";
export const skip = "Skip to the photos";

/* ── top bar ── */
export const tools = "Tools";
export const find = "Find a label, file or folder";
export const findShort = "Find";
export const clearFind = "Clear";
export const addPhotos = "Add photos";
export const add = "Add";
export const addOtherwise = "Other ways to add";
export const chooseFiles = "Files…";
export const chooseFolder = "A whole folder…";
export const undo = (what: string | null): string => (what ? `Undo: ${what}` : "Nothing to undo");
export const undoShort = "Undo";
export const undoAll = (n: number): string => `Undo all ${number(n)}`;
export const redo = (what: string | null): string => (what ? `Redo: ${what}` : "Nothing to redo");
export const more = "More";
export const about = "About this device";

/** What the first collection is called until somebody names it. */
export const firstCollection = "My photos";

/** Of the browser's tab. */
export const titleOf = (collection: string): string => `${collection} · ${appName}`;

/* ── menu ── */
export const takeAlong = "Take it along";
export const saveBackup = "Save a backup";
export const openBackup = "Open a backup…";
export const chooseSeveral = "Choose several photos";
export const keys = "Keys";
export const fromNothing = "Start from nothing";
export const thisDevice = "This device";

/* ── first visit ── */
export const firstLine = "Name a few photos.";
export const secondLine = "The rest sort themselves.";
export const picture =
  "A heap of pictures. One is named Leaf, one is named Cup. The rest then sort themselves into rows; one stays apart as not sure.";
export const pictured = { leaf: "Leaf", cup: "Cup", fish: "Not sure" } as const;
export const ownDoor = "Add your photos";
export const ownDoorHint = "Drop them anywhere here, or pick them";
export const folderDoor = "Or pick a whole folder";
export const fromNothingDoor = "Or start from nothing: draw, and it learns only from you";
export const sampleDoor = "Try it with these";
export const sampleDoorHint = (n: number): string => `${number(n)} drawn pictures of four kinds`;
export const promise = "Your photos stay on this device. It learns here, and works with the network off.";
export const opening = "Getting ready";
export const openingProgress = (received: number, total: number | null): string =>
  total ? `${bytes(received)} of ${bytes(total)}` : bytes(received);
export const cannotOpen = "Keepsake could not start.";
export const reload = "Reload";

/* ── labels ── */
export const labels = "Labels";
export const newLabel = "New label";
export const nameOneKind = "Name one kind";
export const andAnother = "And another";
export const labelName = "Name of the new label";
export const leftCount = (n: number): string => `${number(n)} left`;
export const taughtCount = (n: number): string => `${number(n)} taught`;
export const labelMenu = (name: string): string => `${name}: rename, merge, delete`;
export const chooseAllOf = (name: string): string => `Choose all of ${name}`;
export const rename = "Rename";
export const renameLabel = (name: string): string => `New name for ${name}`;
export const merge = "Merge into…";
export const mergeInto = (name: string): string => `Merge into ${name}`;
export const nameIsTaken = (name: string): string =>
  `There is a label ${name} already. Merge into it, or type another name.`;
export const labelIsThere = (name: string): string => `There is a label ${name} already.`;
export const back = "Back";
export const remove = "Delete";

/* ── sections ── */
export const couldNotBeRead = "Could not be read";
export const othersFine = (n: number): string => (n === 0 ? "" : `The other ${number(n)} are fine.`);
export const leaveOut = "Leave these out";
export const teachesMost = "Each answer here teaches the most.";
export const notNamed = "Not named yet";
export const justAdded = "Just added";
export const justAddedSay = "Sorted as soon as all are read, or when you teach one.";
export const emptySection = "Nothing here yet. Drop photos on this label, or teach one.";
export const nothingUnsure = "Nothing is left to ask about.";
export const nothingFound = (query: string): string => `No label, file or folder is called “${query}”.`;
export const lead = "Name two of them and the rest will sort themselves";
export const leadEmpty = "Add photos to begin";
export const leadEmptyHint =
  "Your labels are here still. Name one photo or two of each, and the rest will sort themselves.";
export const nothingToName = "There is no photo without a name here. Add some.";
export const leadHint = "Tap any photo and type what it shows. Names are yours to choose.";

/* ── accepting: "this is right, I have seen it" ── */
/** The button that accepts what is left of a label: before its name, with it, and how many that are. */
export const theRest = {
  before: "The rest",
  of: (name: string): string => ` of ${name}`,
  after: " is right",
  count: (n: number): string => `, ${photos(n)}`,
} as const;
export const right = (name: string): string => `${name} is right`;
export const manyRight = (n: number): string => (n === 1 ? "1 is right" : `${number(n)} are right`);
export const nothingRight = "Nothing was accepted: what is not sure needs a name.";
export const looksNow = (name: string): string => `looks like ${name} now`;

/* ── to the end of the job ── */
export const finish = "Finish";
export const photosDone = "Photos done";
export const doneOf = (done: number, total: number): string => `${number(done)} of ${number(total)} done`;
/** What is left to do: only doubts, or all of it. */
export const stillLeft = (left: number, unsure: number): string =>
  left + unsure === 0 ? "All done" : left === 0 ? `${number(unsure)} not sure` : leftCount(left + unsure);
export const allDone = "all done";
export const doneLeft = (done: number, left: number): string =>
  left === 0 ? allDone : done === 0 ? leftCount(left) : `${number(done)} done, ${leftCount(left)}`;
export const hideDone = "Hide what is done";
export const noneLeft = "Nothing is left here.";
export const noFolder = "No folder known";
export const lookDifferent = (n: number): string =>
  n === 1 ? "1 accepted photo looks different now" : `${number(n)} accepted photos look different now`;
export const sortAndShow = "Sort and show";
export const sort = "Sort";
export const show = "Show";
export const sorts = {
  certain: "Most certain first",
  doubtful: "Least certain first",
  date: "Date, newest first",
  name: "Name",
  folder: "Folder",
} as const;
export const states = { left: "Left", unsure: "Not sure", accepted: "Accepted", taught: "Taught" } as const;

/* ── photos of one scene ── */
const photosAlike = (n: number): string => `${number(n)} photos alike`;
export const showAlike = (n: number): string => `Show all ${photosAlike(n)}`;
export const foldAlike = (n: number): string => `Fold ${photosAlike(n)} to one`;
export const alikePhotos = "Photos alike";
export const foldBursts = "Fold bursts";

/* ── tiles ── */
export const next = (name: string): string => `next ${name}`;
export const either = (a: string, b: string): string => `${a} or ${b}?`;

/** What a tile says of its photo, and of how many photos alike. */
export function tileName(
  photo: Photo,
  guessing: boolean,
  nameOf: (label: number) => string,
  alike = 1,
): string {
  const own = photoName(photo, guessing, nameOf);
  return alike > 1 ? `${own}, ${photosAlike(alike)}` : own;
}

function photoName(photo: Photo, guessing: boolean, nameOf: (label: number) => string): string {
  if (photo.taught !== null) return `${photo.name}, ${nameOf(photo.taught)}, taught`;
  const ranked = guessing ? (photo.prediction?.ranked ?? []) : [];
  const [first, second] = ranked;
  if (photo.accepted !== null) {
    const other = first && first.label !== photo.accepted ? `, ${looksNow(nameOf(first.label))}` : "";
    return `${photo.name}, ${nameOf(photo.accepted)}, accepted${other}`;
  }
  if (!first) return `${photo.name}, not named yet`;
  const sure = `${nameOf(first.label)} ${percent(first.probability)}`;
  if (photo.prediction?.notSure) {
    const other = second ? ` or ${nameOf(second.label)} ${percent(second.probability)}` : "";
    return `${photo.name}, not sure: ${sure}${other}`;
  }
  return `${photo.name}, ${sure} sure${second ? `, ${next(nameOf(second.label))}` : ""}`;
}

/* ── what is no photo ── */
const KINDS_OF_FILE: Readonly<Record<OtherKind, string>> = {
  video: "Videos",
  sound: "Sound",
  document: "Documents",
  sidecar: "Notes of photo programs, without their photo",
  archive: "Archives: unpack them first",
  other: "Other files",
};
export const kindOfFiles = (kind: OtherKind): string => KINDS_OF_FILE[kind];
/** “212 videos and 35 other files left out”. */
export function leftOut(videos: number, others: number): string {
  const clips = `${number(videos)} ${videos === 1 ? "video" : "videos"}`;
  const rest = videos > 0 ? `${number(others)} other ${others === 1 ? "file" : "files"}` : files(others);
  return `${[...(videos > 0 ? [clips] : []), ...(others > 0 ? [rest] : [])].join(" and ")} left out`;
}
export const leftOutWhy =
  "They are no photos. Nothing was done to them, and a video or raw file with a photo's name belongs to that photo.";
export const andMore = (n: number): string => `and ${number(n)} more`;

/* ── folder names as labels ── */
const labelsOf = (n: number): string => `${number(n)} ${n === 1 ? "label" : "labels"}`;
export const folderNames = {
  /** With the line that says what was added. */
  said: (n: number): string => `Their ${number(n)} folder names can be labels.`,
  offer: (n: number): string => (n === 1 ? "Use the folder name" : `Use the ${number(n)} folder names`),
  no: "No folder names",
  asLessons: (n: number): string => `As ${lessons(n)}`,
  asLessonsWhy: (names: number): string =>
    `Each photo that is not named yet is taught the name of its folder, under ${labelsOf(names)}. Right where a folder holds one kind of photo: what else lies in it is taught, too.`,
  asNames: "Only as names",
  asNamesWhy: (fresh: number, there: number): string =>
    `Makes ${labelsOf(fresh)}${there > 0 ? `; ${number(there)} ${there === 1 ? "is" : "are"} there already` : ""}. Nothing is taught.`,
  undo: "Nothing happens before you choose. Each label is one step of undo.",
  working: "Using the folder names",
  stopHint: "Stop keeps what is done.",
  taught: (names: number, n: number): string => `Taught ${labelsOf(names)} with ${photos(n)}.`,
  made: (n: number): string => `Made ${labelsOf(n)}.`,
} as const;

/** One short sentence for the tile of a file that could not be read. */
export function failure(of: Failure): string {
  switch (of.code) {
    case "photo/unreadable":
      return "Could not be opened. Moved, or not yours to read?";
    case "photo/empty":
      return "The file is empty.";
    case "photo/not-an-image":
      return "This is not a picture.";
    case "photo/heic-not-opened":
      return "HEIC: what opens it is not here yet. Add it again with the network on.";
    case "photo/raw-not-opened":
      return "RAW: what opens it is not here yet. With the network on, reload and add it again.";
    case "photo/raw-no-preview":
      return "RAW without a picture that can be shown. Save it as JPEG.";
    case "photo/unsupported":
      return "Does not open here. Save it as JPEG.";
    case "photo/damaged":
      return "Damaged or cut off. Copy it again.";
    case "photo/too-many-bytes":
      return "Too large: over 100 MB.";
    case "photo/too-many-pixels":
      return "Too large: over 100 megapixels.";
    default:
      return of.message;
  }
}

/* ── chooser ── */
export const labelFor = (name: string): string => `Label for ${name}`;
export const labelForMany = (n: number): string => `Label for ${photos(n)}`;
export const findOrMake = "Find or make a label";
export const likely = "Labels";
export const make = (name: string): string => `Make “${name}”`;
export const typeAName = "Type what it shows.";
export const takeBack = "Take back";
export const removeFromPage = "Remove from Keepsake";
export const close = "Close";

/* ── look closely ── */
export const lookClosely = "Look closely";
export const lookCloselyAt = (name: string): string => `Look closely at ${name}`;
export const backTo = "Photos";
export const standing = (at: number, of: number): string => `${number(at)} of ${number(of)}`;
/** In which row: "in Dress". */
export const inRow = (name: string): string => `in ${name}`;
export const previousPhoto = "Previous photo";
export const nextPhoto = "Next photo";
export const besideIt = "Beside it";
export const placeOf = (at: number, of: number, name: string): string => `${standing(at, of)}: ${name}`;
export const moreForPhoto = "More: choose it, remove it";
export const chooseIt = "Choose it";
export const whatItThinks = "What it thinks";
export const sureOf = (probability: number, second: string | null): string =>
  `${percent(probability)} sure${second === null ? "" : `, ${next(second)}`}`;
export const notSureOf = (a: string, p: number, b: string, q: number): string =>
  `Not sure: ${percent(p)} ${a}, ${percent(q)} ${b}`;
export const noGuess = "Nothing is known of it yet. Name it, and one of another kind.";
export const taughtIt = "You taught it.";
export const acceptedIt = "You found it right: done. It is no lesson.";
export const marksDone = "Marks it done. It is no lesson.";
export const restFollow = "The rest follow it.";
export const teachIt = "Teach it";
export const orTeach = "Or teach it";
export const orAnother = "Or teach it something else";
export const anotherLabel = "Another label";
export const whyThese = "Why: most like these, which you taught";
/** What the numbers under them say. */
export const whyShares = (name: string): string => `Each with its share of all that speaks for ${name}.`;
export const shareOf = (share: number): string =>
  share < 0.01 ? `under 1${NBSP}%` : `${Math.round(share * 100)}${NBSP}%`;
export const whyPhoto = (name: string, label: string, share: number): string =>
  `Look at ${name}: ${label}, ${shareOf(share)}`;
export const theFile = "The file";
export const facts = {
  file: "File",
  folder: "Folder",
  taken: "Taken",
  changed: "Changed",
  size: "Size",
} as const;
const moment = (at: number, timeZone?: string): string =>
  new Date(at).toLocaleString("en-GB", { dateStyle: "long", timeStyle: "short", timeZone });
/** By the camera's clock, which is kept as if it showed UTC. */
export const takenOn = (at: number): string => moment(at, "UTC");
export const changedOn = (at: number): string => moment(at);
export const sizeOf = (width: number, height: number, size: number | null): string =>
  `${number(width)} × ${number(height)}${size === null ? "" : `, ${fileSize(size)}`}`;
/** Of a RAW file the picture is seen that the camera put into it. */
export const sizeOfRaw = (width: number, height: number, size: number | null): string =>
  `Preview ${sizeOf(width, height, null)}${size === null ? "" : `, RAW ${fileSize(size)}`}`;
function fileSize(n: number): string {
  return n >= 1e6 && n < 1e7 ? `${(n / 1e6).toFixed(1)}${NBSP}MB` : bytes(n);
}
export const onlySmall = "Only the small picture is here.";
export const noPicture = "There is no picture of it here.";
export const allowFolder = "Allow the folder again";
export const chooseTheFolder = "Choose the folder…";
export const chooseTheFile = "Choose the photo…";
export const notFound = "It is not where you let the page look: moved, renamed or deleted.";
export const fileGone = "It was moved or deleted. The lesson is kept.";
export const cannotShow = "This browser cannot show this file large.";
export const notFetched = (kind: "RAW" | "HEIC"): string =>
  `What opens ${kind} files has to be fetched once, and could not be. With the network on, try again.`;
export const searching = (done: number, total: number): string =>
  `Looking for it: ${number(done)} of ${number(total)} files`;
export const seeLarger = "Full size";
export const seeWhole = "The whole photo";
/** What is read out when another photo comes. */
export const nowAt = (at: number, of: number, name: string): string => `${standing(at, of)}. ${name}`;

/* ── several photos ── */
export const chosen = (n: number): string => `${photos(n)} chosen`;
export const tapToChoose = "Tap photos to choose them";
export const teach = (name: string): string => `Teach ${name}`;
export const other = "Other…";
export const nameThem = "Name them…";
export const all = "All";
export const doubtful = (n: number): string => `${number(n)} doubtful`;
export const onlyCertain = "Only the certain ones";
export const letGo = "Let go of all";
export const moreForChosen = "More: take back, remove";
export const share = (n: number, name: string): string => `${number(n)} ${name}`;
export const shareUnsure = (n: number): string => `${number(n)} not sure`;

/* ── what just happened ── */
const changed = (n: number): string => (n === 0 ? "" : ` ${photos(n)} changed.`);
export const said = {
  taught: (name: string, n: number, moved: number): string =>
    `${n === 1 ? `Taught ${name}.` : `Taught ${name} with ${photos(n)}.`}${changed(moved)}`,
  /** Lessons, and how many photos were accepted with them. */
  tookBack: (n: number, accepted: number, moved: number): string => {
    const also = accepted > 0 ? `, with ${photos(accepted)} alike` : "";
    return `Took back ${n === 1 ? "one lesson" : lessons(n)}${also}.${changed(moved)}`;
  },
  accepted: (n: number, name: string | null, moved: number): string => {
    const as = name === null ? "" : ` as ${name}`;
    return `Accepted${n === 1 ? "" : ` ${photos(n)}`}${as}.${changed(moved)}`;
  },
  unaccepted: (n: number, moved: number): string =>
    `${n === 1 ? "No longer accepted." : `${photos(n)} no longer accepted.`}${changed(moved)}`,
  undid: (what: string, moved: number): string => `Undone: ${what}.${changed(moved)}`,
  undidSteps: (n: number): string => `Undone: ${number(n)} ${n === 1 ? "step" : "steps"}.`,
  redid: (what: string, moved: number): string => `Done again: ${what}.${changed(moved)}`,
  made: (name: string): string => `Made the label ${name}.`,
  renamed: (name: string): string => `Renamed to ${name}.`,
  removedLabel: (name: string, moved: number): string => `Deleted the label ${name}.${changed(moved)}`,
  merged: (from: string, into: string, moved: number): string =>
    `Merged ${from} into ${into}.${changed(moved)}`,
  removed: (n: number): string => `Removed ${photos(n)}.`,
  taughtWhatWasDropped: (name: string, n: number): string => `Taught ${name} with ${photos(n)}.`,
  added: (
    { added: n, known, failed, leftOut }: Readonly<Record<"added" | "known" | "failed" | "leftOut", number>>,
    unsure: number | null,
    taught: readonly string[],
  ): string => {
    const bad = [
      ...(failed > 0 ? [`${number(failed)} could not be read.`] : []),
      ...(leftOut > 0 ? [`${files(leftOut)} left out: no photos.`] : []),
    ];
    const here = known > 0 ? [hereAlready(known)] : [];
    if (n + failed + leftOut + taught.length === 0) {
      return `Nothing new: ${here[0] ?? "these photos are here already."}`;
    }
    const ask = n > 0 && unsure !== null && unsure > 0 ? [`${number(unsure)} not sure.`] : [];
    return [...(n > 0 ? [`Added ${photos(n)}.`] : []), ...taught, ...here, ...ask, ...bad].join(" ");
  },
  mended: (n: number, left: number): string => {
    if (n === 0) return "That file holds nothing of what is damaged. Nothing was changed.";
    const rest = left === 0 ? "" : ` ${records(left)} ${left === 1 ? "is" : "are"} damaged still.`;
    return `Took ${records(n)} from the backup.${rest}`;
  },
  leftOut: (n: number): string => `Left out ${records(n)}.`,
  opened: (n: number): string =>
    n === 0 ? "Nothing new was in this backup." : `Opened the backup: ${lessons(n)}.`,
  saved: "The backup is in your downloads.",
  chose: (n: number): string => (n === 0 ? "No photo chosen." : `${chosen(n)}.`),
};

/* ── importing ── */
export const reading = (of: Importing): string => `Reading photos: ${number(of.done)} of ${number(of.total)}`;
export const readShort = (of: Importing): string => `${number(of.done)} of ${number(of.total)} read`;
export function pace(of: Importing): string {
  if (of.perSecond === null) return "";
  const rate = of.perSecond >= 1 ? number(Math.round(of.perSecond)) : of.perSecond.toFixed(1);
  const left = of.secondsLeft === null ? "" : `, ${span(of.secondsLeft)} left`;
  return `${rate} a second${left}`;
}
export const hereAlready = (n: number): string => `${number(n)} ${n === 1 ? "was" : "were"} here already.`;
export const stop = "Stop";
export const stopHint = "You can name photos already. Stop keeps what has been read.";
export const looking = (found: number): string => `Looking through folders… ${files(found)}`;
export const teachingDropped = "Teaching what was dropped on a label";
export const filesWait = (n: number): string =>
  n === 0 ? "" : n === 1 ? "1 more file waits." : `${number(n)} more files wait.`;
export function importWaits(of: Importing): Words {
  const left = of.total - of.done;
  const rest = left === 1 ? "1 file waits" : `${number(left)} files wait`;
  const kept = "All that was added before is saved";
  switch (of.waits?.code) {
    case "storage/full":
      return {
        what: "This device is full.",
        todo:
          left > 0
            ? `${kept}; ${rest}. Free some space, then try again.`
            : "Free some space, then try again.",
      };
    case "storage/busy":
      // That another tab teaches is said above it.
      return { what: "Adding photos waits.", todo: `${kept}; ${rest} until this tab may write again.` };
    default:
      return { what: "Adding photos waits.", todo: `${of.waits?.message ?? ""} ${kept}; ${rest}.` };
  }
}
export const waitHint = "Stop leaves out what waits. You can take a backup meanwhile.";
export const readingGroup = "Reading photos";
export const photosRead = "Photos read";

/* ── notices: what happened, then what to do ── */
export interface Words {
  readonly what: string;
  readonly todo: string;
}
export const oneLabel: Words = {
  what: "One name so far.",
  todo: "Name one of another kind, and the rest will sort themselves.",
};
export const showMeOne = "Show me one";
export const otherTab: Words = {
  what: "Another tab is teaching.",
  todo: "This one follows along and shows what it does.",
};
export const notHere = "Nothing was changed: another tab is teaching.";
export const teachHere = "Teach here instead";
export const update: Words = {
  what: "A new version is ready.",
  todo: "It takes a second and keeps everything.",
};
export const useItNow = "Use it now";
export const setAside = (n: number): Words => ({
  what: `${number(n)} damaged ${n === 1 ? "record was" : "records were"} set aside.`,
  todo: "Everything else is fine. Nothing was deleted.",
});
export const seeDamage = "See what is damaged";
export const damage = {
  title: "What is damaged",
  how: "A record is damaged when the disk gives back other bytes than were written. It stays where it is until you decide.",
  none: "Nothing is damaged any more.",
  take: "Take it from a backup…",
  takeHint:
    "Choose a backup of these photos. Only what is damaged is taken over from it; all that you taught since stays.",
  leave: "Leave it out",
  leaveAll: "Leave all of it out",
  sure: (n: number): Words => ({
    what: n === 1 ? "Leave it out?" : `Leave ${number(n)} out?`,
    todo: `What is left of ${n === 1 ? "it" : "them"} is deleted, and not told of again. There is no undo.`,
  }),
  more: (n: number): string => `And ${number(n)} more.`,
  why: "What was found",
} as const;
/** What a damaged record was, and what is lost with it. */
export function damaged(of: Damaged, nameOf: (label: number) => string): Words {
  switch (of.was) {
    case "label": {
      const kept = of.lessons === 1 ? "Its lesson is" : `Its ${lessons(of.lessons)} are`;
      return {
        what: "The name of a label",
        todo: of.lessons === 0 ? "It had no lessons." : `${kept} kept. You can also give it a name again.`,
      };
    }
    case "lesson":
      return {
        what: "A lesson",
        todo: "It no longer counts. The photo is kept, and can be named again.",
      };
    case "photo":
      return {
        what: "A photo",
        todo:
          of.label === null
            ? "It is no longer shown. You can add it again."
            : `It is no longer shown. What it taught (${nameOf(of.label)}) is kept, and you can add it again.`,
      };
    case "picture":
      return {
        what: of.photo === null ? "A small picture" : `The small picture of ${of.photo}`,
        todo: "Its place is empty. The photo and its lesson are kept.",
      };
    case "origin":
      return {
        what: of.photo === null ? "Where a photo came from" : `Where ${of.photo} came from`,
        todo: "The photo and its lesson are kept; its file is known by its content.",
      };
    case "accepted":
      return {
        what: of.photo === null ? "That a photo is right" : `That ${of.photo} is right`,
        todo: "It is a guess again. The photo is kept, and you can accept it once more.",
      };
    case "description":
      return {
        what: "Which network these photos belong to",
        todo: "It is taken to be this version's. Until this is mended or left out, no backup can be saved.",
      };
    case "numbers":
      return {
        what: "The highest numbers given so far",
        todo: "Nothing is lost. It is written anew with the next lesson.",
      };
    case "undo":
      return { what: "A step of undo", todo: "Undo does not go back beyond it." };
    case "unknown":
      return { what: "Something", todo: "What it was cannot be told any more." };
  }
}
export const lastStep = (step: string): string => `Last: ${step}.`;
export const details = "Details";
export function notSaved(storage: Storage): Words {
  const full = storage.problem?.code === "storage/full";
  const where =
    storage.unsaved > 0
      ? `The last ${storage.unsaved === 1 ? "lesson is" : `${lessons(storage.unsaved)} are`} in this tab only.`
      : "The last change was not kept; everything before it is.";
  const advice = full ? "Free some space, or take a backup." : (storage.problem?.message ?? "");
  return { what: full ? "Not saved: this device is full." : "Not saved.", todo: `${where} ${advice}`.trim() };
}
export const tryAgain = "Try again";
export const drawingsMissing: Words = {
  what: "The drawing page could not be loaded.",
  todo: "It is fetched when it is first opened, so that needs the network. What it learned before is kept.",
};
export const alongMissing: Words = {
  what: "This part of the page could not be loaded.",
  todo: "It is fetched when it is first opened, so that needs the network. Nothing was written.",
};
export const backToPhotos = "Your photos";
export const renewing = "Looking at your photos again";
export const renewingHint =
  "This version sees photos with another network. Your lessons go along. Stop, and everything stays as it was.";
export const ofTotal = (done: number, total: number) => `${number(done)} of ${number(total)}`;
/** All photos were looked at again by another network. */
export function renewed(renewal: Renewal): Words {
  const { lostPhotos, lostLessons } = renewal;
  const what = `${photos(renewal.photos)} ${renewal.photos === 1 ? "was" : "were"} looked at again, by this version's network.`;
  if (lostPhotos + lostLessons === 0) return { what, todo: "Your lessons went along." };
  const lost = [
    ...(lostPhotos > 0 ? [photos(lostPhotos)] : []),
    ...(lostLessons > 0 ? [lessons(lostLessons)] : []),
  ];
  return {
    what,
    todo: `${lost.join(" and ")} could not go along: there is no picture to look at. Undo brings them back.`,
  };
}
export const unreadFiles = (n: number): Words => ({
  what: `${number(n)} ${n === 1 ? "file was" : "files were"} not added.`,
  todo: "The page was left before they were read. What was read is here; add the others again.",
});
export const cardLost: Words = {
  what: "Now computing on the processor.",
  todo: "The graphics card stopped answering. Nothing was lost.",
};
export const why = "Why";
export const trouble = (problem: Problem): Words => ({ what: "That did not work.", todo: problem.message });
export const dismiss = "Close this notice";

/* ── status ── */
export const status = "State";
export const nothingStored = "Nothing stored yet";
export const saved = "Saved on this device";
export const savedFragile = "Saved, though the browser may clear it";
export const savedShort = "saved";
export const unsaved = (n: number): string => (n > 0 ? `${lessons(n)} not saved` : "Last change not saved");
export function offline(of: Offline): string {
  switch (of.kind) {
    case "ready":
      return "Works offline";
    case "preparing":
      return "Getting ready for offline";
    case "incomplete":
    case "unsupported":
      return "Needs the network to open";
  }
}
/** The same for the page that learns from nothing, whose code is kept once it was used. */
export const offlineDrawings = (of: Offline): string =>
  offline(of.kind === "ready" && !of.groups.includes("drawings") ? { kind: "incomplete" } : of);
export function device(of: Device): string {
  const threads = of.threads === 1 ? "1 thread" : `${of.threads} threads`;
  if (of.kind === "cpu") return `CPU, ${threads}`;
  return of.card === "" ? "WebGPU" : `WebGPU: ${of.card}`;
}

/* ── this device ── */
export const nothingLeft = "Nothing has left this device";
export const nothingLeftWhy =
  "The page may speak to its own address only; its rules forbid every other. Photos and names are never sent, not even there.";
export const checkIt = "Check it yourself";
export const checkOffline =
  "Turn the network off. Add photos, teach, close the page, open it again: all of that works.";
export const checkPress = "Or press";
export const checkOpen = ", open";
export const checkNetwork = "Network";
export const checkThen = ", and teach a photo. The list stays empty.";
export const whatLessonsKeep =
  "Lessons keep numbers drawn from the photo, and each photo keeps a small picture, so that you can see and take back what you taught.";
export const savedHere = "Saved here";
export const photosByNumbers = "Photos, as numbers";
export const smallPictures = "Their small pictures";
export const learned = "Lessons";
export const pageItself = "The page and its network";
export const countAndSize = (n: number, size: number | null): string =>
  size === null ? number(n) : `${number(n)} · ${bytes(size)}`;
export const used = (allowed: number | null): string =>
  allowed === null ? "Used" : `Used, of ${bytes(allowed)} allowed`;
export const keptFor = {
  persisted: "Kept until you delete it.",
  persistedWhy: "The browser agreed not to clear it when space runs low.",
  fragile: "The browser may clear it when space runs low.",
  fragileWhy: "A backup is safe from that.",
  sevenDays:
    "Safari deletes what a page keeps after seven days of use without a visit to it. A page that was added to the Home Screen or the Dock is spared.",
};
export const deleteEverything = "Delete everything…";
/** `several`: how many collections there are, and how many photos in all of them; null where this is the only one. */
export function deletes(
  n: number,
  all: number,
  of: Offline,
  several: { readonly collections: number; readonly photos: number } | null,
): Words {
  const page =
    of.kind === "ready"
      ? ` The page's own files (${bytes(of.bytes)}) stay, so that it opens without the network; nothing of yours is in them.`
      : "";
  return {
    what: "Delete everything?",
    todo: `${several ? `All ${number(several.collections)} collections, ${photos(several.photos)} as numbers and small pictures, all lessons` : `${photos(n)} as numbers and small pictures, ${lessons(all)}`}, all labels and drawings, and the settings of this page. There is no undo. Files of yours stay: the photos, and every backup.${page}`,
  };
}
export const deleteYes = "Delete all of it";
export const backup = "Backup";
export function backupState(of: Storage["backup"]): Words {
  if (!of) return { what: "None yet.", todo: "One file holds everything learned." };
  const when = new Date(of.at).toLocaleString("en", {
    day: "numeric",
    month: "long",
    hour: "numeric",
    minute: "2-digit",
  });
  const since =
    of.lessonsSince === 0 ? "Nothing was taught since." : `${lessons(of.lessonsSince)} since then.`;
  return { what: `${when}.`, todo: since };
}
export const openOne = "Open one…";
export const keepOne = "Keep one up to date…";
/** What a backup's file is called, before the day; the first collection's as long as nobody named it. */
export const backupName = (collection: string | null): string =>
  collection === null ? "keepsake" : `keepsake-${collection}`;
export const backupFileName = (collection: string | null): string => `${collection ?? "keepsake"}.keepsake`;
export const backupFileKind = "Keepsake backup";
export const stopKeeping = "Stop keeping it";
export const saveEarlier = "Save the one before";
export const allowIt = "Allow it";
export function backupFileState(of: BackupFile): Words | null {
  switch (of.kind) {
    case "unsupported":
      return null;
    case "none":
      return {
        what: "",
        todo: "Or choose a file once: the page then writes to it after every few lessons, by itself.",
      };
    case "kept": {
      const earlier = of.earlier ? " What it was before this visit is kept, too." : "";
      return of.upToDate
        ? { what: `${of.name} is up to date.`, todo: `The page keeps it so by itself.${earlier}` }
        : { what: `${of.name} is written in a moment.`, todo: `As soon as you pause.${earlier}` };
    }
    case "asks":
      return {
        what: `${of.name} is not kept up to date.`,
        todo: "The browser wants you to allow it again.",
      };
    case "failed":
      return { what: `${of.name} could not be written.`, todo: of.problem.message };
  }
}
export const backupDue = (of: Storage["backup"], all: number): Words => ({
  what: of ? `${lessons(of.lessonsSince)} since the last backup.` : `${lessons(all)}, and no backup yet.`,
  todo: "A browser can lose what it keeps; a file of yours is safe from that.",
});
export const later = "Later";
export const savedTwice = (of: BackupFile): string =>
  of.kind === "kept" && of.upToDate ? `Saved here and in ${of.name}` : saved;
export const computing = (of: Device): string =>
  `Computing on the ${of.kind === "gpu" ? "graphics card" : "processor"}`;
export function computingWhy(of: Device): string {
  const ms = of.millisecondsPerPhoto;
  // A fast card takes less than a millisecond.
  const shown = ms === null ? null : ms < 10 ? ms.toFixed(1) : number(Math.round(ms));
  const pace = shown === null ? "" : `${shown}${NBSP}ms a photo`;
  if (of.kind === "gpu") {
    const slow = of.software ? "You chose it; software only imitates it, which is slower." : "";
    return [slow, pace && `${pace}.`].filter(Boolean).join(" ");
  }
  const threads = of.threads === 1 ? "1 thread" : `${of.threads} threads`;
  return `${whyProcessor(of)} ${threads}${pace && `, ${pace}`}.`;
}
function whyProcessor(of: Device): string {
  switch (of.why) {
    case "chosen":
      return "You chose it.";
    case "looking":
      return "Looking for a graphics card.";
    case "starting":
      return "The graphics card is being made ready.";
    case "no-webgpu":
      return "This browser lets no page compute on a graphics card (WebGPU).";
    case "no-card":
      return "The browser offers no graphics card.";
    case "software":
      return "The graphics card here is only imitated by software, which is slower.";
    case "too-small":
      return "The graphics card here is too small for the network.";
    case "failed":
      return `The graphics card could not be started. ${itSaid(of)}`;
    case "lost":
      return `The graphics card stopped answering and is tried once more. ${itSaid(of)}`;
    case "lost-again":
      return `The graphics card stopped answering again. It is left alone until you choose it or reload the page. ${itSaid(of)}`;
    case null:
      return "";
  }
}
const itSaid = (of: Device): string => `It said: “${of.detail.replace(/\.$/, "")}”.`;
export const computeOn = "Compute on";
export const deviceChoices: readonly (readonly [Device["choice"], string])[] = [
  ["auto", "Automatic"],
  ["webgpu", "Graphics card"],
  ["cpu", "Processor"],
];
export const version = (v: string): string => `Version ${v}`;
export const licences = "Licences of what it is made with";
export const offlineFiles = (files: number, size: number): string =>
  `complete: ${number(files)} files, ${bytes(size)}`;
export const updateIncomplete =
  "There is a new version, but a part of it could not be fetched. This one goes on, without the network, too; the new one is tried again at the next visit, and when the network comes back.";
/** What works without the network, and what does not yet. */
export const worksOffline = (groups: readonly Group[]): readonly (readonly [string, string])[] => [
  ["Photos", "Yes"],
  ["Take it along", groups.includes("along") ? "Yes" : "Once you have opened it"],
  ["Start from nothing", groups.includes("drawings") ? "Yes" : "Once you have opened it"],
  ["The graphics card", groups.includes("card") ? "Yes" : "Once it has computed"],
  ["RAW photos", groups.includes("raw") ? "Yes" : "Once one was opened"],
  ["HEIC photos", groups.includes("heic") ? "Yes" : "Once one was opened, or where the browser opens them"],
];
export const offlineWhy = (of: Offline): string => {
  switch (of.kind) {
    case "preparing":
      return "The page is being fetched once more, to be kept whole.";
    case "incomplete":
      return "A file of the page could not be fetched, or there was no room for it. It is tried again at the next visit, and when the network comes back.";
    case "unsupported":
      return "This browser, or this window, lets the page keep no files of its own.";
    case "ready":
      return "";
  }
};
export const replaceOrMerge = (name: string): string => `How should ${name} be opened?`;
export const addToMine = "Add to what is here";
export const replaceMine = "Replace what is here";
export const cancel = "Cancel";

/* ── keys ── */
export const does = {
  look: "Look closely at a photo",
  step: "While looking closely: previous, next",
  zoom: "While looking closely: full size, and back",
  move: "Move between photos",
  teachNumber: "Teach the label with that number",
  teachLetter: "Teach the label with that letter",
  teachNone: "Teach: none of these",
  choose: "Type to find or make a label",
  toggle: "Choose a photo",
  unfold: "Show all photos alike, or fold them",
  extend: "Choose on to the next",
  chooseAll: "Choose all",
  accept: "This is right: accept it, or all that are chosen",
  takeBack: "Take back a lesson, or that it was accepted",
  undo: "Undo",
  redo: "Redo",
  close: "Close, or let go of all",
  keys: "Show these keys",
} as const;
export const singleKeys = "Single keys are commands.";
export const singleKeysWhy =
  "Off, no letter, digit or sign does anything by itself; all of it is in the menus and buttons.";
/* ── drop ── */
export const dropHere = "Drop to add them";
