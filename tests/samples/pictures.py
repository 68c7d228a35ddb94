"""Synthetic pictures for the sample articles: radiographs, fluorescence and histology.

Nothing here comes from a patient, an animal or a microscope: each picture is built from polygons,
ellipses and noise with a fixed seed.  Every function returns a numpy uint8 array (grey or RGB).
"""
import numpy as np
from PIL import Image, ImageDraw, ImageFilter


def _blur(a, r):
    im = Image.fromarray(np.clip(a * 255, 0, 255).astype(np.uint8))
    return np.asarray(im.filter(ImageFilter.GaussianBlur(r)), dtype=float) / 255


def _noise(rng, shape, r):
    """Smooth noise, mean 0, about -1..1."""
    n = _blur(rng.rand(*shape), r) if r else rng.rand(*shape)
    n = n - n.mean()
    return n / (np.abs(n).max() + 1e-9)


def _mask(shape, draw, r):
    """A soft mask of what draw(d) paints; painted at double size, so edges are smooth."""
    h, w = shape
    im = Image.new("L", (w * 2, h * 2), 0)
    draw(ImageDraw.Draw(im))
    im = im.resize((w, h), Image.LANCZOS).filter(ImageFilter.GaussianBlur(r))
    return np.asarray(im, dtype=float) / 255


def _curve(points, n=24):
    """Closed Catmull-Rom curve through points (x, y in 0..1)."""
    p = np.array(points, float)
    out = []
    for i in range(len(p)):
        a, b, c, d = p[i - 1], p[i], p[(i + 1) % len(p)], p[(i + 2) % len(p)]
        for t in np.linspace(0, 1, n, endpoint=False):
            out.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t
                              + (3 * b - a - 3 * c + d) * t ** 3))
    return np.array(out)


def _bone(img, rng, points, level=0.62):
    """Adds one bone: inner texture and a brighter cortical edge."""
    h, w = img.shape
    xy = [(x * w * 2, y * h * 2) for x, y in _curve(points)]
    body = _mask((h, w), lambda d: d.polygon(xy, fill=255), 1.6)
    inner = _mask((h, w), lambda d: d.polygon(xy, fill=255), 7)
    edge = np.clip(body - inner ** 2, 0, 1) * body
    tex = 0.05 * _noise(rng, (h, w), 1) + 0.05 * _noise(rng, (h, w), 4)
    img[:] = img * (1 - 0.75 * body) + body * 0.75 * (level + tex) + 0.22 * edge
    return body


def _film(img, rng):
    h, w = img.shape
    y, x = np.mgrid[0:h, 0:w]
    vign = 1 - 0.25 * (((x / w - .5) ** 2 + (y / h - .5) ** 2) * 2)
    img = _blur(np.clip(img * vign, 0, 1), 0.8) + 0.018 * rng.randn(h, w)
    return (np.clip(img, 0, 1) * 255).astype(np.uint8)


def knee(seed=1, space=0.035, spur=0.0, size=(300, 240)):
    """Anteroposterior knee; space: joint space, as a part of the height; spur: medial osteophyte."""
    rng = np.random.RandomState(seed)
    h, w = size
    img = np.full((h, w), 0.04)
    leg = [(.18, -.1), (.82, -.1), (.84, .3), (.87, .5), (.80, .75), (.76, 1.1), (.25, 1.1),
           (.22, .75), (.14, .5), (.17, .3)]
    xy = [(x * w * 2, y * h * 2) for x, y in _curve(leg)]
    img += 0.27 * _mask((h, w), lambda d: d.polygon(xy, fill=255), 6) + 0.03 * _noise(rng, (h, w), 10)
    s = space / 2
    mid = 0.5
    _bone(img, rng, [(.79, mid + .06), (.85, mid + .09), (.84, .60), (.82, 1.1), (.77, 1.1), (.78, .62)], .52)
    _bone(img, rng, [(.38, -.1), (.62, -.1), (.62, .2), (.70, .33), (.79 + spur / 3, mid - .06),
                     (.72, mid - s - .005), (.58, mid - s), (.50, mid - s - .05), (.42, mid - s),
                     (.28, mid - s), (.21 - spur, mid - .05), (.30, .33), (.38, .2)], .66)
    _bone(img, rng, [(.20 - spur, mid + .045), (.30, mid + s), (.46, mid + s + .012), (.50, mid + s - .012),
                     (.54, mid + s + .012), (.70, mid + s), (.81 + spur / 3, mid + .05), (.74, .64),
                     (.63, .78), (.60, 1.1), (.40, 1.1), (.38, .78), (.27, .64)], .64)
    pat = [(.50, .26), (.60, .30), (.62, .37), (.50, .43), (.38, .37), (.40, .30)]
    _bone(img, rng, pat, .74)
    return _film(img, rng)


