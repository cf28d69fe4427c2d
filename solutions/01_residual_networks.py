# %% [markdown]
# # 1 · Residual networks
#
# In this notebook you build a network of 50 layers from two small functions. You teach it to read
# numbers that are shown by hand. Afterwards you can
#
# - show with your own measurement why a very deep plain network hardly learns,
# - write the two building blocks of a **ResNet** with Keras' functional API,
# - stack them into a ResNet-50 and look at the result,
# - explain why a network can score no better than guessing just after training, and repair it in
#   one line.
#
# **How it works.** You write the code of three cells. Each has places marked `# YOUR CODE HERE`. The
# cell below it is a check. It tells you what is right, what is not right yet, and where to look. Run
# it as often as you like. If you do not know how to go on, run `hint("identity_block")`: there are
# three hints, one after the other. The outputs in this notebook come from a solved notebook, so you
# can see what to expect. You need no GPU, no account and no network connection. Plan two hours. The
# computer itself works for about 3 minutes of this time (measured with 2 processor cores; twice as long
# if other programs are busy).
#
# The ideas come from He, Zhang, Ren and Sun,
# [*Deep Residual Learning for Image Recognition*](https://arxiv.org/abs/1512.03385) (2015).

# %% tags=["setup"]
import os
import sys

sys.path.append("..")  # resnets_utils.py lives one folder up

from resnets_utils import (
    LiveCurves,
    Progress,
    check,
    convert_to_one_hot,
    draw_block,
    glorot_uniform,
    gradient_norms,
    hint,
    load_dataset,
    load_photo,
    load_pretrained,
    plot_architecture,
    plot_gradients,
    plot_model,
    plot_prediction,
    plot_signs,
    progress,
    recalibrate_batch_norm,
    reset,
    rounded,
    total,
)

# %% tags=["setup"]
import keras
import numpy as np
from keras.layers import (
    Activation,
    Add,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePooling2D,
    Input,
    MaxPooling2D,
    ZeroPadding2D,
)
from keras.models import Model

# With a GPU you can write True here: then the training is longer.
FULL = bool(os.environ.get("RESNETS_FULL"))

# %% [markdown]
# ## 1.1 The task: SIGNS
#
# Each picture shows a hand that signs a number from 0 to 5. `load_dataset()` takes the best data
# that it finds on your computer: the files of the original course, or photographs, or hands that it
# draws itself. It tells you which of them it took.

# %% tags=["heavy"]
train_x, train_y, test_x, test_y, classes = load_dataset()

print("training pictures", train_x.shape, train_x.dtype, "labels", train_y.shape)
print("test pictures    ", test_x.shape, test_x.dtype, "labels", test_y.shape)
print("classes          ", classes)

# %% tags=["heavy"]
plot_signs(train_x, train_y)

# %% [markdown]
# A network learns best from small inputs, so we divide by 255. The labels become *one-hot* vectors: a 1 at
# the place of the right class, 0 elsewhere. `convert_to_one_hot` gives one column for each example. Keras
# needs one row for each, so we transpose with `.T`.

# %% tags=["heavy"]
X_train, X_test = train_x / 255.0, test_x / 255.0
Y_train, Y_test = convert_to_one_hot(train_y, 6).T, convert_to_one_hot(test_y, 6).T

print("X_train", X_train.shape, "from", X_train.min(), "to at most", np.ceil(X_train.max()))
print("Y_train", Y_train.shape, "label", train_y[0, 0], "becomes", Y_train[0].astype(int))

# %% [markdown]
# ## 1.2 The problem with depth
#
# A deeper network can compute more. So why do we not simply stack 50 convolutions? The reason is the
# gradient. It goes backwards, from the last layer to the first. On its way it is multiplied by the weights of
# every layer and by the slope of every ReLU. (A ReLU turns negative numbers into 0.) The product of fifty
# factors below one is almost zero. The product of fifty factors above one is far too large.
#
# Let us measure it. The function below stacks `depth` convolutions of 16 channels. Each can have a
# **shortcut** around it, and each can have **batch normalisation** (*batch norm*). It gives each channel the
# mean 0 and the variance 1. That makes four kinds of network. We send one batch of pictures through each,
# before any training, and measure the gradient at each layer. (We measure it at the constant that the layer
# adds: the bias, or β of the batch norm.)


