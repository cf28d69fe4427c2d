# %% [markdown]
# # 3 · Degradation and shortcuts
#
# A network of 56 layers can compute everything that a network of 20 layers can compute. But when you
# train both, the deeper one can be *worse* at the end. It is worse even on the pictures that it was
# trained with, so this is not overfitting. In this notebook you measure this on your own computer, and
# then you prevent it. Afterwards you can
#
# - build plain and residual networks of any depth $6n + 2$,
# - say what degradation is and what it is not, and show it in training curves,
# - write three kinds of shortcut, and say what each of them costs,
# - check with numbers that the derivative of a residual block is the identity plus another matrix.
#
# **How it works.** You write the code of six cells. Each has places marked `# YOUR CODE HERE`. The cell
# below it is a check. It tells you what is right, what is not right yet, and where to look. If you do
# not know how to go on, run `hint("plain_block")`: there are three hints, one after the other. The
# outputs in this notebook come from a solved notebook. You need no GPU, no account and no network
# connection. Plan two hours. The computer itself works for about 2 minutes of this time (measured with 2
# processor cores; twice as long if other programs are busy).
#
# The experiment is a small version of section 4.2 of He, Zhang, Ren and Sun,
# [*Deep Residual Learning for Image Recognition*](https://arxiv.org/abs/1512.03385) (2015).

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
    progress,
    rendered_hands,
    reset,
    rounded,
    total,
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
# Take a trained network of 20 layers. Add 36 layers that do nothing: each returns its input. Now you have
# a network of 56 layers that is exactly as good. So the best network of 56 layers is *at least* as good as
# the best network of 20 layers. If training finds a worse one, then the training fails, not the network.
# He and his colleagues saw this. On the pictures that it was trained with, their plain network of 56
# layers made more errors than their plain network of 20 layers. They called this **degradation**.
#
# It is not overfitting, because the *training* error is higher. And the gradients have not vanished: batch
# norm (batch normalisation) keeps the signals at a good size on their way forward. The reason is different. A
# stack of convolutions and ReLUs cannot easily learn to do nothing, and here 36 layers should do almost
# nothing.
#
# ## 3.2 A plain block
#
# The networks of this notebook are made of pairs of 3×3 convolutions. The picture shows such a pair with a
# shortcut around it.

# %%
conv1 = "Conv2D\n3×3, filters\n$stride$\nsame"
conv2 = "Conv2D\n3×3, filters\nstride 1\nsame"
norm = "BatchNorm\naxis 3"
draw_block(main=[conv1, norm, "ReLU", conv2, norm], shortcut=["shortcut"])

# %% [markdown]
# **Your task.** Write `plain_block`: the main path of the picture and the last ReLU. It has no shortcut and
# no addition.
#
# | | convolution | then |
# | --- | --- | --- |
# | first | `filters` of 3×3, stride `stride`, `padding="same"`, **no bias** | BatchNorm, ReLU |
# | second | `filters` of 3×3, stride 1, `padding="same"`, **no bias** | BatchNorm, ReLU |
#
# A bias would be useless here. Batch norm subtracts the mean, and so it removes every constant. Then it
# adds its own constant. Write `kernel_initializer="he_normal"` in each convolution: it is made for ReLUs.
# Layers need no names.


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
# A shortcut carries $X$ around the block. At the end it must have the shape of the main path. If the block
# does not change height, width or channels, the shortcut can be $X$ itself (the *identity*). For blocks that
# change one of them, the paper compares three ways:
#
# - **A, zero padding.** Take every `stride`-th row and column, and append channels of zeros. This needs no
#   weights at all.
# - **B, projection on change.** If the shape changes: a 1×1 convolution with this stride, then batch norm.
#   If not: the identity.
# - **C, projection always.** The 1×1 convolution and batch norm on *every* shortcut.
#
# **Your task.** Write these three shortcuts. "The shape changes" means: another number of channels, **or** a
# stride other than 1. The zeros of A go *after* the channels of X. Projections have no bias and get
# `kernel_initializer="he_normal"`. No shortcut has a ReLU.
#
# Useful for A: slices work on Keras tensors as they do on arrays, `X[:, a::s, b::s, :]`. And
# `ops.pad(X, [(0, 0), (0, 0), (0, 0), (0, n)])` appends `n` channels of zeros.


