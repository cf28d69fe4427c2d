# %% [markdown]
# # 2 · Building blocks
#
# In notebook 1 a convolution was one line, and batch normalisation another. In this notebook you open
# those boxes and write what is in them, on bare arrays. Afterwards you will be able to
#
# - say how large a layer's output is, before running it, and which pixels `padding="same"` adds,
# - write a convolution without a loop over pixels, and say why that loop would be slow,
# - write batch normalisation, with its two faces: one for training, one for use,
# - put a whole bottleneck block together, and see at once which shortcut it needs,
# - calculate where a bottleneck saves weights and work, and where it does not.
#
# **How it works.** Seven cells are yours: each has places marked `# YOUR CODE HERE`. Under each there
# is a check that tries your function with many arguments and says which of them go wrong, and how.
# If you are stuck, `hint("conv2d")` gives three hints, one after the other. Each function must compute
# what Keras' own layer computes; a cell after the check shows that it does. Nothing here needs a GPU,
# an account or the network. Allow two hours; the computer needs one minute of them.
#
# All arrays have the shape (batch, height, width, channels). To calculate with them, use
# [`keras.ops`](https://keras.io/api/ops/): it has NumPy's functions under NumPy's names, but unlike
# NumPy it keeps track of what was done, so that gradients can flow back through your code.

# %% tags=["setup"]
import os
import sys
import time

sys.path.append("..")  # resnets_utils.py lives one folder up

from resnets_utils import (
    check,
    gradients_of,
    hint,
    plot_bars,
    plot_curves,
    plot_padding,
    plot_pictures,
    rendered_hands,
    rounded,
)

import keras
import numpy as np
from keras import layers, ops

# With True the comparisons try far more shapes.
FULL = bool(os.environ.get("RESNETS_FULL"))

# %% [markdown]
# ## 2.1 How large is the output?
#
# A window of `kernel` pixels slides over `size` pixels, `stride` pixels at a time. How many places
# are there for it? Try it with a pencil: 7 pixels, a window of 3, a stride of 2. It fits at the
# pixels 0, 2 and 4, so three times.
#
# - **No padding** (`"valid"`): after the first place there are `size - kernel` pixels left to move on.
#   Each step uses up `stride` of them; a last step that would stick out is left out.
# - **`"same"`**: the picture is padded so that the output has `size / stride` pixels, rounded *up*,
#   whatever the window. With a stride of 1 that is the size of the input, hence the name.
# - **A number**, `padding=3` say: that many pixels are added at *each* of the two ends, and then the
#   window slides as in the first case. This is how PyTorch and most papers speak.
#
# **Your task.** Write `conv_output_size`. The result is a whole number, so look for an operator that
# divides and rounds down at once.


