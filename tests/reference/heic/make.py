"""Makes the HEIC files beside this script: four quarters (red, green / blue, yellow), 96 x 64.

    pip install Pillow==11.3.0; apt install libheif-examples; python3 make.py

`upright.heic` is as drawn, and `dated.heic` says when it was taken; `turned.heic` is stored lying on its side, with the property that turns it.
"""

import struct
import subprocess
from pathlib import Path

from PIL import Image

HERE = Path(__file__).parent
COLOURS = [[(220, 30, 30), (30, 200, 60)], [(40, 60, 220), (230, 210, 40)]]


def quarters() -> Image.Image:
    image = Image.new("RGB", (96, 64))
    for row in range(2):
        for column in range(2):
            box = (column * 48, row * 32, column * 48 + 48, row * 32 + 32)
            image.paste(COLOURS[row][column], box)
    return image


def encode(image: Image.Image, name: str, taken: str | None = None) -> None:
    png = HERE / "made.png"
    exif = Image.Exif()
    if taken:
        exif[0x8769] = {0x9003: taken}  # the Exif directory, DateTimeOriginal
    image.save(png, exif=exif)
    subprocess.run(["heif-enc", "-q", "90", png, "-o", HERE / name], check=True)
    png.unlink()


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", len(content) + 8, kind) + content


def boxes(content: bytes) -> list[tuple[bytes, bytes]]:
    found = []
    while content:
        size, kind = struct.unpack_from(">I4s", content)
        found.append((kind, content[8:size]))
        content = content[size:]
    return found


def turn(name: str, quarters: int) -> None:
    """Adds the property that turns the image, anticlockwise, as cameras write it."""
    path = HERE / name
    ftyp, meta, *rest = boxes(path.read_bytes())
    parts = []
    for kind, content in boxes(meta[1][4:]):
        if kind == b"iprp":
            (_, ipco), (_, ipma) = boxes(content)
            ipco += box(b"irot", bytes([quarters]))
            # Of the one item: version 0, one byte a property, its highest bit "essential".
            assert ipma[:8] == bytes(7) + b"\1" and len(ipma) == 11 + ipma[10]
            ipma = ipma[:10] + bytes([ipma[10] + 1]) + ipma[11:]
            ipma += bytes([0x80 | len(boxes(ipco))])
            content = box(b"ipco", ipco) + box(b"ipma", ipma)
        parts.append((kind, content))
    grown = len(box(b"irot", b"\0")) + 1
    whole = b"".join(box(kind, shifted(kind, content, grown)) for kind, content in parts)
    path.write_bytes(
        box(*ftyp) + box(b"meta", meta[1][:4] + whole) + b"".join(box(*one) for one in rest)
    )


def shifted(kind: bytes, content: bytes, by: int) -> bytes:
    """Where the image's bytes lie, further back by so much."""
    if kind != b"iloc":
        return content
    # Version 0, all numbers of 4 bytes, one item: its number, whose data, and from where on.
    assert content[:8] == b"\0\0\0\0\x44\x40\0\1", content.hex()
    (offset,) = struct.unpack_from(">I", content, 12)
    return content[:12] + struct.pack(">I", offset + by) + content[16:]


encode(quarters(), "upright.heic")
encode(quarters(), "dated.heic", "2024:08:14 17:03:59")
# Stored turned to the right, and turned back to the left by its property.
encode(quarters().rotate(-90, expand=True), "turned.heic")
turn("turned.heic", 1)