# %% nbgrader={"grade": false, "grade_id": "shortcut_A", "locked": false, "schema_version": 3, "solution": true, "task": false}
def shortcut_A(X, filters, stride=1):
    """Every stride-th pixel, and channels of zeros: a shortcut without weights.

    Arguments:
    X -- input tensor of shape (m, height, width, channels)
    filters -- integer, channels of the result, at least as many as X has
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
    """A projection for every shape: 1×1 convolution and batch norm.

    Arguments and result as those of shortcut_A.
    """
    # (2 lines)
    ### BEGIN SOLUTION
    X = Conv2D(
        filters, (1, 1), strides=(stride, stride), use_bias=False, kernel_initializer="he_normal"
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
    """A projection if the shape changes, the identity if not.

    Arguments and result as those of shortcut_A. (Use shortcut_C: then 3 lines are enough.)
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
# **Your task.** Write `residual_block`: the two convolutions of the plain block, and a shortcut around them.
# The argument `shortcut` says which one. Watch the last ReLU: in a residual block it comes *after* the
# addition. So you cannot call `plain_block` here.


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
    settings = {"padding": "same", "use_bias": False, "kernel_initializer": "he_normal"}
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
# Each block has two convolutions. Three stages of $n$ blocks make $6n$. With the first convolution and the
# dense layer, that is $6n + 2$. The paper uses the depths 20, 32, 44, 56 and 110. (There is no softmax,
# because the loss computes it. The loss can do both together with smaller rounding errors.)
#
# **Your task.** Write `network`. If `shortcut` is `None`, the network is plain. If not, it is residual.
# The first convolution also gets `kernel_initializer="he_normal"`.


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
    X = Conv2D(width, 3, padding="same", use_bias=False, kernel_initializer="he_normal")(X_input)
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
# Now the experiment. You train four networks: plain and residual, with 20 and with 56 layers. Each is trained
# from five starting points, because a single run can be good or bad by chance. The pictures are hands that
# the course draws itself. `training_curves(model, x, y, seeds, steps, …)` trains one network from every
# starting point. It returns the loss of each step, one row for each starting point. (A starting point is
# chosen by a *seed*, the number from which the random weights are drawn.)
#
# The networks of the paper begin with 16 channels. They were trained for 64,000 steps on 50,000 pictures.
# Here the training must take only minutes. So these networks begin with 4 channels, the pictures have 16×16
# pixels, and there are 84 steps on 192 pictures. Two more things are different from the paper:
#
# - **Every network begins with the same loss**, $\ln 6 ≈ 1.79$, the loss of guessing. The weights of the
#   dense layer are zero at the start, so all classes have the same probability. Without this, the deep
#   residual network would begin with a higher loss: its 27 additions make large numbers.
# - **Adam instead of SGD (stochastic gradient descent) with momentum.** With the paper's SGD and its learning
#   rate of 0.1, ResNet-56 learned almost nothing in so few steps. Large numbers need small steps at first.
#   (For the same reason, the paper trains its ResNet-110 with a small learning rate at first.) Adam chooses
#   the size of its steps itself. All four networks get the same Adam with the same learning rate of 0.002.
#   (We also tried 0.003, with three starting points and 72 steps. The plain networks did the same. ResNet-56
#   ended at 1.15, ResNet-20 at 1.14.)

# %% tags=["heavy"]
hands, labels = rendered_hands(per_class=500 if FULL else 32, seed=7, progress=False)
small = hands.reshape(-1, 32, 2, 32, 2, 3).mean(axis=(2, 4))
if not FULL:
    small = small.reshape(-1, 16, 2, 16, 2, 3).mean(axis=(2, 4))