# %% nbgrader={"grade": false, "grade_id": "conv_output_size", "locked": false, "schema_version": 3, "solution": true, "task": false}
def conv_output_size(size, kernel, stride=1, padding="same"):
    """How many places a sliding window has along one axis.

    Arguments:
    size -- integer, pixels along this axis
    kernel -- integer, pixels of the window, at most as many as there are with the padding
    stride -- integer, pixels from one place to the next
    padding -- "valid" (none), "same" (as Keras defines it), or an integer: pixels at each end

    Returns:
    places -- integer, the size of the output
    """
    # (5 lines)
    ### BEGIN SOLUTION
    if padding == "same":
        return -(-size // stride)
    if padding == "valid":
        padding = 0
    return (size + 2 * padding - kernel) // stride + 1
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_conv_output_size", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check("conv_output_size")
### BEGIN HIDDEN TESTS
check("conv_output_size", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# With it you can follow a picture of 224×224 pixels through ResNet-50 without running anything.

# %% tags=["heavy"]
size = 224
for layer, kernel, stride, padding in [
    ("conv1, 7×7", 7, 2, 3),
    ("max pooling, 3×3", 3, 2, 1),
    ("stage 2, 3×3", 3, 1, 1),
    ("stage 3, 1×1", 1, 2, 0),
    ("stage 4, 1×1", 1, 2, 0),
    ("stage 5, 1×1", 1, 2, 0),
    ("average pooling, 7×7", 7, 1, 0),
]:
    before, size = size, conv_output_size(size, kernel, stride, padding)
    print(
        f"{layer:21} stride {stride}, padding {padding}: {before:3} → {size:3} pixels"
    )

# %% [markdown]
# ## 2.2 What "same" adds
#
# How many zeros does `"same"` add, and where? The last of the `places` windows begins at pixel
# `(places - 1) * stride` and ends `kernel` pixels later. What lies beyond the picture has to be added:
#
# $$ \text{total} = \max\big((\text{places} - 1)·\text{stride} + \text{kernel} - \text{size},\ 0\big) $$
#
# Half of it goes before the picture, half after it. If the total is odd, Keras puts the extra pixel
# **after**, at the bottom and on the right. (PyTorch's `padding=1` always adds one on both sides. That
# is why weights moved from one to the other can give a picture that is shifted by a pixel.)

# %%
plot_padding(
    [
        {"size": 7, "kernel": 3, "stride": 1, "before": 1, "after": 1, "places": 7},
        {"size": 7, "kernel": 4, "stride": 1, "before": 1, "after": 2, "places": 7},
        {"size": 7, "kernel": 3, "stride": 2, "before": 1, "after": 1, "places": 4},
        {"size": 8, "kernel": 3, "stride": 2, "before": 0, "after": 1, "places": 4},
        {"size": 8, "kernel": 1, "stride": 3, "before": 0, "after": 0, "places": 3},
    ]
)

# %% [markdown]
# Look at the third and the fourth row: the same window, the same stride, and one more pixel changes
# what is added and where.

# %% [markdown]
# ## 2.3 Convolution
#
# At every place, and for each of its $n$ filters, a convolution multiplies all the numbers under the
# window with the filter's weights and adds them up:
#
# $$ Y_{b,i,j,n} = \sum_{u,v,c} X_{b,\ i·s+u,\ j·s+v,\ c}\ ·\ W_{u,v,c,n} $$
#
# (Mathematicians would turn the filter upside down first. In deep learning nobody does.)
#
# Read as it stands, the formula is a loop over places $(i, j)$, and there are thousands. But you can
# also read it the other way round: the loop over $(u, v)$ has only as many rounds as the filter has
# weights, nine for 3×3. For one fixed $(u, v)$, the numbers that $W_{u,v}$ meets at *all* places
# together are the padded picture, cut and strided: a slice. And the sum over the channels $c$ is a
# matrix product. So:
#
# 1. `pad` the picture, when `"same"` is asked.
# 2. For each `(u, v)` take the slice that begins at row `u` and column `v`, goes in steps of `stride`,
#    and has as many rows and columns as there are places.
# 3. Multiply it with the matrix `W[u, v]`, of shape (channels, filters), and add it to the rest.
#
# **Your task.** Write `pad` (the pooling layers will need it, too) and `conv2d`. Useful:
# `ops.pad(X, [(0, 0), (top, bottom), (left, right), (0, 0)], constant_values=value)`, `ops.matmul`, and
# slices `X[:, a:b:s, c:d:s, :]`.


# %% nbgrader={"grade": false, "grade_id": "conv2d", "locked": false, "schema_version": 3, "solution": true, "task": false}
def pad(X, window, stride, padding, value=0.0):
    """What a window of `window` = (rows, columns) needs around the pictures X.

    Arguments:
    X -- array of shape (m, height, width, channels)
    window -- two integers, rows and columns of the window
    stride -- integer, the same in both directions
    padding -- "valid" (X stays as it is) or "same"
    value -- what to pad with

    Returns:
    X -- array of shape (m, height + …, width + …, channels)
    """
    # (8 lines)
    ### BEGIN SOLUTION
    if padding == "valid":
        return X
    amounts = [(0, 0)]
    for size, kernel in zip(X.shape[1:3], window, strict=True):
        places = conv_output_size(size, kernel, stride)
        total = max((places - 1) * stride + kernel - size, 0)
        amounts.append((total // 2, total - total // 2))
    return ops.pad(X, [*amounts, (0, 0)], constant_values=value)
    ### END SOLUTION


def conv2d(X, W, stride=1, padding="same"):
    """A convolution without bias, as `keras.layers.Conv2D(..., use_bias=False)`.

    Arguments:
    X -- array of shape (m, height, width, channels)
    W -- array of shape (rows, columns, channels, filters), the weights
    stride -- integer, the same in both directions
    padding -- "valid" or "same"

    Returns:
    Y -- array of shape (m, places, places, filters)
    """
    # (8 lines)
    ### BEGIN SOLUTION
    rows, columns = W.shape[:2]
    height = conv_output_size(X.shape[1], rows, stride, padding)
    width = conv_output_size(X.shape[2], columns, stride, padding)
    X = pad(X, (rows, columns), stride, padding)
    Y = 0.0
    for u in range(rows):
        for v in range(columns):
            below = X[
                :, u : u + height * stride : stride, v : v + width * stride : stride, :
            ]
            Y = Y + ops.matmul(below[:, :height, :width, :], W[u, v])
    return Y
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_conv2d", "locked": true, "points": 20, "schema_version": 3, "solution": false, "task": false}
check("conv2d")
### BEGIN HIDDEN TESTS
check("conv2d", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# What does a filter see? Here are three 3×3 filters written by hand, on one of the course's drawn
# hands. A trained network finds such filters by itself; its first layer is full of them.

# %% tags=["heavy"]
hands, _ = rendered_hands(per_class=1, seed=4, progress=False)
picture = hands[3:4].mean(axis=-1, keepdims=True).astype("float32") / 255.0

smooth = np.ones((3, 3)) / 9
upright = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
filters = np.stack([smooth, upright, upright.T], axis=-1)[:, :, None, :].astype(
    "float32"
)

maps = ops.convert_to_numpy(conv2d(picture, filters))
plot_pictures(
    {
        "the picture": picture[0, :, :, 0],
        "mean of 3×3": maps[0, :, :, 0],
        "upright edges": maps[0, :, :, 1],
        "lying edges": maps[0, :, :, 2],
    }
)

# %% [markdown]
# Now against Keras' own layer, with random sizes: odd and even pictures and windows, several strides,
# both paddings. And not the output alone: the gradients with respect to the picture and to the weights
# have to agree, too, or your function could not be trained. (`gradients_of` hands back the derivatives
# of a sum over the output, weighted with fixed random numbers, by each of the arrays.)


# %% tags=["heavy", "setup"]
def largest_difference(mine, theirs, *arrays):
    """Over the outputs of two functions, and their gradients with respect to each array."""
    pairs = [(mine(*arrays), theirs(*arrays))]
    pairs += zip(
        gradients_of(mine, *arrays), gradients_of(theirs, *arrays), strict=True
    )
    one_by_one = [np.asarray(a) - np.asarray(b) for a, b in pairs]
    return max(np.abs(difference).max() for difference in one_by_one)


def random_array(*shape):
    """Normal numbers, float32."""
    return np.random.standard_normal(shape).astype("float32")


# %% tags=["heavy"]
np.random.seed(1)
differences = []
for trial in range(200 if FULL else 25):
    height, width = np.random.randint(5, 12, 2)
    rows, columns = np.random.randint(1, 6, 2)
    stride, padding = int(np.random.randint(1, 4)), ["same", "valid"][trial % 2]
    X, W = random_array(2, height, width, 3), random_array(rows, columns, 3, 4) / 8

    def mine(X, W, stride=stride, padding=padding):
        return conv2d(X, W, stride, padding)

    def theirs(X, W, stride=stride, padding=padding):
        layer = layers.Conv2D(4, W.shape[:2], stride, padding, use_bias=False)
        layer.build(X.shape)
        return layer.stateless_call([W], [], X)[0]

    differences.append(largest_difference(mine, theirs, X, W))

print("outputs and gradients within 0.00001 of Keras':", max(differences) < 1e-5)

# %% [markdown]
# ## 2.4 Why a loop over pixels is slow
#
# The same small job, four times: one channel, one 5×5 filter, no padding. Once with a loop over all
# places; once with all windows copied side by side into one large matrix, so that a single matrix
# product does it (the famous *im2col*); once with your function; once with Keras' library.


# %% tags=["heavy"]
def loop_over_places(picture, weights):
    """One channel, one filter: every place in turn."""
    rows, columns = weights.shape
    height, width = picture.shape[0] - rows + 1, picture.shape[1] - columns + 1
    result = np.empty((height, width), "float32")
    for i in range(height):
        for j in range(width):
            result[i, j] = (picture[i : i + rows, j : j + columns] * weights).sum()
    return result


def patches(picture, weights):
    """One channel, one filter: all windows as the rows of one matrix."""
    windows = np.lib.stride_tricks.sliding_window_view(picture, weights.shape)
    return (windows.reshape(-1, weights.size) @ weights.ravel()).reshape(
        windows.shape[:2]
    )


# %% tags=["heavy", "nbval-ignore-output"]
picture, weights = random_array(256, 256), random_array(5, 5)
X, W = picture[None, :, :, None], weights[:, :, None, None]
jobs = {
    "loop over places": lambda: loop_over_places(picture, weights),
    "patches": lambda: patches(picture, weights),
    "your conv2d": lambda: ops.convert_to_numpy(conv2d(X, W, 1, "valid"))[0, :, :, 0],
    "Keras' library": lambda: ops.convert_to_numpy(ops.conv(X, W, 1, "valid"))[
        0, :, :, 0
    ],
}
milliseconds = {}
for name, job in jobs.items():
    assert np.allclose(job(), jobs["patches"](), atol=1e-4), name  # also warms up
    times = []
    for _ in range(3):
        start = time.perf_counter()
        job()
        times.append(1000 * (time.perf_counter() - start))
    milliseconds[name] = sorted(times)[1]

plot_bars(milliseconds, "The same convolution, four ways", "milliseconds")

# %% [markdown]
# The loop is slower than the library by about two orders of magnitude, although all four do the same
# 1.6 million multiplications. They are not what takes the time. In each of its 63,504 rounds the loop
# asks the Python interpreter to cut out a slice, to look up two functions and to make two objects; the
# multiplications in between are over before the next instruction has been read. Vectorised code asks
# a few times, and each answer is computed by a compiled loop that reads memory in order. Your function
# stands in between: its loop has only 25 rounds, but each of them copies a slice of the whole picture,
# which the library never does. So the rule for code on arrays is: **loop over the small axes, vectorise
# the large ones**, and leave the last factor to those who write libraries.

# %% [markdown]
# ## 2.5 Batch normalisation
#
# Batch normalisation brings each channel to mean 0 and variance 1, and then lets the network choose
# another mean β and another scale γ:
#
# $$ Y = γ\,\frac{X - μ}{\sqrt{σ^2 + ε}} + β $$
#
# A small ε keeps it from dividing by zero. The question is where μ and σ² come from
# ([Ioffe and Szegedy, 2015](https://arxiv.org/abs/1502.03167), algorithms 1 and 2).
#
# - **In training** they are the mean and the variance of *this batch*: for each channel one number,
#   taken over all pictures, rows and columns. Besides, the layer keeps moving averages for later:
#   `new = momentum * old + (1 - momentum) * batch`.
# - **In use** there may be only one picture, and its answer should not depend on its neighbours. So μ
#   and σ² are the moving averages, and these stay as they are.
#
# The variance is the plain mean of squares, divided by the number of values and not by one less.
#
# **Your task.** Write `batch_norm`. It must work for any number of axes; channels are always the last.
# Nothing is changed in place: the new averages are handed back. Useful: `ops.mean` and `ops.var` with
# `axis=…`, `ops.sqrt`.


# %% nbgrader={"grade": false, "grade_id": "batch_norm", "locked": false, "schema_version": 3, "solution": true, "task": false}
def batch_norm(
    X, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=1e-3
):
    """Batch normalisation over the last axis, as `keras.layers.BatchNormalization`.

    Arguments:
    X -- array of shape (m, ..., channels)
    gamma, beta -- arrays of shape (channels,), the learned scale and mean
    moving_mean, moving_variance -- arrays of shape (channels,), the averages so far
    training -- True: normalise with the batch's moments; False: with the averages
    momentum -- how much of an average stays in one step
    epsilon -- what is added to the variance

    Returns:
    Y -- array of X's shape
    new_mean, new_variance -- arrays of shape (channels,), the averages after this call
    """
    # (8 lines)
    ### BEGIN SOLUTION
    mean, variance = moving_mean, moving_variance
    if training:
        axes = tuple(range(len(X.shape) - 1))
        mean, variance = ops.mean(X, axis=axes), ops.var(X, axis=axes)
        moving_mean = momentum * moving_mean + (1 - momentum) * mean
        moving_variance = momentum * moving_variance + (1 - momentum) * variance
    Y = gamma * (X - mean) / ops.sqrt(variance + epsilon) + beta
    return Y, moving_mean, moving_variance
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_batch_norm", "locked": true, "points": 25, "schema_version": 3, "solution": false, "task": false}
check("batch_norm")
### BEGIN HIDDEN TESTS
check("batch_norm", hidden=True)
### END HIDDEN TESTS

# %% tags=["heavy"]
np.random.seed(2)
differences = []
for trial in range(100 if FULL else 12):
    shape = [(8, 5), (4, 3, 5), (2, 4, 3, 5)][trial % 3]
    X, gamma, beta = 3 * random_array(*shape) + 1, random_array(5), random_array(5)
    averages = [random_array(5), 0.5 + np.abs(random_array(5))]
    training = trial % 2 == 0
    layer = layers.BatchNormalization()
    layer.build(shape)

    def mine(X, gamma, beta, averages=averages, training=training):
        return batch_norm(X, gamma, beta, *averages, training)[0]

    def theirs(X, gamma, beta, averages=averages, training=training, layer=layer):
        return layer.stateless_call([gamma, beta], averages, X, training=training)[0]

    differences.append(largest_difference(mine, theirs, X, gamma, beta))
    _, kept = layer.stateless_call([gamma, beta], averages, X, training=training)
    for mine, theirs in zip(
        batch_norm(X, gamma, beta, *averages, training)[1:], kept, strict=True
    ):
        differences.append(np.abs(np.asarray(mine) - np.asarray(theirs)).max())

print(
    "outputs, averages and gradients within 0.00001 of Keras':", max(differences) < 1e-5
)

# %% [markdown]
# How fast do the averages follow? Here your function sees 400 batches with mean 3 and variance
# 4, beginning from Keras' starting values 0 and 1.

# %% tags=["heavy"]
np.random.seed(3)
batches = 3 + 2 * random_array(400, 32, 1)
followed = {}
for momentum in (0.9, 0.99, 0.999):
    one, zero = np.ones(1, "float32"), np.zeros(1, "float32")
    mean, variance, means = zero, one, [0.0]
    for X in batches:
        _, mean, variance = batch_norm(X, one, zero, mean, variance, True, momentum)
        means.append(float(mean[0]))
    followed[f"momentum {momentum}"] = means

plot_curves(
    followed,
    "The moving mean on its way to 3",
    x="training steps",
    y="moving mean",
    reference=3.0,
)

# %% tags=["heavy"]
for momentum in (0.9, 0.99, 0.999):
    print(
        f"after 68 steps, momentum {momentum} keeps {rounded(momentum**68, 3)} of its start"
    )

# %% [markdown]
# Two epochs of notebook 1 have 68 steps. With a momentum of 0.99, half of what the averages said was
# still their starting value: the riddle of that notebook's section 1.7, in one line. A low momentum
# follows faster, and trembles more.

# %% [markdown]
# ## 2.6 Pooling
#
# Pooling slides a window, too, but has no weights: from each window and each channel it takes the
# largest number, or the mean. `"same"` needs some thought.
#
# - **Largest number**: what is padded must never win. Zeros would, wherever all of a window's numbers
#   are negative. So what do you pad with?
# - **Mean**: what is padded must not count. Keras divides by the number of *real* pixels under the
#   window, so a picture of ones stays a picture of ones, up to the border.
#
# **Your task.** Write `max_pool` and `avg_pool`, with your `pad`. As in `conv2d`, a loop over the
# window's own pixels is enough: what has to be done with the slices now? For the mean, how could you
# count the real pixels under each window with code that you already have?


# %% nbgrader={"grade": false, "grade_id": "max_pool", "locked": false, "schema_version": 3, "solution": true, "task": false}
def max_pool(X, size, stride, padding="valid"):
    """The largest number of each window, as `keras.layers.MaxPooling2D`.

    Arguments:
    X -- array of shape (m, height, width, channels)
    size -- integer, rows and columns of the window
    stride -- integer, the same in both directions
    padding -- "valid" or "same"

    Returns:
    Y -- array of shape (m, places, places, channels)
    """
    # (8 lines)
    ### BEGIN SOLUTION
    height, width = (conv_output_size(n, size, stride, padding) for n in X.shape[1:3])
    X = pad(X, (size, size), stride, padding, value=-np.inf)
    slices = [
        X[:, u : u + height * stride : stride, v : v + width * stride : stride, :]
        for u in range(size)
        for v in range(size)
    ]
    return ops.max(ops.stack([s[:, :height, :width, :] for s in slices]), axis=0)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_max_pool", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check("max_pool")
### BEGIN HIDDEN TESTS
check("max_pool", hidden=True)
### END HIDDEN TESTS


# %% nbgrader={"grade": false, "grade_id": "avg_pool", "locked": false, "schema_version": 3, "solution": true, "task": false}
def avg_pool(X, size, stride, padding="valid"):
    """The mean of each window's real pixels, as `keras.layers.AveragePooling2D`.

    Arguments:
    X -- array of shape (m, height, width, channels)
    size -- integer, rows and columns of the window
    stride -- integer, the same in both directions
    padding -- "valid" or "same"

    Returns:
    Y -- array of shape (m, places, places, channels)
    """
    # (10 lines)
    ### BEGIN SOLUTION
    height, width = (conv_output_size(n, size, stride, padding) for n in X.shape[1:3])

    def sums(X):
        X = pad(X, (size, size), stride, padding)
        slices = [
            X[:, u : u + height * stride : stride, v : v + width * stride : stride, :]
            for u in range(size)
            for v in range(size)
        ]
        return sum(s[:, :height, :width, :] for s in slices)

    return sums(X) / sums(ops.ones_like(X))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_avg_pool", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check("avg_pool")
### BEGIN HIDDEN TESTS
check("avg_pool", hidden=True)
### END HIDDEN TESTS

# %%
X = np.arange(-12, 13, dtype="float32").reshape(1, 5, 5, 1)
print("X\n", X[0, :, :, 0].astype(int))
for name, pool in {"max_pool": max_pool, "avg_pool": avg_pool}.items():
    Y = pool(X, size=3, stride=2, padding="same")
    print(
        f"{name}, 3×3, stride 2, same\n",
        rounded(ops.convert_to_numpy(Y)[0, :, :, 0], 1),
    )

# %% tags=["heavy"]
np.random.seed(4)
differences = []
for trial in range(200 if FULL else 20):
    size, stride, padding = (
        1 + trial % 4,
        1 + trial // 4 % 3,
        ["same", "valid"][trial % 2],
    )
    X = random_array(2, *np.random.randint(4, 10, 2), 3)
    options = {"strides": stride, "padding": padding}
    for mine, theirs in [
        (max_pool, layers.MaxPooling2D(size, **options)),
        (avg_pool, layers.AveragePooling2D(size, **options)),
    ]:

        def pooled(X, mine=mine, rest=(size, stride, padding)):
            return mine(X, *rest)

        differences.append(largest_difference(pooled, theirs, X))

print("outputs and gradients within 0.00001 of Keras':", max(differences) < 1e-5)

# %% [markdown]
# ## 2.7 The fully connected layer
#
# After the last pooling, every picture is written as one row of numbers, and one matrix product turns
# that row into one number for each class: $Y = XW + b$.
#
# **Your task.** One or two lines. X may come as pictures: then flatten everything but the batch.


# %% nbgrader={"grade": false, "grade_id": "fully_connected", "locked": false, "schema_version": 3, "solution": true, "task": false}
def fully_connected(X, W, b):
    """A dense layer on flattened input, as `Flatten` and `Dense`.

    Arguments:
    X -- array of shape (m, ...), for example (m, height, width, channels)
    W -- array of shape (features, units), features being the product of X's axes after the first
    b -- array of shape (units,)

    Returns:
    Y -- array of shape (m, units)
    """
    # (1 or 2 lines)
    ### BEGIN SOLUTION
    return ops.matmul(ops.reshape(X, (X.shape[0], -1)), W) + b
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_fully_connected", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
check("fully_connected")
### BEGIN HIDDEN TESTS
check("fully_connected", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 2.8 The bottleneck
#
# Now put them together. The block is that of notebook 1: 1×1, 3×3 and 1×1 convolutions, each followed
# by batch norm; ReLU after the first two; the shortcut added at the end, and then the last ReLU. The
# stride sits on the first convolution.
#
# In notebook 1 you had two functions and chose between them yourself. Here one function must choose
# from the shapes: **when may the shortcut be the identity?** Only if main path and input have the same
# shape, so that they can be added. Two things can change the shape, and code found on the web often
# looks at one of them only: it compares the numbers of channels and forgets the stride.
#
# | situation | main path | shortcut |
# | --- | --- | --- |
# | stride 1, as many channels as before | same shape | the identity |
# | stride 1, another number of channels | deeper | 1×1 convolution and batch norm |
# | stride 2, another number of channels | smaller, deeper | 1×1 convolution with that stride and batch norm |
# | **stride 2, as many channels as before** | smaller | ? |
#
# **Your task.** Write `bottleneck` with your `conv2d` and `batch_norm`. The weights come in a
# dictionary. It always holds those of a projection, also when no projection is needed: then do not use
# them.
#
# | key | what | shape |
# | --- | --- | --- |
# | `"W1"`, `"W2"`, `"W3"` | the main path's weights | (1, 1, channels, $F_1$), (3, 3, $F_1$, $F_2$), (1, 1, $F_2$, $F_3$) |
# | `"W_shortcut"` | the projection's weights | (1, 1, channels, $F_3$) |
# | `"bn1"`, `"bn2"`, `"bn3"`, `"bn_shortcut"` | `(gamma, beta, moving_mean, moving_variance)` | each of shape ($F$,) |
#
# The averages that `batch_norm` hands back are not needed here. ReLU is `ops.relu`.


# %% nbgrader={"grade": false, "grade_id": "bottleneck", "locked": false, "schema_version": 3, "solution": true, "task": false}
def bottleneck(X, params, stride=1, training=False):
    """A bottleneck block with the shortcut that its shapes need (He et al. 2015, figure 5).

    Arguments:
    X -- array of shape (m, height, width, channels)
    params -- dictionary of weights, see the table above
    stride -- integer, the stride of the first convolution and of a projection
    training -- whether batch norm uses the batch's moments

    Returns:
    Y -- array of shape (m, ceil(height / stride), ceil(width / stride), F3)
    """
    # (about 10 lines)
    ### BEGIN SOLUTION
    Y = conv2d(X, params["W1"], stride)
    Y = ops.relu(batch_norm(Y, *params["bn1"], training)[0])
    Y = conv2d(Y, params["W2"])
    Y = ops.relu(batch_norm(Y, *params["bn2"], training)[0])
    Y = conv2d(Y, params["W3"])
    Y = batch_norm(Y, *params["bn3"], training)[0]
    if stride != 1 or X.shape[-1] != Y.shape[-1]:
        X = conv2d(X, params["W_shortcut"], stride)
        X = batch_norm(X, *params["bn_shortcut"], training)[0]
    return ops.relu(X + Y)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_bottleneck", "locked": true, "points": 20, "schema_version": 3, "solution": false, "task": false}
check("bottleneck")
### BEGIN HIDDEN TESTS
check("bottleneck", hidden=True)
### END HIDDEN TESTS


# %%
def random_params(channels, F1, F2, F3):
    """Weights for one bottleneck."""
    shapes = {"1": (1, 1, channels, F1), "2": (3, 3, F1, F2), "3": (1, 1, F2, F3)}
    shapes["_shortcut"] = (1, 1, channels, F3)
    params = {}
    for name, shape in shapes.items():
        params["W" + name] = random_array(*shape) / float(np.sqrt(np.prod(shape[:3])))
        ones, zeros = np.ones(shape[-1], "float32"), np.zeros(shape[-1], "float32")
        params["bn" + name] = (ones, zeros, zeros, ones)
    return params


np.random.seed(5)
X = random_array(2, 8, 8, 6)
for F3, stride in [(6, 1), (12, 1), (12, 2), (6, 2)]:
    Y = ops.convert_to_numpy(bottleneck(X, random_params(6, 3, 3, F3), stride))
    print(f"6 → {F3} channels, stride {stride}: {Y.shape},", rounded(Y[0, 0, 0, :3]))

# %% [markdown]
# ## 2.9 Where a bottleneck saves
#
# A convolution has rows × columns × channels × filters weights, and each weight is multiplied once at
# every place: so many multiplications ("FLOPs" in most papers) does a picture cost. Let us compare two
# blocks whose input and output have $w$ channels: two 3×3 convolutions of full width, and a bottleneck
# whose inner width is $w/r$. Both see 14×14 places, as in ResNet's stage 4.


# %% tags=["heavy"]
def weights_of(convolutions):
    """Number of weights of convolutions given as (kernel, channels, filters)."""
    return sum(
        kernel**2 * channels * filters for kernel, channels, filters in convolutions
    )


def two_3x3(w):
    """The block of ResNet-18 and ResNet-34."""
    return [(3, w, w), (3, w, w)]


def bottleneck_of(w, r):
    """The block of ResNet-50 and deeper; there r is 4."""
    return [(1, w, w // r), (3, w // r, w // r), (1, w // r, w)]


widths = [64, 128, 256, 512, 1024, 2048]
places = conv_output_size(224, 16, 16, "valid") ** 2
blocks = {"two 3×3": [weights_of(two_3x3(w)) for w in widths]}
for r in (1, 2, 4, 8):
    blocks[f"bottleneck, width / {r}"] = [
        weights_of(bottleneck_of(w, r)) for w in widths
    ]

plot_curves(
    {name: (widths, values) for name, values in blocks.items()},
    "What one block costs",
    x="channels that enter and leave the block",
    y="weights",
    log=True,
    second_axis=(places, f"multiplications a picture, {places} places"),
)

# %% tags=["heavy"]
print("channels  weights: two 3×3  bottleneck  multiplications: two 3×3  bottleneck")
for w in (64, 256, 1024):
    full, narrow = weights_of(two_3x3(w)), weights_of(bottleneck_of(w, 4))
    print(f"{w:8} {full:17,} {narrow:11,}", end=" ")
    print(f"{full * places:25,} {narrow * places:11,}")
print("two 3×3 : bottleneck =", rounded(full / narrow, 1), "at every width")

# %% [markdown]
# - At equal width the bottleneck of ResNet-50 ($r = 4$) needs 17 times fewer weights and
#   multiplications, at *any* width: both grow with $w^2$, so the curves are parallel.
# - The paper spends this gain on width: a bottleneck between 256 channels costs about as much as two
#   3×3 convolutions between 64. That is how ResNet-50 can be so wide, at the price of ResNet-34.
# - With $r = 1$ it still saves something, because a 1×1 convolution is nine times cheaper than a 3×3.
# - What it does not save is *memory for training*: three activations are kept in place of two, and
#   the wide ones as wide as ever.

# %% [markdown]
# ## 2.10 ResNet-50, run by your functions
#
# Keras ships a ResNet-50. Let us take its 24 million weights, and *nothing but* its weights, and send
# pictures through all its fifty layers with the functions that you have just written. (Random weights:
# `weights=None` downloads nothing. Batch norm gets random averages, so that they matter.)
#
# Two tricks are needed. Those convolutions have a bias $a$, and yours have none; and their $ε$ is
# $ε' = 1.001·10^{-5}$. But as
#
# $$ \frac{(XW + a) - μ}{\sqrt{σ^2 + ε'}} = \frac{XW - (μ - a)}{\sqrt{(σ^2 + ε' - ε) + ε}} $$
#
# both can be hidden in the averages. (The same algebra, taken one step further, removes batch norm
# from a trained network altogether: that is how networks are "folded" for phones.)


# %% tags=["heavy"]
def unpack(model, name):
    """Weights of a convolution and of the batch norm after it, bias and epsilon in the averages."""
    W, bias = model.get_layer(name + "_conv").get_weights()
    norm = model.get_layer(name + "_bn")
    gamma, beta, mean, variance = norm.get_weights()
    return W, (gamma, beta, mean - bias, variance + norm.epsilon - np.float32(1e-3))


def run_resnet50(model, X):
    """What ResNet-50 says about the pictures X, computed from the model's weights alone."""
    W, bn = unpack(model, "conv1")
    X = ops.pad(X, [(0, 0), (3, 3), (3, 3), (0, 0)])
    X = ops.relu(batch_norm(conv2d(X, W, 2, "valid"), *bn, False)[0])
    X = max_pool(ops.pad(X, [(0, 0), (1, 1), (1, 1), (0, 0)]), 3, 2)
    for stage, blocks in {2: 3, 3: 4, 4: 6, 5: 3}.items():
        for block in range(1, blocks + 1):
            first = block == 1  # the only one with a projection: Keras calls it 0
            numbers = {"1": 1, "2": 2, "3": 3} | ({"_shortcut": 0} if first else {})
            params = {}
            for key, number in numbers.items():
                weights = unpack(model, f"conv{stage}_block{block}_{number}")
                params["W" + key], params["bn" + key] = weights
            X = bottleneck(X, params, stride=2 if first and stage > 2 else 1)
    X = avg_pool(X, X.shape[1], 1)
    return fully_connected(X, *model.get_layer("predictions").get_weights())


# %% tags=["heavy"]
keras.utils.set_random_seed(6)
network = keras.applications.ResNet50(
    weights=None, input_shape=(64, 64, 3), classes=6, classifier_activation=None
)
for layer in network.layers:
    if isinstance(layer, layers.BatchNormalization):
        n = layer.gamma.shape[0]
        layer.moving_mean.assign(0.1 * random_array(n))
        layer.moving_variance.assign(np.random.uniform(1, 2, n))

X = random_array(2, 64, 64, 3)
theirs, yours = network.predict(X, verbose=0), np.asarray(run_resnet50(network, X))
difference = np.abs(yours - theirs).max() / np.abs(theirs).max()

print(f"{network.count_params():,} weights, {len(network.layers)} layers of Keras'")
print("your seven functions give the same numbers, to four digits:", difference < 1e-4)

# %% [markdown]
# ## Common mistakes
#
# - **Padding that forgets the stride.** `kernel // 2` on both sides is right for odd windows and a
#   stride of 1, and for nothing else. The check tries windows of 2 and 4 and strides of 2 and 3.
# - **Zeros around a max pooling.** Invisible after a ReLU, where nothing is negative, and wrong
#   everywhere else.
# - **Dividing by the window at the border.** A mean of nine pixels, five of which do not exist, is too
#   small.
# - **Moments over the batch only.** In a convolutional network a channel has *one* mean, shared by
#   all places, as its weights are.
# - **Normalising with the averages in training.** It even works for a while, and then the network
#   diverges: the gradient no longer knows that it moves the mean.
# - **`momentum` the other way round.** PyTorch's momentum of 0.01 is Keras' 0.99. PyTorch also divides
#   by one less in its moving variance.
# - **The shortcut chosen by the number of channels alone.** With a stride and an unchanged width, the
#   addition fails, or worse, broadcasts.
# - **NumPy in the middle.** `np.maximum(X, 0)` gives the right numbers and cuts the gradient off.
#
# ## What next
#
# - **Notebook 3** trains plain and residual networks side by side and watches the plain ones degrade.
# - **Notebook 6** cuts a convolution into groups: with your `conv2d`, how would you do it?
# - Dumoulin and Visin, [*A guide to convolution arithmetic*](https://arxiv.org/abs/1603.07285), draws
#   all the cases of section 2.2, and those that run backwards.
# - Ioffe and Szegedy, [*Batch Normalization*](https://arxiv.org/abs/1502.03167): you have implemented
#   algorithms 1 and 2.