def lungs(seed=2, load=0.5, size=(280, 300)):
    """Frontal chest; load: how dense the bilateral lower zone opacities are (0..1)."""
    rng = np.random.RandomState(seed)
    h, w = size
    img = np.full((h, w), 0.06)
    body = [(.10, .20), (.30, .08), (.5, .05), (.70, .08), (.90, .20), (.97, .6), (.95, 1.1), (.05, 1.1), (.03, .6)]
    xy = [(x * w * 2, y * h * 2) for x, y in _curve(body)]
    img += 0.52 * _mask((h, w), lambda d: d.polygon(xy, fill=255), 5)
    left = [(.36, .14), (.43, .30), (.44, .50), (.43, .72), (.34, .80), (.16, .86), (.13, .60), (.19, .32)]
    right = [(.64, .14), (.81, .32), (.87, .60), (.84, .86), (.72, .80), (.63, .74), (.58, .55), (.57, .30)]
    air = np.zeros((h, w))
    for lobe in (left, right):
        xy = [(x * w * 2, y * h * 2) for x, y in _curve(lobe)]
        air = np.maximum(air, _mask((h, w), lambda d: d.polygon(xy, fill=255), 4))
    img -= 0.40 * air
    heart = [(.46, .48), (.58, .46), (.68, .60), (.70, .76), (.58, .80), (.46, .76)]
    xy = [(x * w * 2, y * h * 2) for x, y in _curve(heart)]
    img += 0.30 * _mask((h, w), lambda d: d.polygon(xy, fill=255), 5)
    img += 0.22 * _mask((h, w), lambda d: d.rectangle([w * .94, 0, w * 1.06, h * 2], fill=255), 6)
    for i in range(9):
        y0 = (.13 + .085 * i) * h * 2
        for x0, x1, a, b in ((.08, .50, 180, 300), (.50, .92, 240, 360)):
            box = [x0 * w * 2, y0, x1 * w * 2, y0 + .30 * h * 2]
            img += 0.085 * _mask((h, w), lambda d: d.arc(box, a, b, fill=255, width=13), 1.5)
    for x0, x1, y0, y1 in ((.16, .47, .17, .11), (.84, .53, .17, .11)):
        img += .16 * _mask((h, w), lambda d: d.line([x0 * w * 2, y0 * h * 2, x1 * w * 2, y1 * h * 2], fill=255,
                                                    width=16), 2)
    yy = np.mgrid[0:h, 0:w][0] / h
    patch = np.clip(_noise(rng, (h, w), 9) + .25, 0, 1) * np.clip((yy - .35) * 2.4, 0, 1)
    img += load * 0.75 * air * _blur(patch, 3) + load * .10 * air * np.clip((yy - .4) * 2, 0, 1)
    img += 0.05 * air * _noise(rng, (h, w), 2)
    return _film(img, rng)


