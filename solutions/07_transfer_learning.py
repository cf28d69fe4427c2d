# %% [markdown]
# # 7 · Transfer learning
#
# Until now, every network began with random weights. Then you need many pictures for the training. But often
# you have only a few dozen photos that you sorted yourself. In this notebook you use a network that has
# already learned something else. You keep its layers, give it a new last layer, and train only this one. This
# is called *transfer learning*. Afterwards you can
#
# - read a data set from a list file or from folders, and say what is wrong in which line,
# - turn, crop and recolour pictures, so that the network sees each one a little differently every time,
# - say how pictures must be normalised, and what happens if they are not,
# - freeze a network (stop its weights from changing), replace its head (the last layer), and show that only
#   the head has learned,
# - keep the best weights of a training, and fine-tune the last stage (train it a little more, in small
#   steps),
# - compare three networks (frozen, fine-tuned, and trained from random weights), and look at their mistakes.
#
# **How it works.** You write the code of ten cells. Each has places marked `# YOUR CODE HERE`. The cell
# below it is a check. It tells you what is right, what is not right yet, and where to look. If you do
# not know how to go on, run `hint("rotate")`: there are three hints, one after the other. The
# outputs in this notebook come from a solved notebook. You need no GPU, no account and no network
# connection. Plan two and a half hours. The computer itself works for two or three minutes of this
# time (with 2 processor cores; longer if other programs are busy).
#
# **The plan.** The network of notebook 1 reads the digits 0 to 5. Its training had no hands that show 7, 8
# or 9. (It had the sign for 6, but there it means 3: both signs show three fingers.) Now the network will
# learn to tell 6, 7, 8 and 9 apart, from 20 pictures of each.

# %% tags=["setup"]
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.append("..")  # resnets_utils.py lives one folder up

from resnets_utils import (
    Progress,
    check,
    draw_weights,
    hint,
    load_photo,
    load_pretrained,
    load_resnet152,
    plot_bars,
    plot_confusion,
    plot_history,
    plot_pictures,
    plot_signs,
    prepare_training,
    progress,
    rendered_hands,
    reset,
    rounded,
    set_reproducible,
    total,
)

import keras
import numpy as np
from keras.layers import BatchNormalization, Conv2D, Dense, Flatten, Input, MaxPooling2D
from keras.models import Model
from PIL import Image

# With True, and a GPU: ResNet-152 from the network, and larger pictures.
FULL = bool(os.environ.get("RESNETS_FULL"))

# %% tags=["setup"]
# How bright red, green and blue look (ITU-R BT.601): they count 30, 59 and 11 %.
LUMINANCE = np.array([0.299, 0.587, 0.114], "float32")

# Mean and standard deviation of ImageNet's pictures, for red, green and blue from 0 to 1.
IMAGENET_MEAN = np.array([0.485, 0.456, 0.406], "float32")
IMAGENET_DEVIATION = np.array([0.229, 0.224, 0.225], "float32")

# %% tags=["heavy"]
set_reproducible(7)
hands, digits = rendered_hands(per_class=50, seed=7, classes=4, first=6, progress=False)
plot_signs(hands, digits, per_class=9)

# %% [markdown]
# ## 7.1 A list of pictures
#
# Many data sets come with a list file. Each line has the path of a picture and its label:
#
# ```
# # hands, photographed on Monday
# left hand/six 01.png 0
# left hand/six 02.png 0
#
# right hand/seven.png 1
# ```
#
# Such a file is easy to read, but it is also easy to make mistakes. This notebook follows an article on
# ResNet-152. The article's program splits each line at every space. Then `left hand/six 01.png 0` has four
# parts, and the program stops. And if a picture is missing, it stops too, but an hour later, in the middle of
# the training.
#
# **Your task.** Write `read_list_file`.
#
# - The **label** is an integer. It stands after the *last* white space of the line. Everything before it is
#   the path, which may contain spaces.
# - Paths are relative to the *folder of the list file*, not to the folder in which Python runs.
# - Empty lines, and lines that begin with `#`, are left out. Spaces at both ends of a line do not matter.
# - Some editors on Windows put three invisible bytes at the beginning of a file. `encoding="utf-8-sig"`
#   reads files with and without them. (`\r\n` at the end of the lines is no problem for Python.)
# - If something is wrong, raise a `ValueError`. Its message names the line, for example `line 3`. *All* lines
#   count, also empty ones. The first is line 1. Three things can be wrong: there is no label, the label is
#   not an integer, or the picture does not exist.


# %% nbgrader={"grade": false, "grade_id": "read_list_file", "locked": false, "schema_version": 3, "solution": true, "task": false}
def read_list_file(list_file):
    """The pictures of a list file, and their labels.

    Arguments:
    list_file -- Path of a text file with a line "path label" for each picture

    Returns:
    rows -- list of pairs (Path of the picture, integer label), in the order of the file
    """
    rows = []
    text = Path(list_file).read_text(encoding="utf-8-sig")
    for number, line in enumerate(text.splitlines(), start=1):
        # (about 12 lines)
        ### BEGIN SOLUTION
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        parts = line.rsplit(maxsplit=1)
        if len(parts) < 2:
            raise ValueError(f"line {number}: expected a path and a label, found {line!r}")
        name, label = parts
        try:
            label = int(label)
        except ValueError:
            raise ValueError(f"line {number}: expected an integer label, found {label!r}") from None
        picture = Path(list_file).parent / name
        if not picture.is_file():
            raise ValueError(f"line {number}: there is no picture {picture}")
        rows.append((picture, label))
        ### END SOLUTION
    return rows


