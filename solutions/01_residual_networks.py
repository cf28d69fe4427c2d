# %% [markdown]
# # 1 · Residual networks
#
# In this notebook you build a network of 50 layers out of two small functions, and teach it to read
# numbers shown by hand. Afterwards you will be able to
#
# - say, with a measurement of your own, why a very deep plain network hardly learns,
# - write the two building blocks of a **ResNet** with Keras' functional API,
# - stack them to ResNet-50 and look at what you have built,
# - explain why a freshly trained network can score like a coin toss, and repair it in one line.
#
# **How it works.** Three cells are yours: each has places marked `# YOUR CODE HERE`. Under each
# there is a check that tells you what is right, what is not yet, and where to look. Run it as often
# as you like; if you are stuck, `hint("identity_block")` gives three hints, one after the other.
# The outputs below are those of a solved notebook, so you always see what to expect. Nothing here
# needs a GPU, an account or the network. Allow two hours; the computer needs about three minutes
# of them.
#
# The ideas are those of He, Zhang, Ren and Sun,
# [*Deep Residual Learning for Image Recognition*](https://arxiv.org/abs/1512.03385) (2015).

# %% tags=["setup"]
import os
import sys

sys.path.append("..")  # resnets_utils.py lives one folder up

from resnets_utils import (
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
    plot_history,
    plot_model,
    plot_prediction,
    plot_signs,
    recalibrate_batch_norm,
    rounded,
)

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

FULL = bool(
    os.environ.get("RESNETS_FULL")
)  # or True, with a GPU: then training is not cut short

# %% [markdown]
# ## 1.1 The task: SIGNS
#
# Each picture shows a hand that signs a number from 0 to 5. `load_dataset()` takes the best data
# that it finds on your computer and tells you which: the original course's files, photographs, or
# hands that it draws itself.

# %% tags=["heavy"]
train_x, train_y, test_x, test_y, classes = load_dataset()

print("training pictures", train_x.shape, train_x.dtype, "labels", train_y.shape)
print("test pictures    ", test_x.shape, test_x.dtype, "labels", test_y.shape)
print("classes          ", classes)

# %% tags=["heavy"]
plot_signs(train_x, train_y)

# %% [markdown]
# A network likes its inputs small, and its targets as *one-hot* vectors: a 1 at the place of the
# right class, 0 elsewhere. `convert_to_one_hot` gives one column an example; Keras wants one row,
# hence the `.T`.

# %% tags=["heavy"]
X_train, X_test = train_x / 255.0, test_x / 255.0
Y_train, Y_test = convert_to_one_hot(train_y, 6).T, convert_to_one_hot(test_y, 6).T

print(
    "X_train",
    X_train.shape,
    "from",
    X_train.min(),
    "to at most",
    np.ceil(X_train.max()),
)
print(
    "Y_train", Y_train.shape, "label", train_y[0, 0], "becomes", Y_train[0].astype(int)
)

# %% [markdown]
# ## 1.2 The problem with depth
#
# A deeper network can express more. So why not simply stack 50 convolutions? Because training walks
# backwards: the gradient of the loss is multiplied by every layer's weights and by every ReLU's
# slope on its way from the last layer to the first. Fifty factors a little below one leave nothing.
# Fifty factors a little above one leave far too much.
#
# Let us measure it. The function below stacks `depth` convolutions of 16 channels, with or without
# a **shortcut** around each, with or without **batch normalisation**. We send one batch of pictures
# through each of the four networks, before any training, and ask how large the gradient is that
# arrives at each layer (at its additive constant: the bias, or batch norm's β).


# %% tags=["heavy"]
def stack(depth, shortcuts, batch_norm):
    """A deep network of one convolution a layer, and the constants that each layer adds."""
    inputs = Input((64, 64, 3))
    x = Conv2D(16, 4, strides=4, kernel_initializer=glorot_uniform(seed=0))(inputs)
    constants = []
    for number in range(1, depth + 1):
        convolution = Conv2D(
            16, 3, padding="same", kernel_initializer=glorot_uniform(seed=number)
        )
        y = convolution(x)
        if batch_norm:
            normalisation = BatchNormalization()
            y = normalisation(y)
        constants.append(normalisation.beta if batch_norm else convolution.bias)
        x = Activation("relu")(Add()([x, y]) if shortcuts else y)
    x = GlobalAveragePooling2D()(x)
    outputs = Dense(6, activation="softmax", kernel_initializer=glorot_uniform(seed=0))(
        x
    )
    return Model(inputs, outputs), constants


