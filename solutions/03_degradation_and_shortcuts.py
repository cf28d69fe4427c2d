# %% [markdown]
# # 3 · Degradation and shortcuts
#
# A network of 56 layers can compute everything that one of 20 layers can. And yet, when both are
# trained, the deeper one can end up *worse*: not on new pictures, which would be overfitting, but on
# the very pictures that it is trained with. In this notebook you measure that, on your own computer,
# and then you make it go away. Afterwards you will be able to
#
# - build plain and residual networks of any depth $6n + 2$,
# - say what degradation is, and what it is not, and show it in training curves,
# - write three kinds of shortcut and say what each of them costs,
# - check with numbers that a residual block's derivative is the identity plus something.
#
# **How it works.** Six cells are yours: each has places marked `# YOUR CODE HERE`. Under each there is
# a check that tells you what is right, what is not yet, and where to look; `hint("plain_block")` gives
# three hints, one after the other. The outputs below are those of a solved notebook. Nothing here needs
# a GPU, an account or the network. Allow two hours; the computer needs two minutes of them.
#
# The experiment is the one of section 4.2 of He, Zhang, Ren and Sun,
# [*Deep Residual Learning for Image Recognition*](https://arxiv.org/abs/1512.03385) (2015), made small.

# %% tags=["setup"]
import os
import sys

sys.path.append("..")  # resnets_utils.py lives one folder up

from resnets_utils import (
    check,
    draw_block,
    gradient_norms,
    hint,
    plot_curves,
    plot_gradients,
    plot_pictures,
    rendered_hands,
    rounded,
    training_curves,
)

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
)
from keras.models import Model

# With True, and a GPU, the networks are as wide and are trained as long as the paper's.
FULL = bool(os.environ.get("RESNETS_FULL"))

# %% [markdown]
# ## 3.1 The puzzle
#
# Take a trained network of 20 layers and put 36 more layers in, each of which does nothing: it hands
# on what it gets. Now you have a network of 56 layers that is exactly as good. So the best network of
# 56 layers is *at least* as good as the best of 20, and if training finds something worse, then it is
# the training that fails, not the network. He and his colleagues saw just that: on the pictures it was
# trained with, their plain network of 56 layers made more errors than that of 20. They called it
# **degradation**.
#
# It is neither overfitting (the *training* error is higher) nor are the gradients gone: batch norm sees
# to it that signals neither die nor explode on their way forward. Doing nothing is simply hard to learn for
# a stack of convolutions and ReLUs, and 36 layers that should do almost nothing stand in each other's way.
#
# ## 3.2 A plain block
#
# The networks of this notebook are made of pairs of 3×3 convolutions.

# %%
conv1 = "Conv2D\n3×3, filters\n$stride$\nsame"
conv2 = "Conv2D\n3×3, filters\nstride 1\nsame"
norm = "BatchNorm\naxis 3"
draw_block(main=[conv1, norm, "ReLU", conv2, norm], shortcut=["shortcut"])

# %% [markdown]
# **Your task.** Write `plain_block`: the picture's main path and its last ReLU, without shortcut and
# without addition.
#
# | | convolution | then |
# | --- | --- | --- |
# | first | `filters` of 3×3, stride `stride`, `padding="same"`, **no bias** | BatchNorm, ReLU |
# | second | `filters` of 3×3, stride 1, `padding="same"`, **no bias** | BatchNorm, ReLU |
#
# A bias would be useless here: batch norm subtracts the mean, and with it every constant, and then
# adds a constant of its own. Kernels start from `kernel_initializer="he_normal"`, which is made for
# ReLUs. Layers need no names.


