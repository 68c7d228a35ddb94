"""Draws the figures of the sample articles: every function returns a matplotlib figure that shows what the caption in
texts/ says.  The numbers are invented; where noise is needed it has a fixed seed."""
import matplotlib

matplotlib.use("Agg")
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

import pictures

BLUE, RED, GREY, GREEN, ORANGE, BLACK = "#1f5fa8", "#c0392b", "#7f7f7f", "#2e8b57", "#e08e1b", "#222222"
matplotlib.rcParams.update({
    "font.family": ["DejaVu Sans", "Droid Sans Fallback"], "font.size": 7.5, "axes.linewidth": .7, "axes.spines.top": False,
    "axes.spines.right": False, "legend.frameon": False, "legend.fontsize": 7, "xtick.major.width": .7,
    "ytick.major.width": .7, "lines.linewidth": 1.3, "errorbar.capsize": 2.5, "image.interpolation": "none",
    "axes.titlesize": 8})


def new(width, height, columns=1, rows=1, **grid):
    """A figure of that many inches and its axes."""
    figure = Figure(figsize=(width, height), dpi=170)
    grid = {"left": .15, "right": .97, "bottom": .17, "top": .95} | grid
    axes = figure.subplots(rows, columns, gridspec_kw=grid)
    return figure, axes


def name_axes(axes, x, y):
    axes.set_xlabel(x)
    axes.set_ylabel(y)


def letter(axes, text, x=-.16, y=1.04):
    axes.text(x, y, text, transform=axes.transAxes, fontsize=10, fontweight="bold", va="bottom")


def show(axes, picture, text=None, arrow=None):
    """A raster picture with a panel letter and an arrow from `arrow`'s first to its second point (parts of the sides)."""
    axes.imshow(picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, 2), aspect="equal")
    axes.axis("off")
    height, width = picture.shape[:2]
    if text:
        axes.text(.04, .96, text, transform=axes.transAxes, color="white", fontsize=11, fontweight="bold", va="top",
                  bbox={"facecolor": "black", "edgecolor": "none", "pad": 2})
    if arrow:
        (x0, y0), (x1, y1) = arrow
        axes.annotate("", (x1 * width, y1 * height), (x0 * width, y0 * height),
                      arrowprops={"arrowstyle": "-|>", "color": "white", "lw": 2, "mutation_scale": 14})


def bars_with_points(axes, x, means, deviations, n, colours, seed, width=.65):
    noise = np.random.RandomState(seed)
    axes.bar(x, means, width, color=colours, edgecolor=BLACK, linewidth=.6, yerr=deviations,
             error_kw={"elinewidth": .9, "ecolor": BLACK})
    for at, mean, deviation in zip(x, means, deviations):
        values = noise.randn(n)
        values = (values - values.mean()) / values.std(ddof=1)
        axes.plot(at + noise.uniform(-.18, .18, n), mean + deviation * values, "o", ms=2.4, mfc="white", mec=BLACK, mew=.6)


def bracket(axes, x0, x1, y, text, drop=1.5):
    axes.plot([x0, x0, x1, x1], [y - drop, y, y, y - drop], color=BLACK, lw=.8)
    axes.text((x0 + x1) / 2, y, text, ha="center", va="bottom", fontsize=7)


def forest(axes, rows, unit, limits, pooled, number="%d"):
    """Rows of (name, estimate, low, high); the row `pooled` is drawn as a diamond."""
    axes.axvline(0, color=GREY, lw=.8, ls="--")
    for i, (name, estimate, low, high) in enumerate(rows):
        y = len(rows) - i
        if i == pooled:
            axes.fill([low, estimate, high, estimate], [y, y + .3, y, y - .3], color=RED, lw=0)
        else:
            axes.plot([low, high], [y, y], color=BLUE, lw=1.2)
            axes.plot(estimate, y, "s", color=BLUE, ms=5)
        text = ("{0} ({0}, {0})".format(number) % (estimate, low, high)).replace("-", "−")
        axes.text(1.03, y, text, transform=axes.get_yaxis_transform(), va="center", fontsize=6.8)
    axes.set_yticks(range(len(rows), 0, -1), [r[0] for r in rows])
    axes.tick_params(axis="y", length=0)
    axes.set_xlim(limits)
    axes.set_ylim(.3, len(rows) + .7)
    axes.set_xlabel(unit)
    axes.spines["left"].set_visible(False)