# %% tags=["heavy"]
kinds = {
    "plain": (False, False),
    "plain, batch norm": (False, True),
    "shortcuts": (True, False),
    "shortcuts, batch norm": (True, True),
}
norms = {}
for name, (shortcuts, batch_norm) in kinds.items():
    network, constants = stack(50, shortcuts, batch_norm)
    norms[name] = gradient_norms(network, X_train[:32], Y_train[:32], constants)

plot_gradients(norms)

# %% tags=["heavy"]
for name, values in norms.items():
    powers_of_ten = np.log10(values[0] / values[-1])
    print(f"{name:22} first layer / last layer = 10 to the power {powers_of_ten:+.0f}")

assert norms["plain"][0] < 1e-5 * norms["plain"][-1], "the gradient vanishes"
assert norms["shortcuts"][0] > 1e3 * norms["shortcuts"][-1], "the gradient explodes"
assert (
    0.03 < norms["shortcuts, batch norm"][0] / norms["shortcuts, batch norm"][-1] < 30
)

# %% [markdown]
# Read the picture from right to left, the way the gradient goes.
#
# - **plain**: the signal halves about every second layer; the first layers learn nothing.
# - **plain, batch norm**: normalising repairs the way forward, but now the gradient *grows* on its
#   way back.
# - **shortcuts** alone: each layer adds to what came before, so everything grows.
# - **shortcuts and batch norm**: nearly level across fifty layers. This is a residual network.
#
# Why? A residual layer computes $y = x + f(x)$. Its derivative is $1 + f'(x)$: whatever the weights
# do, the 1 carries the gradient back unchanged, and batch norm keeps $f$ from growing out of hand.
# There is a second way to see it: to do *nothing*, a plain layer must learn the identity, while a
# residual one only has to learn $f = 0$. So extra layers do no harm. (Vanishing gradients are not
# the whole story: with batch norm even plain networks train, only worse the deeper they are.
# Notebook 3 measures that.)

# %% [markdown]
# ## 1.3 The identity block
#
# When a block's input and output have the same shape, the shortcut can carry $X$ as it is. The block
# shortens the work of its 3×3 convolution by a trick called **bottleneck**: a 1×1 convolution first
# reduces the channels to $F_1$, the $f×f$ convolution works on those, and another 1×1 convolution
# restores them to $F_3$, which must be the number of channels that $X$ came with.

# %% tags=["heavy"]
conv1 = "Conv2D\n1×1, $F_1$\nstride 1\nvalid"
conv2 = "Conv2D\n$f$×$f$, $F_2$\nstride 1\nsame"
conv3 = "Conv2D\n1×1, $F_3$\nstride 1\nvalid"
norm = "BatchNorm\naxis 3"
draw_block(main=[conv1, norm, "ReLU", conv2, norm, "ReLU", conv3, norm])

# %% [markdown]
# **Your task.** Each convolution and each batch normalisation has a name made of `conv_name_base` or
# `bn_name_base` and an ending, so that saved weights find their layer again. Every convolution starts
# from `kernel_initializer=glorot_uniform(seed=0)`: that is what makes your numbers comparable with
# those below.
#
# | component | convolution | padding | ending | then |
# | --- | --- | --- | --- | --- |
# | main path, first (given) | $F_1$ filters, 1×1, stride 1 | valid | `2a` | BatchNorm over the channels, ReLU |
# | main path, second | $F_2$ filters, $f×f$, stride 1 | same | `2b` | BatchNorm over the channels, ReLU |
# | main path, third | $F_3$ filters, 1×1, stride 1 | valid | `2c` | BatchNorm over the channels, **no** ReLU |
# | last step | | | | add the shortcut, **then** ReLU |
#
# Channels are the last of the four axes (batch, height, width, channels), so batch norm's `axis` is 3.
# ReLUs and the addition need no name.
#
# **Functional API in one line:** a layer is made first and then *called* on a tensor,
# `Y = Conv2D(filters=8, kernel_size=(1, 1))(X)`.


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
# Now use it. These are the numbers that this exercise has printed since TensorFlow 1; yours should
# be the same on every computer.

# %%
np.random.seed(1)
X = np.random.randn(3, 4, 4, 6).astype("float32")

