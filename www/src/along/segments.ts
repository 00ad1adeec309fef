// Python takes photos apart, as somebody else who reads them: for tests of what was put into a copy.

import { python } from "./python";

const APART = `
import base64,json,struct,sys,zlib
def jpeg(b):
    at, parts = 2, []
    while True:
        assert b[at] == 0xff, at
        if b[at+1] == 0xff: parts.append(("fill", b"")); at += 1; continue
        if b[at+1] == 0xda: return parts + [("picture", b[at:])]
        n = struct.unpack(">H", b[at+2:at+4])[0]
        parts.append(("%02x" % b[at+1], b[at+4:at+2+n])); at += 2+n
def png(b):
    at, parts = 8, []
    while True:
        n, kind = struct.unpack(">I4s", b[at:at+8])
        content = b[at+8:at+8+n]
        assert len(content) == n
        assert struct.unpack(">I", b[at+8+n:at+12+n])[0] == zlib.crc32(kind + content), kind
        parts.append((kind.decode(), content)); at += 12+n
        if kind == b"IEND": return parts + [("behind", b[at:])]
def webp(b):
    end, at, parts = 8+struct.unpack("<I", b[4:8])[0], 12, []
    assert end % 2 == 0
    while at < end:
        kind, n = struct.unpack("<4sI", b[at:at+8])
        content = b[at+8:at+8+n]
        assert len(content) == n
        parts.append((kind.decode(), content)); at += 8+n+n%2
    assert at == end
    return parts + [("behind", b[at:])]
def apart(b):
    if b[:2] == b"\\xff\\xd8": return jpeg(b)
    if b[:4] == b"\\x89PNG": return png(b)
    assert b[:4] == b"RIFF" and b[8:12] == b"WEBP"
    return webp(b)
print(json.dumps([[[k, base64.b64encode(c).decode()] for k, c in apart(base64.b64decode(f))] for f in json.load(sys.stdin)]))
`;

/** The parts of photos (in base64), each with its kind and its content, this in base64 too. */
export function segments(photos: readonly string[]): [kind: string, content: string][][] {
  return python(APART, JSON.stringify(photos)) as [string, string][][];
}

const TAGS = `
import json,sys
import xml.etree.ElementTree as E
R="{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
N=["{http://purl.org/dc/elements/1.1/}subject","{http://ns.adobe.com/lightroom/1.0/}hierarchicalSubject","{http://www.digikam.org/ns/1.0/}TagsList"]
print(json.dumps([[[li.text for p in E.fromstring(x).iter(n) for li in p.iter(R+"li")] for n in N] for x in json.load(sys.stdin)]))
`;

/** What each of the three properties says in each of these packets. */
export function tagsIn(packets: readonly string[]): string[][][] {
  return python(TAGS, JSON.stringify(packets)) as string[][][];
}

const PLACES: readonly (readonly [kind: string, begins: string])[] = [
  ["e1", "http://ns.adobe.com/xap/1.0/\0"],
  ["iTXt", "XML:com.adobe.xmp\0\0\0\0\0"],
  ["XMP ", ""],
];

/** The packet in one photo's parts, and the other parts. */
export function packetAmong(parts: readonly (readonly [string, string])[]): {
  readonly packet: string | undefined;
  readonly others: readonly (readonly [string, string])[];
} {
  let packet: string | undefined;
  const others = parts.filter(([kind, content]) => {
    const bytes = Buffer.from(content, "base64");
    const place = PLACES.find(([of, begins]) => of === kind && bytes.toString("latin1").startsWith(begins));
    if (!place) return true;
    packet = bytes.subarray(place[1].length).toString("utf8");
    return false;
  });
  return { packet, others };
}
