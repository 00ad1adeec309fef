import { expect, test } from "@playwright/test";
import { anyName, dice } from "./dice";
import { python } from "./python";
import { merged, sidecar, sidecarName } from "./xmp";

const READ = `
import json,sys
import xml.etree.ElementTree as E
R="{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
N=["{http://purl.org/dc/elements/1.1/}subject","{http://ns.adobe.com/lightroom/1.0/}hierarchicalSubject","{http://www.digikam.org/ns/1.0/}TagsList"]
print(json.dumps([[[li.text or "" for li in E.fromstring(x).iter(R+"li")], [len(list(E.fromstring(x).iter(n))) for n in N]] for x in json.load(sys.stdin)]))
`;

test("an XML reader finds the label, whatever it is", () => {
  const roll = dice(5);
  const labels = ["Dress", "<b>&\"'", "日本", "a|b/c", "]]>", "a\r\nb"];
  for (let n = 0; n < 500; n++) labels.push(anyName(roll));
  const read = python(READ, JSON.stringify(labels.map(sidecar))) as [string[], number[]][];
  const wrong = read.filter(([[tag = "", lr, digikam], properties], at) => {
    const label = (labels[at] ?? "").replace(/(?![\t\n\r])[\p{Cc}\p{Cs}]/gu, "");
    return (
      tag !== label ||
      lr !== label.replaceAll("|", "¦") ||
      digikam !== label.replaceAll("/", "∕") ||
      properties.some((count) => count !== 1)
    );
  });
  expect(wrong).toEqual([]);
});

test("each program finds the file by its own rule", () => {
  expect(sidecarName("IMG_1.jpg", "digikam")).toBe("IMG_1.jpg.xmp");
  expect(sidecarName("IMG_1.jpg", "lightroom")).toBe("IMG_1.xmp");
  expect(sidecarName("scan", "lightroom")).toBe("scan.xmp");
});

const DARKTABLE = `<?xml version="1.0" encoding="UTF-8"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="XMP Core 4.4.0-Exiv2">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:lr="http://ns.adobe.com/lightroom/1.0/"
   xmp:Rating="4">
   <dc:subject>
    <rdf:Bag>
     <rdf:li>beach</rdf:li>
     <rdf:li>$&amp;</rdf:li>
    </rdf:Bag>
   </dc:subject>
   <lr:hierarchicalSubject><rdf:Bag/></lr:hierarchicalSubject>
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">Noon</rdf:li></rdf:Alt></dc:title>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
`;

test("an XMP file that is there keeps all it says and gets the label besides, once", () => {
  const once = merged(DARKTABLE, "Hat & $1") ?? "";
  const [[tags, properties] = [[], []]] = python(READ, JSON.stringify([once])) as [string[], number[]][];
  expect(tags).toEqual(["beach", "$&", "Hat & $1", "Hat & $1", "Noon", "Hat & $1"]);
  expect(properties).toEqual([1, 1, 1]);
  expect(once).toContain('xmp:Rating="4"');
  expect(merged(once, "Hat & $1")).toBe(once);
  const own = merged(sidecar("Dress"), "Hat") ?? "";
  expect((python(READ, JSON.stringify([own])) as [string[]][])[0]?.[0]).toEqual([
    "Dress",
    "Hat",
    "Dress",
    "Hat",
    "Dress",
    "Hat",
  ]);
});

test("single quotes, as ExifTool writes them", () => {
  const single = DARKTABLE.replaceAll('"', "'");
  const once = merged(single.replace(/<dc:subject>[\s\S]*<\/dc:subject>/, ""), "Hat") ?? "";
  const [[tags, properties] = [[], []]] = python(READ, JSON.stringify([once])) as [string[], number[]][];
  expect(tags).toEqual(["Hat", "Noon", "Hat", "Hat"]);
  expect(properties).toEqual([1, 1, 1]);
});

test("a property that begins again and again is not certain, and is told so at once", () => {
  const again = DARKTABLE.replace("<dc:title>", `${"<dc:subject ".repeat(100_000)}<dc:title>`);
  const before = performance.now();
  expect(merged(again, "Hat")).toBeNull();
  expect(performance.now() - before).toBeLessThan(2_000);
});

test("an XMP file that cannot be told apart stays as it is", () => {
  for (const text of [
    "",
    "no XMP",
    DARKTABLE.replace("<dc:title>", "<!-- <dc:subject> --><dc:title>"),
    DARKTABLE.replaceAll("dc:", "core:").replace("xmlns:dc", "xmlns:core"),
    DARKTABLE.replace("<lr:hierarchicalSubject><rdf:Bag/>", "<lr:hierarchicalSubject>beach"),
    DARKTABLE.replaceAll("rdf:", "r:"),
  ]) {
    expect(merged(text, "Hat"), text).toBeNull();
  }
});