def plain_log(axis, ticks):
    """Fixed tick labels: the default ones of a log axis need mathematical text."""
    axis.set_ticks(ticks, ["%g" % t for t in ticks])
    axis.set_ticks([], minor=True)


# --- knee osteoarthritis ---------------------------------------------------------------------------------------------

def knee_pain():
    figure, axes = new(4.6, 3.2)
    months = np.array([0, 1, 3, 6, 12])
    axes.axvspan(0, .6, color="#e8e8e8", lw=0)
    axes.errorbar(months - .05, [58, 44, 36, 33, 35], [2.3, 2.4, 2.5, 2.6, 2.7], marker="o", color=BLUE, label="6 × 0.5 Gy (n = 61)")
    axes.errorbar(months + .05, [57, 52, 50, 51, 53], [2.2, 2.4, 2.4, 2.5, 2.6], marker="s", color=GREY, label="sham (n = 59)")
    for month, height in ((3, 40), (6, 37), (12, 39)):
        axes.text(month, height, "**", ha="center", fontsize=10)
    axes.set_ylim(0, 80)
    axes.set_xticks(months)
    name_axes(axes, "Months after the first fraction", "WOMAC pain (0–100)")
    axes.legend(loc="upper right")
    return figure


def knee_pair():
    figure, (a, b) = new(4.6, 2.9, 2, left=.005, right=.995, bottom=.005, top=.995, wspace=.02)
    show(a, pictures.knee(11, space=.022, spur=.05, size=(390, 312)), "A", ((.02, .40), (.17, .475)))
    show(b, pictures.knee(12, space=.022, spur=.05, size=(390, 312)), "B", ((.02, .40), (.17, .475)))
    return figure


def knee_forest():
    figure, axes = new(5.0, 2.9, left=.26, right=.74, bottom=.18)
    forest(axes, [("Kellgren–Lawrence 2", -19, -26, -12), ("Kellgren–Lawrence 3", -14, -21, -7),
                  ("Kellgren–Lawrence 4", -4, -13, 5), ("Age < 65 years", -17, -24, -10), ("Age ≥ 65 years", -15, -22, -8),
                  ("Women", -16, -22, -10), ("Men", -15, -23, -7), ("All patients", -16, -21, -11)],
           "Difference in WOMAC pain at 6 months", (-30, 10), 7)
    axes.text(-29, 8.55, "favours 0.5 Gy", fontsize=6.8)
    axes.text(9.5, 8.55, "favours sham", fontsize=6.8, ha="right")
    return figure


# --- pneumonia -------------------------------------------------------------------------------------------------------

def lungs_before():
    figure, axes = new(2.6, 2.43, left=0, right=1, bottom=0, top=1)
    show(axes, pictures.lungs(21, load=2.2, size=(392, 420)), "a", ((.04, .90), (.19, .72)))
    return figure


def lungs_after():
    figure, axes = new(2.6, 2.43, left=0, right=1, bottom=0, top=1)
    show(axes, pictures.lungs(21, load=.25, size=(392, 420)), "b")
    return figure


def pneumonia_course():
    figure, (a, b) = new(5.6, 2.6, 2, left=.1, bottom=.18, top=.89, wspace=.34)
    days = [0, 1, 3, 5, 7, 14]
    a.errorbar(days, [172, 196, 241, 268, 297, 338], [14, 15, 17, 18, 19, 18], marker="o", color=BLUE, label="1.0 Gy")
    a.errorbar(days, [175, 178, 190, 207, 226, 281], [13, 14, 15, 17, 18, 20], marker="s", color=GREY, label="control")
    a.axhline(300, color=RED, lw=.8, ls="--")
    a.text(14, 303, "300", color=RED, fontsize=6.5, ha="right", va="bottom")
    a.set_ylim(100, 400)
    name_axes(a, "Days after irradiation", "SpO₂/FiO₂")
    a.legend(loc="lower right")
    letter(a, "A")
    x = np.arange(4)
    b.bar(x - .19, [112, 74, 31, 12], .36, color=BLUE, label="1.0 Gy")
    b.bar(x + .19, [108, 97, 66, 28], .36, color="#bdbdbd", label="control")
    b.set_xticks(x, ["0", "3", "7", "14"])
    b.set_ylim(0, 130)
    name_axes(b, "Days after irradiation", "Median CRP (mg/L)")
    b.legend()
    letter(b, "B")
    return figure