X_input = Input((4, 4, 6))
block = Model(
    X_input, identity_block(X_input, f=2, filters=[2, 4, 6], stage=1, block="a")
)
out = keras.ops.convert_to_numpy(block(X))

print("shape", out.shape)
print("out =", rounded(out[1][1][0], digits=3))

# %% [markdown]
# ## 1.4 The convolutional block
#
# When a block changes the shape, the shortcut has to follow: a 1×1 convolution on it, with stride
# $s$ and $F_3$ filters, brings $X$ to the shape of the main path's end. No ReLU on the shortcut: it
# should carry $X$ through one linear map and nothing else. The stride sits on the *first*
# convolution of the main path, so that the expensive middle one already works on the smaller picture.

# %% tags=["heavy"]
conv1 = "Conv2D\n1×1, $F_1$\nstride $s$\nvalid"
shortcut = "Conv2D\n1×1, $F_3$\nstride $s$\nvalid"
draw_block(
    main=[conv1, norm, "ReLU", conv2, norm, "ReLU", conv3, norm],
    shortcut=[shortcut, norm],
)

# %% [markdown]
# | component | convolution | padding | ending | then |
# | --- | --- | --- | --- | --- |
# | main path, first | $F_1$ filters, 1×1, stride $s$ | valid | `2a` | BatchNorm over the channels, ReLU |
# | main path, second | $F_2$ filters, $f×f$, stride 1 | same | `2b` | BatchNorm over the channels, ReLU |
# | main path, third | $F_3$ filters, 1×1, stride 1 | valid | `2c` | BatchNorm over the channels, **no** ReLU |
# | shortcut | $F_3$ filters, 1×1, stride $s$ | valid | `1` | BatchNorm over the channels, **no** ReLU |
# | last step | | | | add both paths, **then** ReLU |
#
# `(s, s)` is the stride in both directions. Initializers and names as before.


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

# %%
np.random.seed(1)
X = np.random.randn(3, 4, 4, 6).astype("float32")

X_input = Input((4, 4, 6))
block = Model(
    X_input,
    convolutional_block(X_input, f=2, filters=[2, 4, 6], stage=1, block="a"),
    name="convolutional_block",
)
out = keras.ops.convert_to_numpy(block(X))

print("shape", out.shape, "- half as high and wide, by the stride of 2")
print("out =", rounded(out[1][1][0], digits=3))

# %% [markdown]
# ## 1.5 ResNet-50
#
# Now stack them. One convolutional block opens each stage (it changes the shape), identity blocks
# follow. Counting convolutions and the dense layer on the longest way through:
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
# `conv1` and the dense layer start from `glorot_uniform(seed=0)`, too.


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
        64,
        (7, 7),
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
# `model.summary()` prints 177 layers, one a line. That is a page to look things up in, not one to
# read. So here is the same network with one box for each of *your* blocks.

# %% tags=["heavy"]
plot_architecture(model)

# %% [markdown]
# ## 1.6 Two epochs of training
#
# The course's recipe: Adam, cross-entropy, batches of 32. The first step takes longest, because the
# backend first compiles the network; after that, an epoch takes about twenty seconds on a laptop.

# %% tags=["heavy", "nbval-ignore-output"]
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
first = model.fit(
    X_train, Y_train, epochs=2, batch_size=32, validation_data=(X_test, Y_test)
)

# %% tags=["heavy", "nbval-ignore-output"]
loss, accuracy = model.evaluate(X_test, Y_test, verbose=0)
print(
    f"after two epochs: {accuracy:.2f} of the test pictures read correctly; guessing gives 0.17"
)

assert 0.05 <= accuracy < 0.6, "near chance, as the next section explains"

# %% [markdown]
# ## 1.7 Why is the test accuracy near chance?
#
# Two epochs are little. But wait what happens if you go on: the accuracy on the training batches
# climbs, and the accuracy on the test pictures does not follow.

# %% tags=["heavy", "nbval-ignore-output"]
more = model.fit(
    X_train,
    Y_train,
    initial_epoch=2,
    epochs=20 if FULL else 5,
    batch_size=32,
    validation_data=(X_test, Y_test),
)

# %% tags=["heavy"]
history = {key: first.history[key] + more.history[key] for key in first.history}
plot_history({"course's recipe": history})

