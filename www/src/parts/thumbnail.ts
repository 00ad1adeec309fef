/** The small picture of a photo that is shown. */
import { useLayoutEffect, useMemo } from "preact/hooks";
import type { PhotoId } from "../engine/engine";
import { usePage } from "../state/context";

/** The picture, undefined until it was read; while whoever asks is in the document, it is waited for. */
export function useSmallPicture(photo: PhotoId): Blob | undefined {
  const { thumbnails } = usePage();
  useLayoutEffect(() => thumbnails.hold(photo), [thumbnails, photo]);
  return thumbnails.of(photo).value;
}

/** Its address, for an `<img>`, while whoever asks is in the document. */
export function useThumbnail(photo: PhotoId): string | undefined {
  const picture = useSmallPicture(photo);
  const address = useMemo(() => picture && URL.createObjectURL(picture), [picture]);
  useLayoutEffect(() => () => address && URL.revokeObjectURL(address), [address]);
  return address;
}
