"""Draws a matplotlib figure on a reportlab canvas as vector graphics with real text; images stay images."""
import io

import numpy as np
from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.path import Path
from matplotlib.transforms import Affine2D
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics

import fonts

CAPS = {"butt": 0, "round": 1, "projecting": 2}
JOINS = {"miter": 0, "round": 1, "bevel": 2}


class CanvasRenderer(RendererBase):
    """Units are points; the figure's dpi must be 72."""

    def __init__(self, canvas, width, height):
        super().__init__()
        self.canvas, self.width, self.height = canvas, width, height

    def get_canvas_width_height(self):
        return self.width, self.height

    def points_to_pixels(self, points):
        return points

    def new_gc(self):
        return GraphicsContextBase()

    def _font(self, prop):
        return "Plot-Bold" if prop.get_weight() == "bold" else "Plot"

    def get_text_width_height_descent(self, s, prop, ismath):
        name, size = self._font(prop), prop.get_size_in_points()
        ascent, descent = pdfmetrics.getAscentDescent(name, size)
        return fonts.width(s, name, size), ascent * 0.8 - descent, -descent

    def _begin(self, gc):
        self.canvas.saveState()
        box = gc.get_clip_rectangle()
        if box is not None:
            clip = self.canvas.beginPath()
            clip.rect(box.x0, box.y0, box.width, box.height)
            self.canvas.clipPath(clip, stroke=0, fill=0)
        path, transform = gc.get_clip_path()
        if path is not None:
            self.canvas.clipPath(self._trace(path, transform), stroke=0, fill=0)

    def _trace(self, path, transform):
        traced = self.canvas.beginPath()
        at = None
        for points, code in path.iter_segments(transform, simplify=False, curves=True):
            if code == Path.MOVETO:
                traced.moveTo(*points)
            elif code == Path.LINETO:
                traced.lineTo(*points)
            elif code == Path.CURVE4:
                traced.curveTo(*points)
            elif code == Path.CURVE3: # a quadratic curve as a cubic one
                c, e = points[:2], points[2:]
                traced.curveTo(*(at + 2 / 3 * (c - at)), *(e + 2 / 3 * (c - e)), *e)
            elif code == Path.CLOSEPOLY:
                traced.close()
                continue
            at = np.array(points[-2:])
        return traced

    def draw_path(self, gc, path, transform, rgbFace=None):
        self._begin(gc)
        width = gc.get_linewidth()
        if rgbFace is not None:
            self.canvas.setFillColorRGB(*rgbFace[:3], alpha=gc.get_alpha() if len(rgbFace) < 4 else rgbFace[3])
        red, green, blue, alpha = gc.get_rgb()
        self.canvas.setStrokeColorRGB(red, green, blue, alpha=alpha)
        self.canvas.setLineWidth(width)
        self.canvas.setLineCap(CAPS[str(gc.get_capstyle())])
        self.canvas.setLineJoin(JOINS[str(gc.get_joinstyle())])
        offset, dashes = gc.get_dashes()
        if dashes is not None:
            self.canvas.setDash([float(d) for d in dashes], offset)
        self.canvas.drawPath(self._trace(path, transform), stroke=int(width > 0 and alpha > 0),
                             fill=int(rgbFace is not None))
        self.canvas.restoreState()

    def draw_image(self, gc, x, y, im, transform=None):
        height, width = im.shape[:2]
        transform = transform if transform is not None else Affine2D().scale(width, height)
        self._begin(gc)
        encoded = io.BytesIO() # reportlab embeds a JPEG as it is
        Image.fromarray(im[::-1, :, :3]).save(encoded, "JPEG", quality=84) # matplotlib's rows run upwards
        self.canvas.translate(x, y)
        self.canvas.transform(*transform.get_matrix()[:2].T.ravel())
        self.canvas.drawImage(ImageReader(encoded), 0, 0, 1, 1)
        self.canvas.restoreState()

    def option_scale_image(self):
        return True

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None):
        self._begin(gc)
        red, green, blue, alpha = gc.get_rgb()
        self.canvas.setFillColorRGB(red, green, blue, alpha=alpha)
        self.canvas.translate(x, y)
        self.canvas.rotate(angle)
        fonts.draw(self.canvas, 0, 0, s, self._font(prop), prop.get_size_in_points())
        self.canvas.restoreState()

    def flipy(self):
        return False


def draw(figure, canvas):
    """Draws the figure with its lower left corner at the canvas' origin."""
    dpi = figure.dpi
    figure.dpi = 72
    width, height = figure.get_size_inches() * 72
    figure.draw(CanvasRenderer(canvas, width, height))
    figure.dpi = dpi