# %% [markdown]
# It is tempting to call this overfitting. It is something else.
#
# **Batch normalisation behaves differently in training and in use.** In training it normalises with
# the mean and variance of the batch at hand. In use there may be no batch, so it takes *moving
# averages*, collected while training. With Keras' momentum of 0.99 each step keeps 99 % of the old
# average. An epoch here has 34 steps, and $0.99^{34} ≈ 0.71$. So after two epochs half of each
# average is still its starting value (mean 0, variance 1), and after five most of it describes
# weights that Adam has long since changed. One layer's small error is the next layer's input, 53
# times in a row.
#
# If that is right, then repairing the averages, *without training at all*, must repair the accuracy.
# `recalibrate_batch_norm` sends the training pictures through the network once and sets every
# average to what it should be. No weight changes.

# %% tags=["heavy", "nbval-ignore-output"]
before = model.evaluate(X_test, Y_test, verbose=0)[1]
recalibrate_batch_norm(model, X_train)
recalibrated = model.evaluate(X_test, Y_test, verbose=0)[1]
print(f"accuracy on the test pictures, before: {before:.2f}")
print(f"accuracy on the test pictures, after:  {recalibrated:.2f}")

assert FULL or recalibrated > max(before, 0.3), "the same weights, better averages"

# %% [markdown]
# The network had learned all along; only its averages were out of date. (Trained for twenty epochs,
# the course's recipe gets there by itself, with wild swings on the way. Notebook 8 does better.)

# %% [markdown]
# ## 1.8 A trained model
#
# Trained longer, the same network reads nearly every picture. So that you need not wait, here is one
# that a script of this course has trained. It has exactly the layers that you have just written.

# %% tags=["heavy"]
trained = load_pretrained()
trained_layers = [layer.name for layer in trained.layers if layer.weights]
your_layers = [layer.name for layer in model.layers if layer.weights]
print(
    "the same", len(your_layers), "layers with weights:", trained_layers == your_layers
)

# %% tags=["heavy"]
probabilities = trained.predict(X_test, verbose=0)
correct = probabilities.argmax(axis=1) == test_y[0]
print("at least 90 % of the test pictures read correctly:", correct.mean() >= 0.9)

# %% tags=["heavy"]
least_certain = np.argsort(probabilities.max(axis=1))[:1]
plot_prediction(test_x[least_certain[0]], probabilities[least_certain[0]])

# %% [markdown]
# The picture above is the one that the trained network is least sure of. Would you have been?
#
# ## 1.9 Your own photo
#
# Take a picture of your hand, as it signs 0 to 5, in front of a plain background. Any size will do.
# Put its path here and run the cell; as long as the path is empty, it takes a test picture.

# %% tags=["heavy"]
my_photo = ""  # for example "my_hand.jpg"

picture = load_photo(my_photo) if my_photo else X_test[:1]
plot_prediction(picture[0], trained.predict(picture, verbose=0)[0])

# %% [markdown]
# ## 1.10 All the layers
#
# For reference: Keras' own summary, and its own diagram, of one of your blocks. Try
# `model.summary()` and `plot_model(model)` for the whole network when you have a large screen.

# %% tags=["heavy"]
block.summary(line_length=100)

# %% tags=["heavy", "nbval-ignore-output"]
plot_model(block, to_file="convolutional_block.png", show_shapes=True)

# %% [markdown]
# ## Common mistakes
#
# - **`X_shortcut = X` written too late.** After the first convolution, `X` is no longer the input.
#   The block still runs when the shapes happen to fit, and then adds the main path to itself.
# - **ReLU before the addition.** Then a block can only ever add, never subtract. The last ReLU comes
#   after the addition.
# - **`padding="valid"` in the middle.** The picture shrinks by $f - 1$, and the addition fails. (With
#   $f = 1$ it would not, which is why the check tries several.)
# - **The stride on the wrong convolution**, or on one path only. The two shapes then differ.
# - **A shortcut chosen by the number of channels alone.** A stride without a change of width needs a
#   projection, too.
# - **Judging a short training by `evaluate` alone.** Now you know what the averages do to it.
# - **A convolution's name used twice.** Keras refuses, and saved weights could not tell them apart.
#
# ## What next
#
# - **Notebook 2** opens the boxes: convolution, batch normalisation and pooling, written from scratch.
# - **Notebook 3** trains plain and residual networks side by side and watches the plain ones degrade.
# - He et al. 2015 is a readable paper. You now know everything in its section 3.
