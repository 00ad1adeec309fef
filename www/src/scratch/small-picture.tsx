/** One of the learner's small pictures, drawn pixel by pixel. What holds it says what it shows. */
import { useLayoutEffect, useRef } from "preact/hooks";

export function SmallPicture({ picture }: { picture: ImageData }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    canvas.current?.getContext("2d")?.putImageData(picture, 0, 0);
  }, [picture]);
  return <canvas class="small-picture" ref={canvas} width={picture.width} height={picture.height} />;
}
