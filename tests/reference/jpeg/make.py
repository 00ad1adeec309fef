"""Makes the JPEG files in this folder: one picture in the ways that files are written.

    apt install libjpeg-turbo-progs
    pip install pillow==13.0.0 numpy && python tests/reference/jpeg/make.py
"""
import struct
import subprocess
from pathlib import Path

import numpy as np
from PIL import Image

HERE = Path(__file__).parent
W, H = 1031, 913  # odd, so that the last blocks are made up in part

y, x = np.mgrid[0:H, 0:W].astype(np.float64)
picture = np.stack(
    [
        128 + 90 * np.sin(x / 97) * np.cos(y / 61) + 20 * np.sin(x / 5 + y / 9),
        128 + 80 * np.cos((x + 2 * y) / 120) + 15 * np.sin(x / 7),
        128 + 100 * np.sin(np.hypot(x - 300, y - 500) / 50),
    ],
    axis=2,
)
# A few edges, which tell the eight orientations apart.
picture[100:300, 150:260] = (220, 40, 30)
picture[600:700, 700:1000] = (20, 60, 200)
picture = picture.clip(0, 255).astype(np.uint8)
image = Image.fromarray(picture)


def display_p3():
    """The picture's colours as values of Display P3, and that profile (version 2, parametric curve)."""
    linear = picture / 255.0
    linear = np.where(linear <= 0.04045, linear / 12.92, ((linear + 0.055) / 1.055) ** 2.4)
    matrix = np.array([[0.8224621, 0.177538, 0.0], [0.0331941, 0.9668058, 0.0], [0.0170827, 0.0723974, 0.9105199]])
    p3 = linear @ matrix.T
    p3 = np.where(p3 <= 0.0031308, p3 * 12.92, 1.055 * p3.clip(0) ** (1 / 2.4) - 0.055)
    fixed = lambda v: struct.pack(">i", round(v * 65536))
    xyz = lambda *v: b"XYZ \0\0\0\0" + b"".join(map(fixed, v))
    curve = b"para\0\0\0\0\0\3\0\0" + b"".join(map(fixed, (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)))
    tags = {
        b"rXYZ": xyz(0.51512, 0.2412, -0.00105),
        b"gXYZ": xyz(0.29198, 0.69225, 0.04189),
        b"bXYZ": xyz(0.1571, 0.06657, 0.78407),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    at = 132 + 12 * len(tags)
    table, data = struct.pack(">I", len(tags)), b""
    for name, body in tags.items():
        table += name + struct.pack(">II", at + len(data), len(body))
        data += body
    head = struct.pack(">I4sI4s4s4s", at + len(data), b"none", 0x04000000, b"mntr", b"RGB ", b"XYZ ")
    head += bytes(12) + b"acsp" + bytes(128 - len(head) - 16)
    return Image.fromarray((p3 * 255 + 0.5).clip(0, 255).astype(np.uint8)), head + table + data


def save(name, picture=image, **options):
    picture.save(HERE / f"{name}.jpg", **{"quality": 80, "subsampling": "4:2:0", **options})


save("420")
save("422", subsampling="4:2:2")
save("444", subsampling="4:4:4", quality=60)
# Pillow cannot write these.
ppm = b"P6 %d %d 255\n" % (W, H) + picture.tobytes()
for name, sample in ("440", "1x2"), ("411", "4x1"), ("410", "4x2"):
    cjpeg = ["cjpeg", "-quality", "70", "-sample", sample]
    (HERE / f"{name}.jpg").write_bytes(subprocess.run(cjpeg, input=ppm, capture_output=True, check=True).stdout)
save("grey", image.convert("L"))
save("restarts", restart_marker_blocks=7)
save("quality-30", quality=30)
exif = Image.Exif()
exif[0x112] = 6
save("turned", quality=40, exif=exif)
p3, profile = display_p3()
save("display-p3", p3, icc_profile=profile)
# Not for the decoder: the browser has these.
save("progressive", progressive=True, quality=20)
save("cmyk", image.convert("CMYK"), quality=20)