def pneumonia_scatter():
    figure, axes = new(3.6, 3.0)
    noise = np.random.RandomState(5)
    x = noise.uniform(-95, -5, 28)
    y = x - x.mean()
    e = noise.randn(28)
    e = e - e.mean() - y * (e @ y) / (y @ y)             # exactly uncorrelated with x, so that r is what the text says
    y = y / np.sqrt(y @ y) * .61 + e / np.sqrt(e @ e) * np.sqrt(1 - .61 ** 2)
    y = -3.6 + 8.6 * y
    axes.plot(x, y, "o", ms=4, color=ORANGE, mec=BLACK, mew=.5)
    slope, base = np.polyfit(x, y, 1)
    ends = np.array([-97, -3])
    axes.plot(ends, base + slope * ends, color=BLACK, lw=1)
    axes.text(-93, 0, "r = 0.61\nn = 28", fontsize=7.5, va="top")
    axes.set_ylim(-8, .5)
    name_axes(axes, "Change in CRP, days 0 to 7 (mg/L)", "Change in opacity score")
    return figure


# --- macrophages -----------------------------------------------------------------------------------------------------

def macrophage_panels():
    figure, (a, b, c) = new(6.9, 2.35, 3)
    for axes, box in ((a, (.005, .02, .30, .88)), (b, (.325, .02, .30, .88)), (c, (.715, .19, .275, .70))):
        axes.set_position(box)
    show(a, pictures.cells(31, marked=.14, size=(330, 330)))
    show(b, pictures.cells(32, marked=.45, size=(330, 330)))
    for axes, text in ((a, "(A)"), (b, "(B)"), (c, "(C)")):
        letter(axes, text, x=0 if axes is not c else -.24, y=1.02)
    x = np.arange(5)
    bars_with_points(c, x, [14, 22, 41, 33, 19], [3, 4, 5, 5, 4], 6, ["#d9d9d9", "#9ecae1", BLUE, "#6baed6", "#c6dbef"], 33)
    c.set_xticks(x, ["0", "0.1", "0.5", "1.0", "2.0"])
    c.set_ylim(0, 60)
    bracket(c, 0, 2, 53, "p < 0.001")
    name_axes(c, "Dose (Gy)", "CD206⁺ cells (%)")
    return figure


def macrophage_blot():
    figure, (blot, bars) = new(3.3, 3.5, rows=2, left=.17, right=.84, bottom=.12, top=.93, hspace=.25, height_ratios=[1.1, 1])
    noise = np.random.RandomState(34)
    levels = {"iNOS": (.92, .70, .28, .45), "Arg-1": (.18, .35, .88, .62), "β-actin": (.80, .82, .79, .81)}
    y, x = np.mgrid[0:210, 0:320]
    image = .90 + .015 * noise.randn(210, 320)
    for row, values in enumerate(levels.values()):
        for lane, value in enumerate(values):
            cx, cy = 40 + 80 * lane, 36 + 69 * row
            bend = cy + 3 * ((x - cx) / 28.) ** 2
            band = 1 / (1 + np.exp((np.abs(x - cx) - 27) / 1.8)) * np.exp(-((y - bend) / 7.5) ** 4)
            image -= value * .82 * band
    image = np.clip(image, .04, 1)
    for row in (70, 139):
        image[row:row + 2] = 1
    blot.imshow(np.repeat((image * 255).astype(np.uint8)[..., None], 3, 2), aspect="auto")
    blot.set_xticks([40, 120, 200, 280], ["0", "0.1", "0.5", "1.0 Gy"])
    blot.set_yticks([36, 105, 174], list(levels))
    blot.xaxis.tick_top()
    blot.tick_params(length=0)
    for mass, at in (("130 kDa", 36), ("35 kDa", 105), ("42 kDa", 174)):
        blot.text(325, at, mass, va="center", fontsize=6.8)
    for spine in blot.spines.values():
        spine.set_visible(False)
    at = np.arange(4)
    bars.bar(at - .19, [1.15, .85, .35, .56], .36, yerr=[.09, .08, .05, .06], color=RED, label="iNOS")
    bars.bar(at + .19, [.22, .43, 1.11, .77], .36, yerr=[.03, .05, .10, .08], color=GREEN, label="Arg-1")
    bars.set_xticks(at, ["0", "0.1", "0.5", "1.0"])
    bars.set_ylim(0, 1.7)
    name_axes(bars, "Dose (Gy)", "Band / β-actin")
    bars.legend(ncol=2, loc="upper center")
    return figure


