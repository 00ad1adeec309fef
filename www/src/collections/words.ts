/** Every sentence about collections: their list, and what is done with one. */
import { KEPT_DAYS } from "../engine/catalogue";
import { number, photos } from "../words";

const labels = (n: number): string =>
  n === 0 ? "no labels" : `${number(n)} ${n === 1 ? "label" : "labels"}`;
const days = new Intl.DateTimeFormat("en", { day: "numeric", month: "long" });

export const collections = "Collections";
export const close = "Close";
export const holds = (n: number, named: number): string =>
  n === 0 && named === 0 ? "nothing in it yet" : `${photos(n)}, ${labels(named)}`;
export const acts = (name: string, several: boolean): string =>
  `${name}: rename, duplicate, ${several ? "put together, " : ""}delete`;
export const rename = "Rename";
export const newNameOf = (name: string): string => `New name for ${name}`;
export const duplicate = "Duplicate";
export const copying = (n: number): string => `Copying ${photos(n)}`;
export const putTogether = "Put together…";
export const putTogetherWith = (name: string): string => `Put ${name} together with`;
export const remove = "Delete";
export const makeNew = "New collection";
export const nameOfNew = "Name of the new collection";
export const itsName = "Its name";
export const make = "Make";
export const openFile = "Open a .keepsake file…";
export const opening = (file: string): string => `Opening ${file}`;
export const deleted = "Deleted";
export const keptFor = (n: number): string => `${number(n)}, kept for ${KEPT_DAYS} days`;
export const goesOn = (at: number): string => `goes on ${days.format(at)}`;
export const bringBack = "Bring back";
export const bringBackOne = (name: string): string => `Bring ${name} back`;
export const forGood = "Delete for good…";
export const forGoodOne = (name: string): string => `Delete ${name} for good…`;
export const really = (name: string): string => `There is no undo. Delete ${name} for good?`;
export const yes = "Delete for good";
export const no = "Keep it";

export const said = {
  renamed: (name: string): string => `The collection is called ${name} now`,
  renamedElsewhere: (name: string): string => `Renamed in another tab: this collection is called ${name} now`,
  duplicated: (name: string): string => `Made ${name}`,
  deleted: (name: string): string => `Deleted ${name}. Kept for ${KEPT_DAYS} days.`,
  back: (name: string): string => `${name} is back`,
  gone: (name: string): string => `Deleted ${name} for good`,
};

/** The page is open on a collection that was deleted. */
export const deletedHere = (name: string, until: number) => ({
  what: `${name} was deleted.`,
  todo: `It can be brought back until ${days.format(until)}.`,
});
export const bringItBack = "Bring it back";
export const goToOther = (name: string): string => `Go to ${name}`;

/* ── put together ── */
export const together = {
  title: "Put together",
  back: "Photos",
  counting: "Counting what they make together",
  failed: "These two cannot be put together.",
  sameName: "Same name",
  becomeOne: "They become one.",
  label: "Label",
  nothingSame: "No label has the same name in both.",
  onlyIn: (name: string): string => `Only in ${name}`,
  disagree: "Disagree",
  differently: "Taught differently in both.",
  whoDecides: "Where they disagree",
  decides: (name: string): string => `${name} decides`,
  askMe: "Ask me",
  askMeMeans: "Nobody decides: these photos teach nothing until you name them.",
  taught: (photo: string, first: string, second: string): string =>
    `${photo || "A photo"}: ${first} or ${second}`,
  either: (first: string, second: string): string => `${first} or ${second}`,
  more: (n: number): string => `and ${number(n)} more`,
  result: (n: number, named: number): string => `${photos(n)}, ${labels(named)}`,
  itsName: "Its name",
  and: (first: string, second: string): string => `${first} and ${second}`,
  inBoth: (n: number): string =>
    n === 0
      ? "No photo is in both."
      : `${photos(n)} ${n === 1 ? "is in both and comes once" : "are in both and come once"}.`,
  stay: (first: string, second: string): string => `${first} and ${second} stay as they are.`,
  go: "Put together",
  going: "Putting together",
} as const;
