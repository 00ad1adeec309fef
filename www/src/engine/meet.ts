// How two collections become a third, in the learner's worker. It is made in memory first, so that what is shown
// before is what will be: the first one, then what the second has besides. Labels are one where their names are,
// photos and lessons where their contents are. What was taught differently, one side decides, or nobody: then
// those photos teach nothing.

import { Learner } from "keepsake";
import { alike, counted, type Decides, type Disagreement, type Held, type Meeting, SHOWN } from "./meeting";

type Taught = ReadonlyMap<
  string,
  { readonly label: string; readonly lesson: number; readonly photo: number | null }
>;

/** What two collections make, and what is to be said of it; `made` is the caller's to close. */
export async function meet(
  first: string,
  second: string,
  decides: Decides,
): Promise<{ readonly made: Learner; readonly meeting: Meeting }> {
  const opened: Learner[] = [];
  const look = async (name: string) => {
    const learner = await Learner.open({ name, readOnly: true });
    opened.push(learner);
    return learner;
  };
  const made = await Learner.open({ storage: "memory" });
  try {
    const [one, other] = [await look(first), await look(second)];
    await made.import(await one.export(), "replace");
    await made.import(await other.export(), "merge");
    const [here, there, joined] = [taughtIn(one), taughtIn(other), taughtIn(made)];
    const keys = [...there].flatMap(([key, { label }]) => {
      const known = here.get(key);
      return known && !alike(known.label, label) ? [key] : [];
    });
    const names = new Map(other.photos().map(({ id, name }) => [id, name]));
    const disagree: Disagreement[] = [];
    for (const key of keys) {
      const [a, b] = [here.get(key), there.get(key)];
      const photo = joined.get(key)?.photo ?? null;
      const picture =
        photo !== null && disagree.length < SHOWN
          ? await made.thumbnail(photo).catch(() => undefined)
          : undefined;
      const name = (b?.photo !== null && b && names.get(b.photo)) || "";
      disagree.push({ name, picture: picture ?? null, first: a?.label ?? "", second: b?.label ?? "" });
    }
    const lessons = keys.flatMap((key) => joined.get(key)?.lesson ?? []);
    if (decides === "nobody" && lessons.length > 0) await made.unteach(lessons);
    if (decides === "second") {
      for (const key of keys) {
        const [lesson, label] = [joined.get(key)?.lesson, there.get(key)?.label];
        if (lesson !== undefined && label !== undefined) await made.correct(lesson, idOf(made, label));
      }
    }
    const both = one.photos().length + other.photos().length - made.photos().length;
    const meeting = { first: held(one), second: held(other), both, disagree, result: held(made) };
    return { made, meeting };
  } catch (thrown) {
    await made.close().catch(() => undefined);
    throw thrown;
  } finally {
    for (const learner of opened) await learner.close().catch(() => undefined);
  }
}

/** What was taught with known contents. */
function taughtIn(learner: Learner): Taught {
  const names = new Map(learner.labels().map(({ id, name }) => [id, name]));
  return new Map(
    learner.lessons().flatMap(({ id, key, label, photo }) => {
      const name = names.get(label);
      return key !== null && name !== undefined ? [[key, { label: name, lesson: id, photo }] as const] : [];
    }),
  );
}

function idOf(learner: Learner, name: string): number | string {
  return learner.labels().find((label) => alike(label.name, name))?.id ?? name;
}

function held(learner: Learner): Held {
  return counted(learner.labels(), learner.predictAll());
}
