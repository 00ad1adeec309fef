// What a file is by its name alone. Nothing is opened for it: a holiday's folder holds gigabytes of videos.

/** What is no photo, as people call it. */
export type OtherKind = "video" | "sound" | "document" | "sidecar" | "archive" | "other";

/** `photo` and `raw` say that they are pictures; `unknown` says nothing, so its bytes are asked. */
export type Kind = "photo" | "raw" | OtherKind | "unknown";

const EXTENSIONS: Readonly<Record<Exclude<Kind, "unknown">, string>> = {
  photo: "jpg jpeg jpe jfif png webp gif bmp dib tif tiff qoi heic heif hif avif jxl",
  raw: "dng cr2 cr3 crw nef nrw arw srf sr2 orf rw2 raf pef srw x3f rwl iiq 3fr",
  video: "mov mp4 m4v avi mkv webm mts m2ts mpg mpeg 3gp 3g2 wmv flv ogv lrv insv",
  sound: "mp3 m4a wav aac flac ogg oga opus amr wma aif aiff caf",
  document:
    "pdf doc docx xls xlsx ppt pptx odt ods odp rtf txt md csv htm html pages numbers key epub gpx kml kmz",
  sidecar: "xmp thm json xml pp3 dop cos on1 nks nksc",
  archive: "zip rar 7z gz tgz bz2 xz tar iso dmg",
  other:
    "db db-wal db-shm sqlite lrcat lrdata lnk url ini log tmp bak part crdownload exe dll app apk svg psd psb ai xcf afphoto keepsake",
};

const BY_EXTENSION: ReadonlyMap<string, Kind> = new Map(
  Object.entries(EXTENSIONS).flatMap(([kind, names]) =>
    names.split(" ").map((extension) => [extension, kind as Kind] as const),
  ),
);

export function kindOf(name: string): Kind {
  return BY_EXTENSION.get(split(name).extension) ?? "unknown";
}

/** A name, or a path, as what is before its last dot and what comes after, in small letters. */
export function split(name: string): { readonly stem: string; readonly extension: string } {
  const [dot, slash] = [name.lastIndexOf("."), name.lastIndexOf("/")];
  if (dot <= slash + 1) return { stem: name, extension: "" };
  return { stem: name.slice(0, dot), extension: name.slice(dot + 1).toLowerCase() };
}

/**
 * What systems and programs put beside photos for themselves: anything that begins with a dot (`.thumbnails`,
 * `._IMG_1.jpg`), small pictures of network drives, what a ZIP from a Mac brings, bins, and Apple's edits.
 */
const HIDDEN =
  /^(\..*|@eaDir|@__thumb|__MACOSX|\$RECYCLE\.BIN|#recycle|System Volume Information|lost\+found|Thumbs\.db|ehthumbs.*\.db|desktop\.ini|.*\.aae)$/i;

/** Whether a path, or any folder on it, is one of these. */
export function hidden(path: string): boolean {
  return path.split("/").some((name) => HIDDEN.test(name));
}
