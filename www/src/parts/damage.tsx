/**
 * What is damaged: what it was, what is lost with it, and the two things that can be done about it.
 * Nothing here is done by itself, since only the person knows whether there is a backup.
 */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Damaged } from "../engine/engine";
import { usePage } from "../state/context";
import * as words from "../words";
import { chooseBackup } from "./add";
import { Icon } from "./icon";
import { useThumbnail } from "./thumbnail";

/** More than this nobody reads one by one. */
const SHOWN = 50;

export function Damage() {
  const page = usePage();
  const { setAside } = page.engine.storage.value;
  const heading = useRef<HTMLHeadingElement>(null);
  // A record that can be named can be deleted; of another nobody knows where it is.
  const known = setAside.filter(({ key }) => key !== null);
  const done = (ended: boolean) => {
    if (ended) heading.current?.focus();
  };
  const take = () => chooseBackup((file) => void page.mend(file).then(done));
  const leaveOut = (records: readonly Damaged[]) => page.leaveOutDamaged(records).then(done);
  return (
    <>
      <section>
        <h3 ref={heading} tabIndex={-1}>
          <Icon name={setAside.length > 0 ? "warn" : "check"} />
          {setAside.length > 0 ? words.setAside(setAside.length).what : words.damage.none}
        </h3>
        {setAside.length > 0 && (
          <>
            <p>{words.setAside(setAside.length).todo}</p>
            <p class="quiet">{words.damage.how}</p>
            <p class="quiet">{words.damage.takeHint}</p>
            <div class="acts">
              <button type="button" class="btn primary" onClick={take}>
                {words.damage.take}
              </button>
              {known.length > 1 && (
                <LeaveOut name={words.damage.leaveAll} n={known.length} does={() => leaveOut(known)} />
              )}
            </div>
          </>
        )}
      </section>
      {setAside.slice(0, SHOWN).map((record) => (
        <Row key={`${record.table}/${record.key}`} record={record} leaveOut={() => leaveOut([record])} />
      ))}
      {setAside.length > SHOWN && (
        <section>
          <p class="quiet">{words.damage.more(setAside.length - SHOWN)}</p>
        </section>
      )}
    </>
  );
}

function Row({ record, leaveOut }: { record: Damaged; leaveOut: () => Promise<void> }) {
  const page = usePage();
  const { what, todo } = words.damaged(record, (label) => page.nameOf(label));
  return (
    <section class="damaged">
      {record.was === "photo" && record.key !== null && <SmallPicture photo={record.key} />}
      <h4>{what}</h4>
      <p>{todo}</p>
      {record.step !== null && <p class="quiet">{words.lastStep(record.step)}</p>}
      <details>
        <summary>{words.damage.why}</summary>
        <p class="quiet">{record.sentence}</p>
      </details>
      {record.key !== null && (
        <div class="acts">
          <LeaveOut name={words.damage.leave} n={1} does={leaveOut} />
        </div>
      )}
    </section>
  );
}

/** It is a record of its own, and mostly there when its photo's is not. */
function SmallPicture({ photo }: { photo: number }) {
  const address = useThumbnail(photo);
  if (address === undefined) return null;
  return <img src={address} alt="" width="320" height="320" decoding="async" />;
}

/** Asks first, in its own place: it cannot be taken back. */
function LeaveOut({ name, n, does }: { name: string; n: number; does: () => Promise<void> }) {
  const [asks, setAsks] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const cancel = useRef<HTMLButtonElement>(null);
  const asked = useRef(false);
  // The focus goes to what is harmless, and back.
  useLayoutEffect(() => {
    if (asks) cancel.current?.focus();
    else if (asked.current) button.current?.focus();
    asked.current = asks;
  }, [asks]);
  useEffect(() => setAsks(false), [n]);
  if (!asks) {
    return (
      <button type="button" ref={button} class="btn" onClick={() => setAsks(true)}>
        {name}
      </button>
    );
  }
  const { what, todo } = words.damage.sure(n);
  return (
    <div class="sure">
      <p>
        <b>{what}</b> <span class="quiet">{todo}</span>
      </p>
      <div class="acts">
        <button type="button" class="btn" onClick={() => void does().then(() => setAsks(false))}>
          {name}
        </button>
        <button type="button" ref={cancel} class="btn bare" onClick={() => setAsks(false)}>
          {words.cancel}
        </button>
      </div>
    </div>
  );
}