pictures = (small - small.mean()) / small.std()

recipe = {"seeds": range(5), "steps": 84, "batch_size": 32, "learning_rate": 0.002}
if FULL:
    recipe = {"seeds": range(5), "steps": 64_000, "batch_size": 128, "learning_rate": 0.001}
size = {"width": 16 if FULL else 4, "input_shape": pictures.shape[1:], "classes": 6}

named = {f"a {labels[k]}": small[k] / 255 for k in range(6)}
plot_pictures(named, seen="Drawn hands of few pixels that show these numbers with their fingers.")

# %% tags=["heavy"]
losses = {}
for depth in (20, 56):
    for name, shortcut in {"plain": None, "residual": "A"}.items():
        model, title = network(depth, shortcut, **size), f"{name}, {depth}"
        losses[title] = training_curves(model, pictures, labels, **recipe, name=title)


# %% tags=["heavy"]
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
# This is degradation. All four networks see the same pictures in the same order. Batch norm keeps their
# signals at a good size. And this is the loss on the *training* pictures. The plain network of 56 layers
# could compute everything that the plain network of 20 layers computes. But its loss stays near the loss of
# guessing (the dashed line). The residual network of 56 layers has the same number of convolutions. Its
# loss falls as fast as the loss of the residual network of 20 layers, here even faster. (Its band is wide,
# because one of the five starting points is slower than the others.)
#
# What does such a small experiment show? It shows: in a fixed number of steps, more depth harms a plain
# network and does not harm a residual one. It does not show what happens in more steps (try `steps=400`).
# In the paper, after 64,000 steps, the plain network of 56 layers still makes more errors than the one of
# 20. And it does not prove that ResNet-56 is better than ResNet-20. To show this, you need the width and
# the number of steps of the paper (`FULL = True` and a GPU), and also its 50,000 pictures.
#
# ## 3.7 The identity in the derivative
#
# Why do shortcuts help? A residual block computes $y = x + f(x)$ (we leave out the last ReLU). If $x$ has $k$
# numbers, the derivative of $y$ with respect to $x$ is a matrix of $k × k$ numbers. It is called the Jacobian:
#
# $$ \frac{∂y}{∂x} = I + \frac{∂f}{∂x} $$
#
# You can measure this. You need no calculus for it: move one number of $x$ a little up and a little down, and
# look how far $y$ moves.


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

equal = np.allclose(of_y, np.eye(48) + of_f, atol=1e-3)
print("shape of the Jacobians:", of_y.shape)
print("the Jacobian of y is I + the Jacobian of f, within 0.001:", equal)
plot_pictures(
    {"∂f/∂x": of_f, "∂y/∂x = I + ∂f/∂x": of_y},
    seen="Two matrices in grey. Only the second has a bright line on its diagonal: the identity.",
)

# %% [markdown]
# Look at the diagonal of the right-hand picture: there is the identity. Now stack $L$ blocks. The Jacobian
# of all of them is the product of $L$ matrices $I + ∂f_l/∂x$. Expand this product. One of its terms is
# $I · I ⋯ I = I$. On this path, the gradient reaches the first layer unchanged, through 54 layers.
# A plain network has only the product of all $∂f_l/∂x$. Each layer mixes what the layers before have
# already mixed.
#
# ## 3.8 The gradient, layer by layer
#
# Let us measure the gradient at each convolution of the networks of 56 layers, before training.


# %% tags=["heavy"]
def from_logits(targets, predictions):
    """Cross-entropy of a network that ends without softmax."""
    return keras.losses.categorical_crossentropy(targets, predictions, from_logits=True)