# --- heel spur, in Spanish -------------------------------------------------------------------------------------------

def heel_spur():
    figure, axes = new(3.3, 2.37, left=0, right=1, bottom=0, top=1)
    show(axes, pictures.heel(41, spur=.07, size=(345, 480)), arrow=((.56, .95), (.425, .835)))
    return figure


def heel_relief():
    figure, axes = new(3.3, 2.7, left=.16, bottom=.16, top=.85)
    x = np.arange(3)
    base = np.zeros(3)
    for name, values, colour in (("completo", [21, 38, 52], "#1b6e3c"), ("parcial", [44, 37, 30], "#8fcf9f"),
                                 ("ninguno", [35, 25, 18], "#d0d0d0")):
        axes.bar(x, values, .6, bottom=base, color=colour, edgecolor="white", label=name)
        for at, value, under in zip(x, values, base):
            axes.text(at, under + value / 2, "%d %%" % value, ha="center", va="center", fontsize=7,
                      color="white" if name == "completo" else BLACK)
        base += values
    axes.set_xticks(x, ["6 semanas", "3 meses", "6 meses"])
    axes.set_ylim(0, 100)
    axes.set_ylabel("Pacientes (%)")
    axes.legend(ncol=3, loc="lower center", bbox_to_anchor=(.5, 1.0), columnspacing=1.2)
    return figure


# --- heterotopic ossification, in Portuguese -------------------------------------------------------------------------

def hip_pair():
    figure, (a, b) = new(5.0, 2.18, 2, left=.005, right=.995, bottom=.005, top=.995, wspace=.02)
    show(a, pictures.hip(51, bone=0, size=(364, 420)), "A")
    show(b, pictures.hip(52, bone=1.0, size=(364, 420)), "B", ((.95, .12), (.75, .28)))
    return figure


def ossification_grades():
    figure, axes = new(4.4, 2.9, bottom=.16)
    x = np.arange(5)
    for shift, values, colour, name in ((-.19, [52, 20, 14, 10, 4], "#bdbdbd", "controle (n = 50)"),
                                        (.19, [82, 12, 4, 2, 0], BLUE, "7 Gy (n = 50)")):
        axes.bar(x + shift, values, .36, color=colour, edgecolor=BLACK, linewidth=.5, label=name)
        for at, value in zip(x, values):
            axes.text(at + shift, value + 1, str(value), ha="center", fontsize=6.5)
    axes.set_xticks(x, ["0", "I", "II", "III", "IV"])
    axes.set_ylim(0, 95)
    name_axes(axes, "Grau de Brooker", "Quadris (%)")
    axes.legend()
    return figure


# --- benign disease, in German ---------------------------------------------------------------------------------------

def _steps(drops, end=36):
    times, values, level = [0], [100.], 100.
    for time, by in drops:
        times += [time, time]
        values += [level, level - by]
        level -= by
    return times + [end], values + [level]


def recurrence_free():
    figure, axes = new(3.3, 3.3, left=.17, bottom=.36, top=.97)
    low = [(2, 3), (4, 3), (5, 3), (8, 3), (10, 3), (13, 3), (15, 3), (18, 4), (22, 4), (27, 3), (31, 2)]
    high = [(1, 3), (3, 4), (5, 4), (6, 3), (9, 4), (11, 4), (14, 4), (17, 4), (20, 3), (23, 3), (26, 3), (30, 3)]
    axes.plot(*_steps(low), color=BLUE, label="6 × 0,5 Gy (n = 72)")
    axes.plot(*_steps(high), color=RED, ls="--", label="6 × 1,0 Gy (n = 70)")
    axes.axvline(24, color=GREY, lw=.7, ls=":")
    axes.set_ylim(0, 105)
    axes.set_xlim(0, 36)
    axes.set_xticks([0, 6, 12, 18, 24, 30, 36])
    axes.text(1, 26, "Log-Rank p = 0,31", fontsize=7)
    name_axes(axes, "Monate nach Bestrahlung", "Ohne Rezidiv (%)")
    axes.legend(loc="lower left")
    axes.text(-5.5, -36, "Unter Risiko", fontsize=6.5, fontweight="bold")
    for y, counts, colour in ((-45, (72, 65, 58, 52, 46, 40, 33), BLUE), (-54, (70, 60, 53, 47, 41, 35, 29), RED)):
        for month, count in zip(range(0, 37, 6), counts):
            axes.text(month, y, str(count), ha="center", fontsize=6.5, color=colour)
    return figure


