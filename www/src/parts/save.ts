/** A backup on its way to the person's downloads. */
export function saveFile(file: Blob, kind: "photos" | "drawings"): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  const name = kind === "photos" ? "keepsake" : "keepsake-drawings";
  link.href = address;
  link.download = `${name}-${new Date().toISOString().slice(0, 10)}.keepsake`;
  link.click();
  // The download has its own hold on the file by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