# %% tags=["heavy"]
def stack(depth, shortcuts, batch_norm):
    """A deep network with one convolution in each layer, and the constants that layers add."""
    inputs = Input((64, 64, 3))
    x = Conv2D(16, 4, strides=4, kernel_initializer=glorot_uniform(seed=0))(inputs)
    constants = []
    for number in range(1, depth + 1):
        convolution = Conv2D(16, 3, padding="same", kernel_initializer=glorot_uniform(seed=number))
        y = convolution(x)
        if batch_norm:
            normalisation = BatchNormalization()
            y = normalisation(y)
        constants.append(normalisation.beta if batch_norm else convolution.bias)
        x = Activation("relu")(Add()([x, y]) if shortcuts else y)
    x = GlobalAveragePooling2D()(x)
    outputs = Dense(6, activation="softmax", kernel_initializer=glorot_uniform(seed=0))(x)
    return Model(inputs, outputs), constants


# %% tags=["heavy"]
kinds = {
    "plain": (False, False),
    "plain, batch norm": (False, True),
    "shortcuts": (True, False),
    "shortcuts, batch norm": (True, True),
}
norms = {}
with Progress(len(kinds), "measuring gradients", "networks") as bar:
    for name, (shortcuts, batch_norm) in kinds.items():
        network, constants = stack(50, shortcuts, batch_norm)
        norms[name] = gradient_norms(network, X_train[:32], Y_train[:32], constants)
        bar.step()

plot_gradients(norms)

# %% tags=["heavy"]
for name, values in norms.items():
    power = round(np.log10(values[0] / values[-1]))
    print(f"{name:22} first layer / last layer = 10 to the power {power:+}")

assert norms["plain"][0] < 1e-5 * norms["plain"][-1], "the gradient vanishes"
assert norms["shortcuts"][0] > 1e3 * norms["shortcuts"][-1], "the gradient explodes"
assert 0.03 < norms["shortcuts, batch norm"][0] / norms["shortcuts, batch norm"][-1] < 30

# %% [markdown]
# Read the picture from right to left: the gradient goes in this direction.
#
# - **plain**: the gradient halves about every second layer. The first layers learn nothing.
# - **plain, batch norm**: normalising keeps the signal at a good size on its way forward. But now the
#   gradient *grows* on its way back.
# - **shortcuts** alone: each layer adds to what came before, so everything grows.
# - **shortcuts and batch norm**: the curve is nearly flat across fifty layers. This is a residual network.
#
# Why does it help? A residual layer computes $y = x + f(x)$. Its derivative is $1 + f'(x)$. The 1 carries the
# gradient back unchanged, for any weights. Batch norm keeps $f$ at a good size.
#
# You can also see it like this. To do *nothing*, a plain layer must learn the identity. A residual
# layer only has to learn $f = 0$, which is much easier. So extra layers do no harm.
#
# (Vanishing gradients do not explain everything. With batch norm, plain networks train too, but the
# deeper they are, the worse they train. Notebook 3 measures that.)

# %% [markdown]
# ## 1.3 The identity block
#
# When the input and the output of a block have the same shape, the shortcut can carry $X$ as it is.
# A 3×3 convolution over many channels is a lot of work. The block saves work with a **bottleneck**:
#
# - first a 1×1 convolution reduces the channels to $F_1$,
# - then the $f×f$ convolution works on these few channels,
# - then another 1×1 convolution brings them to $F_3$. This must be the number of channels of $X$.

# %% tags=["heavy"]
conv1 = "Conv2D\n1×1, $F_1$\nstride 1\nvalid"
conv2 = "Conv2D\n$f$×$f$, $F_2$\nstride 1\nsame"
conv3 = "Conv2D\n1×1, $F_3$\nstride 1\nvalid"
norm = "BatchNorm\naxis 3"
draw_block(main=[conv1, norm, "ReLU", conv2, norm, "ReLU", conv3, norm])

