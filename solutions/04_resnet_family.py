# %% [markdown]
# # 4 · The ResNet family
#
# One program can build ResNet-18, 34, 50, 101 and 152. It needs only two kinds of block and a short list of
# numbers. In this notebook you write this program. Afterwards you can
#
# - build any network of the family with the functional API, with or without its classifier,
# - calculate the size of every feature map before you build anything, and check it in the model,
# - reproduce the published numbers of parameters *exactly*, and the published numbers of multiplications,
# - say which convolution has the stride in different libraries, and what that costs,
# - copy trained weights from one network to another, using the names of the layers,
# - find the mistakes in code that somebody wrote from memory.
#
# **How it works.** You write the code of four cells and repair two more. The cell below each is a check. It
# tells you what is right, what is not right yet, and where to look. If you do not know how to go on, run
# `hint("BasicBlock")`: there are three hints, one after the other. The outputs in this notebook come from
# a solved notebook. You need no GPU, no account and no network connection. Plan two hours. The computer
# itself works for about a minute of this time (measured with 2 processor cores; twice as long if other
# programs are busy).
#
# The family is table 1 of He, Zhang, Ren and Sun,
# [*Deep Residual Learning for Image Recognition*](https://arxiv.org/abs/1512.03385) (2015).

# %% tags=["setup"]
import os
import sys
import time

sys.path.append("..")  # resnets_utils.py lives one folder up

from resnets_utils import (
    check,
    draw_block,
    glorot_uniform,
    gradient_norms,
    hint,
    kaiming_normal,
    multiply_adds,
    plot_architecture,
    plot_bars,
    plot_gradients,
    progress,
    reset,
    rounded,
    total,
    with_stride_on_first,
)

# %% tags=["setup"]
import keras
import numpy as np
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

# With True, the experiment with initializers sees more pictures.
FULL = bool(os.environ.get("RESNETS_FULL"))

# %% [markdown]
# ## 4.1 The family on paper
#
# All five networks have the same frame. Only the kind of block and the number of blocks differ.
#
# | | output at 224×224 | 18 | 34 | 50 | 101 | 152 |
# | --- | --- | --- | --- | --- | --- | --- |
# | conv1, max pooling | 56×56 | | | | | |
# | layer1, 64 filters | 56×56 | 2 | 3 | 3 | 3 | 3 |
# | layer2, 128 filters | 28×28 | 2 | 4 | 4 | 4 | 8 |
# | layer3, 256 filters | 14×14 | 2 | 6 | 6 | 23 | 36 |
# | layer4, 512 filters | 7×7 | 2 | 3 | 3 | 3 | 3 |
# | kind of block | | basic | basic | bottleneck | bottleneck | bottleneck |
#
# A basic block has two convolutions, a bottleneck three. Count them for ResNet-50: $3 · (3+4+6+3) = 48$.
# The first convolution and the classifier make 50.
#
# Calculate the sizes first. A window of $k$ pixels slides over $n$ pixels, in steps of $s$ pixels. ($s$ is
# the *stride*.) $p$ pixels of padding are added at each end. Then the window has $⌊(n + 2p - k) / s⌋ + 1$
# places.

# %% tags=["heavy"]
DEPTHS = (18, 34, 50, 101, 152)
sizes, size = {}, 224
for name, kernel, stride, padding in [
    ("conv1", 7, 2, 3),
    ("max pooling", 3, 2, 1),
    ("layer1", 3, 1, 1),
    ("layer2", 3, 2, 1),
    ("layer3", 3, 2, 1),
    ("layer4", 3, 2, 1),
]:
    before, size = size, (size + 2 * padding - kernel) // stride + 1
    sizes[name] = size
    print(f"{name:12} {kernel}×{kernel}, stride {stride}, padding {padding}: {before:3} → {size:3}")

# %% [markdown]
# In section 4.6 you will find the same sizes in your model.
#
# ## 4.2 The basic block

# %%
conv1 = "Conv2D\n3×3, filters\n$stride$\nsame"
conv2 = "Conv2D\n3×3, filters\nstride 1\nsame"
projection = "Conv2D\n1×1, filters\n$stride$\nif needed"
norm = "BatchNorm\naxis 3"
draw_block(main=[conv1, norm, "ReLU", conv2, norm], shortcut=[projection, norm])