def adhesion_dose():
    figure, axes = new(3.3, 2.5, left=.16, bottom=.18)
    doses = [0, .1, .3, .5, .7, 1, 2, 3]
    axes.axvspan(.3, .7, color="#e3eefa", lw=0)
    axes.axhline(100, color=GREY, lw=.8, ls="--")
    axes.errorbar(doses, [100, 92, 68, 54, 61, 77, 96, 108], [6, 6, 5, 4, 5, 6, 7, 8], marker="D", ms=4, color=GREEN)
    axes.set_ylim(0, 130)
    name_axes(axes, "Dosis (Gy)", "Adhärente Leukozyten (%)")
    return figure


# --- Alzheimer's disease, in French ----------------------------------------------------------------------------------

def brain_maps():
    figure, axes = new(5.0, 2.55, 3, left=.005, right=.90, bottom=.04, top=.96, wspace=.03, width_ratios=[1, 1, .05])
    show(axes[0], pictures.brain(71, uptake=.95, size=(336, 294)), "A", ((.90, .97), (.77, .86)))
    show(axes[1], pictures.brain(71, uptake=.55, size=(336, 294)), "B", ((.90, .97), (.77, .86)))
    ramp = np.linspace(1, 0, 128)[:, None].repeat(6, 1)
    axes[2].imshow(matplotlib.colormaps["inferno"](ramp, bytes=True)[..., :3], aspect="auto", extent=(0, 1, .6, 2.2))
    axes[2].set_xticks([])
    axes[2].yaxis.tick_right()
    axes[2].yaxis.set_label_position("right")
    axes[2].set_yticks([.6, 1.0, 1.4, 1.8, 2.2], ["0,6", "1,0", "1,4", "1,8", "2,2"])
    axes[2].set_ylabel("SUVR")
    return figure


def brain_scatter():
    figure, axes = new(3.8, 3.0)
    noise = np.random.RandomState(72)
    x = noise.uniform(-.34, .04, 18)
    z = x - x.mean()
    e = noise.randn(18)
    e = e - e.mean() - z * (e @ z) / (z @ z)
    y = -.58 * z / np.sqrt(z @ z) + np.sqrt(1 - .58 ** 2) * e / np.sqrt(e @ e)
    y = .4 + 7.4 * y
    axes.axhline(0, color=GREY, lw=.7, ls=":")
    axes.axvline(0, color=GREY, lw=.7, ls=":")
    axes.plot(x[:10], y[:10], "o", color=BLUE, ms=4.5, label="5 × 2 Gy (n = 10)")
    axes.plot(x[10:], y[10:], "^", color=RED, ms=4.5, label="5 × 0,5 Gy (n = 8)")
    slope, base = np.polyfit(x, y, 1)
    ends = np.array([-.36, .06])
    axes.plot(ends, base + slope * ends, color=BLACK, lw=1)
    axes.set_xticks([-.3, -.2, -.1, 0], ["−0,3", "−0,2", "−0,1", "0"])
    axes.set_ylim(-5.5, 6.5)
    axes.text(.05, -4.9, "r = −0,58 ; p = 0,012", ha="right")
    name_axes(axes, "Variation du SUVR à 6 mois", "Variation du MMSE (points)")
    axes.legend(loc="upper right")
    return figure


# --- DNA damage, in Chinese ------------------------------------------------------------------------------------------

def foci_panels():
    figure, axes = new(6.9, 2.45, 3, left=.005, right=.995, bottom=.01, top=.89, wspace=.03)
    for at, per, text in zip(axes, (.4, 3.2, 13), ("(A) 0 Gy", "(B) 0.1 Gy", "(C) 0.5 Gy")):
        show(at, pictures.foci(81, per=per, size=(300, 300)))
        letter(at, text, x=0, y=1.01)
    return figure