# %% [markdown]
# **Your task.** Write the main path's second and third component and the last step, as in the table. The name
# of each convolution is `conv_name_base` and an ending; the name of each batch normalisation is
# `bn_name_base` and an ending. When saved weights are loaded, Keras finds the right layer by its name. Every
# convolution gets `kernel_initializer=glorot_uniform(seed=0)`, so that you can compare your numbers with
# those below.
#
# | component | convolution | padding | ending | then |
# | --- | --- | --- | --- | --- |
# | main path, first (given) | $F_1$ filters, 1×1, stride 1 | valid | `2a` | BatchNorm over the channels, ReLU |
# | main path, second | $F_2$ filters, $f×f$, stride 1 | same | `2b` | BatchNorm over the channels, ReLU |
# | main path, third | $F_3$ filters, 1×1, stride 1 | valid | `2c` | BatchNorm over the channels, **no** ReLU |
# | last step | | | | add the shortcut, **then** ReLU |
#
# The four axes are batch, height, width and channels. Channels are the last, so batch norm's `axis` is 3. The
# *stride* says how many pixels the window moves in one step. The padding `same` keeps height and width,
# `valid` adds nothing. ReLUs and the addition need no name.
#
# **The functional API in one line:** first you make a layer, then you *call* it on a tensor:
# `Y = Conv2D(filters=8, kernel_size=(1, 1))(X)`. A layer with two inputs gets a list: `Add()([A, B])`.


# %% nbgrader={"grade": false, "grade_id": "identity_block", "locked": false, "schema_version": 3, "solution": true, "task": false}
def identity_block(X, f, filters, stage, block):
    """A bottleneck block whose shortcut is the identity (He et al. 2015, figure 5).

    Arguments:
    X -- input tensor of shape (m, height, width, channels)
    f -- integer, height and width of the middle convolution's window
    filters -- three integers, the numbers of filters F1, F2, F3 of the main path
    stage -- integer, used in the layers' names
    block -- letter, used in the layers' names

    Returns:
    X -- output tensor of shape (m, height, width, F3)
    """
    conv_name_base = "res" + str(stage) + block + "_branch"
    bn_name_base = "bn" + str(stage) + block + "_branch"
    F1, F2, F3 = filters

    # Keep the input: the last step adds it back.
    X_shortcut = X

    # First component of the main path (given)
    X = Conv2D(
        filters=F1,
        kernel_size=(1, 1),
        strides=(1, 1),
        padding="valid",
        name=conv_name_base + "2a",
        kernel_initializer=glorot_uniform(seed=0),
    )(X)
    X = BatchNormalization(axis=3, name=bn_name_base + "2a")(X)
    X = Activation("relu")(X)

    # Second component of the main path (3 lines)
    ### BEGIN SOLUTION
    X = Conv2D(
        filters=F2,
        kernel_size=(f, f),
        strides=(1, 1),
        padding="same",
        name=conv_name_base + "2b",
        kernel_initializer=glorot_uniform(seed=0),
    )(X)
    X = BatchNormalization(axis=3, name=bn_name_base + "2b")(X)
    X = Activation("relu")(X)
    ### END SOLUTION

    # Third component of the main path (2 lines)
    ### BEGIN SOLUTION
    X = Conv2D(
        filters=F3,
        kernel_size=(1, 1),
        strides=(1, 1),
        padding="valid",
        name=conv_name_base + "2c",
        kernel_initializer=glorot_uniform(seed=0),
    )(X)
    X = BatchNormalization(axis=3, name=bn_name_base + "2c")(X)
    ### END SOLUTION

    # Last step: add the shortcut to the main path, then ReLU (2 lines)
    ### BEGIN SOLUTION
    X = Add()([X, X_shortcut])
    X = Activation("relu")(X)
    ### END SOLUTION

    return X