def hip(seed=3, bone=0.6, size=(260, 300)):
    """Frontal hip with a cementless stem; bone: how much ectopic bone lies lateral to the neck."""
    rng = np.random.RandomState(seed)
    h, w = size
    img = np.full((h, w), 0.10) + 0.24 * _mask((h, w), lambda d: d.ellipse(
        [-w * .2, -h * .4, w * 2.0, h * 2.9], fill=255), 10) + .03 * _noise(rng, (h, w), 12)
    _bone(img, rng, [(-.05, -.05), (.34, -.05), (.46, .12), (.50, .26), (.44, .40), (.30, .46), (.22, .62),
                     (.06, .70), (-.05, .60)], .55)
    _bone(img, rng, [(.60, .44), (.70, .36), (.78, .42), (.77, .56), (.72, .70), (.71, 1.1), (.55, 1.1), (.55, .70),
                     (.50, .60), (.54, .52)], .60)
    cup = _mask((h, w), lambda d: d.pieslice([w * .52, h * .34, w * 1.04, h * .94], 150, 380, fill=255), 1)
    head = _mask((h, w), lambda d: d.ellipse([w * .64, h * .48, w * .98, h * .86], fill=255), .8)
    stem = _mask((h, w), lambda d: d.polygon([(w * .80, h * .62), (w * .92, h * .58), (w * 1.36, h * .98), (w * 1.34, h * 1.2),
                                              (w * 1.30, h * 1.86), (w * 1.22, h * 1.86), (w * 1.14, h * 1.16)],
                                             fill=255), .8)
    for m, v in ((cup, .80), (head, .97), (stem, .95)):
        img[:] = img * (1 - m) + v * m
    cloud = np.clip(_noise(rng, (h, w), 4) * 1.3 + .30, 0, 1)
    zone = _mask((h, w), lambda d: d.polygon([(w * 1.02, h * .40), (w * 1.30, h * .36), (w * 1.54, h * .66), (w * 1.50, h * .84),
                                              (w * 1.30, h * .66), (w * 1.10, h * .56)], fill=255), 5)
    img += bone * .75 * zone * cloud
    return _film(img, rng)


def heel(seed=4, spur=0.06, size=(230, 320)):
    """Lateral heel; spur: length of the plantar spur as a part of the width."""
    rng = np.random.RandomState(seed)
    h, w = size
    img = np.full((h, w), 0.04)
    foot = [(.14, -.1), (.50, -.1), (.56, .18), (.80, .34), (1.1, .46), (1.1, .90), (.60, .91), (.25, .94), (.08, .82),
            (.06, .55), (.12, .30)]
    xy = [(x * w * 2, y * h * 2) for x, y in _curve(foot)]
    img += .26 * _mask((h, w), lambda d: d.polygon(xy, fill=255), 5) + .03 * _noise(rng, (h, w), 9)
    _bone(img, rng, [(.24, -.1), (.44, -.1), (.46, .10), (.48, .22), (.36, .28), (.24, .22), (.26, .10)], .62)
    _bone(img, rng, [(.26, .30), (.38, .31), (.50, .25), (.62, .34), (.66, .46), (.54, .52), (.40, .50), (.30, .44)], .62)
    _bone(img, rng, [(.67, .36), (.82, .42), (.84, .62), (.70, .60), (.66, .50)], .56)
    _bone(img, rng, [(.85, .44), (1.1, .55), (1.1, .68), (.86, .63)], .54)
    _bone(img, rng, [(.14, .46), (.28, .47), (.42, .54), (.56, .55), (.66, .58), (.64, .68), (.48, .70), (.36, .75),
                     (.30 + spur, .805), (.24, .82), (.14, .76), (.11, .60)], .64)
    if spur:
        xy = [(w * .52, h * 1.52), (w * .53, h * 1.655), (w * (.66 + 2 * spur), h * 1.64)]
        m = _mask((h, w), lambda d: d.polygon(xy, fill=255), 1.2)
        img[:] = img * (1 - m) + .74 * m
    return _film(img, rng)


