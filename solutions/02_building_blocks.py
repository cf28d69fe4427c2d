# %% [markdown]
# # 2 · Building blocks
#
# In notebook 1, a convolution was one line, and batch normalisation was another line. In this notebook you
# write yourself what these layers do, on plain arrays. Afterwards you can
#
# - calculate how large a layer's output is, and which pixels `padding="same"` adds,
# - write a convolution without a loop over pixels, and say why that loop would be slow,
# - write batch normalisation, which does one thing in training and another thing in use,
# - put a whole bottleneck block together, and see from the shapes which shortcut it needs,
# - calculate where a bottleneck saves weights and work, and where it does not.
#
# **How it works.** You write the code of seven cells. Each has places marked `# YOUR CODE HERE`. The
# cell below it is a check. It tries your function with many arguments, and says which of them give a
# wrong result, and what is wrong. If you do not know how to go on, run `hint("conv2d")`: there are
# three hints, one after the other. Each function must compute what Keras' own layer computes. A cell
# after the check shows that it does. The outputs in this notebook come from a solved notebook. You need
# no GPU, no account and no network connection. Plan two hours. The computer itself works for about
# 20 seconds of this time (measured with 2 processor cores; twice as long if other programs are busy).
#
# All arrays have the shape (batch, height, width, channels). Calculate with
# [`keras.ops`](https://keras.io/api/ops/). It has NumPy's functions under NumPy's names. But Keras can also
# compute gradients through them. With NumPy's own functions this is not possible.

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
    progress,
    rendered_hands,
    reset,
    rounded,
    total,
)

import keras
import numpy as np
from keras import layers, ops

# With True the comparisons try far more shapes.
FULL = bool(os.environ.get("RESNETS_FULL"))

# %% [markdown]
# ## 2.1 How large is the output?
#
# A window of `kernel` pixels slides over `size` pixels, in steps of `stride` pixels. In how many places
# can it stand? Try it with a pencil: 7 pixels, a window of 3, a stride of 2. The window can begin at the
# pixels 0, 2 and 4. That makes three places.
#
# - **No padding** (`"valid"`): after the first place, `size - kernel` pixels are left. Each step needs
#   `stride` of them. The window must not go beyond the end, so an incomplete last step does not count.
# - **`"same"`**: the picture is padded so that the output has `size / stride` pixels, rounded *up*, for
#   every window. With a stride of 1, the output has the *same* size as the input.
# - **A number**, for example `padding=3`: this many pixels are added at *each* of the two ends. Then the
#   window slides as in the first case. PyTorch and most papers give the padding like this.
#
# **Your task.** Write `conv_output_size`. The result is a whole number. Python has an operator that
# divides and rounds down.