# %% [markdown]
# **Your task.** Write `BasicBlock`. The shortcut is $X$ itself wherever the shapes allow it. If they do not,
# it is a *projection*: a 1×1 convolution and batch norm (batch normalisation). Two things change a shape: a
# **stride** other than 1, **or** another number of channels.
#
# | layer | settings | name |
# | --- | --- | --- |
# | first convolution | `filters` of 3×3, stride `stride`, same | `name` + `"_conv1"` |
# | batch norm, ReLU | axis 3 | `name` + `"_bn1"` |
# | second convolution | `filters` of 3×3, stride 1, same | `name` + `"_conv2"` |
# | batch norm | axis 3 | `name` + `"_bn2"` |
# | projection, if needed | `filters` of 1×1, stride `stride` | `name` + `"_shortcut_conv"` |
# | its batch norm | axis 3 | `name` + `"_shortcut_bn"` |
# | addition, then ReLU | | |
#
# No convolution of this notebook has a bias, because batch norm would remove it. Every convolution gets
# `kernel_initializer=kaiming_normal(seed=0)`. Section 4.8 explains it. ReLUs and additions need no name. The
# picture above shows both paths. If the shortcut is $X$ itself (the *identity*), the lower path is empty.


# %% nbgrader={"grade": false, "grade_id": "BasicBlock", "locked": false, "schema_version": 3, "solution": true, "task": false}
def BasicBlock(X, filters, stride=1, name="block"):
    """Two 3×3 convolutions with a shortcut around them (He et al. 2015, figure 5, left).

    Arguments:
    X -- input tensor of shape (m, height, width, channels)
    filters -- integer, the number of filters of both convolutions
    stride -- integer, the stride of the first convolution and of a projection
    name -- text, with which the names of all layers begin

    Returns:
    Y -- output tensor of shape (m, ceil(height / stride), ceil(width / stride), filters)
    """
    # What all convolutions have in common (given)
    common = {"use_bias": False, "kernel_initializer": kaiming_normal(seed=0)}

    # Main path (5 lines)
    ### BEGIN SOLUTION
    Y = Conv2D(filters, 3, strides=stride, padding="same", name=name + "_conv1", **common)(X)
    Y = BatchNormalization(axis=3, name=name + "_bn1")(Y)
    Y = Activation("relu")(Y)
    Y = Conv2D(filters, 3, padding="same", name=name + "_conv2", **common)(Y)
    Y = BatchNormalization(axis=3, name=name + "_bn2")(Y)
    ### END SOLUTION

    # Shortcut: X, or a projection of X (3 lines)
    ### BEGIN SOLUTION
    if stride != 1 or X.shape[-1] != filters:
        X = Conv2D(filters, 1, strides=stride, name=name + "_shortcut_conv", **common)(X)
        X = BatchNormalization(axis=3, name=name + "_shortcut_bn")(X)
    ### END SOLUTION

    # Addition, then ReLU (2 lines)
    ### BEGIN SOLUTION
    Y = Add()([Y, X])
    return Activation("relu")(Y)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_BasicBlock", "locked": true, "points": 20, "schema_version": 3, "solution": false, "task": false}
