/** Files on their way to the person's downloads. */
export function saveAs(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The download has its own hold on the file by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** The day, as file names have it. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** A backup of today. */
export function saveFile(file: Blob, name: string): void {
  saveAs(file, `${name}-${today()}.keepsake`);
}
