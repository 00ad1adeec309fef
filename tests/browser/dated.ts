// Photos that say when they were taken.

/** A JPEG with that in an EXIF before any other: "2024:08:14 17:03:59". */
export function dated(jpeg: Buffer, time: string): Buffer {
  const exif = Buffer.alloc(70);
  exif.write("Exif\0\0II*\0", "latin1");
  const tiff = exif.subarray(6);
  tiff.writeUInt32LE(8, 4);
  // One entry: where EXIF's own directory is; and there one: the time, 20 bytes behind it.
  for (const [at, tag, kind, count, value] of [
    [8, 0x8769, 4, 1, 26],
    [26, 0x9003, 2, 20, 44],
  ] as const) {
    tiff.writeUInt16LE(1, at);
    tiff.writeUInt16LE(tag, at + 2);
    tiff.writeUInt16LE(kind, at + 4);
    tiff.writeUInt32LE(count, at + 6);
    tiff.writeUInt32LE(value, at + 10);
  }
  tiff.write(`${time}\0`, 44, "latin1");
  const segment = Buffer.from([0xff, 0xe1, 0, exif.length + 2]);
  return Buffer.concat([jpeg.subarray(0, 2), segment, exif, jpeg.subarray(2)]);
}