norms = {}
for name, shortcut in {"plain": None, "residual": "A"}.items():
    keras.utils.set_random_seed(2)
    model = network(56, shortcut, **size)
    betas = [layer.beta for layer in model.layers if isinstance(layer, BatchNormalization)]
    one_hot = np.eye(6)[labels[:32]]
    norms[name] = gradient_norms(model, pictures[:32], one_hot, betas, from_logits)

plot_gradients(norms)

# %% tags=["heavy"]
for name, values in norms.items():
    print(f"{name:9} first layer / last layer is more than 10:", values[0] > 10 * values[-1])

assert norms["plain"][0] / norms["plain"][-1] > 10 * norms["residual"][0] / norms["residual"][-1]

# %% [markdown]
# With batch norm, the gradient of the plain network does not vanish. It *grows* on its way back, to many
# times its size. So no learning rate is right for both the first layers and the last ones. There is a second
# problem, which the size of the gradient does not show. The gradient passes through many random mixtures. So
# it changes almost completely if the picture changes a little. ([Balduzzi et al.
# 2017](https://arxiv.org/abs/1702.08591) call such gradients *shattered*.)
#
# ## 3.9 A, B or C?
#
# What does a shortcut with weights cost, and does it help? Here is ResNet-20 with each of the three
# shortcuts, from the same starting points.

# %% tags=["heavy"]
table = {}
for shortcut in "ABC":
    model = network(20, shortcut, **size)
    if shortcut == "A":
        curves = losses["residual, 20"]
    else:
        curves = training_curves(model, pictures, labels, **recipe, name=f"shortcut {shortcut}")
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
# Read this table with care. In this short training, A is best, then B, then C. A projection begins as a
# random mixture of its input. With C, every shortcut has one, so no gradient has a free path at first. The
# projections must learn this.
#
# The paper trains ResNet-34 on ImageNet for 600,000 steps. There the order is reversed: C has an error of
# 24.19 %, B of 24.52 % and A of 25.03 %. After such a long training, more weights help a little.
#
# About degradation, both experiments say the same. All three are far better than the plain network. Even A is
# far better, although it has no weights. So the identity helps, not the projections. B needs few weights and
# keeps the identity wherever the shape allows it. ResNets have used B ever since.

# %% [markdown]
# ## Your points
#
# This adds up the points of the last run of each check.

# %% tags=["heavy"]
total()

# %% [markdown]
# ## Common mistakes
#
# - **Calling it overfitting.** Degradation is a higher *training* loss.
# - **Calling it vanishing gradients.** With batch norm they do not vanish.
# - **`plain_block(…) + shortcut`.** Then the last ReLU comes before the addition, and a block can never
#   subtract anything.
# - **The shortcut starts from the main path.** Keep `X`, and give the main path another name.
# - **The projection depends on the number of channels alone.** A stride changes the shape, too.
# - **Pooling in shortcut A.** The paper takes the pixels as they are. A mean would blur the picture, and a
#   maximum is not a linear map.
# - **A conclusion from one run.** Look at the bands: two starting points of one network can differ more
#   than two architectures.
#
# ## What next
#
# - **[Notebook 4](04_resnet_family.ipynb)**: build ResNet-18 to ResNet-152 from two blocks and one function.
# - **[Notebook 5](05_identity_mappings.ipynb)**: leave the shortcut without any layer, and write the training
#   loop yourself, for pictures of flowers.
# - **[Notebook 6](06_resnext.ipynb)**: divide the channels into groups, and build ResNeXt-50.
# - **[Notebook 7](07_transfer_learning.ipynb)**: let a trained network learn something new from few pictures.
# - **[Notebook 8](08_faster_training.ipynb)**: train faster, with four tricks that you write yourself.
# - He et al. 2015, sections 4.1 and 4.2. Its figure 6 shows your curves at full size.
# - He et al. 2016, [*Identity Mappings in Deep Residual Networks*](https://arxiv.org/abs/1603.05027): batch
#   norm and ReLU come *before* the convolutions, so that nothing at all changes the signal on the shortcuts.