def foci_time():
    figure, axes = new(3.3, 2.6, left=.15, bottom=.17)
    hours = np.arange(5)
    for name, values, errors, marker, colour in (
            ("0.05 Gy", [1.9, 1.6, 1.1, .8, .5], [.3, .2, .2, .2, .1], "o", GREEN),
            ("0.1 Gy", [3.2, 2.7, 1.7, 1.1, .6], [.4, .3, .3, .2, .2], "s", BLUE),
            ("0.5 Gy", [13.1, 10.4, 5.2, 2.8, 1.0], [1.1, .9, .6, .4, .2], "^", RED)):
        axes.errorbar(hours, values, errors, marker=marker, ms=4, color=colour, label=name)
    axes.axhline(.4, color=GREY, lw=.8, ls="--")
    axes.set_xticks(hours, ["0.5", "1", "4", "8", "24"])
    axes.set_ylim(0, 15)
    name_axes(axes, "照射后时间（h）", "每个细胞核的焦点数")
    axes.legend()
    return figure


# --- adaptive response, in Japanese ----------------------------------------------------------------------------------

def survival_curves():
    figure, axes = new(3.3, 3.0, left=.18, bottom=.15)
    dose = np.linspace(0, 6, 60)
    points = np.array([0, 1, 2, 4, 6])
    for name, alpha, beta, marker, style, colour in (("前照射なし", .30, .045, "o", "-", BLACK),
                                                     ("前照射 0.1 Gy", .20, .038, "s", "--", BLUE)):
        axes.plot(dose, np.exp(-alpha * dose - beta * dose ** 2), style, color=colour)
        value = np.exp(-alpha * points - beta * points ** 2)
        axes.errorbar(points, value, value * .12, fmt=marker, ms=4.5, color=colour, label=name)
    axes.set_yscale("log")
    axes.set_ylim(.02, 1.4)
    plain_log(axes.yaxis, [.02, .05, .1, .2, .5, 1])
    name_axes(axes, "線量（Gy）", "生存率")
    axes.legend(loc="lower left")
    return figure


def aberrations():
    figure, axes = new(3.3, 2.7, left=.17, bottom=.14)
    bars_with_points(axes, np.arange(4), [.02, .03, .42, .27], [.008, .01, .05, .04], 4, ["#d9d9d9", "#9ecae1", RED, ORANGE], 91)
    axes.set_xticks(range(4), ["0 Gy", "0.1 Gy", "2 Gy", "0.1 + 2 Gy"])
    axes.set_ylim(0, .6)
    bracket(axes, 2, 3, .53, "p = 0.004", drop=.015)
    axes.set_ylabel("染色体異常（個/細胞）")
    return figure


# --- arthritis in rats, in Russian -----------------------------------------------------------------------------------

def synovium():
    figure, (a, b) = new(5.0, 2.05, 2, left=.005, right=.995, bottom=.005, top=.995, wspace=.02)
    show(a, pictures.histology(101, infiltrate=.9, size=(288, 360)), "А")
    show(b, pictures.histology(102, infiltrate=.16, size=(288, 360)), "Б")
    return figure


def paw_volume():
    figure, axes = new(4.4, 2.9)
    days = np.array([0, 3, 7, 10, 14, 17, 21])
    axes.axvspan(10, 14, color="#fdebd3", lw=0)
    axes.errorbar(days, [1.10, 1.52, 2.05, 2.34, 2.48, 2.41, 2.29], [.04, .07, .09, .10, .11, .10, .10], marker="s", color=GREY,
                  label="контроль (n = 10)")
    axes.errorbar(days, [1.11, 1.50, 2.07, 2.31, 1.98, 1.71, 1.49], [.04, .07, .09, .10, .09, .08, .08], marker="o", color=RED,
                  label="5 × 0,5 Гр (n = 10)")
    axes.set_ylim(.8, 3)
    axes.set_yticks([1, 1.5, 2, 2.5, 3], ["1,0", "1,5", "2,0", "2,5", "3,0"])
    axes.set_xticks(days)
    name_axes(axes, "Сутки после иммунизации", "Объём лапы (мл)")
    axes.legend(loc="upper left")
    return figure


# --- review ----------------------------------------------------------------------------------------------------------