# %% nbgrader={"grade": true, "grade_id": "test_identity_block", "locked": true, "points": 30, "schema_version": 3, "solution": false, "task": false}
check("identity_block")
### BEGIN HIDDEN TESTS
check("identity_block", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Now use it. This exercise has printed these numbers since TensorFlow 1. Yours should be the same, on
# every computer.

# %% tags=["heavy"]
np.random.seed(1)
X = np.random.randn(3, 4, 4, 6).astype("float32")

X_input = Input((4, 4, 6))
block = Model(X_input, identity_block(X_input, f=2, filters=[2, 4, 6], stage=1, block="a"))
out = keras.ops.convert_to_numpy(block(X))

print("shape", out.shape)
print("out =", rounded(out[1][1][0], digits=3))

# %% [markdown]
# ## 1.4 The convolutional block
#
# When a block changes the shape, its shortcut must change it too. A 1×1 convolution on the shortcut, with
# stride $s$ and $F_3$ filters, gives $X$ the shape that the main path has at its end. It is called a
# *projection*. The shortcut has no ReLU, because it should be linear. On the main path, the *first*
# convolution has the stride. Then the expensive middle convolution works on the smaller picture.

# %% tags=["heavy"]
conv1 = "Conv2D\n1×1, $F_1$\nstride $s$\nvalid"
shortcut = "Conv2D\n1×1, $F_3$\nstride $s$\nvalid"
draw_block(main=[conv1, norm, "ReLU", conv2, norm, "ReLU", conv3, norm], shortcut=[shortcut, norm])

# %% [markdown]
# | component | convolution | padding | ending | then |
# | --- | --- | --- | --- | --- |
# | main path, first | $F_1$ filters, 1×1, stride $s$ | valid | `2a` | BatchNorm over the channels, ReLU |
# | main path, second | $F_2$ filters, $f×f$, stride 1 | same | `2b` | BatchNorm over the channels, ReLU |
# | main path, third | $F_3$ filters, 1×1, stride 1 | valid | `2c` | BatchNorm over the channels, **no** ReLU |
# | shortcut | $F_3$ filters, 1×1, stride $s$ | valid | `1` | BatchNorm over the channels, **no** ReLU |
# | last step | | | | add both paths, **then** ReLU |
#
# `(s, s)` is the stride in both directions. Initializers and names are made as before.


# %% nbgrader={"grade": false, "grade_id": "convolutional_block", "locked": false, "schema_version": 3, "solution": true, "task": false}
def convolutional_block(X, f, filters, stage, block, s=2):
    """A bottleneck block whose shortcut is a 1×1 convolution (He et al. 2015, section 3.3).

    Arguments:
    X -- input tensor of shape (m, height, width, channels)
    f -- integer, height and width of the middle convolution's window
    filters -- three integers, the numbers of filters F1, F2, F3 of the main path
    stage -- integer, used in the layers' names
    block -- letter, used in the layers' names
    s -- integer, the stride of the first convolution and of the shortcut's

    Returns:
    X -- output tensor of shape (m, ceil(height / s), ceil(width / s), F3)
    """
    conv_name_base = "res" + str(stage) + block + "_branch"
    bn_name_base = "bn" + str(stage) + block + "_branch"
    F1, F2, F3 = filters
    X_shortcut = X

    # Main path: three components (8 lines)
    ### BEGIN SOLUTION
    X = Conv2D(
        filters=F1,
        kernel_size=(1, 1),
        strides=(s, s),
        padding="valid",
        name=conv_name_base + "2a",
        kernel_initializer=glorot_uniform(seed=0),
    )(X)
    X = BatchNormalization(axis=3, name=bn_name_base + "2a")(X)
    X = Activation("relu")(X)

    X = Conv2D(
        filters=F2,
        kernel_size=(f, f),
        strides=(1, 1),
        padding="same",
        name=conv_name_base + "2b",
        kernel_initializer=glorot_uniform(seed=0),
    )(X)
    X = BatchNormalization(axis=3, name=bn_name_base + "2b")(X)
    X = Activation("relu")(X)

    X = Conv2D(
        filters=F3,
        kernel_size=(1, 1),
        strides=(1, 1),
        padding="valid",
        name=conv_name_base + "2c",
        kernel_initializer=glorot_uniform(seed=0),
    )(X)
    X = BatchNormalization(axis=3, name=bn_name_base + "2c")(X)
    ### END SOLUTION

    # Shortcut path (2 lines)
    ### BEGIN SOLUTION
    X_shortcut = Conv2D(
        filters=F3,
        kernel_size=(1, 1),
        strides=(s, s),
        padding="valid",
        name=conv_name_base + "1",
        kernel_initializer=glorot_uniform(seed=0),
    )(X_shortcut)
    X_shortcut = BatchNormalization(axis=3, name=bn_name_base + "1")(X_shortcut)
    ### END SOLUTION

    # Last step: add both paths, then ReLU (2 lines)
    ### BEGIN SOLUTION
    X = Add()([X, X_shortcut])
    X = Activation("relu")(X)
    ### END SOLUTION

    return X


# %% nbgrader={"grade": true, "grade_id": "test_convolutional_block", "locked": true, "points": 30, "schema_version": 3, "solution": false, "task": false}
check("convolutional_block")
### BEGIN HIDDEN TESTS
check("convolutional_block", hidden=True)
### END HIDDEN TESTS

# %% tags=["heavy"]
np.random.seed(1)
X = np.random.randn(3, 4, 4, 6).astype("float32")

X_input = Input((4, 4, 6))
block = Model(
    X_input,
    convolutional_block(X_input, f=2, filters=[2, 4, 6], stage=1, block="a"),
    name="convolutional_block",
)
out = keras.ops.convert_to_numpy(block(X))

print("shape", out.shape, "- the stride of 2 halves height and width")
print("out =", rounded(out[1][1][0], digits=3))

# %% [markdown]
# ## 1.5 ResNet-50
#
# Now stack them. Each stage begins with one convolutional block, because the shape changes there. Then
# come identity blocks. The 50 counts the convolutions and the dense layer on the longest path:
# $1 + 3·(3 + 4 + 6 + 3) + 1 = 50$.
#
# | stage | what | details |
# | --- | --- | --- |
# | | zero padding | `ZeroPadding2D((3, 3))` |
# | 1 | convolution, BatchNorm, ReLU | 64 filters of 7×7, stride 2, named `conv1`; batch norm named `bn_conv1` |
# | | max pooling | window 3×3, stride 2 |
# | 2 | 1 convolutional block, 2 identity blocks | filters [64, 64, 256], f = 3, s = 1, blocks `a` to `c` |
# | 3 | 1 convolutional block, 3 identity blocks | filters [128, 128, 512], f = 3, s = 2, blocks `a` to `d` |
# | 4 | 1 convolutional block, 5 identity blocks | filters [256, 256, 1024], f = 3, s = 2, blocks `a` to `f` |
# | 5 | 1 convolutional block, 2 identity blocks | filters [512, 512, 2048], f = 3, s = 2, blocks `a` to `c` |
# | | average pooling | window 2×2, named `avg_pool` |
# | | flatten, dense | softmax over `classes`, named `"fc" + str(classes)` |
#
# `conv1` and the dense layer get `kernel_initializer=glorot_uniform(seed=0)`, too.


# %% nbgrader={"grade": false, "grade_id": "ResNet50", "locked": false, "schema_version": 3, "solution": true, "task": false}
def ResNet50(input_shape=(64, 64, 3), classes=6):
    """The 50-layer residual network (He et al. 2015, table 1), for small pictures.

    Arguments:
    input_shape -- shape of one picture, (height, width, channels)
    classes -- integer, the number of classes

    Returns:
    model -- a keras Model
    """
    X_input = Input(input_shape)

    # Zero padding and stage 1 (given)
    X = ZeroPadding2D((3, 3))(X_input)
    X = Conv2D(
        filters=64,
        kernel_size=(7, 7),
        strides=(2, 2),
        name="conv1",
        kernel_initializer=glorot_uniform(seed=0),
    )(X)
    X = BatchNormalization(axis=3, name="bn_conv1")(X)
    X = Activation("relu")(X)
    X = MaxPooling2D((3, 3), strides=(2, 2))(X)

    # Stage 2 (given)
    X = convolutional_block(X, f=3, filters=[64, 64, 256], stage=2, block="a", s=1)
    X = identity_block(X, f=3, filters=[64, 64, 256], stage=2, block="b")
    X = identity_block(X, f=3, filters=[64, 64, 256], stage=2, block="c")

    # Stages 3, 4 and 5 (13 lines, or two short loops)
    ### BEGIN SOLUTION
    for stage, last_block, filters in (
        (3, "d", [128, 128, 512]),
        (4, "f", [256, 256, 1024]),
        (5, "c", [512, 512, 2048]),
    ):
        X = convolutional_block(X, f=3, filters=filters, stage=stage, block="a", s=2)
        for letter in "bcdef"[: "abcdef".index(last_block)]:
            X = identity_block(X, f=3, filters=filters, stage=stage, block=letter)
    ### END SOLUTION

    # Average pooling, flatten, dense (3 lines)
    ### BEGIN SOLUTION
    X = AveragePooling2D((2, 2), name="avg_pool")(X)
    X = Flatten()(X)
    X = Dense(
        classes,
        activation="softmax",
        name="fc" + str(classes),
        kernel_initializer=glorot_uniform(seed=0),
    )(X)
    ### END SOLUTION

    return Model(inputs=X_input, outputs=X, name="ResNet50")


# %% nbgrader={"grade": true, "grade_id": "test_ResNet50", "locked": true, "points": 40, "schema_version": 3, "solution": false, "task": false}
check("ResNet50")
### BEGIN HIDDEN TESTS
check("ResNet50", hidden=True)
### END HIDDEN TESTS

# %% tags=["heavy"]
keras.utils.set_random_seed(1)
model = ResNet50(input_shape=(64, 64, 3), classes=6)

weights = model.count_params()
learned = sum(int(np.prod(w.shape)) for w in model.trainable_weights)
print(f"{weights:,} parameters, {weights - learned:,} of them not trainable")

# %% [markdown]
# `model.summary()` prints 177 layers, one on each line. That is too long to read. The picture below
# shows the same network with one box for each of *your* blocks.

# %% tags=["heavy"]
plot_architecture(model)

# %% [markdown]
# ## 1.6 Two epochs of training
#
# This is the course's recipe: the optimizer Adam, the loss cross-entropy, and batches of 32. An *epoch* is
# one pass over all training pictures. The first step takes longest, because the backend compiles the network
# first (about 20 seconds with 2 processor cores). After that, an epoch takes about 20 seconds. Twice as long
# is normal if other programs are busy. `LiveCurves` draws loss and
# accuracy below the cell, and draws them again after each epoch.

# %% tags=["heavy", "nbval-ignore-output"]
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
settings = {"batch_size": 32, "validation_data": (X_test, Y_test), "callbacks": [LiveCurves()]}
history = model.fit(X_train, Y_train, epochs=2, **settings)

# %% tags=["heavy", "nbval-ignore-output"]
loss, accuracy = model.evaluate(X_test, Y_test, verbose=0)
print(f"after two epochs: {accuracy:.2f} of the test pictures are read correctly; guessing: 0.17")

assert 0.05 <= accuracy < 0.6, "near chance, as the next section explains"

# %% [markdown]
# ## 1.7 Why is the test accuracy near chance?
#
# Two epochs are a short training. But look what happens in three more epochs: the accuracy on the training
# batches rises, but the accuracy on the test pictures does not.

# %% tags=["heavy", "nbval-ignore-output"]
history = model.fit(X_train, Y_train, initial_epoch=2, epochs=20 if FULL else 5, **settings)

# %% [markdown]
# This looks like overfitting. It is something else.
#
# **Batch normalisation does one thing in training and another thing in use.** ("In use" means: when the
# network reads pictures without learning.) In training it normalises with the mean and the variance of the
# current batch. In use there may be only one picture. So it takes *moving averages* of mean and variance,
# which it has collected during training.
#
# Keras' momentum is 0.99: each step keeps 99 % of the old average. An epoch has 34 steps here, and
# $0.99^{34} ≈ 0.71$. So after two epochs, half of each average is still its starting value (mean 0,
# variance 1). After five epochs, most of it describes old weights: Adam has changed them since. Each
# average is a little wrong, and the errors add up, because the network has 53 such layers, one after
# the other.
#
# If this is right, we can repair the accuracy *without any training*: we only repair the averages.
# `recalibrate_batch_norm` sends the training pictures through the network once and gives every
# average its right value. No weight changes.

# %% tags=["heavy", "nbval-ignore-output"]
before = model.evaluate(X_test, Y_test, verbose=0)[1]
recalibrate_batch_norm(model, X_train, progress=True)
recalibrated = model.evaluate(X_test, Y_test, verbose=0)[1]
print(f"accuracy on the test pictures, before: {before:.2f}")
print(f"accuracy on the test pictures, after:  {recalibrated:.2f}")

assert FULL or recalibrated > max(before, 0.3), "the same weights, better averages"

# %% [markdown]
# So the network had learned a lot. Only its averages were out of date. (With twenty epochs the
# course's recipe also reaches a good accuracy, but the accuracy goes up and down a lot on the way.
# Notebook 8 does better.)

# %% [markdown]
# ## 1.8 A trained model
#
# After a longer training, the same network reads nearly every picture. You do not have to wait for
# that: a script of this course has trained one for you. It has exactly the layers that you wrote.

# %% tags=["heavy"]
trained = load_pretrained()
trained_layers = [layer.name for layer in trained.layers if layer.weights]
your_layers = [layer.name for layer in model.layers if layer.weights]
print("the same", len(your_layers), "layers with weights:", trained_layers == your_layers)

# %% tags=["heavy"]
probabilities = trained.predict(X_test, verbose=0)
correct = probabilities.argmax(axis=1) == test_y[0]
print("at least 90 % of the test pictures read correctly:", correct.mean() >= 0.9)

# %% tags=["heavy"]
least_certain = np.argsort(probabilities.max(axis=1))[:1]
plot_prediction(test_x[least_certain[0]], probabilities[least_certain[0]])

# %% [markdown]
# Of all test pictures, the trained network is least sure of this one.
#
# ## 1.9 Your own photo
#
# Take a photo of your hand in front of a plain background, while it signs a number from 0 to 5. It may
# have any size. Write its path into the cell below and run the cell. As long as the path is empty, the
# cell takes a test picture.

# %% tags=["heavy"]
my_photo = ""  # for example "my_hand.jpg"

picture = load_photo(my_photo) if my_photo else X_test[:1]
plot_prediction(picture[0], trained.predict(picture, verbose=0)[0])

# %% [markdown]
# ## 1.10 All the layers
#
# Here are Keras' own summary and its own diagram of one of your blocks. For the whole network, try
# `model.summary()` and `plot_model(model)`. They are long: a large screen helps.

# %% tags=["heavy"]
block.summary(line_length=100)

# %% tags=["heavy", "nbval-ignore-output"]
plot_model(block, to_file="convolutional_block.png", show_shapes=True)

# %% [markdown]
# ## Your points
#
# This adds up the points of the last run of each check.

# %% tags=["heavy"]
total()

# %% [markdown]
# ## Common mistakes
#
# - **`X_shortcut = X` comes too late.** After the first convolution, `X` is no longer the input. The
#   block may still run, if the shapes fit. But then it adds the main path to itself.
# - **ReLU before the addition.** Then a block can only add, never subtract. The last ReLU comes after
#   the addition.
# - **`padding="valid"` in the middle.** The picture gets smaller by $f - 1$, and the addition fails.
#   (With $f = 1$ nothing happens. That is why the check tries several numbers.)
# - **The stride on the wrong convolution**, or on one path only. If only one path has it, the two shapes
#   differ.
# - **The shortcut depends on the number of channels alone.** A stride changes the shape, too. It needs
#   a projection even when the number of channels stays the same.
# - **Judging a short training by `evaluate` alone.** Out-of-date averages make its result much too bad, as in
#   section 1.7.
# - **Two convolutions with one name.** Keras refuses, because it could not tell their weights apart.
#
# ## What next
#
# - **[Notebook 2](02_building_blocks.ipynb)**: write convolution, batch normalisation and pooling yourself,
#   on plain arrays.
# - **[Notebook 3](03_degradation_and_shortcuts.ipynb)**: train plain and residual networks side by
#   side, and see how depth harms the plain ones.
# - **[Notebook 4](04_resnet_family.ipynb)**: build ResNet-18 to ResNet-152 from two blocks and one function.
# - **[Notebook 5](05_identity_mappings.ipynb)**: leave the shortcut without any layer, and write the training
#   loop yourself, for pictures of flowers.
# - **[Notebook 6](06_resnext.ipynb)**: divide the channels into groups, and build ResNeXt-50.
# - **[Notebook 7](07_transfer_learning.ipynb)**: let a trained network learn something new from few pictures.
# - **[Notebook 8](08_faster_training.ipynb)**: train faster, with four tricks that you write yourself.
# - The paper of He et al. (2015) is easy to read. You now know everything in its section 3.
