/** The small picture of a photo that is shown. */
import { useLayoutEffect } from "preact/hooks";
import type { PhotoId } from "../engine/engine";
import { usePage } from "../state/context";

/** Its address, undefined until it was read; while whoever asks is in the document, it is waited for. */
export function useThumbnail(photo: PhotoId): string | undefined {
  const { thumbnails } = usePage();
  useLayoutEffect(() => thumbnails.hold(photo), [thumbnails, photo]);
  return thumbnails.of(photo).value;
}
