# %% [markdown]
# # 6 · ResNeXt
#
# You can make a network deeper, and you can make it wider. ResNeXt has a third number that you can change:
# the *cardinality*. This is the number of parallel paths in a block. In this notebook you build ResNeXt, from
# a single convolution to the whole network. Afterwards you can
#
# - write a grouped convolution from ordinary convolutions, and say what it saves,
# - show in a picture which input channels change which output channels,
# - write one block in three ways, and move its weights from one to another, so that all three give the same
#   result,
# - calculate the width of a block from its cardinality,
# - build ResNeXt-50 and ResNeXt-101 with *exactly* the published number of parameters,
# - find the mistakes in a ResNeXt that somebody wrote from memory.
#
# **How it works.** You write the code of nine cells and repair one more. The cell below each is a check. It
# tells you what is right, what is not right yet, and where to look. If you do not know how to go on, run
# `hint("grouped_conv2d")`: there are three hints, one after the other. The outputs in this notebook come
# from a solved notebook. You need no GPU, no account and no network connection. Plan two hours. The
# computer itself works for one or two minutes of this time (with 2 processor cores; longer if other
# programs are busy).
#
# The paper is Xie, Girshick, Dollár, Tu and He,
# [*Aggregated Residual Transformations for Deep Neural Networks*](https://arxiv.org/abs/1611.05431) (2017).

# %% tags=["setup"]
import os
import sys

sys.path.append("..")  # resnets_utils.py lives one folder up

from resnets_utils import (
    Progress,
    check,
    draw_block,
    draw_weights,
    hint,
    kaiming_normal,
    multiply_adds,
    plot_bars,
    plot_channels,
    plot_forms,
    prepare_training,
    progress,
    recalibrate_batch_norm,
    rendered_hands,
    reset,
    rounded,
    total,
    with_split_groups,
)

# %% tags=["setup"]
import keras
import numpy as np
from keras import ops
from keras.layers import (
    Activation,
    Add,
    BatchNormalization,
    Conv2D,
    Dense,
    GlobalAveragePooling2D,
    Input,
    MaxPooling2D,
    ZeroPadding2D,
)
from keras.models import Model

# With True, the experiment of section 6.8 has larger networks and more pictures: for a GPU.
FULL = bool(os.environ.get("RESNETS_FULL"))

# %% [markdown]
# ## 6.1 Grouped convolution
#
# In an ordinary convolution, every filter reads all channels. In a *grouped* convolution, the channels are
# divided into $g$ groups, and so are the filters. A filter reads only the channels of its own group. The idea
# is from AlexNet (2012). Its layers were too large for one graphics card, so each of two cards got one half.
#
# First the tool: an ordinary convolution on arrays, padded like Keras' `"same"`. You wrote one in notebook 2,
# so it is given here.


