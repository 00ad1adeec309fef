"""Small pictures in the corners of each format, and their centred squares as Pillow reads them.

    pip install pillow==13.0.0 numpy safetensors && python make.py

Writes the picture files beside itself and `squares.safetensors` (`[21, 21, 3]` uint8 per file,
transparent parts on white).
"""

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
from safetensors.numpy import save_file

HERE = Path(__file__).parent
W, H = 33, 21
y, x = np.mgrid[0:H, 0:W]
rgb = np.stack([255 * x // W, 255 * y // H, 127 + 100 * np.sin(x / 5) * np.cos(y / 4)], -1)
rgb = Image.fromarray(rgb.astype(np.uint8))
alpha = Image.fromarray((255 * (x + y) // (W + H)).astype(np.uint8))
rgba = rgb.copy()
rgba.putalpha(alpha)
grey, mirrored = rgb.convert("L"), rgb.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
grey_alpha = grey.copy()
grey_alpha.putalpha(alpha)
palette = rgb.quantize(32)
deep = Image.fromarray((y * 3000 + x * 11).astype(np.uint16))
cmyk = rgb.convert("CMYK")
turned = Image.Exif()
turned[0x0112] = 6

FILES = {
    "progressive.jpg": (rgb, dict(quality=90, progressive=True)),
    "unsubsampled.jpg": (rgb, dict(quality=90, subsampling=0)),
    "restarts.jpg": (rgb, dict(quality=90, restart_marker_blocks=1)),
    "grey.jpg": (grey, dict(quality=90)),
    "cmyk.jpg": (cmyk, dict(quality=90)),
    "palette.png": (palette, {}),
    "palette-transparent.png": (palette, dict(transparency=3)),
    "grey-alpha.png": (grey_alpha, {}),
    "grey16.png": (deep, {}),
    "bilevel.png": (rgb.convert("1"), {}),
    "lossy.webp": (rgb, dict(quality=90)),
    "lossy-alpha.webp": (rgba, dict(quality=90)),
    "lossless-alpha.webp": (rgba, dict(lossless=True, exact=True)),
    "animated.webp": (rgb, dict(save_all=True, append_images=[mirrored], lossless=True)),
    "animated.gif": (palette, dict(save_all=True, append_images=[mirrored])),
    "transparent.gif": (palette, dict(transparency=3)),
    "palette.bmp": (palette, {}),
    "bilevel.bmp": (rgb.convert("1"), {}),
    "lzw.tif": (rgb, dict(compression="tiff_lzw")),
    "deflate.tif": (rgb, dict(compression="tiff_adobe_deflate")),
    "packbits.tif": (rgba, dict(compression="packbits")),
    "jpeg.tif": (rgb, dict(compression="jpeg", quality=90)),
    "group4.tif": (rgb.convert("1"), dict(compression="group4")),
    "cmyk.tif": (cmyk, {}),
    "grey16.tif": (deep, {}),
    "turned.jpg": (rgb, dict(quality=90, subsampling=0, exif=turned)),
    "turned.png": (rgb, dict(exif=turned)),
    "turned.webp": (rgb, dict(lossless=True, exif=turned)),
    "turned.tif": (rgb, dict(tiffinfo=turned)),
    "tiny.avif": (rgb, dict(quality=90)),
}


def square(path):
    picture = Image.open(path)
    if picture.mode == "I;16":
        values = np.asarray(picture).astype(np.uint32)
        picture = Image.fromarray(((values + 128) // 257).astype(np.uint8))
    picture = ImageOps.exif_transpose(picture).convert("RGBA")
    white = Image.new("RGBA", picture.size, "white")
    left, top = ((length - H) // 2 for length in picture.size)
    square = Image.alpha_composite(white, picture).crop((left, top, left + H, top + H))
    return np.asarray(square.convert("RGB"))


for name, (picture, options) in FILES.items():
    picture.save(HERE / name, **options)
save_file({name: square(HERE / name) for name in FILES}, HERE / "squares.safetensors")