# %% nbgrader={"grade": false, "grade_id": "plain_block", "locked": false, "schema_version": 3, "solution": true, "task": false}
def plain_block(X, filters, stride=1):
    """Two 3×3 convolutions, each with batch norm and ReLU (He et al. 2015, section 4.2).

    Arguments:
    X -- input tensor of shape (m, height, width, channels)
    filters -- integer, the number of filters of both convolutions
    stride -- integer, the stride of the first convolution

    Returns:
    X -- output tensor of shape (m, ceil(height / stride), ceil(width / stride), filters)
    """
    # (6 lines, or a loop)
    ### BEGIN SOLUTION
    for s in (stride, 1):
        X = Conv2D(
            filters,
            (3, 3),
            strides=(s, s),
            padding="same",
            use_bias=False,
            kernel_initializer="he_normal",
        )(X)
        X = BatchNormalization(axis=3)(X)
        X = Activation("relu")(X)
    return X
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_plain_block", "locked": true, "points": 15, "schema_version": 3, "solution": false, "task": false}
check("plain_block")
### BEGIN HIDDEN TESTS
check("plain_block", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 3.3 Three shortcuts
#
# A shortcut carries $X$ around the block and must arrive in the shape of the main path's end. Where
# height, width and channels stay the same, nothing has to be done. Where they change, the paper tries
# three ways:
#
# - **A, zero padding.** Take every `stride`-th row and column, and append channels full of zeros. No
#   weights at all.
# - **B, projection on change.** Where the shape changes, a 1×1 convolution with that stride, and batch
#   norm. Elsewhere the identity.
# - **C, projection always.** The 1×1 convolution and batch norm on *every* shortcut.
#
# **Your task.** Write the three. "The shape changes" means: another number of channels, **or** a stride
# other than 1. The zeros of A go *after* the channels of X. Projections have no bias and start from
# `"he_normal"`; none of the shortcuts has a ReLU.
#
# Useful for A: a slice works on a Keras tensor as on an array, `X[:, a::s, b::s, :]`, and
# `ops.pad(X, [(0, 0), (0, 0), (0, 0), (0, n)])` appends `n` channels of zeros.


# %% nbgrader={"grade": false, "grade_id": "shortcut_A", "locked": false, "schema_version": 3, "solution": true, "task": false}
def shortcut_A(X, filters, stride=1):
    """Every stride-th pixel, and channels of zeros: a shortcut without weights.

    Arguments:
    X -- input tensor of shape (m, height, width, channels)
    filters -- integer, channels that are asked, at least as many as X has
    stride -- integer

    Returns:
    X -- tensor of shape (m, ceil(height / stride), ceil(width / stride), filters)
    """
    # (2 to 5 lines)
    ### BEGIN SOLUTION
    if stride != 1:
        X = X[:, ::stride, ::stride, :]
    if filters != X.shape[-1]:
        X = ops.pad(X, [(0, 0), (0, 0), (0, 0), (0, filters - X.shape[-1])])
    return X
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_shortcut_A", "locked": true, "points": 15, "schema_version": 3, "solution": false, "task": false}
check("shortcut_A")
### BEGIN HIDDEN TESTS
check("shortcut_A", hidden=True)
### END HIDDEN TESTS


# %% nbgrader={"grade": false, "grade_id": "shortcut_C", "locked": false, "schema_version": 3, "solution": true, "task": false}
def shortcut_C(X, filters, stride=1):
    """A projection, whether the shape changes or not: 1×1 convolution and batch norm.

    Arguments and result as those of shortcut_A.
    """
    # (2 lines)
    ### BEGIN SOLUTION
    X = Conv2D(
        filters,
        (1, 1),
        strides=(stride, stride),
        use_bias=False,
        kernel_initializer="he_normal",
    )(X)
    return BatchNormalization(axis=3)(X)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_shortcut_C", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check("shortcut_C")
### BEGIN HIDDEN TESTS
check("shortcut_C", hidden=True)
### END HIDDEN TESTS


# %% nbgrader={"grade": false, "grade_id": "shortcut_B", "locked": false, "schema_version": 3, "solution": true, "task": false}
def shortcut_B(X, filters, stride=1):
    """A projection where the shape changes, the identity elsewhere.

    Arguments and result as those of shortcut_A. (With shortcut_C it takes 3 lines.)
    """
    # (3 lines)
    ### BEGIN SOLUTION
    if stride != 1 or X.shape[-1] != filters:
        return shortcut_C(X, filters, stride)
    return X
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_shortcut_B", "locked": true, "points": 15, "schema_version": 3, "solution": false, "task": false}
check("shortcut_B")
### BEGIN HIDDEN TESTS
check("shortcut_B", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 3.4 A residual block
#
# **Your task.** Write `residual_block`: the plain block's two convolutions, and around them the
# shortcut that is asked for. Watch the last ReLU: in a residual block it comes *after* the addition, so
# `plain_block` as a whole is no part of it.


# %% nbgrader={"grade": false, "grade_id": "residual_block", "locked": false, "schema_version": 3, "solution": true, "task": false}
def residual_block(X, filters, stride=1, shortcut="B"):
    """Two 3×3 convolutions with a shortcut around them (He et al. 2015, figure 2).

    Arguments:
    X -- input tensor of shape (m, height, width, channels)
    filters -- integer, the number of filters of both convolutions
    stride -- integer, the stride of the first convolution and of the shortcut
    shortcut -- "A", "B" or "C"

    Returns:
    X -- output tensor of shape (m, ceil(height / stride), ceil(width / stride), filters)
    """
    # The function that makes the shortcut (given)
    make_shortcut = {"A": shortcut_A, "B": shortcut_B, "C": shortcut_C}[shortcut]

    # Main path, shortcut, addition, ReLU (about 9 lines)
    ### BEGIN SOLUTION
    settings = {
        "padding": "same",
        "use_bias": False,
        "kernel_initializer": "he_normal",
    }
    Y = Conv2D(filters, (3, 3), strides=(stride, stride), **settings)(X)
    Y = BatchNormalization(axis=3)(Y)
    Y = Activation("relu")(Y)
    Y = Conv2D(filters, (3, 3), **settings)(Y)
    Y = BatchNormalization(axis=3)(Y)
    Y = Add()([Y, make_shortcut(X, filters, stride)])
    return Activation("relu")(Y)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_residual_block", "locked": true, "points": 20, "schema_version": 3, "solution": false, "task": false}
check("residual_block")
### BEGIN HIDDEN TESTS
check("residual_block", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 3.5 Networks of depth $6n + 2$
#
# | | what | output for a picture of 32×32 |
# | --- | --- | --- |
# | | 3×3 convolution, `width` filters, same, no bias; BatchNorm, ReLU | 32×32, `width` |
# | stage 1 | $n$ blocks of `width` filters | 32×32, `width` |
# | stage 2 | $n$ blocks of `2 * width` filters, the first with stride 2 | 16×16, `2 * width` |
# | stage 3 | $n$ blocks of `4 * width` filters, the first with stride 2 | 8×8, `4 * width` |
# | | global average pooling | `4 * width` |
# | | dense, one unit a class, **no softmax** | `classes` |
#
# Each block has two convolutions, so there are $6n$; with the first convolution and the dense layer,
# $6n + 2$. The depths of the paper are 20, 32, 44, 56 and 110. (The softmax is left to the loss, which
# can compute both together without rounding anything to zero.)
#
# **Your task.** Write `network`. It is plain when `shortcut` is `None`, and residual otherwise.


# %% nbgrader={"grade": false, "grade_id": "network", "locked": false, "schema_version": 3, "solution": true, "task": false}
def network(depth, shortcut=None, width=16, input_shape=(32, 32, 3), classes=10):
    """A plain or residual network for small pictures (He et al. 2015, section 4.2).

    Arguments:
    depth -- integer, 6n + 2 with n blocks a stage
    shortcut -- None for a plain network, or "A", "B" or "C"
    width -- integer, filters of the first stage
    input_shape -- shape of one picture, (height, width, channels)
    classes -- integer, units of the dense layer

    Returns:
    model -- a keras Model that ends in one number a class
    """
    n = (depth - 2) // 6
    X_input = Input(input_shape)

    # First convolution, batch norm, ReLU (3 lines)
    ### BEGIN SOLUTION
    X = Conv2D(
        width,
        (3, 3),
        padding="same",
        use_bias=False,
        kernel_initializer="he_normal",
    )(X_input)
    X = BatchNormalization(axis=3)(X)
    X = Activation("relu")(X)
    ### END SOLUTION

    # Three stages of n blocks (about 7 lines)
    ### BEGIN SOLUTION
    for stage in range(3):
        for block in range(n):
            filters = width * 2**stage
            stride = 2 if stage > 0 and block == 0 else 1
            if shortcut is None:
                X = plain_block(X, filters, stride)
            else:
                X = residual_block(X, filters, stride, shortcut)
    ### END SOLUTION

    # Global average pooling, dense (2 lines)
    ### BEGIN SOLUTION
    X = GlobalAveragePooling2D()(X)
    X = Dense(classes)(X)
    ### END SOLUTION

    return Model(X_input, X)


# %% nbgrader={"grade": true, "grade_id": "test_network", "locked": true, "points": 25, "schema_version": 3, "solution": false, "task": false}
check("network")
### BEGIN HIDDEN TESTS
check("network", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 3.6 Does deeper train worse?
#
# Now the experiment. Four networks: plain and residual, 20 and 56 layers deep. Five starting points
# each, so that no conclusion hangs on luck. The pictures are hands that the course draws itself.
# `training_curves(model, x, y, seeds, steps, …)` trains one architecture from every starting point and
# hands back the loss of each step, one row a seed.
#
# The paper's networks begin 16 channels wide and were trained for 64,000 steps on 50,000 pictures. To
# fit into a coffee break, these begin with 4 channels, see 32×32 pictures averaged down to 16×16, and
# train for 84 steps on 192 of them. What else it took to see the effect honestly:
#
# - **Every network begins at the same loss**, $\ln 6 ≈ 1.79$: the dense layer starts at zero. Otherwise
#   the deep residual network, whose 27 additions make for large numbers, begins with a higher loss only
#   because it is wrong with more conviction.
# - **Adam in place of momentum.** With the paper's SGD and its learning rate of 0.1, ResNet-56 hardly left
#   its starting line in so few steps: large numbers need small steps at first. (The paper lets its
#   ResNet-110 "warm up" for the same reason.) Adam adapts the size of its steps by itself. All four
#   networks get the same Adam with the same learning rate of 0.002. (With 0.003, three starting points and
#   72 steps, the plain networks did the same, and ResNet-56 ended at 1.15 where ResNet-20 ended at 1.14.)

# %% tags=["heavy"]
hands, labels = rendered_hands(per_class=500 if FULL else 32, seed=7, progress=False)
small = hands.reshape(-1, 32, 2, 32, 2, 3).mean(axis=(2, 4))
if not FULL:
    small = small.reshape(-1, 16, 2, 16, 2, 3).mean(axis=(2, 4))
pictures = (small - small.mean()) / small.std()

recipe = {"seeds": range(5), "steps": 84, "batch_size": 32, "learning_rate": 0.002}
if FULL:
    recipe = {
        "seeds": range(5),
        "steps": 64_000,
        "batch_size": 128,
        "learning_rate": 0.001,
    }
size = {"width": 16 if FULL else 4, "input_shape": pictures.shape[1:], "classes": 6}

plot_pictures({f"a {labels[k]}": small[k] / 255 for k in range(6)})

# %% tags=["heavy"]
losses = {}
for depth in (20, 56):
    for name, shortcut in {"plain": None, "residual": "A"}.items():
        model = network(depth, shortcut, **size)
        losses[f"{name}, {depth}"] = training_curves(model, pictures, labels, **recipe)


def smooth(curves, window=12):
    """Means over the last `window` steps, which is two epochs of the small experiment."""
    sums = np.cumsum(np.pad(curves, [(0, 0), (1, 0)]), axis=1)
    return (sums[:, window:] - sums[:, :-window]) / window


plot_curves(
    {name: smooth(curves) for name, curves in losses.items()},
    "Loss on the training pictures: mean and range of the starting points",
    x="training step",
    y="cross-entropy",
    reference=np.log(6),
)

# %% tags=["heavy", "nbval-ignore-output"]
last = {name: smooth(curves)[:, -1] for name, curves in losses.items()}
for name, ends in last.items():
    print(f"{name:12} layers: ends at {ends.mean():.2f}, runs {np.sort(ends).round(2)}")

# %% tags=["heavy"]
print("plain: every run of 56 layers ends above every run of 20 layers:", end=" ")
print(last["plain, 56"].min() > last["plain, 20"].max())
print("56 layers: every residual run ends below every plain one:       ", end=" ")
print(last["residual, 56"].max() < last["plain, 56"].min())
print("residual: 56 layers do not end above 20 layers, on average:     ", end=" ")
print(last["residual, 56"].mean() <= last["residual, 20"].mean())

# %% [markdown]
# This is degradation. All four networks see the same pictures in the same order, batch norm keeps their
# signals healthy, and the loss is that of the *training* pictures. The plain network of 56 layers could
# compute everything that the one of 20 layers computes, and it hardly leaves the line of pure guessing.
# Its residual twin has just as many convolutions, and goes down with the shallow one, here even ahead of
# it. (Look at the width of its band, too: one of the five starting points is slower than the others.)
#
# How far can a small experiment be trusted? It shows that in a fixed number of steps, plain depth harms
# and residual depth does not. It does not show what more steps would do (try
# `steps=400`); in the paper, after 64,000 of them, the plain network of 56 layers still makes more
# errors than that of 20. Nor does it prove that ResNet-56 beats ResNet-20: for that it takes the paper's
# width and patience, `FULL = True` and a GPU, and better its 50,000 pictures, too.
#
# ## 3.7 The identity in the derivative
#
# Why? A residual block computes $y = x + f(x)$ (leave the last ReLU aside). If $x$ has $k$ numbers, then
# the derivative of $y$ with respect to $x$ is a matrix of $k × k$ numbers, the Jacobian, and
#
# $$ \frac{∂y}{∂x} = I + \frac{∂f}{∂x} $$
#
# Do not believe it; measure it. A Jacobian can be found without any calculus: move one number of $x$ a
# little up and a little down, and see how far $y$ moves.


# %% tags=["heavy"]
def jacobian(function, x, step=1e-2):
    """Derivatives of all outputs by all inputs, by central differences: shape (outputs, inputs)."""
    columns = []
    for k in range(x.size):
        moved = np.zeros(x.size, "float32")
        moved[k] = step
        moved = moved.reshape(x.shape)
        columns.append((function(x + moved) - function(x - moved)).ravel() / (2 * step))
    return np.stack(columns, axis=1)


keras.utils.set_random_seed(1)
X_input = Input((4, 4, 3))
Y = Conv2D(3, 3, padding="same", use_bias=False)(X_input)
f = Model(X_input, BatchNormalization()(Activation("tanh")(Y)))
y = Model(X_input, Add()([X_input, f.output]))

x = np.random.default_rng(1).standard_normal((1, 4, 4, 3)).astype("float32")
of_f = jacobian(lambda x: ops.convert_to_numpy(f(x)), x)
of_y = jacobian(lambda x: ops.convert_to_numpy(y(x)), x)

print("the Jacobians are matrices of", of_y.shape)
print(
    "of y: the same as I + that of f, within 0.001:",
    np.allclose(of_y, np.eye(48) + of_f, atol=1e-3),
)
plot_pictures({"∂f/∂x": of_f, "∂y/∂x = I + ∂f/∂x": of_y})

# %% [markdown]
# Look at the diagonal of the right-hand picture: there is the identity. Now stack $L$ blocks. The
# Jacobian of the whole is the product of $L$ matrices $I + ∂f_l/∂x$. Multiply it out, and one of its terms
# is $I · I ⋯ I = I$: a way on which the gradient reaches the first layer unchanged, through 54 layers.
# A plain network has only the one product of all $∂f_l/∂x$, and what one layer has mixed up, the next
# one mixes up further.
#
# ## 3.8 The gradient, layer by layer
#
# So let us see what arrives, before training, at each convolution of the networks of 56 layers.


# %% tags=["heavy"]
def from_logits(targets, predictions):
    """Cross-entropy of a network that ends without softmax."""
    return keras.losses.categorical_crossentropy(targets, predictions, from_logits=True)


norms = {}
for name, shortcut in {"plain": None, "residual": "A"}.items():
    keras.utils.set_random_seed(2)
    model = network(56, shortcut, **size)
    betas = [
        layer.beta for layer in model.layers if isinstance(layer, BatchNormalization)
    ]
    one_hot = np.eye(6)[labels[:32]]
    norms[name] = gradient_norms(model, pictures[:32], one_hot, betas, from_logits)

plot_gradients(norms)

# %% tags=["heavy"]
for name, values in norms.items():
    print(
        f"{name:9} first layer / last layer is more than 10:",
        values[0] > 10 * values[-1],
    )

assert (
    norms["plain"][0] / norms["plain"][-1]
    > 10 * norms["residual"][0] / norms["residual"][-1]
)

# %% [markdown]
# The plain network's gradient does not vanish: batch norm sees to that. It *grows* on its way back, by
# orders of magnitude, so that no single learning rate suits the first layers and the last ones; and,
# which no norm can show, it loses its meaning: after so many random mixtures it changes almost completely
# when the picture changes a little ([Balduzzi et al. 2017](https://arxiv.org/abs/1702.08591) call it
# *shattered*).
#
# ## 3.9 A, B or C?
#
# What does a shortcut with weights cost, and what does it buy? ResNet-20 three times, from the same
# starting points.

# %% tags=["heavy"]
table = {}
for shortcut in "ABC":
    model = network(20, shortcut, **size)
    if shortcut == "A":
        curves = losses["residual, 20"]
    else:
        curves = training_curves(model, pictures, labels, **recipe)
    table[shortcut] = (model.count_params(), smooth(curves)[:, -1])

print("shortcut  weights   paper's width")
for shortcut, (weights, _) in table.items():
    full_size = network(20, shortcut, width=16, classes=10).count_params()
    print(f"{shortcut:8} {weights:8,} {full_size:15,}")

# %% tags=["heavy", "nbval-ignore-output"]
print("shortcut  loss at the end: mean (smallest to largest of the starting points)")
for shortcut, (_, ends) in table.items():
    print(f"{shortcut:8}  {ends.mean():.2f} ({ends.min():.2f} to {ends.max():.2f})")

assert max(ends.mean() for _, ends in table.values()) < last["plain, 56"].mean()

# %% [markdown]
# Read this table with care. In so short a training, A is ahead, B follows, and C comes last: a
# projection begins as a random mixture of its input, and with C no block has an undisturbed way for the
# gradient until the projections have learned to be one. The paper trains ResNet-34 on ImageNet for
# 600,000 steps and finds the reverse, C ahead of B ahead of A, with errors of 24.19, 24.52 and
# 25.03 %: once learned, more weights help a little. Both say the same about degradation: all three are far
# from the plain network, A cures it without a single weight, and so it is not the projections that do it
# but the identity. B costs few weights, keeps the identity wherever it fits, and is what ResNets have
# used ever since.
#
# ## Common mistakes
#
# - **Calling it overfitting.** Degradation is a higher *training* loss.
# - **Calling it vanishing gradients.** With batch norm they do not vanish.
# - **`plain_block(…) + shortcut`.** Then the last ReLU comes before the addition, and a block can never
#   subtract anything.
# - **The shortcut taken from the main path.** Keep `X`, and give the main path another name.
# - **A projection chosen by the number of channels alone.** A stride changes the shape, too.
# - **Pooling in shortcut A.** The paper's takes pixels as they are; a mean blurs, a maximum is no
#   linear map.
# - **Concluding from one run.** Look at the bands: two starting points of the same network can differ by
#   more than two architectures.
#
# ## What next
#
# - **Notebook 4** builds the whole family, ResNet-18 to 152.
# - **Notebook 5** moves batch norm and ReLU *before* the convolutions, so that the way of the identity is
#   entirely free.
# - He et al. 2015, sections 4.1 and 4.2, with figure 6: the curves that you have just drawn, at full size.