def flow():
    figure, axes = new(3.3, 3.7, left=.01, right=.99, bottom=.01, top=.99)
    axes.axis("off")
    axes.set_xlim(0, 100)
    axes.set_ylim(0, 112)

    def box(x, y, width, height, text, colour="#eef3f9"):
        axes.add_patch(FancyBboxPatch((x, y), width, height, boxstyle="round,pad=0,rounding_size=1.5", fc=colour, ec=BLACK, lw=.8))
        axes.text(x + width / 2, y + height / 2, text, ha="center", va="center", fontsize=6.8, linespacing=1.25)

    def arrow(x0, y0, x1, y1):
        axes.annotate("", (x1, y1), (x0, y0), arrowprops={"arrowstyle": "-|>", "lw": .9, "color": BLACK, "shrinkA": 0, "shrinkB": 0})

    main = (("Records identified\n(n = 846)", 92), ("Records screened\n(n = 612)", 68),
            ("Full texts assessed\n(n = 74)", 44), ("Trials included\n(n = 9)", 20), ("Trials in meta-analysis\n(n = 7)", 0))
    for text, y in main:
        box(2, y, 46, 15, text, "#dcebdc" if y <= 20 else "#eef3f9")
    for (_, y0), (_, y1) in zip(main, main[1:]):
        arrow(25, y0, 25, y1 + 15)
    for y, text in ((87.5, "Duplicates removed\n(n = 234)"), (63.5, "Excluded by abstract\n(n = 538)"),
                    (39.5, "Excluded: no control 31,\ndose > 1.5 Gy 22,\nno pain score 12")):
        box(57, y - 8, 42, 16, text, "#f7f0e6")
        arrow(25, y, 57, y)
    return figure


def pooled_effect():
    figure, axes = new(3.3, 2.7, left=.26, right=.68, bottom=.17, top=.94)
    forest(axes, [("Trial A 2009", -.62, -1.05, -.19), ("Trial B 2013", -.48, -.83, -.13), ("Trial C 2016", -.11, -.52, .30),
                  ("Trial D 2018", -.05, -.44, .34), ("Trial E 2020", -.71, -1.12, -.30), ("Trial F 2021", -.39, -.70, -.08),
                  ("Trial G 2023", -.55, -.91, -.19), ("Pooled", -.42, -.58, -.26)], "Standardised mean difference", (-1.3, .6), 7, "%.2f")
    return figure


# --- cohort ----------------------------------------------------------------------------------------------------------

def excess_risk():
    figure, axes = new(4.6, 3.2)
    dose = np.linspace(0, 520, 80)
    axes.fill_between(dose, .00018 * dose, .00098 * dose, color="#d6e4f5", lw=0)
    axes.plot(dose, .00058 * dose, color=BLUE, label="linear: ERR = 0.58 Gy⁻¹ × D")
    axes.plot(dose, .00031 * dose + .00000062 * dose ** 2, color=RED, ls="--", label="linear-quadratic")
    at = np.array([2, 12, 35, 75, 150, 300, 480])
    value = np.array([0, -.01, .03, .05, .07, .19, .27])
    error = np.array([.0, .04, .05, .06, .07, .10, .15])
    axes.errorbar(at, value, error, fmt="o", color=BLACK, ms=4)
    axes.axhline(0, color=GREY, lw=.8)
    axes.set_ylim(-.2, .6)
    name_axes(axes, "Cumulative dose to the colon (mGy)", "Excess relative risk")
    axes.legend(loc="upper left")
    return figure


def dose_histogram():
    figure, axes = new(4.6, 2.7, bottom=.2)
    classes = ["0", "0–5", "5–20", "20–50", "50–100", "100–200", "200–400", "> 400"]
    men = np.array([5.1, 11.8, 9.4, 6.0, 3.2, 1.7, .8, .2])
    women = np.array([1.9, 3.1, 1.5, .6, .2, .1, 0, 0])
    x = np.arange(8)
    axes.bar(x, men, .75, color="#4a7fb5", label="men")
    axes.bar(x, women, .75, bottom=men, color="#e7a15b", label="women")
    axes.set_xticks(x, classes, fontsize=6.2)
    axes.set_ylim(0, 17)
    name_axes(axes, "Cumulative dose (mGy)", "Workers (thousands)")
    axes.legend()
    return figure
