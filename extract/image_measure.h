/* image_measure.h: what a picture's pixels say of it, measured on its raster: shares of white and of edges, colours, a
 * perceptual hash. Gates (db/gate.h) and the class (image_class.h) go by these numbers, so they are stored with it.
 *
 * Shares, entropy and colours are of at most MEASURE_POINTS points on an even grid, which is within a hundredth of the
 * whole picture's; lines are looked for in every row and column. The same raster gives the same numbers on any machine.
 *
 * The perceptual hash is PDQ's (Facebook, "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm",
 * 2019): 256 bits, each whether one of the 16 x 16 lowest frequencies (the mean left out) of the 64 x 64 luminance
 * image is above their median. A 64-bit dHash compares neighbours in a 9 x 8 image, and on white paper most of these
 * are equal: of two different line charts half the bits say nothing. 256 bits tell charts apart, and can be cut into
 * bands for an exact index. Here the 64 x 64 image is the mean of each cell, not PDQ's twice filtered one, and the
 * transform is in whole numbers: hashes are not to be compared with those of other programs. */
#ifndef FIGMILL_EXTRACT_IMAGE_MEASURE_H
#define FIGMILL_EXTRACT_IMAGE_MEASURE_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"
#include "extract/image_raster.h"

enum {
    MEASURE_POINTS = 4096,
    MEASURE_HASH = 32,              /* bytes */
    MEASURE_HASH_SIZE = 2 * 32 + 1, /* as hex digits with a NUL */
};

struct image_measure {
    double white;         /* share of points with all samples >= 245 */
    double dominant;      /* share of the most frequent colour, at 4 bits a sample */
    double grey;          /* share of points whose samples differ by 12 at most */
    double vivid;         /* share of points whose samples differ by more than 64 */
    double dark;          /* share of points with a luminance below 64 */
    double flat;          /* share of points like their right and lower neighbour, within 3 */
    double edges;         /* share of points that differ from one of these by more than 32 in luminance */
    double entropy;       /* of the luminance in 64 steps, bits: 0..6 */
    double colourfulness; /* Hasler and Suesstrunk, "Measuring colourfulness in natural images", 2003: 0..about 200 */
    int colours;          /* different colours at 4 bits a sample that a thousandth of the points or more have */
    int rows, columns;    /* lines: straight dark ones over a quarter of the width or height at least */
    int corners;          /* lines down that stand on the left end of one across: axes, frames */
    int bands;            /* runs of rows with ink, other than lines, with rows without any between them */
    double text;          /* share of the rows that are in bands of about one height, that of letters */
    unsigned char hash[MEASURE_HASH];
};

/* The raster must have pixels. */
void image_measure(const struct raster *r, struct image_measure *out);
void image_measure_hex(const unsigned char hash[MEASURE_HASH], char out[MEASURE_HASH_SIZE]);
/* Appends the measurements as a JSON object of at most 512 bytes, shares with 4 digits behind the point. */
void image_measure_write(const struct image_measure *m, struct str *out);
/* Reads what image_measure_write wrote, and trusts nothing: ERR_FORMAT for what is missing or out of range. */
bool image_measure_read(const cJSON *from, struct image_measure *out, struct err *e);

#endif