# %% nbgrader={"grade": true, "grade_id": "test_read_list_file", "locked": true, "points": 14, "schema_version": 3, "solution": false, "task": false}
check("read_list_file")
### BEGIN HIDDEN TESTS
check("read_list_file", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Try it. The cell below writes the hands into files, as if they were your photos: a folder for each digit,
# and two list files. The first 20 hands of each digit are for training, the next 30 for testing. (With real
# photos, take care that no *person* is in both lists. Otherwise the network can recognise the person and not
# the digit.)

# %% tags=["heavy"]
folder = Path(tempfile.mkdtemp())
lines = {"train.txt": ["# path label", ""], "test.txt": []}
for digit in (6, 7, 8, 9):
    (folder / f"digit {digit}").mkdir()
    for number, hand in enumerate(hands[digits == digit]):
        name = f"digit {digit}/hand {number:02}.png"
        Image.fromarray(hand).save(folder / name)
        lines["train.txt" if number < 20 else "test.txt"].append(f"{name} {digit - 6}")
for name, of_file in lines.items():
    (folder / name).write_text("\r\n".join(of_file), newline="")

train_rows, test_rows = (read_list_file(folder / name) for name in lines)
print(len(train_rows), "training pictures,", len(test_rows), "test pictures")
print("line 3 of train.txt:", train_rows[0][0].relative_to(folder), "→", train_rows[0][1])

# %% [markdown]
# The other common way needs no list: each class has a folder, and the folder's name is the name of the class.
# `read_folders` is given. It returns the same kind of rows, and the names of the classes in the order of
# their labels.


# %% tags=["heavy"]
def read_folders(folder):
    """A folder for each class: rows as those of read_list_file, and the names of the classes."""
    names = sorted(path.name for path in Path(folder).iterdir() if path.is_dir())
    rows = [
        (picture, label)
        for label, name in enumerate(names)
        for picture in sorted((Path(folder) / name).iterdir())
    ]
    return rows, names


def load_pictures(rows, side=64):
    """Pictures (m, side, side, 3) from 0 to 1, and labels (m,)."""
    pictures = [load_photo(path, size=side)[0] for path, _ in rows]
    return np.stack(pictures), np.array([label for _, label in rows])


all_rows, names = read_folders(folder)
print(len(all_rows), "pictures in the folders", names)

train_x, train_y = load_pictures(train_rows)
test_x, test_y = load_pictures(test_rows)
print("train_x", train_x.shape, "test_x", test_x.shape)

# %% [markdown]
# ## 7.2 Turned, without black corners
#
# We have only 80 training pictures. A network with 23 million parameters can memorise them. So it should see
# each picture a little differently every time. (Notebook 8 does this, too.) The article changes its pictures
# in these steps: make larger, turn by up to 45°, crop the middle, mirror, change the colours, sometimes grey.
#
# The second step has a mistake that you only notice if you *look* at the pictures. The article enlarges
# pictures to 300×300 pixels, turns them, and crops the middle 256×256. If you turn a square, its corners
# leave the frame, and the corners of the frame become black. The crop is too large to remove these *black
# corners*:

# %%
white = Image.new("L", (300, 300), 255)
for degrees in (15, 30, 45):
    turned = np.asarray(white.rotate(degrees))[22:278, 22:278]
    print(f"turned by {degrees}°: {np.mean(turned == 0):.0%} of the 256×256 pixels are black")

# %% [markdown]
# The network can get used to black corners, but no test picture has any. So your function will fill the empty
# places with a mirror image of the picture.
#
# To turn a picture by the angle $θ$, ask for each place of the *new* picture: which pixel of the *old* one comes
# here? Measure places from the centre, $x$ to the right and $y$ down. If the picture turns to the left
# (counter-clockwise), the pixel comes from
#
# $$ x_{old} = x \cos θ - y \sin θ \qquad y_{old} = x \sin θ + y \cos θ $$
#
# **Your task.** Write `rotate`. For each picture:
#
# 1. The centre of a picture with `height` rows and `width` columns is at row `(height - 1) / 2` and column
#    `(width - 1) / 2`. Compute `x` and `y` for every place, then `x_old` and `y_old`.
# 2. Add the centre again, and round to the nearest integer (`np.rint`): this gives a row and a column.
# 3. Rows and columns outside of the picture are mirrored: -1 becomes 0, -2 becomes 1, and so on. At the other
#    end, `height` becomes `height - 1`, and `height + 1` becomes `height - 2`. The function `mirrored` does
#    this. It is given.


# %% tags=["setup"]
def mirrored(places, size):
    """Integers of any size as places from 0 to size - 1, mirrored at both ends."""
    places = np.mod(places, 2 * size)
    return np.where(places < size, places, 2 * size - 1 - places)


# %%
print(mirrored(np.arange(-3, 8), 5))


# %% nbgrader={"grade": false, "grade_id": "rotate", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rotate(pictures, degrees):
    """Pictures, each turned to the left about its centre; free places show a mirror image.

    Arguments:
    pictures -- array of shape (m, height, width, channels)
    degrees -- array of shape (m,), the angle of each picture; negative ones turn it to the right

    Returns:
    pictures -- new array of shape (m, height, width, channels)
    """
    height, width = pictures.shape[1:3]
    turned = []
    for picture, angle in zip(pictures, degrees, strict=True):
        # (about 7 lines)
        ### BEGIN SOLUTION
        theta = np.deg2rad(angle)
        y = np.arange(height)[:, None] - (height - 1) / 2
        x = np.arange(width)[None, :] - (width - 1) / 2
        x_old = x * np.cos(theta) - y * np.sin(theta)
        y_old = x * np.sin(theta) + y * np.cos(theta)
        rows = np.rint(y_old + (height - 1) / 2).astype(int)
        columns = np.rint(x_old + (width - 1) / 2).astype(int)
        turned.append(picture[mirrored(rows, height), mirrored(columns, width)])
        ### END SOLUTION
    return np.stack(turned)


# %% nbgrader={"grade": true, "grade_id": "test_rotate", "locked": true, "points": 14, "schema_version": 3, "solution": false, "task": false}
check("rotate")
### BEGIN HIDDEN TESTS
check("rotate", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 7.3 The middle of a picture
#
# **Your task.** Write `centre_crop`. If the number of rows to remove is odd, remove one row more at the *bottom*.
# If the number of columns to remove is odd, remove one more on the *right*.


# %% nbgrader={"grade": false, "grade_id": "centre_crop", "locked": false, "schema_version": 3, "solution": true, "task": false}
def centre_crop(pictures, side):
    """The square in the middle of each picture.

    Arguments:
    pictures -- array of shape (m, height, width, channels)
    side -- integer, at most height and at most width

    Returns:
    pictures -- array of shape (m, side, side, channels)
    """
    # (3 lines)
    ### BEGIN SOLUTION
    top = (pictures.shape[1] - side) // 2
    left = (pictures.shape[2] - side) // 2
    return pictures[:, top : top + side, left : left + side]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_centre_crop", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
check("centre_crop")
### BEGIN HIDDEN TESTS
check("centre_crop", hidden=True)
### END HIDDEN TESTS

# %% tags=["heavy"]
hand = hands[digits == 7][3]
large = np.asarray(Image.fromarray(hand).resize((300, 300), Image.Resampling.BILINEAR))
black = np.asarray(Image.fromarray(large).rotate(30))
ours = rotate(large[None], np.array([30.0]))
shown = {
    "300×300": large / 255,
    "turned, then cropped": centre_crop(black[None], 256)[0] / 255,
    "with rotate": ours[0] / 255,
    "with rotate, then cropped": centre_crop(ours, 256)[0] / 255,
}
plot_pictures(shown, seen="The second picture has black corners. The last one has none.")

# %% [markdown]
# ## 7.4 Colours
#
# In photos, colours depend strongly on the light. So the colours of the training pictures change, too. One
# picture in ten becomes grey. Red, green and blue do not look equally bright to us. So the brightness of a
# pixel is the weighted sum of the three, with the weights `LUMINANCE` from above.
#
# **Your task.** Write `greyscale`. Where `grey` is True, red, green and blue all get the pixel's brightness. Other
# pictures stay the same. Do not change the array that you get.


# %% nbgrader={"grade": false, "grade_id": "greyscale", "locked": false, "schema_version": 3, "solution": true, "task": false}
def greyscale(pictures, grey):
    """Pictures, some of them without colour.

    Arguments:
    pictures -- array of shape (m, height, width, 3) in red, green and blue
    grey -- array of shape (m,), True where a picture loses its colours

    Returns:
    pictures -- new array of shape (m, height, width, 3)
    """
    # (2 lines)
    ### BEGIN SOLUTION
    brightness = np.sum(pictures * LUMINANCE, axis=-1, keepdims=True)
    return np.where(grey[:, None, None, None], brightness, pictures)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_greyscale", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
check("greyscale")
### BEGIN HIDDEN TESTS
check("greyscale", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Next comes *colour jitter*: small random changes of the colours. It has three factors. Each factor is about
# 1, and 1 changes nothing.
#
# 1. **Brightness**: multiply all numbers by the factor.
# 2. **Contrast**: let $μ$ be the mean brightness of the picture (its weighted sum, averaged over all pixels).
#    Multiply the *difference* to $μ$ by the factor: $μ + c · (p - μ)$.
# 3. **Saturation** (how strong the colours are): the same, but with the brightness $g$ of each *single pixel*:
#    $g + s · (p - g)$. With $s = 0$ this is the grey picture.
#
# After *each* of the three steps, numbers below 0 become 0, and numbers above 1 become 1. torchvision's
# `ColorJitter` has the same steps, but draws their order anew for each call. Here the order is fixed.
#
# **Your task.** Write `colour_jitter`. Do not change the array that you get.


# %% nbgrader={"grade": false, "grade_id": "colour_jitter", "locked": false, "schema_version": 3, "solution": true, "task": false}
def colour_jitter(pictures, brightness, contrast, saturation):
    """Pictures with other brightness, contrast and saturation.

    Arguments:
    pictures -- array of shape (m, height, width, 3), from 0 to 1, in red, green and blue
    brightness, contrast, saturation -- arrays of shape (m,), a factor for each picture

    Returns:
    pictures -- new array of shape (m, height, width, 3), from 0 to 1
    """
    b, c, s = (factor[:, None, None, None] for factor in (brightness, contrast, saturation))
    # (about 6 lines)
    ### BEGIN SOLUTION
    pictures = np.clip(pictures * b, 0, 1)
    mean = np.sum(pictures * LUMINANCE, axis=-1, keepdims=True).mean(axis=(1, 2), keepdims=True)
    pictures = np.clip(mean + c * (pictures - mean), 0, 1)
    grey = np.sum(pictures * LUMINANCE, axis=-1, keepdims=True)
    return np.clip(grey + s * (pictures - grey), 0, 1)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_colour_jitter", "locked": true, "points": 12, "schema_version": 3, "solution": false, "task": false}
check("colour_jitter")
### BEGIN HIDDEN TESTS
check("colour_jitter", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# The function `augment` does all steps together. (To *augment* pictures means to make new ones by small
# changes.) All random numbers come from one generator. If you start it with the same seed, you get the same
# pictures again. Three steps are given: `enlarge`, the mirror images, and `shift_hue`, which moves the
# colours around the colour circle (red becomes a little orange). The article also turns pictures upside down.
# For food on a plate this is right. But nobody shows a number with the hand upside down, so we do not do it.


# %% tags=["heavy"]
def enlarge(pictures, side):
    """Pictures with `side` rows and columns."""
    return np.asarray(keras.ops.convert_to_numpy(keras.ops.image.resize(pictures, (side, side))))


def shift_hue(pictures, turns):
    """Pictures with colours moved around the colour circle by a share of a whole turn each."""
    to_yiq = np.array([LUMINANCE, [0.596, -0.274, -0.322], [0.211, -0.523, 0.312]])
    cos, sin = np.cos(2 * np.pi * turns), np.sin(2 * np.pi * turns)
    turn = np.zeros((len(turns), 3, 3))
    turn[:, 0, 0] = 1
    turn[:, 1, 1] = turn[:, 2, 2] = cos
    turn[:, 1, 2], turn[:, 2, 1] = -sin, sin
    matrices = np.linalg.inv(to_yiq) @ turn @ to_yiq
    return np.clip(np.einsum("mij,mhwj->mhwi", matrices, pictures), 0, 1)


def augment(pictures, stream, degrees=45, upside_down=False):
    """Pictures of the same size, each changed at random."""
    m, side = pictures.shape[:2]
    pictures = enlarge(pictures, side * 300 // 256)
    pictures = rotate(pictures, stream.uniform(-degrees, degrees, m))
    pictures = centre_crop(pictures, side)
    mirror = stream.random((2, m, 1, 1, 1)) < 0.5
    pictures = np.where(mirror[0], pictures[:, :, ::-1], pictures)
    if upside_down:
        pictures = np.where(mirror[1], pictures[:, ::-1], pictures)
    factors = (stream.uniform(1 - reach, 1 + reach, m) for reach in (0.2, 0.1, 0.1))
    pictures = colour_jitter(pictures, *factors)
    pictures = shift_hue(pictures, stream.uniform(-0.1, 0.1, m))
    return greyscale(pictures, stream.random(m) < 0.1).astype("float32")


# %% tags=["heavy"]
before = train_x[::20]  # one of each digit
rows = [before] + [augment(before, np.random.default_rng(seed)) for seed in range(7)]
in_turns = np.stack(rows, axis=1).reshape(-1, *before.shape[1:])
plot_signs(in_turns, np.repeat([6, 7, 8, 9], len(rows)), per_class=len(rows))

# %% [markdown]
# The first picture of each row is the hand as it is. All others are made from it, and none has a black
# corner. Never augment test pictures.
#
# ## 7.5 Normalise as in the network's training
#
# Networks learn best if the mean of their inputs is about 0 and the standard deviation about 1. So for each
# channel, you subtract a mean and divide by a standard deviation. *Which* mean and deviation? If the network
# is already trained, take those that it was trained with. Otherwise its first layer sees colours that it does
# not know.
#
# | network | mean | deviation |
# | --- | --- | --- |
# | torchvision's ResNets (the article's) | `IMAGENET_MEAN` | `IMAGENET_DEVIATION` |
# | Keras' ResNet-50, 101, 152 | `IMAGENET_MEAN` | 1/255, and blue before green before red |
# | notebook 1's ResNet50 | 0 | 1 |
#
# **Your task.** Write `normalise`. Do not change the array that you get.


# %% nbgrader={"grade": false, "grade_id": "normalise", "locked": false, "schema_version": 3, "solution": true, "task": false}
def normalise(pictures, mean, deviation):
    """Pictures with another mean and deviation in each channel.

    Arguments:
    pictures -- array of shape (m, height, width, channels)
    mean -- array of shape (channels,)
    deviation -- array of shape (channels,), the standard deviation

    Returns:
    pictures -- new array of shape (m, height, width, channels)
    """
    # (1 line)
    ### BEGIN SOLUTION
    return (pictures - mean) / deviation
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_normalise", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
check("normalise")
### BEGIN HIDDEN TESTS
check("normalise", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# What happens with the wrong mean and deviation? Notebook 1's network reads new hands that show 0 to 5: first
# normalised as in its own training, then as for torchvision's networks.

# %% tags=["heavy"]
pretrained = load_pretrained()
known, known_digits = rendered_hands(per_class=15, seed=8, progress=False)
known = known.astype("float32") / 255
for name, x in {
    "as in its training": normalise(known, np.zeros(3, "float32"), np.ones(3, "float32")),
    "with ImageNet's mean": normalise(known, IMAGENET_MEAN, IMAGENET_DEVIATION),
}.items():
    read = pretrained.predict_on_batch(x).argmax(axis=1)
    print(f"{name:22} {np.mean(read == known_digits):.0%} of {len(known)} hands are read")

# %% [markdown]
# There is no error and no warning. The network just reads fewer hands correctly. So for this network, leave
# the numbers between 0 and 1.
#
# ## 7.6 Batches
#
# A training needs its pictures in a new order in every epoch. A test does not. If the test pictures are
# shuffled, as in the article, the accuracy is still right. But the predictions are no longer in the order of
# the labels and the files. Then the list of mistakes in section 7.11 would show the wrong pictures.
#
# **Your task.** Write `make_batches`. With an `order`, pictures and labels come in this order. Without it,
# they come as they are. The last batch may be smaller: do not leave it out.


# %% nbgrader={"grade": false, "grade_id": "make_batches", "locked": false, "schema_version": 3, "solution": true, "task": false}
def make_batches(pictures, labels, size, order=None):
    """All pictures and labels in batches.

    Arguments:
    pictures -- array of shape (m, height, width, channels)
    labels -- array of shape (m,)
    size -- integer, how many pictures a batch has; the last one may have fewer
    order -- array of shape (m,), the numbers of the pictures in the order in which they come;
             None: as they are

    Returns:
    batches -- list of pairs (pictures, labels)
    """
    # (about 5 lines)
    ### BEGIN SOLUTION
    if order is None:
        order = np.arange(len(pictures))
    batches = []
    for start in range(0, len(pictures), size):
        chosen = order[start : start + size]
        batches.append((pictures[chosen], labels[chosen]))
    return batches
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_make_batches", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
check("make_batches")
### BEGIN HIDDEN TESTS
check("make_batches", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 7.7 A new head
#
# Notebook 1's network ends with a dense layer for six classes. All layers before it make 2048 numbers from a
# picture, its *features*: for example, where edges and fingers are. These should be useful for other digits,
# too. Only the last layer, the **head**, must be new. All other layers are **frozen**: they compute, but they
# do not learn. In Keras, a layer with `trainable = False` is frozen.
#
# Batch norm has two kinds of numbers. Gamma and beta are learned from gradients. The moving averages of mean
# and variance are not learned: every training step changes them. If you froze only gamma and beta, the
# averages would slowly follow the new pictures, and the features would change. In Keras, `trainable = False`
# also stops the averages. In PyTorch, `requires_grad = False` does not stop them, so the article's averages
# change.
#
# **Your task.** Write `replace_head`.
#
# - Freeze all layers of the model except the last one, which is its old head.
# - The new head is a dense layer with `classes` outputs and softmax. It gets what the old head got.
# - Return a new model from the old model's input to the new head. Do not put the old model into the new one
#   as a single layer. Then we can find each layer by its name.


# %% nbgrader={"grade": false, "grade_id": "replace_head", "locked": false, "schema_version": 3, "solution": true, "task": false}
def replace_head(model, classes):
    """The same network with a new last layer; all other layers are frozen.

    Arguments:
    model -- Keras model; its last layer is its head
    classes -- integer, how many classes the new head tells apart

    Returns:
    model -- new Keras model with the old one's input and `classes` probabilities as its output
    """
    # (4 lines)
    ### BEGIN SOLUTION
    for layer in model.layers[:-1]:
        layer.trainable = False
    features = model.layers[-1].input
    return Model(model.input, Dense(classes, activation="softmax")(features))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_replace_head", "locked": true, "points": 12, "schema_version": 3, "solution": false, "task": false}
check("replace_head")
### BEGIN HIDDEN TESTS
check("replace_head", hidden=True)
### END HIDDEN TESTS

# %% tags=["heavy"]
frozen = replace_head(pretrained, 4)
learning, resting = (
    sum(int(np.prod(weight.shape)) for weight in weights)
    for weights in (frozen.trainable_weights, frozen.non_trainable_weights)
)
print(f"{learning:,} parameters learn, {resting:,} do not")

# %% [markdown]
# ## 7.8 The best weights
#
# With few pictures, the accuracy goes up and down from epoch to epoch. The last epoch is often not the best
# one. So keep the best weights, and put them back at the end.
#
# **Your task.** Write `train_keeping_best`. In each epoch:
#
# 1. Train on each batch of `train_batches(epoch)` with `model.train_on_batch(x, y)`. It returns the mean loss
#    of the batch. (Older versions of Keras return the mean since the last `model.reset_metrics()`. So call
#    `reset_metrics` before each batch.) The loss of the epoch is the mean over all its *pictures*.
# 2. Get the probabilities for all batches of `test_batches` with `model.predict_on_batch(x)`. The accuracy is
#    the share of *all* test pictures for which the right class has the largest probability. (If the last
#    batch is smaller, the mean of the batches' accuracies is a different number.)
# 3. Append both to the history.
# 4. If the accuracy is higher than all before, keep the weights (`model.get_weights()` copies them).
#
# After the last epoch, the model gets the best weights (`model.set_weights`).


# %% nbgrader={"grade": false, "grade_id": "train_keeping_best", "locked": false, "schema_version": 3, "solution": true, "task": false}
def train_keeping_best(model, train_batches, test_batches, epochs):
    """Train a model; in the end it has the weights of its most accurate epoch.

    Arguments:
    model -- compiled Keras model with probabilities as its output
    train_batches -- function: train_batches(epoch) is the list of pairs (x, y) for an epoch, which
                     is counted from 0
    test_batches -- list of pairs (x, y)
    epochs -- integer

    Returns:
    history -- dictionary: "loss" and "val_accuracy" are lists with a number for each epoch
    """
    history = {"loss": [], "val_accuracy": []}
    # (about 16 lines)
    ### BEGIN SOLUTION
    best = -1
    for epoch in range(epochs):
        loss = seen = 0
        for x, y in train_batches(epoch):
            model.reset_metrics()
            loss += len(x) * model.train_on_batch(x, y)
            seen += len(x)
        right = pictures = 0
        for x, y in test_batches:
            right += np.sum(model.predict_on_batch(x).argmax(axis=1) == y)
            pictures += len(y)
        history["loss"].append(float(loss / seen))
        history["val_accuracy"].append(float(right / pictures))
        if history["val_accuracy"][-1] > best:
            best = history["val_accuracy"][-1]
            best_weights = model.get_weights()
    model.set_weights(best_weights)
    ### END SOLUTION
    return history


# %% nbgrader={"grade": true, "grade_id": "test_train_keeping_best", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check("train_keeping_best")
### BEGIN HIDDEN TESTS
check("train_keeping_best", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# One thing is not quite right: we choose the best epoch *with the test pictures*. So its accuracy is a little
# too high. With more pictures, you would set some aside for this choice only (*validation* pictures).
#
# ## 7.9 Frozen, and from scratch
#
# Now we compare three networks. All of them see the same 80 pictures, augmented, and equally often:
#
# - **frozen**: notebook 1's layers, and a new head; only the head learns,
# - **from scratch**: the same ResNet50 with random weights; everything learns,
# - **plain CNN**: the article's small network: four convolutions, two poolings, no shortcut.


# %% tags=["heavy"]
def plain_cnn(side=64, classes=4):
    """The article's convolutional network: 5×5 windows, two poolings, one dense layer."""
    X_input = X = Input((side, side, 3))
    for filters, pooled in ((16, True), (32, False), (32, True), (64, False)):
        X = Conv2D(filters, 5, padding="same", activation="relu")(X)
        X = MaxPooling2D()(X) if pooled else X
    return Model(X_input, Dense(classes, activation="softmax")(Flatten()(X)))


def from_scratch(classes=4):
    """Notebook 1's ResNet50 with random weights and a new head; everything learns."""
    model = keras.models.clone_model(pretrained)
    model.trainable = True
    draw_weights(model, np.random.default_rng(7))
    for layer in model.layers:
        if isinstance(layer, BatchNormalization):
            layer.momentum = 0.8  # so that the moving averages can follow in so few steps
            if layer.name.endswith("_branch2c"):
                layer.gamma.assign(np.zeros(layer.gamma.shape))  # each block begins as the identity
    return Model(model.input, Dense(classes, activation="softmax")(model.layers[-1].input))


def augmented_batches(epoch):
    """The training pictures of an epoch: in a new order, each changed at random."""
    stream = np.random.default_rng([7, epoch])
    x = augment(train_x, stream, degrees=20)  # nobody holds a hand at 45°
    return make_batches(x, train_y, size=10, order=stream.permutation(len(x)))


def train(model, epochs, bar):
    """The history of a training; with the seconds of each epoch but the first."""
    beginnings = []

    def batches_of(epoch):
        beginnings.append(time.perf_counter())
        bar.step()
        return augmented_batches(epoch)

    history = train_keeping_best(model, batches_of, test_batches, epochs)
    return history | {"seconds": np.diff([*beginnings, time.perf_counter()])[1:]}


# %% tags=["heavy"]
EPOCHS = 40 if FULL else 8
RATES = {"frozen": 0.003}  # a head alone can take a higher rate than a whole network
test_batches = make_batches(test_x, test_y, size=60)
models = {"frozen": frozen, "from scratch": from_scratch(), "plain CNN": plain_cnn()}
histories = {}
with Progress(len(models) * EPOCHS, "training", "epochs") as bar:
    for name, model in models.items():
        rate = RATES.get(name, 0.001)
        model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
        prepare_training(model, train_y)  # a shorter wait before the first step; same numbers
        histories[name] = train(model, EPOCHS, bar)

# %% tags=["heavy", "nbval-ignore-output"]
plot_history(histories)

# %% tags=["heavy", "nbval-ignore-output"]
for name, history in histories.items():
    best, seconds = max(history["val_accuracy"]), np.median(history["seconds"])
    print(f"{name:13} best accuracy {best:.2f}   {seconds:.1f} s an epoch")

accuracies = {name: max(history["val_accuracy"]) for name, history in histories.items()}
assert accuracies["frozen"] > 0.55
assert accuracies["frozen"] > max(accuracies["from scratch"], accuracies["plain CNN"]) + 0.1

# %% [markdown]
# What this shows:
#
# - The **frozen** network has learned only 8,196 parameters, but it is the best by far. Its features come from
#   hands that show 0 to 5. They are good for other hands, too.
# - **From scratch**, the same network hardly learns anything in this time. It has 23 million parameters, and
#   80 pictures.
# - The **plain CNN** is small and fast. It needs more pictures, too.
# - Gradients need not flow back through frozen layers. Here that saves little time, because the test after
#   each epoch reads more pictures than the training does.
#
# Did really nothing change except the head? Compare all other weights with those of the file:

# %% tags=["heavy"]
original = load_pretrained()
changed = [
    layer.name
    for layer in original.layers[:-1]
    for old, new in zip(
        layer.get_weights(), frozen.get_layer(layer.name).get_weights(), strict=True
    )
    if not np.array_equal(old, new)
]
print("layers that have changed:", changed)

# %% [markdown]
# ## 7.10 Fine-tuning the last stage
#
# When the head has learned, you can let the last layers before it learn, too. There are two rules.
#
# - **First the head, then the rest.** A new head makes large errors. Their gradients would destroy what the
#   layers before it have learned.
# - **A small rate**, ten or a hundred times smaller than usual. The weights are good already.
#
# The first layers see edges and colours, which all pictures have. So they stay frozen. Batch norm stays frozen
# everywhere: with few pictures, its averages would only get worse.
#
# If you change `trainable` after a model was compiled and trained, this has no effect. You must compile the
# model again.
#
# **Your task.** Write `fine_tune`.
#
# - All layers from the one named `first` to the end of `model.layers` learn, except batch norm. Layers before
#   `first` stay as they are.
# - Compile the model with Adam, the given rate, and the loss `"sparse_categorical_crossentropy"`.


# %% nbgrader={"grade": false, "grade_id": "fine_tune", "locked": false, "schema_version": 3, "solution": true, "task": false}
def fine_tune(model, first, rate):
    """Let the last layers of a model learn, and compile it.

    Arguments:
    model -- Keras model whose layers are frozen, but for its head
    first -- string, name of the first layer that shall learn
    rate -- number, the learning rate

    Returns:
    nothing: the model itself is changed
    """
    # (about 6 lines)
    ### BEGIN SOLUTION
    names = [layer.name for layer in model.layers]
    for layer in model.layers[names.index(first) :]:
        layer.trainable = not isinstance(layer, BatchNormalization)
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_fine_tune", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check("fine_tune")
### BEGIN HIDDEN TESTS
check("fine_tune", hidden=True)
### END HIDDEN TESTS

# %% tags=["heavy"]
fine_tune(frozen, "res5a_branch2a", 0.0001)
prepare_training(frozen, train_y)
with Progress(EPOCHS // 2, "fine-tuning", "epochs") as bar:
    histories["fine-tuned"] = train(frozen, EPOCHS // 2, bar)

# %% tags=["heavy", "nbval-ignore-output"]
accuracies["fine-tuned"] = max(histories["fine-tuned"]["val_accuracy"])
plot_bars(accuracies, "Accuracy on the test pictures, best epoch", reference=1 / 4)

# %% tags=["heavy"]
assert accuracies["fine-tuned"] > accuracies["frozen"] - 0.1

# %% [markdown]
# The dashed line shows the accuracy of guessing. Each bar is a single short training. Section 7.12 says how
# to measure with real photographs and several starting points.
#
# ## 7.11 Which digits are confused?
#
# One number does not say *what* goes wrong. The **confusion matrix** does: each row is a digit, each column is
# what was read. All hands outside of the diagonal are mistakes.

# %% tags=["heavy", "nbval-ignore-output"]
probabilities = np.concatenate([frozen.predict_on_batch(x) for x, _ in test_batches])
read = probabilities.argmax(axis=1)
plot_confusion(test_y, read, names=["6", "7", "8", "9"])

# %% [markdown]
# Now look at the mistakes where the network was most certain. They often show the reason: the picture is hard
# for you, too, or its label is wrong, or all mistakes have something in common.

# %% tags=["heavy", "nbval-ignore-output"]
certain = probabilities.max(axis=1)
wrong = np.flatnonzero(read != test_y)
worst = wrong[np.argsort(-certain[wrong])][:5]
shown = {
    f"{i}: {test_y[i] + 6} read as {read[i] + 6} ({certain[i]:.0%})": test_x[i] for i in worst
} or {"no mistakes": test_x[0]}
plot_pictures(shown, seen="The mistakes of which the network is most certain.")

# %% [markdown]
# The test batches are not shuffled, so we know the file name of each mistake:

# %% tags=["heavy", "nbval-ignore-output"]
for i in worst[:3]:
    print(test_rows[i][0].relative_to(folder))

# %% [markdown]
# ## 7.12 On photographs
#
# The hands above are drawn. `benchmarks/transfer.py` of the course's repository measures the same on
# photographs of the digits 6 to 9: frozen, fine-tuned, from scratch and the plain CNN, with 5, 20 and all
# photographs of each digit, from three starting points. Its test pictures show 20 people. None of them is in a
# training picture, also not in those of notebook 1's network. This is what it printed: the accuracy on these
# pictures, the mean over the starting points (smallest to largest). Guessing gives 0.25.
#
# | | 5 a class | 20 a class | all (about 186 a class) |
# | --- | --- | --- | --- |
# | frozen | 0.77 (0.66 to 0.86) | 0.81 (0.79 to 0.84) | 0.84 (0.82 to 0.85) |
# | fine-tuned | 0.79 (0.76 to 0.81) | 0.89 (0.88 to 0.91) | 0.91 (0.89 to 0.94) |
# | from scratch | 0.38 (0.29 to 0.44) | 0.59 (0.49 to 0.65) | 0.60 (0.57 to 0.61) |
# | plain CNN | 0.59 (0.50 to 0.70) | 0.56 (0.53 to 0.60) | 0.58 (0.55 to 0.62) |
#
# With five pictures of a digit, the frozen network is already better than the other two with all pictures.
# Fine-tuning adds 0.02 with five pictures, and 0.07 to 0.08 with more. All four have had the same number of steps (80, 120 or
# 200). To measure it yourself:
#
# ```
# python benchmarks/transfer.py --photos sign-language-digits.tar.gz
# ```
#
# Without a GPU this takes an hour. You can stop it at any time. If you start it again, it continues after its
# last measurement.
#
# ## 7.13 Your own pictures
#
# You can use any folder that has a folder for each class, or any list file. Three lines are enough to read
# them and to make a model. (The article sorts twenty kinds of food, so its head has 20 classes.)
#
# ```python
# rows, names = read_folders("my pictures")          # or: rows = read_list_file("my pictures/train.txt")
# train_x, train_y = load_pictures(rows)
# model = replace_head(load_pretrained(), len(names))
# ```
#
# Then `model.compile(…)` and `train_keeping_best(…)`, as above. If your pictures do not show hands, take a
# network that was trained on many kinds of pictures. `load_resnet152()` downloads ResNet-152 with weights
# from 1.3 million pictures of ImageNet. (It downloads 242 MB once, continues after a broken connection, and
# verifies the file.) This model takes pictures of 224×224 pixels with numbers from 0 to 1. It normalises them
# *itself*, as its weights need it. With `FULL = True`, the cell below uses it. Use a GPU: one pass of 32
# pictures through the network needs 3.6 · 10¹¹ multiply-adds.

# %% tags=["heavy"]
if FULL:
    resnet152 = replace_head(load_resnet152(side=224), 4)
    large_x, large_y = load_pictures(train_rows, side=224)
    large_test_x, large_test_y = load_pictures(test_rows, side=224)
    resnet152.compile(keras.optimizers.Adam(0.001), "sparse_categorical_crossentropy")
    history = train_keeping_best(
        resnet152,
        lambda epoch: make_batches(
            augment(large_x, np.random.default_rng(epoch)),
            large_y,
            size=16,
            order=np.random.default_rng(epoch).permutation(len(large_x)),
        ),
        make_batches(large_test_x, large_test_y, size=16),
        epochs=20,
    )
    print(f"ResNet-152, frozen: {max(history['val_accuracy']):.0%}")

# %% [markdown]
# ## Your points
#
# This adds up the points of the last run of each check.

# %% tags=["heavy"]
total()

# %% [markdown]
# ## Common mistakes
#
# - **Splitting a line at every space.** Paths can contain spaces. The label comes after the last space.
# - **Not looking at augmented pictures.** If you look, you see black corners, wrong colours and lost fingers
#   at once. No number shows them.
# - **Augmenting or shuffling the test pictures.** With augmentation, every test is a different one. After
#   shuffling, you do not know which prediction belongs to which file.
# - **Normalising as in another program.** Use the mean and the deviation that the network was trained with.
# - **Freezing gamma and beta, but not the moving averages.** Then the features change, although no layer
#   learns.
# - **Changing `trainable` without compiling again.** Keras does not notice it.
# - **Fine-tuning everything at once, with the usual rate.** The first steps destroy what you wanted to use.
# - **Keeping the best accuracy, but not its weights.** Or keeping only a reference to the weights: then they
#   go on changing.
# - **One person in both lists.** The measured accuracy is too high. It falls with the first new person.
#
# ## What next
#
# - **[Notebook 8](08_faster_training.ipynb)**: train faster, with four tricks that you write yourself.
# - Yosinski et al. 2014, [*How transferable are features in deep neural networks?*](https://arxiv.org/abs/1411.1792):
#   which layers are general, and which belong to their task.
# - Kornblith et al. 2018, [*Do Better ImageNet Models Transfer Better?*](https://arxiv.org/abs/1805.08974)
# - Touvron et al. 2019, [*Fixing the train-test resolution discrepancy*](https://arxiv.org/abs/1906.06423): why objects
#   look larger in augmented pictures than in test pictures.
# - [What you can build now](../docs/what_you_can_build.md) shows the ideas of the whole course on one page.