def brain(seed=5, uptake=0.9, size=(240, 210)):
    """Axial uptake map in false colours; uptake: level in the posterior cortex (0..1)."""
    import matplotlib
    rng = np.random.RandomState(seed)
    h, w = size
    y, x = np.mgrid[0:h, 0:w]
    u, v = (x / w - .5) * 2 / .86, (y / h - .5) * 2 / .90
    r = np.sqrt(u * u + v * v)
    img = np.zeros((h, w))
    img += np.clip((1 - r) * 14, 0, 1) * .30
    wavy = r + .035 * np.sin(13 * np.arctan2(v, u)) + .025 * _noise(rng, (h, w), 4)
    ring = np.exp(-((wavy - .80) / .11) ** 2)
    back = np.clip((v + .25) / .9, 0, 1)
    img += ring * (.34 + uptake * .55 * back + .06 * _noise(rng, (h, w), 5))
    for cx in (-.26, .26):
        img += (.12 + .25 * uptake) * np.exp(-(((u - cx) / .13) ** 2 + ((v + .02) / .20) ** 2))
        img -= .22 * np.exp(-(((u - cx * .45) / .07) ** 2 + ((v - .02) / .26) ** 2))
    img -= .15 * np.exp(-(u / .025) ** 2) * (np.abs(v) < .9) * (r < .95)
    img *= np.clip((1.0 - r) * 16, 0, 1)
    img = np.clip(_blur(np.clip(img, 0, 1), 2.6) + .012 * rng.randn(h, w), 0, 1)
    return (matplotlib.colormaps["inferno"](img)[..., :3] * 255).astype(np.uint8)


def foci(seed=6, cells=9, per=8, size=(260, 260), colours=((.10, .22, .95), (.15, 1.0, .25)), bar=True):
    """Nuclei with foci: colours are those of the nuclei and of the foci."""
    rng = np.random.RandomState(seed)
    h, w = size
    y, x = np.mgrid[0:h, 0:w]
    a, b = np.zeros((h, w)), np.zeros((h, w))
    placed = []
    for _ in range(4000):
        if len(placed) == cells:
            break
        cx, cy, rr = rng.uniform(.09, .91) * w, rng.uniform(.09, .91) * h, rng.uniform(.075, .10) * w
        if any((cx - q[0]) ** 2 + (cy - q[1]) ** 2 < (1.12 * (rr + q[2])) ** 2 for q in placed):
            continue
        placed.append((cx, cy, rr))
        t, k = rng.uniform(0, np.pi), rng.uniform(.72, .95)
        du, dv = (x - cx) * np.cos(t) + (y - cy) * np.sin(t), -(x - cx) * np.sin(t) + (y - cy) * np.cos(t)
        q = (du / rr) ** 2 + (dv / (rr * k)) ** 2
        a += np.clip((1.1 - q) * 4, 0, 1) * rng.uniform(.6, .85)
        for _ in range(rng.poisson(per)):
            f, g = rng.uniform(0, 2 * np.pi), np.sqrt(rng.uniform(0, .62)) * rr
            fx, fy, fs = cx + g * np.cos(f), cy + k * g * np.sin(f), rng.uniform(1.1, 2.0)
            b += rng.uniform(.6, 1.) * np.exp(-((x - fx) ** 2 + (y - fy) ** 2) / (2 * fs * fs))
    a *= 1 + .22 * _noise(rng, (h, w), 2)
    a = np.clip(_blur(np.clip(a, 0, 1), 1.2), 0, 1)
    img = a[..., None] * np.array(colours[0]) + np.clip(b, 0, 1)[..., None] * np.array(colours[1])
    img += .02 + .018 * np.abs(rng.randn(h, w, 1))
    if bar:
        img[h - 14:h - 10, w - 62:w - 12] = 1
    return (np.clip(img, 0, 1) * 255).astype(np.uint8)