# %% tags=["setup"]
def conv2d(X, W, stride=1):
    """An ordinary convolution, padding "same" (given).

    Arguments:
    X -- array of shape (m, height, width, channels)
    W -- kernel of shape (rows, columns, channels, filters)
    stride -- integer

    Returns:
    Y -- array of shape (m, ceil(height / stride), ceil(width / stride), filters)
    """
    if X.shape[-1] != W.shape[2]:
        raise ValueError(f"X has {X.shape[-1]} channels, but the filters of W read {W.shape[2]}.")
    places, amounts = [], []
    for size, window in zip(X.shape[1:3], W.shape[:2], strict=True):
        count = -(-size // stride)
        missing = max((count - 1) * stride + window - size, 0)
        places.append(stride * (count - 1) + 1)
        amounts.append((missing // 2, missing - missing // 2))
    X = ops.pad(X, [(0, 0), *amounts, (0, 0)])
    Y = 0.0
    for u in range(W.shape[0]):
        for v in range(W.shape[1]):
            seen = X[:, u : u + places[0] : stride, v : v + places[1] : stride]
            Y = Y + ops.matmul(seen, W[u, v])
    return Y


# %% [markdown]
# **Your task.** Write `grouped_conv2d` in three steps: split, convolve, join.
#
# - Group 0 has the first channels of `X` and the first filters of `W`, group 1 the next ones, and so on.
# - `W` has the shape (rows, columns, channels / groups, filters), because a filter reads only the channels of
#   one group. So `X` and `W` are both split along their *last* axis.
# - `conv2d` convolves. Its results are joined along the last axis, in the order of the groups.
#
# `ops.split(X, groups, axis=-1)` returns a list of equal parts. `ops.concatenate(parts, axis=-1)` joins a
# list. `ops.conv` could do everything in one call, so the check does not allow it.


# %% nbgrader={"grade": false, "grade_id": "grouped_conv2d", "locked": false, "schema_version": 3, "solution": true, "task": false}
def grouped_conv2d(X, W, groups, stride=1):
    """A convolution whose filters read only the channels of their own group.

    Arguments:
    X -- array of shape (m, height, width, channels)
    W -- kernel of shape (rows, columns, channels / groups, filters)
    groups -- integer that divides channels and filters
    stride -- integer

    Returns:
    Y -- array of shape (m, ceil(height / stride), ceil(width / stride), filters)
    """
    # (3 lines)
    ### BEGIN SOLUTION
    parts, filters = ops.split(X, groups, axis=-1), ops.split(W, groups, axis=-1)
    results = [conv2d(x, w, stride) for x, w in zip(parts, filters, strict=True)]
    return ops.concatenate(results, axis=-1)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_grouped_conv2d", "locked": true, "points": 16, "schema_version": 3, "solution": false, "task": false}
check("grouped_conv2d")
### BEGIN HIDDEN TESTS
check("grouped_conv2d", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Keras' `Conv2D` has the argument `groups` for this. The cell below gives your function the layer's kernel,
# and compares both results. It also counts the weights.

# %% tags=["heavy"]
np.random.seed(1)
X = np.random.standard_normal((2, 8, 8, 64)).astype("float32")
weights = {}
for groups in (1, 2, 4, 8, 32):
    layer = Conv2D(64, 3, strides=2, padding="same", groups=groups, use_bias=False)
    expected = ops.convert_to_numpy(layer(X))
    found = ops.convert_to_numpy(grouped_conv2d(X, layer.kernel, groups, stride=2))
    weights[groups] = layer.count_params()
    equal = np.abs(found - expected).max() < 1e-5
    share = weights[1] // weights[groups]
    print(f"{groups:2} groups: {weights[groups]:6,} weights, that is 1/{share}", end=", ")
    print("equal to your function" if equal else "NOT EQUAL")
    assert weights[groups] * groups == weights[1]

# %% tags=["heavy"]
plot_bars(
    {f"{g} groups": n for g, n in weights.items()},
    "Weights of a 3×3 convolution from 64 to 64 channels",
)

# %% [markdown]
# With $g$ groups, the layer has exactly $1/g$ of the weights, and needs $1/g$ of the multiplications. You see
# the reason in the shape of the kernel: its third axis has $1/g$ of the length.
#
# What do you lose? No information passes from one group to another. To see this, change one input channel a
# little, and look which output channels change. (The change of the output divided by the change of the input
# is a derivative. The table of all these derivatives is the *Jacobian*.) In the pictures, white means zero.


# %% tags=["heavy"]
def jacobian(function, channels):
    """How much each output channel (row) changes with each input channel (column)."""
    pixels = np.random.default_rng(0).standard_normal((1, 5, 5, channels)).astype("float32")
    pixels = np.repeat(pixels, channels, axis=0)
    moved = pixels.copy()
    moved[range(channels), 2, 2, range(channels)] += 0.1  # one channel of the pixel in the middle
    change = ops.convert_to_numpy(function(moved)) - ops.convert_to_numpy(function(pixels))
    sizes = np.abs(change / 0.1).max(axis=(1, 2)).T
    return np.where(sizes < 1e-4, 0.0, sizes)  # what is smaller is an error of rounding


def kernel(*shape, seed=0):
    """Random weights for the examples of this notebook."""
    numbers = np.random.default_rng(seed).standard_normal(shape) / np.sqrt(np.prod(shape[:3]))
    return numbers.astype("float32")


one = kernel(1, 1, 16, 16), kernel(1, 1, 16, 16, seed=1)
grouped = kernel(3, 3, 4, 16), kernel(3, 3, 4, 16, seed=1)
plot_channels(
    {
        "ordinary 3×3": jacobian(lambda x: conv2d(x, kernel(3, 3, 16, 16)), 16),
        "3×3 in 4 groups": jacobian(lambda x: grouped_conv2d(x, grouped[0], 4), 16),
        "twice 3×3 in 4 groups": jacobian(
            lambda x: grouped_conv2d(grouped_conv2d(x, grouped[0], 4), grouped[1], 4), 16
        ),
        "1×1, 3×3 in 4 groups, 1×1": jacobian(
            lambda x: conv2d(grouped_conv2d(conv2d(x, one[0]), grouped[0], 4), one[1]), 16
        ),
    }
)

# %% [markdown]
# The Jacobian of a grouped convolution has blocks on its diagonal. If a second grouped convolution follows,
# the blocks stay the same. Each group is a small network of its own, and gets nothing from the others. Only a
# convolution that is not grouped mixes the groups. In a bottleneck, the two 1×1 convolutions do this. That is
# why ResNeXt puts groups into the 3×3 convolution only.
#
# ## 6.2 One block, three forms
#
# The block of the paper is a sum. $C$ branches of the same form look at $X$, each with its own weights:
#
# $$ Y = X + \sum_{i=1}^{C} T_i(X) $$
#
# Each $T_i$ is a small bottleneck: a 1×1 convolution to few channels, ReLU, a 3×3 convolution, ReLU, and a
# 1×1 convolution back to all channels. $C$ is the cardinality. The paper's figure 3 shows three forms of this
# block:
#
# | form | 1×1 | 3×3 | 1×1 | |
# | --- | --- | --- | --- | --- |
# | **a** | one for each branch | one for each branch | one for each branch | their results are added |
# | **b** | one for each branch | one for each branch | one for all | joined *before* the last convolution |
# | **c** | one for all | one for all, in $C$ groups | one for all | no branches any more |

# %% tags=["heavy"]
plot_forms(channels=256, inside=4, branches=32)

# %% [markdown]
# You write all three on arrays, without batch norm (batch normalisation). There are ReLUs only between the
# convolutions. That is enough to see why the three forms are the same.
#
# **Your task.** Write `form_a`: the sum itself.


# %% nbgrader={"grade": false, "grade_id": "form_a", "locked": false, "schema_version": 3, "solution": true, "task": false}
def form_a(X, W1, W2, W3):
    """X plus the sum of branches (Xie et al. 2017, figure 3a).

    Arguments:
    X -- array of shape (m, height, width, channels)
    W1 -- list of kernels of shape (1, 1, channels, d), one for each branch
    W2 -- list of kernels of shape (3, 3, d, d)
    W3 -- list of kernels of shape (1, 1, d, channels)

    Returns:
    Y -- array of the shape of X
    """
    # (6 lines)
    ### BEGIN SOLUTION
    Y = X
    for w1, w2, w3 in zip(W1, W2, W3, strict=True):
        h = ops.relu(conv2d(X, w1))
        h = ops.relu(conv2d(h, w2))
        Y = Y + conv2d(h, w3)
    return Y
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_form_a", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check("form_a")
### BEGIN HIDDEN TESTS
check("form_a", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# **Your task.** Write `form_b`. The branches end after their second ReLU. Join their channels, in the order
# of the branches. Then one convolution with the kernel `w3` reads all of them.


# %% nbgrader={"grade": false, "grade_id": "form_b", "locked": false, "schema_version": 3, "solution": true, "task": false}
def form_b(X, W1, W2, w3):
    """X plus one convolution of what the branches return (Xie et al. 2017, figure 3b).

    Arguments:
    X -- array of shape (m, height, width, channels)
    W1 -- list of kernels of shape (1, 1, channels, d), one for each branch
    W2 -- list of kernels of shape (3, 3, d, d)
    w3 -- one kernel of shape (1, 1, branches * d, channels)

    Returns:
    Y -- array of the shape of X
    """
    # (6 lines)
    ### BEGIN SOLUTION
    parts = []
    for w1, w2 in zip(W1, W2, strict=True):
        h = ops.relu(conv2d(X, w1))
        h = ops.relu(conv2d(h, w2))
        parts.append(h)
    return X + conv2d(ops.concatenate(parts, axis=-1), w3)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_form_b", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
check("form_b")
### BEGIN HIDDEN TESTS
check("form_b", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# **Your task.** Write `form_c`. Now each of the three convolutions has one kernel. The second convolution is
# your `grouped_conv2d`.


# %% nbgrader={"grade": false, "grade_id": "form_c", "locked": false, "schema_version": 3, "solution": true, "task": false}
def form_c(X, w1, w2, w3, groups):
    """X plus a bottleneck with a grouped convolution (Xie et al. 2017, figure 3c).

    Arguments:
    X -- array of shape (m, height, width, channels)
    w1 -- kernel of shape (1, 1, channels, groups * d)
    w2 -- kernel of shape (3, 3, d, groups * d)
    w3 -- kernel of shape (1, 1, groups * d, channels)
    groups -- integer

    Returns:
    Y -- array of the shape of X
    """
    # (3 lines)
    ### BEGIN SOLUTION
    h = ops.relu(conv2d(X, w1))
    h = ops.relu(grouped_conv2d(h, w2, groups))
    return X + conv2d(h, w3)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_form_c", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
check("form_c")
### BEGIN HIDDEN TESTS
check("form_c", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Are they the same block? Then the weights of form a must fit into form c.
#
# **Your task.** Write `to_form_c`. It makes the three kernels of form c from the three lists of form a. Look
# at the shapes in the docstrings: along which axis must you join the kernels? It is not the same axis for all
# three.


# %% nbgrader={"grade": false, "grade_id": "to_form_c", "locked": false, "schema_version": 3, "solution": true, "task": false}
def to_form_c(W1, W2, W3):
    """Move the weights of form a to form c.

    Arguments:
    W1, W2, W3 -- lists of kernels, one for each branch, as in form_a

    Returns:
    w1, w2, w3 -- three kernels, as in form_c
    """
    # (4 lines)
    ### BEGIN SOLUTION
    w1 = ops.concatenate(W1, axis=-1)
    w2 = ops.concatenate(W2, axis=-1)
    w3 = ops.concatenate(W3, axis=2)
    return w1, w2, w3
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_to_form_c", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check("to_form_c")
### BEGIN HIDDEN TESTS
check("to_form_c", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Now test it, with the sizes of the paper's block: 256 channels, and 32 branches of 4 channels.

# %% tags=["heavy"]
BRANCHES = 32
X = np.random.default_rng(1).standard_normal((2, 8, 8, 256)).astype("float32")
W1 = [kernel(1, 1, 256, 4, seed=n) for n in range(BRANCHES)]
W2 = [kernel(3, 3, 4, 4, seed=n) for n in range(BRANCHES)]
W3 = [kernel(1, 1, 4, 256, seed=n) for n in range(BRANCHES)]
w1, w2, w3 = to_form_c(W1, W2, W3)
forms = {
    "a, summed branches": form_a(X, W1, W2, W3),
    "b, joined early": form_b(X, W1, W2, w3),
    "c, grouped": form_c(X, w1, w2, w3, BRANCHES),
}
forms = {name: ops.convert_to_numpy(Y) for name, Y in forms.items()}
base = forms["a, summed branches"]
for name, Y in forms.items():
    apart = np.abs(Y - base).max() / np.abs(base).max()
    print(
        f"form {name:18}: Y[0, 0, 0, :3] = {rounded(Y[0, 0, 0, :3], 3)}, "
        f"equal to 1e-5: {apart < 1e-5}"
    )
    assert apart < 1e-5

# %% [markdown]
# Why is that so? A 1×1 convolution is a product of matrices. From a to b, one rule of matrices is enough:
#
# $$ h_1 W_1 + h_2 W_2 = \begin{pmatrix} h_1 & h_2 \end{pmatrix} \begin{pmatrix} W_1 \\ W_2 \end{pmatrix} $$
#
# From b to c, each branch keeps its own 3×3 convolution. Many convolutions side by side, each with its own
# channels: this is what a grouped convolution is. With batch norm, the forms would still be the same. Batch
# norm treats every channel separately. So it does not matter whether the channels are joined before it or
# after it.
#
# So programs use form c. It has three layers for any number of branches.
#
# ## 6.3 Why a block must have three layers
#
# The block of ResNet-18 has two convolutions. Can it have branches, too? Take the sum of 32 branches with two
# 3×3 convolutions each. Join the kernels as before.

# %% tags=["heavy"]
V1 = [kernel(3, 3, 64, 4, seed=n) for n in range(BRANCHES)]
V2 = [kernel(3, 3, 4, 64, seed=n) for n in range(BRANCHES)]
X = np.random.default_rng(2).standard_normal((1, 8, 8, 64)).astype("float32")
summed = X + sum(conv2d(ops.relu(conv2d(X, v1)), v2) for v1, v2 in zip(V1, V2, strict=True))
v1, v2 = ops.concatenate(V1, axis=-1), ops.concatenate(V2, axis=2)
wide = X + conv2d(ops.relu(conv2d(X, v1)), v2)  # two ordinary convolutions, no groups

apart = ops.convert_to_numpy(ops.max(ops.abs(summed - wide)))
print("sum of 32 branches of two layers = two ordinary convolutions:", apart < 1e-5)
print("kernels of the two ordinary convolutions:", tuple(v1.shape), "and", tuple(v2.shape))
of_branches, of_wide = sum(np.size(v) for v in V1 + V2), np.size(v1) + np.size(v2)
print(f"weights of all branches: {of_branches:,}, of the two ordinary convolutions: {of_wide:,}")
assert apart < 1e-5

# %% [markdown]
# In a block of two layers, the first one reads all channels and the last one returns all channels. Between
# them, there is no layer that could be grouped. The sum of 32 branches is an ordinary block with 128 filters:
# it is wider, but not new. So cardinality makes a different network only if the block has three or more
# layers (section 3.3 of the paper). That is why there is a ResNeXt-50 and a ResNeXt-101, but no ResNeXt-18.
#
# ## 6.4 How wide is a block?
#
# A block of ResNet-50 has 64 filters in layer1, 128 in layer2, and so on. ResNeXt names its blocks by two
# numbers. *32×4d* means: 32 groups of 4 channels, in layer1. In layer2 the groups are twice as wide, because
# `filters` is twice as large:
#
# $$ \text{width} = \text{filters} · \frac{\text{width per group}}{64} · \text{groups} $$
#
# In this notation, ResNet-50 is 1×64d: one group of 64 channels.
#
# **Your task.** Write `block_width`. All groups have the same number of channels, so round *before* you
# multiply by `groups`. Round down. The result is an integer.


# %% nbgrader={"grade": false, "grade_id": "block_width", "locked": false, "schema_version": 3, "solution": true, "task": false}
def block_width(filters, groups=1, width_per_group=64):
    """The number of channels inside a block, in all groups together.

    Arguments:
    filters -- integer: 64 in layer1, 128 in layer2, ...
    groups -- integer
    width_per_group -- integer, the channels of one group where filters is 64

    Returns:
    width -- integer
    """
    # (1 line)
    ### BEGIN SOLUTION
    return filters * width_per_group // 64 * groups
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_block_width", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
check("block_width")
### BEGIN HIDDEN TESTS
check("block_width", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Table 2 of the paper has five blocks with about the same number of weights. Count the weights of their three
# convolutions, from 256 channels to 256.

# %% tags=["heavy"]
TABLE_2 = {"1×64d": (1, 64), "2×40d": (2, 40), "4×24d": (4, 24), "8×14d": (8, 14), "32×4d": (32, 4)}
costs = {}
for name, (groups, each) in TABLE_2.items():
    width = block_width(64, groups, each)
    costs[name] = 256 * width + 9 * width * width // groups + width * 256
    print(
        f"{name}: {groups:2} groups of {each:2} channels, width {width:3}, {costs[name]:,} weights"
    )

# %% tags=["heavy"]
plot_bars(costs, "Weights of one block of layer1")

# %% [markdown]
# With more groups, the 3×3 convolution needs fewer weights. The paper uses the saved weights for a larger
# width: 128 channels instead of 64, at the same cost.
#
# ## 6.5 The block in Keras

# %%
squeeze = "Conv2D\n1×1, width\nstride 1"
middle = "Conv2D\n3×3, width\n$stride$, same\n$groups$"
widen = "Conv2D\n1×1\n4 · filters"
projection = "Conv2D\n1×1, $stride$\n4 · filters\nif needed"
norm = "BatchNorm\naxis 3"
main = [squeeze, norm, "ReLU", middle, norm, "ReLU", widen, norm]
draw_block(main=main, shortcut=[projection, norm])

# %% [markdown]
# **Your task.** Write `ResNeXtBlock`. It is the bottleneck of notebook 4 with two changes: the first two
# convolutions have `block_width(filters, groups, width_per_group)` filters, and the 3×3 convolution has
# `groups=groups`. Everything else stays the same.
#
# | layer | settings | name |
# | --- | --- | --- |
# | first convolution | width filters of 1×1 | `name` + `"_conv1"` |
# | batch norm, ReLU | axis 3 | `name` + `"_bn1"` |
# | second convolution | width filters of 3×3, stride `stride`, same, `groups` groups | `name` + `"_conv2"` |
# | batch norm, ReLU | axis 3 | `name` + `"_bn2"` |
# | third convolution | 4 · `filters` of 1×1 | `name` + `"_conv3"` |
# | batch norm | axis 3 | `name` + `"_bn3"` |
# | projection, if stride or channels change | 4 · `filters` of 1×1, stride `stride` | `name` + `"_shortcut_conv"` |
# | its batch norm | axis 3 | `name` + `"_shortcut_bn"` |
# | addition, then ReLU | | |
#
# No convolution has a bias, and each gets `kernel_initializer=kaiming_normal(seed=0)`: both are in `common`.


# %% nbgrader={"grade": false, "grade_id": "ResNeXtBlock", "locked": false, "schema_version": 3, "solution": true, "task": false}
def ResNeXtBlock(X, filters, stride=1, groups=1, width_per_group=64, name="block"):
    """A bottleneck whose 3×3 convolution is grouped (Xie et al. 2017, figure 3c and table 1).

    Arguments:
    X -- input tensor of shape (m, height, width, channels)
    filters -- integer, a quarter of the channels that the block returns
    stride -- integer, the stride of the 3×3 convolution and of a projection
    groups -- integer, the cardinality
    width_per_group -- integer, the channels of one group where filters is 64
    name -- text, with which the names of all layers begin

    Returns:
    Y -- output tensor of shape (m, ceil(height / stride), ceil(width / stride), 4 * filters)
    """
    # What all convolutions have in common (given)
    common = {"use_bias": False, "kernel_initializer": kaiming_normal(seed=0)}

    # The width, and the main path (9 lines)
    ### BEGIN SOLUTION
    width = block_width(filters, groups, width_per_group)
    Y = Conv2D(width, 1, name=name + "_conv1", **common)(X)
    Y = BatchNormalization(axis=3, name=name + "_bn1")(Y)
    Y = Activation("relu")(Y)
    Y = Conv2D(
        width, 3, strides=stride, padding="same", groups=groups, name=name + "_conv2", **common
    )(Y)
    Y = BatchNormalization(axis=3, name=name + "_bn2")(Y)
    Y = Activation("relu")(Y)
    Y = Conv2D(4 * filters, 1, name=name + "_conv3", **common)(Y)
    Y = BatchNormalization(axis=3, name=name + "_bn3")(Y)
    ### END SOLUTION

    # Shortcut, addition, ReLU (5 lines)
    ### BEGIN SOLUTION
    if stride != 1 or X.shape[-1] != 4 * filters:
        X = Conv2D(4 * filters, 1, strides=stride, name=name + "_shortcut_conv", **common)(X)
        X = BatchNormalization(axis=3, name=name + "_shortcut_bn")(X)
    Y = Add()([Y, X])
    return Activation("relu")(Y)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_ResNeXtBlock", "locked": true, "points": 16, "schema_version": 3, "solution": false, "task": false}
check("ResNeXtBlock")
### BEGIN HIDDEN TESTS
check("ResNeXtBlock", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 6.6 The whole network
#
# **Your task.** Write `resnext_layer`, a row of blocks. Only the first block gets the stride. Every block gets
# `groups` and `width_per_group`: if you forget one of them, the block takes its default, and the network
# still runs. The blocks are named `name + "_0"`, `name + "_1"`, and so on.


# %% nbgrader={"grade": false, "grade_id": "resnext_layer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def resnext_layer(X, filters, blocks, stride=1, groups=1, width_per_group=64, name="layer"):
    """A row of blocks; the first one may change height and width.

    Arguments:
    X -- input tensor of shape (m, height, width, channels)
    filters, groups, width_per_group -- integers, passed to every block
    blocks -- integer, how many blocks
    stride -- integer, the stride of the first block
    name -- text, with which the names of the blocks begin

    Returns:
    X -- output tensor
    """
    # (4 lines)
    ### BEGIN SOLUTION
    for number in range(blocks):
        stride = stride if number == 0 else 1
        X = ResNeXtBlock(X, filters, stride, groups, width_per_group, name=f"{name}_{number}")
    return X
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_resnext_layer", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
check("resnext_layer")
### BEGIN HIDDEN TESTS
check("resnext_layer", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# **Your task.** Write `resnext`. It begins like ResNet. This part is given. Then follow these steps:
#
# | step | settings | name |
# | --- | --- | --- |
# | four layers | 64, 128, 256, 512 filters; the first with stride 1, the others with stride 2 | `layer1` … `layer4` |
# | with `include_top`: global average pooling | | |
# | with `include_top`: dense, `classes` units, no softmax | Keras' own initializer | `fc` and the number of classes: `fc1000` |


# %% nbgrader={"grade": false, "grade_id": "resnext", "locked": false, "schema_version": 3, "solution": true, "task": false}
def resnext(
    blocks, groups=32, width_per_group=4, classes=1000, include_top=True, input_shape=(224, 224, 3)
):
    """A ResNeXt (Xie et al. 2017, table 1).

    Arguments:
    blocks -- four integers, the numbers of blocks of the four layers
    groups, width_per_group -- integers, passed to every layer
    classes -- integer, units of the dense layer
    include_top -- whether pooling and the dense layer follow layer4
    input_shape -- shape of one picture, (height, width, channels)

    Returns:
    model -- a keras Model
    """
    # As in ResNet (given)
    X_input = Input(input_shape)
    X = ZeroPadding2D(3)(X_input)
    start = kaiming_normal(seed=0)
    X = Conv2D(64, 7, strides=2, use_bias=False, kernel_initializer=start, name="conv1")(X)
    X = BatchNormalization(axis=3, name="bn1")(X)
    X = Activation("relu")(X)
    X = ZeroPadding2D(1)(X)
    X = MaxPooling2D(3, strides=2)(X)

    # Four layers, and what follows them (about 6 lines)
    ### BEGIN SOLUTION
    for number, count in enumerate(blocks, start=1):
        filters, stride = 32 * 2**number, 1 if number == 1 else 2
        X = resnext_layer(X, filters, count, stride, groups, width_per_group, f"layer{number}")
    if include_top:
        X = GlobalAveragePooling2D()(X)
        X = Dense(classes, name=f"fc{classes}")(X)
    ### END SOLUTION

    return Model(X_input, X, name=f"resnext{3 * sum(blocks) + 2}")


# %% nbgrader={"grade": true, "grade_id": "test_resnext", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check("resnext")
### BEGIN HIDDEN TESTS
check("resnext", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Two of these networks are used most, and have names. Build them at full size, and compare their numbers of
# parameters with those of PyTorch's models. ResNet-50 is also a ResNeXt: it has one group of 64 channels.


# %% tags=["heavy"]
def resnext50_32x4d(**settings):
    """ResNeXt-50 with 32 groups of 4 channels."""
    return resnext([3, 4, 6, 3], 32, 4, **settings)


def resnext101_32x8d(**settings):
    """ResNeXt-101 with 32 groups of 8 channels."""
    return resnext([3, 4, 23, 3], 32, 8, **settings)


def learned(model):
    """The number of parameters that training changes."""
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)


parameters, work = {}, {}
for name, build, published in (
    ("ResNet-50", lambda: resnext([3, 4, 6, 3], 1, 64), 25_557_032),
    ("ResNeXt-50 32×4d", resnext50_32x4d, 25_028_904),
    ("ResNeXt-101 32×8d", resnext101_32x8d, 88_791_336),
):
    with keras.StatelessScope(initialize_variables=False):  # describe the weights, do not draw them
        model = build()
    parameters[name], work[name] = learned(model), sum(multiply_adds(model).values())
    same = "equal" if parameters[name] == published else "NOT EQUAL"
    billions = rounded(work[name] / 1e9, 2)
    print(
        f"{name:18} {parameters[name]:10,} published {published:10,} {same}, "
        f"{billions:>5} billion multiply-adds"
    )

# %% [markdown]
# ResNeXt-50 has 2 % fewer parameters than ResNet-50, and 3 % more work. On ImageNet, the paper reports a
# top-1 error of 22.2 % instead of 23.9 %. (Top-1 error: the share of pictures for which the most probable
# class is wrong. The authors measured this, with eight graphics cards.)
#
# ## 6.7 Find the bugs
#
# Somebody wrote ResNeXt-50 (32×4d) from memory, for a blog. Here is the part after the max pooling. The
# mistakes are real. They are hard to see, because the code runs and returns the right shape.
#
# **Your task.** Repair `resnext50_from_memory`. Do not start again: read each line, and change only what is
# wrong. The check says for each bug whether it is still there.


# %% nbgrader={"grade": false, "grade_id": "resnext50_from_memory", "locked": false, "schema_version": 3, "solution": true, "task": false}
def resnext50_from_memory(X):
    """layer1 to layer4 of ResNeXt-50 (32×4d).

    Arguments:
    X -- input tensor of shape (m, height, width, channels)

    Returns:
    X -- output tensor with 2048 channels
    """
    ### BEGIN SOLUTION
    groups, width_per_group = 32, 4
    numbers = [3, 4, 6, 3]

    def make_layer(X, layer, filters, stride=1):
        settings = {"groups": groups, "width_per_group": width_per_group}
        X = ResNeXtBlock(X, filters, stride, name=f"layer{layer}_0", **settings)
        for number in range(1, numbers[layer - 1]):
            X = ResNeXtBlock(X, filters, name=f"layer{layer}_{number}", **settings)
        return X

    X = make_layer(X, 1, 64)
    X = make_layer(X, 2, 128, stride=2)
    X = make_layer(X, 3, 256, stride=2)
    return make_layer(X, 4, 512, stride=2)
    ### END SOLUTION
    ### BEGIN DRAFT
    # groups, width_per_group = 4, 32
    # numbers = [3, 4, 6, 4]
    #
    # def make_layer(X, layer, filters, stride=1):
    #     settings = {"groups": groups}
    #     X = ResNeXtBlock(X, filters, stride, name=f"layer{layer}_0", **settings)
    #     for number in range(1, numbers[layer - 1]):
    #         X = ResNeXtBlock(X, filters, name=f"layer{layer}_{number}", **settings)
    #     return X
    #
    # X = make_layer(X, 1, 64)
    # X = make_layer(X, 2, 128, stride=2)
    # X = make_layer(X, 3, 256, stride=2)
    # return make_layer(X, 4, 512, stride=2)
    ### END DRAFT


# %% nbgrader={"grade": true, "grade_id": "test_resnext50_from_memory", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
check("resnext50_from_memory")
### BEGIN HIDDEN TESTS
check("resnext50_from_memory", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# How can you notice such mistakes? The shapes do not show them: 4 groups of 32 channels and 32 groups of 4
# channels make the same width. But the number of parameters shows them.

# %% tags=["heavy"]
counts = {}
for name, arguments in {
    "32×4d, as it should be": ([3, 4, 6, 3], 32, 4),
    "groups and width swapped": ([3, 4, 6, 3], 4, 32),
    "a block too many": ([3, 4, 6, 4], 32, 4),
    "the width not passed on": ([3, 4, 6, 3], 32, 64),
    "as in the blog": ([3, 4, 6, 4], 4, 64),
}.items():
    with keras.StatelessScope(initialize_variables=False):
        model = resnext(*arguments)
    counts[name] = learned(model) / 1e6
    print(
        f"{name:25} width of layer1 {block_width(64, *arguments[1:]):4}, "
        f"{learned(model):11,} parameters"
    )

plot_bars(counts, "Parameters of five networks called ResNeXt-50", "millions")

# %% [markdown]
# ## 6.8 Does cardinality help?
#
# The paper says, for ImageNet: at equal cost, more branches are better. Here is a very small version of its
# experiment. Three networks have about the same number of weights, but 1, 4 and 8 groups. Each is trained
# from three starting points, on hands that the course draws itself. Then it is tested on hands that were not
# in its training.
#
# **One note on TensorFlow.** Its own function `tf.nn.conv2d` computes grouped convolutions on any processor.
# But it computes their *gradient* only if the library oneDNN is switched on. Keras' layer always has a
# gradient, because TensorFlow's compiler XLA compiles this convolution. But on a processor, the compiled code
# is slow. `with_split_groups(model)` makes a copy with the same weights. The copy works like your
# `grouped_conv2d`: split, convolve, join.


# %% tags=["heavy"]
def small_resnext(groups, width_per_group):
    """Two blocks for small pictures."""
    X_input = Input(pictures.shape[1:])
    start = kaiming_normal(seed=0)
    X = Conv2D(32, 3, padding="same", use_bias=False, kernel_initializer=start, name="conv1")(
        X_input
    )
    X = BatchNormalization(axis=3, name="bn1")(X)
    X = Activation("relu")(X)
    X = resnext_layer(X, 32, 1, 2, groups, width_per_group, name="layer1")
    X = resnext_layer(X, 64, 1, 2, groups, width_per_group, name="layer2")
    return Model(X_input, Dense(6, name="fc6")(GlobalAveragePooling2D()(X)))


def drawn(per_class, seed):
    """Drawn hands of 16×16 pixels and their classes; of 32×32 with FULL."""
    hands, classes = rendered_hands(per_class, seed, progress=False)
    side = 2 if FULL else 4
    small = hands.reshape(len(hands), 64 // side, side, 64 // side, side, 3).mean(axis=(2, 4))
    return ((small - 128) / 64).astype("float32"), classes


pictures, labels = drawn(500 if FULL else 32, seed=7)
unseen, unseen_labels = drawn(200 if FULL else 50, seed=8)
networks = {}
for name in ("1×64d", "4×24d", "8×14d"):
    model = small_resnext(*TABLE_2[name])
    split = with_split_groups(model)
    networks[name] = split
    apart = np.abs(ops.convert_to_numpy(split(pictures[:2]) - model(pictures[:2]))).max()
    print(f"{name}: {learned(split):,} weights, the copy computes the same: {apart < 1e-4}")

# %% tags=["heavy"]
SEEDS, EPOCHS = (range(5), 60) if FULL else (range(3), 8)
accuracies = {name: [] for name in networks}
with Progress(len(networks) * len(SEEDS), "training", "runs") as bar:
    for name, network in networks.items():
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        network.compile(keras.optimizers.Adam(0.003), loss, metrics=["accuracy"])
        prepare_training(network, labels)
        fresh = [ops.convert_to_numpy(variable) for variable in network.optimizer.variables]
        for seed in SEEDS:
            keras.utils.set_random_seed(seed)
            draw_weights(network, np.random.default_rng(seed))
            for variable, value in zip(network.optimizer.variables, fresh, strict=True):
                variable.assign(value)
            network.fit(pictures, labels, batch_size=32, epochs=EPOCHS, verbose=0)
            recalibrate_batch_norm(network, pictures)
            guessed = ops.convert_to_numpy(network(unseen)).argmax(axis=1)
            accuracies[name].append(np.mean(guessed == unseen_labels))
            bar.step()

# %% tags=["heavy", "nbval-ignore-output"]
for name, runs in accuracies.items():
    print(f"{name}: {np.mean(runs):.2f} (from {min(runs):.2f} to {max(runs):.2f})")
assert np.mean([*accuracies.values()]) > 1.5 / 6

# %% tags=["heavy", "nbval-ignore-output"]
title = "Accuracy on hands not seen in training: mean and range of the starting points"
plot_bars(accuracies, title, reference=1 / 6)

# %% [markdown]
# Read this with care. All three have learned something (guessing would give 0.17), but not much, because they
# were trained for seconds only. Different starting points of one network differ about as much as different
# networks do. So this small experiment does *not* show the paper's effect. It shows only that groups do no
# harm: with about the same number of weights, a network of 8 groups learns as well as one without groups. To
# measure a difference of one or two per cent, the paper needed more than a million pictures.

# %% [markdown]
# ## Your points
#
# This adds up the points of the last run of each check.

# %% tags=["heavy"]
total()

# %% [markdown]
# ## Common mistakes
#
# - **The kernel of a grouped convolution is split along the wrong axis.** Split it along its filters. The
#   axis of the channels already has the channels of one group only.
# - **A group of every g-th channel.** A group consists of neighbouring channels, in Keras and in PyTorch.
# - **32×4d read the wrong way round.** It is 32 groups of 4 channels.
# - **groups in a 1×1 convolution.** Then nothing mixes the groups any more.
# - **Rounding after the multiplication by `groups`.** Each group must have the same whole number of channels.
#   So round the width of one group first.
# - **A default that hides a mistake.** An argument that is not passed on raises no error. Count parameters.
#
# ## What next
#
# - **[Notebook 7](07_transfer_learning.ipynb)**: let a trained network learn something new from few pictures.
# - **[Notebook 8](08_faster_training.ipynb)**: train faster, with four tricks that you write yourself.
# - Xie et al. 2017, sections 3.3 and 5.1.