check("BasicBlock")
### BEGIN HIDDEN TESTS
check("BasicBlock", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 4.3 The bottleneck

# %%
squeeze = "Conv2D\n1×1, filters\nstride 1"
middle = "Conv2D\n3×3, filters\n$stride$\nsame"
widen = "Conv2D\n1×1\n4 · filters"
projection = "Conv2D\n1×1, $stride$\n4 · filters\nif needed"
main = [squeeze, norm, "ReLU", middle, norm, "ReLU", widen, norm]
draw_block(main=main, shortcut=[projection, norm])

# %% [markdown]
# **Your task.** Write `Bottleneck`. The last convolution and the projection have four times as many filters
# as the other two convolutions. The **3×3 convolution** has the stride. (In notebook 1, the first 1×1
# convolution had it. Section 4.7 measures what this changes.)
#
# The names end in `_conv1`, `_bn1`, `_conv2`, `_bn2`, `_conv3`, `_bn3`, `_shortcut_conv` and
# `_shortcut_bn`. Everything else is as in `BasicBlock`.


# %% nbgrader={"grade": false, "grade_id": "Bottleneck", "locked": false, "schema_version": 3, "solution": true, "task": false}
def Bottleneck(X, filters, stride=1, name="block"):
    """1×1, 3×3 and 1×1 convolution with a shortcut around them (He et al. 2015, figure 5, right).

    Arguments:
    X -- input tensor of shape (m, height, width, channels)
    filters -- integer, the number of filters of the first two convolutions
    stride -- integer, the stride of the 3×3 convolution and of a projection
    name -- text, with which the names of all layers begin

    Returns:
    Y -- output tensor of shape (m, ceil(height / stride), ceil(width / stride), 4 * filters)
    """
    # What all convolutions have in common (given)
    common = {"use_bias": False, "kernel_initializer": kaiming_normal(seed=0)}

    # Main path (8 lines)
    ### BEGIN SOLUTION
    Y = Conv2D(filters, 1, name=name + "_conv1", **common)(X)
    Y = BatchNormalization(axis=3, name=name + "_bn1")(Y)
    Y = Activation("relu")(Y)
    Y = Conv2D(filters, 3, strides=stride, padding="same", name=name + "_conv2", **common)(Y)
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


# %% nbgrader={"grade": true, "grade_id": "test_Bottleneck", "locked": true, "points": 20, "schema_version": 3, "solution": false, "task": false}
check("Bottleneck")
### BEGIN HIDDEN TESTS
check("Bottleneck", hidden=True)
### END HIDDEN TESTS

# %%
np.random.seed(1)
X = np.random.randn(1, 8, 8, 8).astype("float32")
for kind in (BasicBlock, Bottleneck):
    X_input = Input((8, 8, 8))
    Y = keras.ops.convert_to_numpy(Model(X_input, kind(X_input, 2, stride=2))(X))
    print(f"{kind.__name__:10} {X.shape} → {Y.shape}: {rounded(Y[0, 0, 0], 3)}")

# %% [markdown]
# ## 4.4 A layer of blocks
#
# PyTorch calls a row of blocks with the same number of filters a *layer*. (Others call it a *stage*.) Its
# first block may change the shape. All others keep it.
#
# **Your task.** Write `make_layer`. It calls the function `kind` once for each block. Only the first block
# gets the stride. The blocks are named `name + "_0"`, `name + "_1"`, and so on.


# %% nbgrader={"grade": false, "grade_id": "make_layer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def make_layer(X, kind, filters, blocks, stride=1, name="layer"):
    """A row of blocks; the first one may change height and width (He et al. 2015, table 1).

    Arguments:
    X -- input tensor of shape (m, height, width, channels)
    kind -- BasicBlock or Bottleneck, the function that builds one block
    filters -- integer, passed to every block
    blocks -- integer, how many blocks
    stride -- integer, the stride of the first block
    name -- text, with which the names of the blocks begin

    Returns:
    X -- output tensor
    """
    # (3 lines)
    ### BEGIN SOLUTION
    for number in range(blocks):
        X = kind(X, filters, stride if number == 0 else 1, name=f"{name}_{number}")
    return X
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_make_layer", "locked": true, "points": 12, "schema_version": 3, "solution": false, "task": false}
check("make_layer")
### BEGIN HIDDEN TESTS
check("make_layer", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 4.5 The whole family
#
# **Your task.** Write `resnet`. The table of section 4.1 says how many blocks each layer has.
#
# | step | settings | name |
# | --- | --- | --- |
# | zero padding | 3 pixels on each side | |
# | convolution | 64 filters of 7×7, stride 2, no padding, no bias, `kaiming_normal(seed=0)` | `conv1` |
# | batch norm, ReLU | axis 3 | `bn1` |
# | zero padding | 1 pixel on each side | |
# | max pooling | 3×3, stride 2 | |
# | four layers | 64, 128, 256, 512 filters; the first with stride 1, the others with stride 2 | `layer1` … `layer4` |
# | with `include_top`: global average pooling | | |
# | with `include_top`: dense, `classes` units, **no softmax** | Keras' own initializer | `fc` and the number of classes: `fc1000` |
#
# With `include_top=False` the model ends with layer4. Use it when you need the features, not the classes.


# %% nbgrader={"grade": false, "grade_id": "resnet", "locked": false, "schema_version": 3, "solution": true, "task": false}
def resnet(depth, classes=1000, include_top=True, input_shape=(224, 224, 3)):
    """ResNet-18, 34, 50, 101 or 152 (He et al. 2015, table 1).

    Arguments:
    depth -- integer: 18, 34, 50, 101 or 152
    classes -- integer, units of the dense layer
    include_top -- whether pooling and the dense layer follow layer4
    input_shape -- shape of one picture, (height, width, channels)

    Returns:
    model -- a keras Model
    """
    # The kind of block, and four numbers of blocks (about 8 lines)
    ### BEGIN SOLUTION
    kind, numbers = {
        18: (BasicBlock, (2, 2, 2, 2)),
        34: (BasicBlock, (3, 4, 6, 3)),
        50: (Bottleneck, (3, 4, 6, 3)),
        101: (Bottleneck, (3, 4, 23, 3)),
        152: (Bottleneck, (3, 8, 36, 3)),
    }[depth]
    ### END SOLUTION

    X_input = Input(input_shape)

    # From the padding to the max pooling (about 8 lines)
    ### BEGIN SOLUTION
    X = ZeroPadding2D(3)(X_input)
    start = kaiming_normal(seed=0)
    X = Conv2D(64, 7, strides=2, use_bias=False, kernel_initializer=start, name="conv1")(X)
    X = BatchNormalization(axis=3, name="bn1")(X)
    X = Activation("relu")(X)
    X = ZeroPadding2D(1)(X)
    X = MaxPooling2D(3, strides=2)(X)
    ### END SOLUTION

    # Four layers, and what follows them (about 6 lines)
    ### BEGIN SOLUTION
    for number, blocks in enumerate(numbers, start=1):
        filters, stride = 32 * 2**number, 1 if number == 1 else 2
        X = make_layer(X, kind, filters, blocks, stride, name=f"layer{number}")
    if include_top:
        X = GlobalAveragePooling2D()(X)
        X = Dense(classes, name=f"fc{classes}")(X)
    ### END SOLUTION

    return Model(X_input, X, name=f"resnet{depth}")


# %% nbgrader={"grade": true, "grade_id": "test_resnet", "locked": true, "points": 24, "schema_version": 3, "solution": false, "task": false}
check("resnet")
### BEGIN HIDDEN TESTS
check("resnet", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 4.6 The published numbers
#
# Build all five at full size. Then compare the numbers of parameters: one bias too many, or one missing
# projection, changes them. The published numbers are those of PyTorch's models. They count the weights that
# are learned. (The moving averages of batch norm are not learned, so they do not count.)


# %% tags=["heavy"]
def learned(model):
    """The number of parameters that training changes."""
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)


published = dict(
    zip(DEPTHS, (11_689_512, 21_797_672, 25_557_032, 44_549_160, 60_192_808), strict=True)
)
parameters, work, outputs, seconds = {}, {}, {}, {}
for depth in DEPTHS:
    start = time.process_time()
    model = resnet(depth)
    seconds[depth] = time.process_time() - start
    parameters[depth], work[depth] = learned(model), multiply_adds(model)
    outputs[depth] = {layer.name: layer.output.shape[1:] for layer in model.layers}
    same = "equal" if parameters[depth] == published[depth] else "NOT EQUAL"
    print(f"ResNet-{depth:<3} {parameters[depth]:10,} published {published[depth]:10,} {same}")

# %% tags=["heavy", "nbval-ignore-output"]
print(f"To build ResNet-152, a processor worked for {seconds[152]:.1f} seconds.")

# %% [markdown]
# Now take the sizes from the models, and compare them with the formula of section 4.1.

# %% tags=["heavy"]
for name in ("conv1", "layer1", "layer2", "layer3", "layer4"):
    row = []
    for depth in (18, 152):
        last = [shape for layer, shape in outputs[depth].items() if layer.startswith(name)][-1]
        row.append(f"{last[0]}×{last[1]}, {last[2]} channels")
        assert last[0] == sizes[name]
    print(f"{name}: ResNet-18 {row[0]:22} ResNet-152 {row[1]}")

# %% tags=["heavy"]
title = "Parameters that are learned, in millions"
plot_bars({f"ResNet-{d}": n / 1e6 for d, n in parameters.items()}, title, "millions")

# %% tags=["heavy"]
plot_architecture(resnet(50, classes=6, input_shape=(64, 64, 3)))

# %% [markdown]
# ## 4.7 Where the stride stands, and what it costs
#
# How much must a network calculate for one picture? Each weight of a convolution is multiplied once at every
# place of the output. Papers call these multiply-adds *FLOPs*. `multiply_adds(model)` counts them, layer by
# layer.
#
# There are two versions of the bottleneck:
#
# - **Stride on the first 1×1 convolution.** The paper, notebook 1 and Keras' own ResNet50 have it there. Then
#   the 1×1 convolution skips three of four pixels. No layer ever reads them.
# - **Stride on the 3×3 convolution.** Your network and PyTorch's have it there. The 3×3 windows overlap, so
#   every pixel is used. Libraries moved the stride for this reason. PyTorch's documentation says that this
#   improves the accuracy. It points to
#   [NVIDIA's model card](https://catalog.ngc.nvidia.com/orgs/nvidia/resources/resnet_50_v1_5_for_pytorch):
#   about 0.5 percentage points better (top-1), but about 5 % fewer pictures a second.
#
# `with_stride_on_first(model)` makes a copy of a network, with the stride in the other place. The network and
# its copy have the same weights. First look at one small network, then at all of them.

# %% tags=["heavy"]
mine = resnet(50, input_shape=(64, 64, 3))
other = with_stride_on_first(mine)
counts = multiply_adds(mine), multiply_adds(other)
print("layer                    stride on 3×3   on the first 1×1   (millions of multiply-adds)")
for name in ("layer1_0_conv1", "layer2_0_conv1", "layer2_0_conv2", "layer2_0_conv3"):
    millions = [rounded(count[name] / 1e6, 2) for count in counts]
    print(f"{name:20} {millions[0]:>17} {millions[1]:>18}")
print("parameters are equal:", learned(mine) == learned(other))

# %% [markdown]
# Three blocks halve the height and the width of the picture. Only in these blocks, the first convolution
# differs. If it has the stride, it does a quarter of the work. So you can calculate the paper's numbers from
# the counts of section 4.6.

# %% tags=["heavy"]
paper = dict(zip(DEPTHS, (1.8, 3.6, 3.8, 7.6, 11.3), strict=True))
billions = {}
print("multiply-adds in billions   stride on 3×3   on the first 1×1   paper")
for depth in DEPTHS:
    halving = [f"layer{number}_0_conv1" for number in (2, 3, 4)]
    saved = sum(work[depth][name] for name in halving) * 3 / 4 if depth >= 50 else 0
    whole = sum(work[depth].values())
    billions[depth] = whole / 1e9, (whole - saved) / 1e9
    third, first = (rounded(number, 2) for number in billions[depth])
    print(f"ResNet-{depth:<20} {third:>13} {first:>18} {paper[depth]:7}")

assert all(abs(billions[depth][1] - paper[depth]) < 0.07 for depth in DEPTHS)

# %% tags=["heavy"]
bars = {f"ResNet-{depth}": mine for depth, (mine, _) in billions.items()}
plot_bars(bars, "Work for one picture of 224×224 pixels", "billions of multiply-adds")

# %% [markdown]
# With the stride on the first 1×1 convolution, the counts are those of the paper's table. (For 34 and 50
# layers, the paper's second digit is rounded down.) Your version needs 0.23 billion more. This number is the
# same for 50, 101 and 152 layers, because the blocks that halve the picture are the same. It is 6 % more work
# for ResNet-50, but only 2 % for ResNet-152.
#
# Compare the two bar charts. ResNet-50 has 16 more layers than ResNet-34, but only a few more parameters and
# a little more work. This is the advantage of the bottleneck.
#
# ## 4.8 How the weights begin
#
# A convolution followed by a ReLU changes the size of the gradient that goes back through it. He and others
# [(2015)](https://arxiv.org/abs/1502.01852) calculated with which random weights the size stays the same. The
# standard deviation of the weights must be
#
# $$ σ = \sqrt{2 / \text{fan out}}, \qquad \text{fan out} = \text{rows} · \text{columns} · \text{filters} $$
#
# (*Fan out* is the number of products in which one input number is used.) The 2 is there because the ReLU
# stops half of the gradient. PyTorch calls this `kaiming_normal_(mode="fan_out")`. (Kaiming is He's first
# name.) `kaiming_normal(seed=0)` draws the same numbers on every computer and every backend. Glorot's older
# rule does not have this factor 2. Does it matter? Here are 30 convolutions in a row, without batch norm and
# without shortcuts.


# %% tags=["heavy"]
def plain_stack(initializer, depth=30, width=32):
    """Convolutions and ReLUs in a row, and the biases at which gradients are measured."""
    inputs = Input((16, 16, width))
    x, biases = inputs, []
    for number in range(depth):
        layer = Conv2D(width, 3, padding="same", kernel_initializer=initializer(seed=number))
        x = Activation("relu")(layer(x))
        biases.append(layer.bias)
    outputs = Dense(6, activation="softmax")(GlobalAveragePooling2D()(x))
    return Model(inputs, outputs), biases


keras.utils.set_random_seed(1)
pictures = np.random.standard_normal((64 if FULL else 16, 16, 16, 32)).astype("float32")
targets = np.eye(6)[np.arange(len(pictures)) % 6]
norms = {}
for name, initializer in {
    "glorot_uniform": glorot_uniform,
    "kaiming_normal": kaiming_normal,
}.items():
    network, biases = plain_stack(initializer)
    norms[name] = gradient_norms(network, pictures, targets, biases)

plot_gradients(norms)

# %% tags=["heavy"]
for name, values in norms.items():
    level = 0.01 < values[0] / values[-1] < 100
    print(f"{name:15} the gradients of first and last layer differ by less than 100 times: {level}")

# %% [markdown]
# With Glorot's rule, the gradient halves about every second layer. With He's rule, its size hardly changes.
# Batch norm and shortcuts would hide this difference. So the networks of this notebook would train with
# either rule. But He's rule is the one that was made for ReLUs.
#
# ## 4.9 Names carry weights
#
# Suppose you have trained a network for 6 classes. Now you need one for 10 classes. You can use every layer
# again except the last one. Your layers have the same names in both networks, because you chose the names.
# (Keras' own names contain a counter, for example `conv2d_17`. This number depends on everything that you
# built before.)


# %% tags=["heavy"]
def carry_over(source, target):
    """Copy the weights of each layer that has the same name in both; return the other names."""
    there = {layer.name: layer for layer in source.layers}
    left = []
    for layer in target.layers:
        if layer.weights and layer.name in there:
            layer.set_weights(there[layer.name].get_weights())
        elif layer.weights:
            left.append(layer.name)
    return left


small = {"input_shape": (64, 64, 3)}
six = resnet(18, classes=6, **small)
np.random.seed(2)
# In place of a training: every weight changes a little.
six.set_weights([w * np.random.uniform(0.9, 1.1, w.shape) for w in six.get_weights()])

ten = resnet(18, classes=10, **small)
features = resnet(18, include_top=False, **small)
before = np.allclose(
    ten.get_layer("conv1").get_weights()[0], six.get_layer("conv1").get_weights()[0]
)
print("left as they were, in the network of 10 classes:  ", carry_over(six, ten))
print("left as they were, in the network without its top:", carry_over(six, features))

# %% tags=["heavy"]
picture = np.random.standard_normal((1, 64, 64, 3)).astype("float32")
end = Model(six.input, six.layers[-3].output)  # what comes before pooling and the dense layer
same = np.allclose(end(picture), features(picture), atol=1e-4)
print("conv1 was the same before:", before)
print("shape of the features:", features.output.shape[1:])
print("they are those of the network of 6 classes:", same)
print("classes:", six.output.shape[1:], "and", ten.output.shape[1:])

# %% [markdown]
# The dense layers are called `fc6` and `fc10`. Their names differ, so the weights of one are never copied to
# the other by mistake. In this way, a trained network can learn something new and keep what it knows.
#
# ## 4.10 Find the bugs
#
# Somebody wrote a bottleneck from memory, for a blog. The mistakes are real. Here is the block in Keras'
# functional API. As in PyTorch, the code first makes all layers and calls them later.
#
# **Your task.** Repair `bottleneck_from_memory`. Do not start again: read each line, and change only what is
# wrong. There are five bugs. Python reports an error for one of them. The other four run without an error on
# many inputs. The check names each bug, and says whether it is still there. (Layers need no names here, and
# no initializer.)


# %% nbgrader={"grade": false, "grade_id": "bottleneck_from_memory", "locked": false, "schema_version": 3, "solution": true, "task": false}
def bottleneck_from_memory(X, filters, stride=1):
    """A bottleneck as in section 4.3, without names.

    Arguments:
    X -- input tensor of shape (m, height, width, channels)
    filters -- integer, the number of filters of the first two convolutions
    stride -- integer, the stride of the 3×3 convolution and of a projection

    Returns:
    Y -- output tensor of shape (m, ceil(height / stride), ceil(width / stride), 4 * filters)
    """
    ### BEGIN SOLUTION
    conv1 = Conv2D(filters, kernel_size=1, use_bias=False)
    bn1 = BatchNormalization(axis=3)
    conv2 = Conv2D(filters, kernel_size=3, strides=stride, padding="same", use_bias=False)
    bn2 = BatchNormalization(axis=3)
    conv3 = Conv2D(4 * filters, kernel_size=1, use_bias=False)
    bn3 = BatchNormalization(axis=3)
    relu = Activation("relu")

    shortcut = X
    if stride != 1 or X.shape[-1] != 4 * filters:
        shortcut = Conv2D(4 * filters, kernel_size=1, strides=stride, use_bias=False)(shortcut)
        shortcut = BatchNormalization(axis=3)(shortcut)

    Y = relu(bn1(conv1(X)))
    Y = relu(bn2(conv2(Y)))
    Y = bn3(conv3(Y))
    return relu(Add()([Y, shortcut]))
    ### END SOLUTION
    ### BEGIN DRAFT
    # conv1 = Conv2D(filters, kernel_size=1, use_bias=False)
    # bn1 = BatchNormalization(axis=3)
    # conv2 = Conv2D(filters, kernel_size=stride, strides=1, padding="same", use_bias=False)
    # bn2 = BatchNormalization(axis=3)
    # conv1 = Conv2D(4 * filters, kernel_size=1, use_bias=False)
    # bn1 = BatchNormalization(axis=3)
    # relu = Activation("relu")
    #
    # shortcut = X
    # if stride != 1 or X.shape[-1] != 4 * filters:
    #     shortcut = ZeroPadding2D(1)(shortcut)
    #     shortcut = Conv2D(4 * filters, kernel_size=1, strides=stride)(shortcut)
    #     shortcut = BatchNormalization(axis=3)(shortcut)
    #
    # Y = relu(bn1(conv1(X)))
    # Y = relu(bn2(conv2(Y)))
    # Y = bn3(conv3(Y))
    # return relu(Add()([Y, shortcut]))
    ### END DRAFT


# %% nbgrader={"grade": true, "grade_id": "test_bottleneck_from_memory", "locked": true, "points": 12, "schema_version": 3, "solution": false, "task": false}
check("bottleneck_from_memory")
### BEGIN HIDDEN TESTS
check("bottleneck_from_memory", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# The same person wrote a class that builds the layers one after the other. `self.X` is the output of the
# network as it is so far.
#
# **Your task.** Repair the class `Network`. There are two bugs. The first one raises an error. The second one
# raises no error, but the network gets far too many channels: look at what `bottleneck_from_memory` does with
# `filters`. (In the blog, a comma was missing, too. Python cannot run such a cell at all, so we have added
# the comma.)


# %% nbgrader={"grade": false, "grade_id": "layer_from_memory", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
class Network:
    """A network that grows block by block."""

    def __init__(self, X):
        self.X = X

    def make_layer(self, filters, blocks, stride=1):
        """Add a row of bottlenecks; the first one has the stride."""
        self.X = bottleneck_from_memory(self.X, filters, stride)
        for _ in range(1, blocks):
            self.X = bottleneck_from_memory(self.X, filters)


def layer_from_memory(X, filters, blocks, stride=1):
    """A row of bottlenecks after X; each returns 4 * filters channels."""
    network = Network(X)
    network.make_layer(filters, blocks, stride)
    return network.X


### END SOLUTION
### BEGIN DRAFT
# class Network:
#     """A network that grows block by block."""
#
#     def __init__(self, X):
#         self.X = X
#
#     def make_layer(filters, blocks, stride=1):
#         """Add a row of bottlenecks; the first one has the stride."""
#         self.X = bottleneck_from_memory(
#             self.X,
#             4 * filters,
#             stride,
#         )
#         for _ in range(1, blocks):
#             self.X = bottleneck_from_memory(self.X, 4 * filters)
#
#
# def layer_from_memory(X, filters, blocks, stride=1):
#     """A row of bottlenecks after X; each returns 4 * filters channels."""
#     network = Network(X)
#     network.make_layer(filters, blocks, stride)
#     return network.X
### END DRAFT


# %% nbgrader={"grade": true, "grade_id": "test_layer_from_memory", "locked": true, "points": 12, "schema_version": 3, "solution": false, "task": false}
check("layer_from_memory")
### BEGIN HIDDEN TESTS
check("layer_from_memory", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# One of the five bugs was `kernel_size=stride`. With a stride of 1, all shapes are right. The block runs and
# trains, but it never looks at a pixel's neighbours. The number of weights shows the mistake:

# %% tags=["heavy"]
for window in (1, 3):
    print(f"layer1 of ResNet-50, middle convolution with a window of {window}×{window}:", end=" ")
    print(f"{64 * 64 * window**2:,} weights in each block")

# %% [markdown]
# So count the parameters of everything that you write from memory, and compare them with a published number.
#
# ## 4.11 The same network elsewhere
#
# Networks with the same name are not always the same network. Before you copy weights from one library to
# another, compare these settings.
#
# | | yours | `keras.applications.ResNet50` | PyTorch |
# | --- | --- | --- | --- |
# | stride of a bottleneck | 3×3 | first 1×1 | 3×3 |
# | convolutions have a bias | no | yes | no |
# | batch norm's ε | 0.001 | 0.00001001 | 0.00001 |
# | last layer | no softmax | softmax | no softmax |
# | padding of a 3×3 with stride 2 | `"same"`: only below and on the right, if the size is even | (no 3×3 has a stride of 2) | 1 on each side |
#
# If you make all of these settings equal, the networks are equal. The tests of this course copy the weights
# of Keras' ResNet50, ResNet101 and ResNet152 into your networks. The outputs differ by less than 0.0001.

# %% [markdown]
# ## Your points
#
# This adds up the points of the last run of each check.

# %% tags=["heavy"]
total()

# %% [markdown]
# ## Common mistakes
#
# - **The projection depends on the number of channels alone.** Then ResNet-18 works, because stride and
#   channels change together there. But a block with stride 2 and the same number of channels fails.
# - **A projection in layer1 of ResNet-18.** There, a block gets 64 channels and returns 64, so the identity
#   is enough. In ResNet-50, the first block of layer1 returns 256 channels. So it needs a projection, with
#   stride 1.
# - **The stride in every block of a layer.** Only the first block has it.
# - **`4 * filters` twice.** The bottleneck multiplies by four itself.
# - **Biases.** If you forget `use_bias=False` only once, the number of parameters shows it.
# - **Padding a 1×1 convolution.** A window of one pixel never goes beyond the border. Padding makes the
#   picture larger, and then the addition fails.
# - **The same name twice.** Every layer of a model needs a different name. So the names of a block must
#   contain the block's number.
#
# ## What next
#
# - **[Notebook 5](05_identity_mappings.ipynb)**: leave the shortcut without any layer, and write the training
#   loop yourself, for pictures of flowers.
# - **[Notebook 6](06_resnext.ipynb)**: divide the channels into groups, and build ResNeXt-50.
# - **[Notebook 7](07_transfer_learning.ipynb)**: let a trained network learn something new from few pictures.
# - **[Notebook 8](08_faster_training.ipynb)**: train faster, with four tricks that you write yourself.
# - He et al. 2015, section 3.3 and table 1.