def cells(seed=7, n=22, marked=0.5, size=(260, 260), colours=((.95, .15, .75), (.10, .85, .35))):
    """Spread cells (second colour) of which a part also carries the marker (first colour); blue nuclei."""
    rng = np.random.RandomState(seed)
    h, w = size
    y, x = np.mgrid[0:h, 0:w]
    img = np.zeros((h, w, 3))
    placed = []
    for _ in range(6000):
        if len(placed) == n:
            break
        cx, cy = rng.uniform(.04, .96) * w, rng.uniform(.04, .96) * h
        if any((cx - q[0]) ** 2 + (cy - q[1]) ** 2 < (.155 * w) ** 2 for q in placed):
            continue
        placed.append((cx, cy))
        r, k, t = rng.uniform(.062, .085) * w, rng.uniform(.65, .95), rng.uniform(0, np.pi)
        th, rad = np.arctan2(y - cy, x - cx) - t, np.hypot(x - cx, y - cy)
        rim = r * (1 + .16 * np.sin(3 * th + rng.uniform(0, 6)) + .10 * np.sin(5 * th + rng.uniform(0, 6)))
        rim = rim * (1 - (1 - k) * np.sin(th) ** 2)
        q = rad / rim
        body = 1 / (1 + np.exp((q - 1) * 14))
        shell = np.exp(-((q - .86) / .16) ** 2)
        img += (.42 * body * rng.uniform(.7, 1.1))[..., None] * np.array(colours[1])
        if rng.rand() < marked:
            img += (shell * rng.uniform(.7, 1.) + .15 * body)[..., None] * np.array(colours[0])
        img += (1 / (1 + np.exp((q - .42) * 22)))[..., None] * np.array((.16, .28, .9))
    img *= (1 + .25 * _noise(rng, (h, w), 2))[..., None]
    img += .02 + .015 * np.abs(rng.randn(h, w, 1))
    img[h - 14:h - 10, w - 62:w - 12] = 1
    return (np.clip(img, 0, 1) * 255).astype(np.uint8)


def histology(seed=8, infiltrate=0.5, size=(240, 300)):
    """Pink fibrous tissue with violet nuclei; infiltrate: how many round inflammatory cells (0..1)."""
    rng = np.random.RandomState(seed)
    h, w = size
    y, x = np.mgrid[0:h, 0:w]
    wave = np.sin((y + 14 * np.sin(x / 46.) + 9 * _noise(rng, (h, w), 12)) / 3.6)
    img = np.array((.93, .72, .82)) + .055 * wave[..., None] * np.array((.6, 1., .7)) \
        + .05 * _noise(rng, (h, w), 5)[..., None]
    im = Image.fromarray((np.clip(img, 0, 1) * 255).astype(np.uint8)).resize((w * 2, h * 2), Image.BICUBIC)
    d = ImageDraw.Draw(im)
    for _ in range(70):
        cx, cy, ln = rng.uniform(0, w * 2), rng.uniform(0, h * 2), rng.uniform(9, 16)
        sl = .3 * np.cos(cx / 92.)
        d.line([cx - ln, cy + ln * sl, cx + ln, cy - ln * sl], fill=(104, 62, 140), width=5)
    fx, fy = w * 1.15, h * .95
    for _ in range(int(420 * infiltrate)):
        cx, cy, r = fx + rng.randn() * w * .30, fy + rng.randn() * h * .26, rng.uniform(4, 6.2)
        d.ellipse([cx - r, cy - r, cx + r, cy + r], fill=(82 + rng.randint(20), 48 + rng.randint(20), 128 + rng.randint(24)))
    im = im.resize((w, h), Image.LANCZOS).filter(ImageFilter.GaussianBlur(.5))
    a = np.asarray(im).copy()
    a[h - 13:h - 10, w - 66:w - 12] = 20
    return a
