// XMP files: the label as a tag that photo programs read. One that is there already keeps all it says and
// gets the tag besides.

/** Where a program looks for a photo's XMP file: "photo.jpg.xmp", or "photo.xmp". */
export type Program = "digikam" | "lightroom";

const RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const XMP = "adobe:ns:meta/";

/** Each says the same in its own way: a plain word; a path of words with | or / between. */
const PROPERTIES = [
  { prefix: "dc", space: "http://purl.org/dc/elements/1.1/", name: "subject", list: "Bag", between: "" },
  {
    prefix: "lr",
    space: "http://ns.adobe.com/lightroom/1.0/",
    name: "hierarchicalSubject",
    list: "Bag",
    between: "|",
  },
  { prefix: "digiKam", space: "http://www.digikam.org/ns/1.0/", name: "TagsList", list: "Seq", between: "/" },
] as const;

// What XML 1.0 has no way to say.
const NO_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\r": "&#13;",
};

function escaped(text: string): string {
  return text.replace(/[&<>"\r]/g, (sign) => ESCAPES[sign] ?? sign);
}

/** A label is one tag, also where it holds the sign that would make it a path. */
function tagFor(label: string, between: string): string {
  const text = label.replace(NO_XML, "");
  return between === "" ? text : text.replaceAll(between, between === "/" ? "∕" : "¦");
}

/** The name of the XMP file of a photo of this name. */
export function sidecarName(photo: string, program: Program): string {
  const dot = photo.lastIndexOf(".");
  return program === "digikam" || dot <= 0 ? `${photo}.xmp` : `${photo.slice(0, dot)}.xmp`;
}

/** An XMP file with nothing but the label. */
export function sidecar(label: string): string {
  const spaces = PROPERTIES.map(({ prefix, space }) => `\n    xmlns:${prefix}="${space}"`).join("");
  const lists = PROPERTIES.map(({ prefix, name, list, between }) => {
    const tag = escaped(tagFor(label, between));
    return `   <${prefix}:${name}><rdf:${list}><rdf:li>${tag}</rdf:li></rdf:${list}></${prefix}:${name}>\n`;
  }).join("");
  return `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="${XMP}" x:xmptk="Keepsake">
 <rdf:RDF xmlns:rdf="${RDF}">
  <rdf:Description rdf:about=""${spaces}>
${lists}  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
`;
}

/** In either quotes: ExifTool writes the single ones. */
const RDF_NAMED = new RegExp(`xmlns:rdf\\s*=\\s*(["'])${RDF}\\1`);

/** Comments and the like could hold what only looks like a part of it. */
const BEYOND = /<!--|<!\[CDATA\[|<!DOCTYPE|<!ENTITY/i;

/**
 * What is there already, and the label besides; null where that cannot be told apart with certainty. It is put
 * in as text: the page's rules keep it from parsing foreign markup, and every other byte stays as it is.
 */
export function merged(existing: string, label: string): string | null {
  const end = existing.lastIndexOf("</rdf:RDF>");
  if (end < 0 || BEYOND.test(existing) || !RDF_NAMED.test(existing)) return null;
  let text = existing;
  let missing = "";
  let spaces = "";
  for (const { prefix, space, name, list, between } of PROPERTIES) {
    const item = `<rdf:li>${escaped(tagFor(label, between))}</rdf:li>`;
    const element = `${prefix}:${name}`;
    // Any other name for what the property's name stands for would hide it.
    const named = existing.match(new RegExp(`xmlns:([\\w.-]+)\\s*=\\s*["']${space}["']`));
    if (named && named[1] !== prefix) return null;
    const times = existing.match(new RegExp(`<${element}[\\s/>]`, "g"))?.length ?? 0;
    // Also: what is looked for below takes its time squared where it begins again and again.
    if (times > 1) return null;
    if (times === 0) {
      missing += `   <${element}><rdf:${list}>${item}</rdf:${list}></${element}>\n`;
      spaces += `\n    xmlns:${prefix}="${space}"`;
      continue;
    }
    const whole = new RegExp(
      `(<${element}(?:\\s[^>]*)?>\\s*)<rdf:(Bag|Seq|Alt)((?:\\s[^>]*?)?)(?:/>|>((?:(?!</?rdf:(?:Bag|Seq|Alt))[^])*)</rdf:\\2>)(\\s*</${element}>)`,
      "g",
    );
    const found = [...text.matchAll(whole)];
    const [all = "", before = "", kind = "", attributes = "", inside = "", after = ""] = found[0] ?? [];
    if (found.length !== 1) return null;
    if (inside.includes(item)) continue;
    text = text.replace(
      all,
      () => `${before}<rdf:${kind}${attributes}>${inside}${item}</rdf:${kind}>${after}`,
    );
  }
  if (missing === "") return text;
  const about = /rdf:about=(?:"[^"]*"|'[^']*')/.exec(existing)?.[0] ?? 'rdf:about=""';
  const description = `<rdf:Description ${about}${spaces}>\n${missing}  </rdf:Description>\n `;
  const at = text.lastIndexOf("</rdf:RDF>");
  return text.slice(0, at) + description + text.slice(at);
}
