// Files of the same picture that lie in each of the ways that EXIF knows.

/** CRC-32, as a PNG's chunks have it. */
function checksum(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** `turned.png` or `turned.webp` with another orientation, 1 to 8: a byte of their EXIF. */
export function oriented(file: Buffer, orientation: number): Buffer {
  const bytes = Buffer.from(file);
  // The tag, SHORT, one value, and the value's higher byte.
  const entry = Buffer.from([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0]);
  bytes[bytes.indexOf(entry) + entry.length] = orientation;
  const chunk = bytes.indexOf("eXIf");
  if (chunk >= 0) {
    const end = chunk + 4 + bytes.readUInt32BE(chunk - 4);
    bytes.writeUInt32BE(checksum(bytes.subarray(chunk, end)), end);
  }
  return bytes;
}
