"""Turns the figures of plots.py into the image files of JATS and HTML articles."""
import io
from functools import lru_cache

from PIL import Image

import plots


@lru_cache(maxsize=None)
def _drawn(name):
    buffer = io.BytesIO()
    getattr(plots, name)().savefig(buffer, format="png", metadata={"Software": None})
    return Image.open(buffer).convert("RGB")


def encode(block):
    """The bytes of the figure's image file, in the format that the file's name asks for."""
    image, buffer = _drawn(block.draw), io.BytesIO()
    kind = block.file.rsplit(".", 1)[1]
    if kind == "png":
        image.save(buffer, "PNG", optimize=True)
    elif kind == "jpg":
        image = image.convert("CMYK") if block.mode == "cmyk" else image
        image.save(buffer, "JPEG", quality=84, dpi=(170, 170))
    elif kind == "tif":
        image.save(buffer, "TIFF", compression="tiff_lzw", dpi=(170, 170))
    else:
        raise ValueError("%s: no way to write .%s" % (block.file, kind))
    return buffer.getvalue()