# %% nbgrader={"grade": false, "grade_id": "conv_output_size", "locked": false, "schema_version": 3, "solution": true, "task": false}
def conv_output_size(size, kernel, stride=1, padding="same"):
    """How many places a sliding window has along one axis.

    Arguments:
    size -- integer, pixels along this axis
    kernel -- integer, pixels of the window; it is not larger than the padded picture
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
# Now you can follow a picture of 224×224 pixels through ResNet-50, without running the network.

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
    print(f"{layer:21} stride {stride}, padding {padding}: {before:3} → {size:3} pixels")

# %% [markdown]
# ## 2.2 What "same" adds
#
# How many zeros does `"same"` add, and where? The window stands in `places` places. The last one begins
# at pixel `(places - 1) * stride` and ends `kernel` pixels later. The pixels beyond the picture must be
# added:
#
# $$ \text{total} = \max\big((\text{places} - 1)·\text{stride} + \text{kernel} - \text{size},\ 0\big) $$
#
# One half goes before the picture, the other half after it. If the total is odd, Keras puts the extra
# pixel **after** the picture: at the bottom and on the right. (PyTorch's `padding=1` always adds one
# pixel on both sides. So if you move weights from one library to the other, the result can be shifted
# by one pixel.)

# %%
rows = [
    {"size": 7, "kernel": 3, "stride": 1, "before": 1, "after": 1, "places": 7},
    {"size": 7, "kernel": 4, "stride": 1, "before": 1, "after": 2, "places": 7},
    {"size": 7, "kernel": 3, "stride": 2, "before": 1, "after": 1, "places": 4},
    {"size": 8, "kernel": 3, "stride": 2, "before": 0, "after": 1, "places": 4},
    {"size": 8, "kernel": 1, "stride": 3, "before": 0, "after": 0, "places": 3},
]
plot_padding(rows)

# %% [markdown]
# Compare the third row with the fourth. The window and the stride are the same. The picture has one
# pixel more, and this changes how many pixels are added, and where.

# %% [markdown]
# ## 2.3 Convolution
#
# A convolution has several filters; $n$ numbers them. At every place and for each filter, it multiplies
# the numbers under the window by the filter's weights, and adds the products:
#
# $$ Y_{b,i,j,n} = \sum_{u,v,c} X_{b,\ i·s+u,\ j·s+v,\ c}\ ·\ W_{u,v,c,n} $$
#
# (In mathematics, the filter is turned upside down first. In deep learning it is not.)
#
# You can read the formula as a loop over all places $(i, j)$. There are thousands of them. But you can also
# make the loop over $(u, v)$, the positions in the window. There are few of them: nine for 3×3. Take one
# fixed $(u, v)$. At each place, $W_{u,v}$ is multiplied by one pixel. All these pixels together are a slice
# of the padded picture. And the sum over the channels $c$ is a matrix product. So:
#
# 1. `pad` the picture, if the padding is `"same"`.
# 2. For each `(u, v)`, take a slice. It begins at row `u` and column `v`. It goes in steps of `stride`.
#    It has as many rows and columns as there are places.
# 3. Multiply the slice by the matrix `W[u, v]`, of shape (channels, filters). Add all these products.
#
# **Your task.** Write `pad` (the pooling layers need it, too) and `conv2d`. Useful:
# `ops.pad(X, [(0, 0), (top, bottom), (left, right), (0, 0)], constant_values=value)`, `ops.matmul`, and
# slices `X[:, a:b:s, c:d:s, :]`.


# %% nbgrader={"grade": false, "grade_id": "conv2d", "locked": false, "schema_version": 3, "solution": true, "task": false}
def pad(X, window, stride, padding, value=0.0):
    """The pictures X, padded for a window of `window` = (rows, columns).

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
            below = X[:, u : u + height * stride : stride, v : v + width * stride : stride, :]
            Y = Y + ops.matmul(below[:, :height, :width, :], W[u, v])
    return Y
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_conv2d", "locked": true, "points": 20, "schema_version": 3, "solution": false, "task": false}
check("conv2d")
### BEGIN HIDDEN TESTS
check("conv2d", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# What does a filter find? The cell below applies three 3×3 filters, written by hand, to a picture that
# the course has drawn. A trained network finds such filters by itself: its first layer has many of them.

# %% tags=["heavy"]
hands, _ = rendered_hands(per_class=1, seed=4, progress=False)
picture = hands[3:4].mean(axis=-1, keepdims=True).astype("float32") / 255.0

smooth = np.ones((3, 3)) / 9
upright = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
filters = np.stack([smooth, upright, upright.T], axis=-1)[:, :, None, :].astype("float32")

maps = ops.convert_to_numpy(conv2d(picture, filters))
names = ["mean of 3×3", "vertical edges", "horizontal edges"]
shown = {"the picture": picture[0, :, :, 0]}
shown |= {name: maps[0, :, :, k] for k, name in enumerate(names)}
plot_pictures(shown, seen="A hand, then blurred, then its outlines as light and dark lines.")

# %% [markdown]
# Now compare it with Keras' own layer. The sizes are random: odd and even pictures and windows, several
# strides, both paddings. The outputs must be equal. The gradients with respect to the picture and the
# weights must be equal, too: a layer cannot learn without them. (`gradients_of` multiplies the output by
# fixed random numbers and adds everything up. It returns the derivative of this sum by each array.)


# %% tags=["heavy", "setup"]
def largest_difference(mine, theirs, *arrays):
    """Over the outputs of two functions, and their gradients with respect to each array."""
    pairs = [(mine(*arrays), theirs(*arrays))]
    pairs += zip(gradients_of(mine, *arrays), gradients_of(theirs, *arrays), strict=True)
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
# Here is the same small convolution in four ways: one channel, one 5×5 filter, no padding.
#
# - **loop over places**: a Python loop over all places of the window,
# - **patches**: all windows are copied into the rows of one large matrix, and one matrix product does
#   the work (this is called *im2col*),
# - **your conv2d**,
# - **Keras' library**.


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
    return (windows.reshape(-1, weights.size) @ weights.ravel()).reshape(windows.shape[:2])


# %% tags=["heavy", "nbval-ignore-output"]
picture, weights = random_array(256, 256), random_array(5, 5)
X, W = picture[None, :, :, None], weights[:, :, None, None]
jobs = {
    "loop over places": lambda: loop_over_places(picture, weights),
    "patches": lambda: patches(picture, weights),
    "your conv2d": lambda: ops.convert_to_numpy(conv2d(X, W, 1, "valid"))[0, :, :, 0],
    "Keras' library": lambda: ops.convert_to_numpy(ops.conv(X, W, 1, "valid"))[0, :, :, 0],
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
# The loop is about a hundred times slower than the library. But all four do the same 1.6 million
# multiplications, so the multiplications are not what takes the time.
#
# - The **loop** has 63,504 rounds. In each round, the Python interpreter must cut out a slice, look up
#   two functions and make two objects. This takes much longer than the 25 multiplications.
# - **Patches** and the **library** leave the interpreter after a few calls. A compiled loop does the
#   rest, and reads the memory in order.
# - **Your function** is in between. Its loop has only 25 rounds, but each round copies a slice of the
#   whole picture. The library does not copy.
#
# So the rule for code on arrays is: **loop over the small axes, vectorise the large ones.** (To vectorise
# means to work on a whole axis in one call.)

# %% [markdown]
# ## 2.5 Batch normalisation
#
# Batch normalisation gives each channel the mean 0 and the variance 1. Then it multiplies by a scale γ
# and adds a new mean β. The network learns γ and β:
#
# $$ Y = γ\,\frac{X - μ}{\sqrt{σ^2 + ε}} + β $$
#
# The small ε prevents a division by zero. But where do μ and σ² come from?
# ([Ioffe and Szegedy, 2015](https://arxiv.org/abs/1502.03167), algorithms 1 and 2)
#
# - **In training** they are the mean and the variance of *this batch*. Each channel has one mean and one
#   variance, over all pictures, rows and columns. The layer also updates its moving averages, for later:
#   `new = momentum * old + (1 - momentum) * batch`.
# - **In use** there may be only one picture. And the result for one picture should not depend on the
#   other pictures. So μ and σ² are the moving averages. They do not change then.
#
# The variance is the mean of the squared deviations. Divide by the number of values, not by one less.
#
# **Your task.** Write `batch_norm`. It must work for any number of axes. Channels are always the last
# axis. Do not change the averages in place: return the new ones. Useful: `ops.mean` and `ops.var` with
# `axis=…`, `ops.sqrt`.


# %% nbgrader={"grade": false, "grade_id": "batch_norm", "locked": false, "schema_version": 3, "solution": true, "task": false}
def batch_norm(X, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=1e-3):
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
    for mine, theirs in zip(batch_norm(X, gamma, beta, *averages, training)[1:], kept, strict=True):
        differences.append(np.abs(np.asarray(mine) - np.asarray(theirs)).max())

print("outputs, averages and gradients within 0.00001 of Keras':", max(differences) < 1e-5)

# %% [markdown]
# How fast do the averages follow? Here your function gets 400 batches with mean 3 and variance 4. The
# averages begin at Keras' starting values, 0 and 1.

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

title = "The moving mean on its way to 3"
plot_curves(followed, title, x="training steps", y="moving mean", reference=3.0)

# %% tags=["heavy"]
for momentum in (0.9, 0.99, 0.999):
    print(f"after 68 steps, momentum {momentum} keeps {rounded(momentum**68, 3)} of its start")

# %% [markdown]
# Two epochs of notebook 1 have 68 steps. With a momentum of 0.99, half of each average is still its
# starting value then. That is the reason for the bad test accuracy in section 1.7 of notebook 1. A
# lower momentum follows faster, but it also varies more from step to step.

# %% [markdown]
# ## 2.6 Pooling
#
# Pooling slides a window, too, but it has no weights. From each window and each channel it takes the
# largest number, or the mean. Think about the padded pixels of `"same"`:
#
# - **Largest number**: a padded pixel must never be the largest. A zero would be the largest if all
#   numbers of a window are negative. So what do you pad with?
# - **Mean**: padded pixels must not count. Keras divides by the number of *real* pixels under the window.
#   So a picture of ones stays a picture of ones, also at the border.
#
# **Your task.** Write `max_pool` and `avg_pool`. Use your `pad`. As in `conv2d`, a loop over the pixels
# of the window is enough. What must you do with the slices now? For the mean: how can you count the real
# pixels under each window with code that you already have?


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
    print(f"{name}, 3×3, stride 2, same\n", rounded(ops.convert_to_numpy(Y)[0, :, :, 0], 1))

# %% tags=["heavy"]
np.random.seed(4)
differences = []
for trial in range(200 if FULL else 20):
    size, stride, padding = 1 + trial % 4, 1 + trial // 4 % 3, ["same", "valid"][trial % 2]
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
# After the last pooling, each picture becomes one row of numbers. One matrix product turns this row into
# one number for each class: $Y = XW + b$.
#
# **Your task.** Write `fully_connected`. One or two lines are enough. If X has more than two axes,
# flatten all axes except the batch.


# %% nbgrader={"grade": false, "grade_id": "fully_connected", "locked": false, "schema_version": 3, "solution": true, "task": false}
def fully_connected(X, W, b):
    """A dense layer on flattened input, as `Flatten` and `Dense`.

    Arguments:
    X -- array of shape (m, ...), for example (m, height, width, channels)
    W -- array of shape (features, units); features is the product of X's axes after the first
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
# Now put them together. The block is the one of notebook 1. It has a 1×1, a 3×3 and a 1×1 convolution.
# Batch norm follows each of them. ReLU follows the first two batch norms. At the end, the shortcut is
# added, and then comes the last ReLU. The first convolution has the stride.
#
# In notebook 1 you had two functions and chose one of them yourself. Here one function must choose from
# the shapes: **when can the shortcut be the identity?** Only if the main path ends with the shape of the
# input: then they can be added. Two things can change the shape. Much code on the web looks at only one
# of them: it compares the numbers of channels and forgets the stride.
#
# | situation | main path | shortcut |
# | --- | --- | --- |
# | stride 1, as many channels as before | same shape | the identity |
# | stride 1, another number of channels | deeper | 1×1 convolution and batch norm |
# | stride 2, another number of channels | smaller, deeper | 1×1 convolution with that stride and batch norm |
# | **stride 2, as many channels as before** | smaller | ? |
#
# **Your task.** Write `bottleneck` with your `conv2d` and `batch_norm`. The weights come in a
# dictionary. It always holds the weights of a projection (a 1×1 convolution on the shortcut). If no
# projection is needed, do not use them.
#
# | key | what | shape |
# | --- | --- | --- |
# | `"W1"`, `"W2"`, `"W3"` | the main path's weights | (1, 1, channels, $F_1$), (3, 3, $F_1$, $F_2$), (1, 1, $F_2$, $F_3$) |
# | `"W_shortcut"` | the projection's weights | (1, 1, channels, $F_3$) |
# | `"bn1"`, `"bn2"`, `"bn3"`, `"bn_shortcut"` | `(gamma, beta, moving_mean, moving_variance)` | each of shape ($F$,) |
#
# You do not need the averages that `batch_norm` returns. ReLU is `ops.relu`.


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
# A convolution has rows × columns × channels × filters weights. At every place, each weight is multiplied
# once. So the number of multiplications for one picture is weights × places (most papers call them
# "FLOPs"). Let us compare two blocks. The input and the output of both have $w$ channels:
#
# - two 3×3 convolutions of full width $w$,
# - a bottleneck with the inner width $w/r$.
#
# Both work on 14×14 places, as in stage 4 of ResNet.


# %% tags=["heavy"]
def weights_of(convolutions):
    """Number of weights of convolutions given as (kernel, channels, filters)."""
    return sum(kernel**2 * channels * filters for kernel, channels, filters in convolutions)


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
    blocks[f"bottleneck, width / {r}"] = [weights_of(bottleneck_of(w, r)) for w in widths]

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
# - The bottleneck of ResNet-50 ($r = 4$) needs 17 times fewer weights and multiplications than two 3×3
#   convolutions of the same width. This is true for *every* width: both grow with $w^2$, so the curves
#   are parallel.
# - The paper uses this to make the network wider. A bottleneck with 256 channels costs about as much as two
#   3×3 convolutions with 64 channels. So ResNet-50 is four times as wide as ResNet-34, but costs about the
#   same.
# - With $r = 1$ it still saves something: a 1×1 convolution is nine times cheaper than a 3×3 convolution.
# - It does not save *memory for training*. For training, the outputs of all convolutions are kept. Here these
#   are three instead of two, and the widest ones are as wide as before.

# %% [markdown]
# ## 2.10 ResNet-50, run by your functions
#
# Keras has a ResNet-50 of its own. We take *only* its 24 million weights. Then we send pictures through its
# fifty layers with the functions that you have written. (The weights are random: `weights=None` downloads
# nothing. Batch norm gets random averages. With them, you would see an error in your batch norm.)
#
# Keras' network differs from your functions in two points. Its convolutions have a bias $a$, yours have
# none. And its batch norm adds $ε' = 1.001·10^{-5}$, yours adds $ε = 10^{-3}$. But
#
# $$ \frac{(XW + a) - μ}{\sqrt{σ^2 + ε'}} = \frac{XW - (μ - a)}{\sqrt{(σ^2 + ε' - ε) + ε}} $$
#
# So we can put both differences into the averages: the mean becomes $μ - a$, the variance becomes
# $σ^2 + ε' - ε$. (With the same kind of algebra one can remove batch norm from a trained network: its
# numbers go into the weights of the convolution. This is done for networks that run on phones.)


# %% tags=["heavy"]
def unpack(model, name):
    """Weights of a convolution and of the batch norm after it, bias and epsilon in the averages."""
    W, bias = model.get_layer(name + "_conv").get_weights()
    norm = model.get_layer(name + "_bn")
    gamma, beta, mean, variance = norm.get_weights()
    return W, (gamma, beta, mean - bias, variance + norm.epsilon - np.float32(1e-3))


def run_resnet50(model, X):
    """ResNet-50's output for the pictures X, computed from the model's weights alone."""
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
# ## Your points
#
# This adds up the points of the last run of each check.

# %% tags=["heavy"]
total()

# %% [markdown]
# ## Common mistakes
#
# - **Padding that does not depend on the stride.** `kernel // 2` on both sides is right only for odd windows
#   with a stride of 1. The check tries windows of 2 and 4 and strides of 2 and 3.
# - **Zeros around a max pooling.** You do not see this mistake after a ReLU, because no number is
#   negative there. Everywhere else the result is wrong.
# - **Dividing by the size of the window at the border.** If only four of nine pixels exist, their sum
#   divided by nine is too small.
# - **Mean and variance over the batch only.** In a convolutional network, all places of a channel share
#   *one* mean, as they share the weights.
# - **Normalising with the averages in training.** At first the training works, but later the loss grows and
#   grows. The reason: this gradient ignores that the weights also change the mean.
# - **`momentum` the other way round.** PyTorch's momentum of 0.01 is Keras' 0.99. PyTorch also divides
#   by one less in its moving variance.
# - **The shortcut depends on the number of channels alone.** With a stride and the same number of channels,
#   the addition fails. Or one array is repeated until it fits (*broadcasting*). This is worse, because there
#   is no error.
# - **NumPy in the middle.** `np.maximum(X, 0)` gives the right numbers, but no gradient goes through it.
#
# ## What next
#
# - **[Notebook 3](03_degradation_and_shortcuts.ipynb)**: train plain and residual networks side by
#   side, and see how depth harms the plain ones.
# - **[Notebook 4](04_resnet_family.ipynb)**: build ResNet-18 to ResNet-152 from two blocks and one function.
# - **[Notebook 5](05_identity_mappings.ipynb)**: leave the shortcut without any layer, and write the training
#   loop yourself, for pictures of flowers.
# - **[Notebook 6](06_resnext.ipynb)**: divide the channels into groups, and build ResNeXt-50.
# - **[Notebook 7](07_transfer_learning.ipynb)**: let a trained network learn something new from few pictures.
# - **[Notebook 8](08_faster_training.ipynb)**: train faster. One of its tricks computes the statistics
#   of batch norm once more.
# - Think about it: with your `conv2d`, how would you write a convolution in groups, where each group of
#   filters sees only its own channels?
# - Dumoulin and Visin, [*A guide to convolution arithmetic*](https://arxiv.org/abs/1603.07285), draws
#   all the cases of section 2.2, and transposed convolutions.
# - Ioffe and Szegedy, [*Batch Normalization*](https://arxiv.org/abs/1502.03167): you have written
#   algorithms 1 and 2.
