# %% [markdown]
# # 5 · Identity mappings
#
# In the ResNet of 2015, a ReLU follows every addition. In 2016, the same authors removed this ReLU. After
# that, even a network of 1001 layers trained well. In this notebook you build both blocks. Then you train
# them on five kinds of flowers, with a training loop that you write yourself. Afterwards you can
#
# - build the bottleneck of 2015 and the one of 2016, and say what the order of the layers changes,
# - write a training step with `tf.GradientTape`, and say what `model.fit` does in it,
# - measure an epoch (one pass over all pictures) so that every picture counts once,
# - keep the best weights of a training, even if the kernel is restarted,
# - read pictures from class folders with `tf.data`, and use your own pictures, too.
#
# **How it works.** You write the code of six cells. The cell below each is a check. The blocks are judged by
# their layers. The four functions of the loop are judged by what they *do*: the check calls them with a tiny
# network, a few batches or a folder, and looks at what has changed. If you do not know how to go on, run
# `hint("train_step")`: there are three hints, one after the other. The outputs in this notebook come from a
# solved notebook. You need no GPU, no account and no network connection. Plan two hours. The computer itself
# works for one or two minutes of this time (with 2 processor cores; longer if other programs are busy).
#
# The blocks are from He, Zhang, Ren and Sun,
# [*Identity Mappings in Deep Residual Networks*](https://arxiv.org/abs/1603.05027) (2016).

# %% tags=["setup"]
import json
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.append("..")  # resnets_utils.py lives one folder up

from resnets_utils import (
    NumpyBatches,
    Progress,
    Training,
    check,
    draw_block,
    draw_weights,
    find_class_folders,
    find_flowers,
    hint,
    kaiming_normal,
    keras_step,
    plot_curves,
    plot_history,
    plot_prediction,
    plot_signs,
    progress,
    reset,
    rounded,
    save_class_indices,
    set_reproducible,
    total,
    training_curves,
)

# %% tags=["setup"]
import keras
import numpy as np
import tensorflow as tf
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

# With True, and a GPU: ResNet-50, 224×224 pixels, batches of 64, 60 epochs.
FULL = bool(os.environ.get("RESNETS_FULL"))

# %% [markdown]
# ## 5.1 The bottleneck of 2015
#
# You know this block from notebook 4. Batch norm (batch normalisation) follows each convolution. ReLU follows
# the first two batch norms. The last ReLU comes **after the addition**. That is why the block is called
# *post-activation*. (The shortcut has a projection only if one is needed.)

# %%
squeeze = "Conv2D\n1×1, filters\nstride 1"
middle = "Conv2D\n3×3, filters\n$stride$\nsame"
widen = "Conv2D\n1×1\n4 · filters"
projection = "Conv2D\n1×1\n4 · filters\n$stride$"
norm = "BatchNorm\naxis 3"
main = [squeeze, norm, "ReLU", middle, norm, "ReLU", widen, norm]
draw_block(main=main, shortcut=[projection, norm])

# %% [markdown]
# **Your task.** Write `post_activation_bottleneck`.
#
# | layer | settings | name |
# | --- | --- | --- |
# | first convolution, batch norm, ReLU | `filters` of 1×1 | `name` + `"_conv1"`, `"_bn1"` |
# | second convolution, batch norm, ReLU | `filters` of 3×3, stride `stride`, same | `"_conv2"`, `"_bn2"` |
# | third convolution, batch norm | `4 * filters` of 1×1 | `"_conv3"`, `"_bn3"` |
# | projection and its batch norm, if the shape changes | `4 * filters` of 1×1, stride `stride` | `"_shortcut_conv"`, `"_shortcut_bn"` |
# | addition, then ReLU | | |
#
# The shape changes if `stride` is not 1, or if $X$ does not have `4 * filters` channels. Every convolution gets
# `**common`: no bias, and `kaiming_normal(seed=0)`.


# %% nbgrader={"grade": false, "grade_id": "post_activation_bottleneck", "locked": false, "schema_version": 3, "solution": true, "task": false}
def post_activation_bottleneck(X, filters, stride=1, name="block"):
    """The bottleneck of 2015: ReLU after the addition (He et al. 2015, figure 5, right).

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

    # Shortcut: X, or a projection of X with its batch norm (3 lines)
    ### BEGIN SOLUTION
    if stride != 1 or X.shape[-1] != 4 * filters:
        X = Conv2D(4 * filters, 1, strides=stride, name=name + "_shortcut_conv", **common)(X)
        X = BatchNormalization(axis=3, name=name + "_shortcut_bn")(X)
    ### END SOLUTION

    # Addition, then ReLU (2 lines)
    ### BEGIN SOLUTION
    Y = Add()([Y, X])
    return Activation("relu")(Y)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_post_activation_bottleneck", "locked": true, "points": 18, "schema_version": 3, "solution": false, "task": false}
check("post_activation_bottleneck")
### BEGIN HIDDEN TESTS
check("post_activation_bottleneck", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 5.2 The bottleneck of 2016
#
# Follow one number of $X$ along the shortcut of many blocks. After each addition it meets a ReLU. Each ReLU
# turns negative numbers into 0, and no later block can restore them. So the shortcuts are not really free. In
# the *pre-activation* block, batch norm and ReLU come **before** each convolution. Nothing is left after the
# addition:
#
# $$ X_{l+1} = X_l + F(X_l), \qquad X_L = X_l + \sum_{i=l}^{L-1} F(X_i), \qquad
# \frac{\partial X_L}{\partial X_l} = 1 + \frac{\partial}{\partial X_l} \sum_{i=l}^{L-1} F(X_i) $$
#
# The formula holds for any block $l$ and any later block $L$, as long as all shortcuts between them are
# identities. The 1 in the gradient means: on the shortcuts, the gradient comes back unchanged.

# %%
ready = ["BatchNorm\naxis 3", "ReLU"]
main = [*ready, squeeze, *ready, middle, *ready, widen]
draw_block(main=main, shortcut=["BatchNorm\nthe same", "ReLU\nthe same", projection], after=[])

# %% [markdown]
# **Your task.** Write `pre_activation_bottleneck`. There are two kinds of shortcut:
#
# - **the identity**: it takes $X$ itself, before batch norm and ReLU,
# - **the projection**, if the shape changes: it takes what the *first ReLU* returned, as the main path does.
#   ("The same" in the drawing means: these are the first two layers of the main path, not new ones.) No batch
#   norm follows the projection.
#
# The batch norms are called `_bn1`, `_bn2`, `_bn3` in their order, the convolutions `_conv1`, `_conv2`, `_conv3`
# and `_shortcut_conv`. All other settings stay as they were.


# %% nbgrader={"grade": false, "grade_id": "pre_activation_bottleneck", "locked": false, "schema_version": 3, "solution": true, "task": false}
def pre_activation_bottleneck(X, filters, stride=1, name="block"):
    """The bottleneck of 2016: nothing after the addition (He et al. 2016, figure 4e).

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

    # Batch norm and ReLU of X (2 lines)
    ### BEGIN SOLUTION
    Y = BatchNormalization(axis=3, name=name + "_bn1")(X)
    Y = Activation("relu")(Y)
    ### END SOLUTION

    # Shortcut: X, or a projection of what the ReLU returned (2 lines)
    ### BEGIN SOLUTION
    if stride != 1 or X.shape[-1] != 4 * filters:
        X = Conv2D(4 * filters, 1, strides=stride, name=name + "_shortcut_conv", **common)(Y)
    ### END SOLUTION

    # Convolution, and twice batch norm, ReLU, convolution (7 lines)
    ### BEGIN SOLUTION
    Y = Conv2D(filters, 1, name=name + "_conv1", **common)(Y)
    Y = BatchNormalization(axis=3, name=name + "_bn2")(Y)
    Y = Activation("relu")(Y)
    Y = Conv2D(filters, 3, strides=stride, padding="same", name=name + "_conv2", **common)(Y)
    Y = BatchNormalization(axis=3, name=name + "_bn3")(Y)
    Y = Activation("relu")(Y)
    Y = Conv2D(4 * filters, 1, name=name + "_conv3", **common)(Y)
    ### END SOLUTION

    # Addition, and nothing after it (1 line)
    ### BEGIN SOLUTION
    return Add()([Y, X])
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_pre_activation_bottleneck", "locked": true, "points": 24, "schema_version": 3, "solution": false, "task": false}
check("pre_activation_bottleneck")
### BEGIN HIDDEN TESTS
check("pre_activation_bottleneck", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# A blog post that many people have copied shows a third version. The post calls it the block of 2016, but
# that is wrong. The ReLU before the last convolution is missing, and there is still a ReLU after the
# addition.

# %%
main = [*ready, squeeze, *ready, middle, "BatchNorm\nno ReLU!", widen]
draw_block(main=main, shortcut=[projection], after=["ReLU\nstill here!"])


# %% tags=["heavy"]
def blog_bottleneck(X, filters, stride=1, name="block"):
    """What the blog post calls the block of 2016."""
    common = {"use_bias": False, "kernel_initializer": kaiming_normal(seed=0)}
    Y = Activation("relu")(BatchNormalization(axis=3, name=name + "_bn1")(X))
    Y = Conv2D(filters, 1, name=name + "_conv1", **common)(Y)
    Y = Activation("relu")(BatchNormalization(axis=3, name=name + "_bn2")(Y))
    Y = Conv2D(filters, 3, strides=stride, padding="same", name=name + "_conv2", **common)(Y)
    Y = BatchNormalization(axis=3, name=name + "_bn3")(Y)
    Y = Conv2D(4 * filters, 1, name=name + "_conv3", **common)(Y)
    if stride != 1 or X.shape[-1] != 4 * filters:
        X = Conv2D(4 * filters, 1, strides=stride, name=name + "_shortcut_conv", **common)(X)
        X = BatchNormalization(axis=3, name=name + "_shortcut_bn")(X)
    return Activation("relu")(Add()([Y, X]))


BLOCKS = {
    "2015": post_activation_bottleneck,
    "blog": blog_bottleneck,
    "2016": pre_activation_bottleneck,
}

# %% [markdown]
# Now compare the three blocks. Ten blocks of one kind follow each other, with random weights. For the last
# column, the main paths are switched off: all weights of the convolutions are 0. Then a block should return
# its input.

# %% tags=["heavy"]
np.random.seed(1)
X = np.random.randn(4, 8, 8, 8).astype("float32")
print("block   negative numbers after 10 blocks   main path off: returns its input")
shares = {}
for name, block in BLOCKS.items():
    inputs = Y = Input((8, 8, 8))
    for number in range(10):
        Y = block(Y, 2, name=f"{number}")
    chain = Model(inputs, Y)
    draw_weights(chain, np.random.default_rng(0))
    shares[name] = np.mean(keras.ops.convert_to_numpy(chain(X)) < 0)
    for layer in chain.layers:
        if isinstance(layer, Conv2D):
            layer.kernel.assign(np.zeros(layer.kernel.shape))
    same = np.allclose(keras.ops.convert_to_numpy(chain(X)), X, atol=1e-6)
    print(f"{name:6} {'none' if shares[name] == 0 else 'many':>34} {'yes' if same else 'no':>34}")

assert shares["2016"] > 0.2

# %% [markdown]
# If the main path does nothing, only the block of 2016 returns its input, positive and negative numbers
# alike.
#
# A network of such blocks needs two more changes. Before the first block, the network needs no batch norm and
# no ReLU, because the block begins with them. **After the last block**, they are missing. So the network has
# them there once more, before the pooling. The next cell is given. It builds a whole network from any of the
# blocks.


# %% tags=["setup"]
def network(block, blocks, filters, classes, input_shape, large=False, activation="softmax"):
    """A network of bottlenecks of one kind.

    Arguments:
    block -- the function that builds one block
    blocks -- how many blocks each layer has, e.g. (3, 4, 6, 3)
    filters -- integer, filters of the first layer; each further layer has twice as many
    classes -- integer, units of the dense layer
    input_shape -- shape of one picture
    large -- whether it begins as for pictures of 224×224 pixels: 7×7, stride 2, max pooling
    activation -- of the dense layer

    Returns:
    model -- a keras Model
    """
    common = {"use_bias": False, "kernel_initializer": kaiming_normal(seed=0)}
    inputs = X = Input(input_shape)
    size, stride = (7, 2) if large else (3, 1)
    X = Conv2D(filters, size, strides=stride, padding="same", name="conv1", **common)(X)
    if block is not pre_activation_bottleneck:
        X = Activation("relu")(BatchNormalization(axis=3, name="bn1")(X))
    if large:
        X = MaxPooling2D(3, strides=2, padding="same")(X)
    for layer, count in enumerate(blocks):
        for number in range(count):
            stride = 2 if layer and not number else 1
            X = block(X, filters * 2**layer, stride, name=f"layer{layer + 1}_{number}")
    if block is pre_activation_bottleneck:
        X = Activation("relu")(BatchNormalization(axis=3, name="last_bn")(X))
    X = GlobalAveragePooling2D()(X)
    return Model(inputs, Dense(classes, activation=activation, name=f"fc{classes}")(X))


# %% tags=["heavy"]
for name in ("2015", "2016"):
    model = network(BLOCKS[name], (3, 4, 6, 3), 64, 1000, (224, 224, 3), large=True)
    learned = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    print(f"ResNet-50, block of {name}: {learned:10,} parameters, {len(model.layers)} layers")

# %% [markdown]
# The block of 2015 gives the published number of notebook 4. The block of 2016 has 7,680 fewer. These are
# exactly the parameters of the four batch norms after the projections: the block of 2016 does not have them.
#
# **The same network elsewhere.** Keras' own `ResNet50V2` is built from the block of 2016. Two things are
# different there. First, the *last* block of a layer has the stride, and its shortcut simply skips pixels.
# Second, some convolutions have biases, which begin at 0: the first one of the network, the last one of each
# block, and the projections. The tests of this course copy its weights into your blocks, and skip the same
# pixels. Then the outputs differ by less than 0.0001.
#
# ## 5.3 A training loop by hand
#
# `model.fit` trains with a single call. What happens inside? Now you write it yourself: two kinds of steps, an
# epoch, and the choice of the best weights. All functions but `keep_best` get a `Training`. It holds
#
# | | what it is |
# | --- | --- |
# | `training.model` | the network; it ends in a softmax |
# | `training.loss` | categorical cross-entropy, a function of labels and probabilities: the mean over the batch |
# | `training.optimizer` | Adam with a rate of 0.0005 |
# | `training.train_loss`, `training.train_accuracy` | metrics over the training pictures |
# | `training.val_loss`, `training.val_accuracy` | metrics over the validation pictures |
#
# A metric collects: `metric.update_state(…)` adds a batch, `metric.result()` gives the mean over all batches
# since the last `metric.reset_state()`.
#
# **Batches of different sizes.** The last batch of an epoch is often smaller. In a mean over batches, its
# pictures would count too much. So give `train_loss.update_state` the number of pictures, too:
# `sample_weight=…`. `keras.ops.shape(images)[0]` is this number. `train_accuracy` does not need this: it
# counts pictures already.
#
# **Gradients.** TensorFlow writes down what is computed inside `with tf.GradientTape() as tape:`. Afterwards
# `tape.gradient(loss, weights)` goes through these notes backwards. That is backpropagation.
#
# **Your task.** Write `train_step`. Call the model in training mode (batch norm then uses the mean and
# variance of this batch). Take the gradients of the loss, let the optimizer apply them, and update both
# metrics.
#
# (This step is TensorFlow's. If Keras runs on JAX or PyTorch, the given line puts Keras' own step in its place:
# a stateless one for JAX, one with `loss.backward()` for PyTorch. Then the check does not look at your lines.)

# %% tags=["setup"]
if keras.backend.backend() != "tensorflow":
    print(f"train_step is Keras' own step here, for {keras.backend.backend()}.")


# %% nbgrader={"grade": false, "grade_id": "train_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def train_step(training, images, labels):
    """One step of a training: the weights move a little, and the metrics count the batch.

    Arguments:
    training -- holds model, loss, optimizer, train_loss and train_accuracy
    images -- a batch of pictures, (m, height, width, 3)
    labels -- their classes, one-hot, (m, classes)
    """
    if keras.backend.backend() != "tensorflow":
        return keras_step(training, images, labels)  # Keras' own step (given)

    # The loss of this batch in training mode, and its gradients (5 lines)
    ### BEGIN SOLUTION
    weights = training.model.trainable_variables
    with tf.GradientTape() as tape:
        probabilities = training.model(images, training=True)
        loss = training.loss(labels, probabilities)
    gradients = tape.gradient(loss, weights)
    ### END SOLUTION

    # A step of the optimizer (1 line)
    ### BEGIN SOLUTION
    training.optimizer.apply_gradients(zip(gradients, weights, strict=True))
    ### END SOLUTION

    # The metrics; the loss counts once for each picture (2 lines)
    ### BEGIN SOLUTION
    training.train_loss.update_state(loss, sample_weight=keras.ops.shape(images)[0])
    training.train_accuracy.update_state(labels, probabilities)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_train_step", "locked": true, "points": 22, "schema_version": 3, "solution": false, "task": false}
check("train_step")
### BEGIN HIDDEN TESTS
check("train_step", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# **Your task.** Write `test_step`. It measures a batch of validation pictures: pictures that are not in the
# training set. It calls the model in inference mode (batch norm then uses its moving averages). No weight
# changes.


# %% nbgrader={"grade": false, "grade_id": "test_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def test_step(training, images, labels):
    """Count a batch of validation pictures; nothing is learned.

    Arguments:
    training -- holds model, loss, val_loss and val_accuracy
    images -- a batch of pictures, (m, height, width, 3)
    labels -- their classes, one-hot, (m, classes)
    """
    # (4 lines)
    ### BEGIN SOLUTION
    probabilities = training.model(images, training=False)
    loss = training.loss(labels, probabilities)
    training.val_loss.update_state(loss, sample_weight=keras.ops.shape(images)[0])
    training.val_accuracy.update_state(labels, probabilities)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_test_step", "locked": true, "points": 12, "schema_version": 3, "solution": false, "task": false}
check("test_step")
### BEGIN HIDDEN TESTS
check("test_step", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Python runs such a step line by line. `tf.function` *compiles* it. It runs the function once and records
# which operations are called. After that, it calls these operations without Python. The first call takes
# longer, the others are faster. (TensorFlow compiles again for each new shape of a batch, and for each new
# `training`.)

# %% tags=["heavy"]
compiled = tf.function if keras.backend.backend() == "tensorflow" else lambda step: step
fast_train_step, fast_test_step = compiled(train_step), compiled(test_step)

# %% tags=["heavy", "nbval-ignore-output"]
set_reproducible(0)
small = network(pre_activation_bottleneck, (1, 1), 4, 5, (16, 16, 3))
batch = (
    np.random.randn(8, 16, 16, 3).astype("float32"),
    np.eye(5, dtype="float32")[[0, 1, 2, 3, 4, 0, 1, 2]],
)
batch = [keras.ops.convert_to_tensor(array) for array in batch]
for name, step in {"line by line": train_step, "compiled": fast_train_step}.items():
    training = Training(small)
    step(training, *batch)
    start = time.perf_counter()
    for _ in range(5):
        step(training, *batch)
    print(f"{name:12} {(time.perf_counter() - start) / 5 * 1000:6.1f} ms a step")

# %% [markdown]
# **Your task.** Write `run_epoch`. One epoch is:
#
# 1. Reset all four metrics. Otherwise they still count the epoch before.
# 2. Call `train_step(training, images, labels)` for each training batch. Measure how many seconds this takes.
# 3. Call `test_step(training, images, labels)` for each validation batch. Do not forget the last one, which
#    may be smaller.
# 4. Return a dictionary with the four results and the seconds.
#
# Both steps are arguments of `run_epoch`, so you can also pass compiled steps.


# %% nbgrader={"grade": false, "grade_id": "run_epoch", "locked": false, "schema_version": 3, "solution": true, "task": false}
def run_epoch(training, train_step, test_step, train_batches, val_batches):
    """Train on all training pictures once, then measure on all validation pictures.

    Arguments:
    training -- holds the metrics train_loss, train_accuracy, val_loss and val_accuracy
    train_step -- function of (training, images, labels), for the training pictures
    test_step -- function of (training, images, labels), for the validation pictures
    train_batches -- gives pairs (images, labels); the last batch may be smaller
    val_batches -- the same for validation

    Returns:
    log -- dictionary of five numbers: loss, accuracy, val_loss, val_accuracy, and seconds: how long
           the training took, without the validation
    """
    # The metrics begin anew (4 lines)
    ### BEGIN SOLUTION
    metrics = {
        "loss": training.train_loss,
        "accuracy": training.train_accuracy,
        "val_loss": training.val_loss,
        "val_accuracy": training.val_accuracy,
    }
    for metric in metrics.values():
        metric.reset_state()
    ### END SOLUTION

    # Training, with the clock running (4 lines)
    ### BEGIN SOLUTION
    start = time.perf_counter()
    for images, labels in train_batches:
        train_step(training, images, labels)
    seconds = time.perf_counter() - start
    ### END SOLUTION

    # Validation (2 lines)
    ### BEGIN SOLUTION
    for images, labels in val_batches:
        test_step(training, images, labels)
    ### END SOLUTION

    # The log (2 lines)
    ### BEGIN SOLUTION
    log = {name: float(metric.result()) for name, metric in metrics.items()}
    return log | {"seconds": seconds}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_run_epoch", "locked": true, "points": 12, "schema_version": 3, "solution": false, "task": false}
check("run_epoch")
### BEGIN HIDDEN TESTS
check("run_epoch", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# **Your task.** Write `keep_best`. It is called after each epoch. If the validation loss is lower than in all
# epochs before, it saves the weights in the file `best.weights.h5` of the folder (`model.save_weights`).
# Otherwise the file stays as it is. If the loss is equal to the best one, nothing changes, either.
#
# The function must know the best loss so far. A variable is not enough. After a restart of the kernel the
# variable is lost, and then a worse epoch would overwrite the best weights. So write the best loss into a
# second small file in the same folder. (In the blog post the best loss is never updated. So it is always
# infinite, and each epoch overwrites the file.)


# %% nbgrader={"grade": false, "grade_id": "keep_best", "locked": false, "schema_version": 3, "solution": true, "task": false}
def keep_best(model, val_loss, folder):
    """Save the weights if the validation loss is the best so far, else change nothing.

    Arguments:
    model -- the model after an epoch
    val_loss -- number, its validation loss
    folder -- text, an existing folder that belongs to this training

    Returns:
    better -- True if the weights were saved, else False
    """
    # (6 lines)
    ### BEGIN SOLUTION
    note = Path(folder) / "best.json"
    best = json.loads(note.read_text()) if note.exists() else float("inf")
    if not val_loss < best:
        return False
    model.save_weights(Path(folder) / "best.weights.h5")
    note.write_text(json.dumps(val_loss))
    return True
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_keep_best", "locked": true, "points": 12, "schema_version": 3, "solution": false, "task": false}
check("keep_best")
### BEGIN HIDDEN TESTS
check("keep_best", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# ## 5.4 Five kinds of flowers
#
# Pictures often come in *class folders*: there is one folder for each class, and its name is the name of the
# class. `find_flowers()` returns a folder with `train/` and `val/`. If you have downloaded nothing, these are
# flowers that the course draws. For the photographs of the blog post, run `python -m resnets.data flowers` in
# a terminal (229 MB). Any other folder with `train/` and `val/` works, too: put its path in place of
# `find_flowers()`.

# %% tags=["heavy", "nbval-ignore-output"]
flowers = find_flowers()

# %% tags=["heavy"]
train_set = find_class_folders(flowers / "train")
val_set = find_class_folders(flowers / "val", names=train_set.names)
for name, found in {"train": train_set, "val": val_set}.items():
    print(f"{name}: {len(found.paths)} pictures, {len(found.names)} classes")

# What you keep of the training. With a path of your own, it goes on after a restart of the kernel.
KEPT = Path("../datasets/training_05") if FULL else Path(tempfile.mkdtemp())
KEPT.mkdir(exist_ok=True)
save_class_indices(train_set.names, KEPT / "class_indices.json")
print((KEPT / "class_indices.json").read_text())

# %% [markdown]
# `class_indices.json` says which number means which class. Keep it: you need it to use the trained network
# later.
#
# Real folders often contain files that are no pictures, or broken ones. `find_class_folders` prints one line
# about what it cannot use, and leaves it out:

# %% tags=["heavy"]
untidy = Path(tempfile.mkdtemp()) / "untidy"
for name in ("daisy", "tulips", "lilies"):
    (untidy / name).mkdir(parents=True)
for name in ("daisy", "tulips"):
    source = train_set.paths[train_set.labels.index(train_set.names.index(name))]
    (untidy / name / "one.png").write_bytes(Path(source).read_bytes())
(untidy / "tulips" / "half.jpg").write_bytes(b"not a whole picture")
(untidy / "daisy" / "notes.txt").write_text("found in the garden")
(untidy / "README.md").write_text("My flowers")
here = Path.cwd()
os.chdir(untidy.parent)
print(find_class_folders("untidy").names)
os.chdir(here)

# %% [markdown]
# **The pipeline.** `tf.data` reads the files while the network computes. Each picture is decoded, resized
# and, for training, mirrored at random. Then the mean colour of ImageNet's pictures is subtracted: one number
# each for red, green and blue. So the numbers lie around 0.

# %% tags=["heavy"]
SIZE, BATCH = (224, 64) if FULL else (32, 20)
MEAN = np.array([123.68, 116.78, 103.94], "float32")


def read(path):
    """One picture: decoded, resized, its mean subtracted."""
    picture = tf.io.decode_image(tf.io.read_file(path), channels=3, expand_animations=False)
    return tf.image.resize(picture, (SIZE, SIZE), antialias=True) - MEAN


def mirrored(picture, label):
    return tf.image.random_flip_left_right(picture, seed=0), label


def read_labelled(path, label):
    return read(path), label


def pipeline(found, training):
    """Batches of pictures and one-hot labels; the last one may be smaller."""
    labels = keras.utils.to_categorical(found.labels, len(found.names))
    data = tf.data.Dataset.from_tensor_slices((found.paths, labels))
    if training:
        data = data.shuffle(len(found.paths), seed=0)
    data = data.map(read_labelled, num_parallel_calls=2)
    if training:
        data = data.map(mirrored)
    data = data.batch(BATCH).prefetch(1)
    return data if keras.backend.backend() == "tensorflow" else NumpyBatches(data)


train_batches, val_batches = pipeline(train_set, True), pipeline(val_set, False)
sizes = [len(labels) for _, labels in val_batches]
print("validation batches:", *sizes)

# %% tags=["heavy"]
first = [train_set.labels.index(number) for number in range(len(train_set.names))]
shown = [index + place for index in first for place in range(8)]
pictures = np.stack([read(train_set.paths[index]) for index in shown]) + MEAN
labels = np.array([train_set.labels[index] for index in shown])
plot_signs(np.clip(pictures, 0, 255).astype("uint8"), labels, 8, train_set.names)

# %% [markdown]
# ## 5.5 Both blocks, trained
#
# Now you use all of this together. Only the block differs between the two networks. After each epoch, the
# best weights are saved. Everything that is needed to continue after a restart is saved, too.


# %% tags=["heavy"]
def fit(name, epochs):
    """Train a network of one kind of block; go on where an earlier kernel stopped."""
    setting = ((3, 4, 6, 3), 64) if FULL else ((1, 1, 1), 8)
    set_reproducible(0)
    model = network(BLOCKS[name], *setting, len(train_set.names), (SIZE, SIZE, 3), large=FULL)
    training, folder = Training(model), KEPT / name
    folder.mkdir(exist_ok=True)
    log = training.restore(folder)
    with Progress(epochs, f"training, block of {name}", "epochs") as bar:
        bar.step(len(log))
        while len(log) < epochs:
            log.append(
                run_epoch(training, fast_train_step, fast_test_step, train_batches, val_batches)
            )
            keep_best(model, log[-1]["val_loss"], folder)
            training.save(folder, log)
            bar.step()
    return {key: [epoch[key] for epoch in log] for key in log[0]}


EPOCHS = 60 if FULL else 16
histories = {name: fit(name, EPOCHS) for name in ("2015", "2016")}

# %% tags=["heavy"]
plot_history(histories)

# %% tags=["heavy", "nbval-ignore-output"]
for name, history in histories.items():
    seconds = np.median(history["seconds"])
    best = int(np.argmin(history["val_loss"]))
    loss, accuracy = history["val_loss"][best], history["val_accuracy"][best]
    print(
        f"block of {name}: {seconds:.1f} s an epoch; best epoch {best + 1}, "
        f"validation loss {loss:.2f}, accuracy {accuracy:.2f}"
    )
    assert history["loss"][-1] < history["loss"][0]

# %% [markdown]
# Both learn to tell the drawn flowers apart. A network of only three blocks does not need free shortcuts. So
# it means nothing which curve is lower here: one run of each is no comparison. The validation loss can jump,
# because batch norm's moving averages follow the changing weights too slowly. This is why we keep the best
# weights.
#
# **A restart.** What would a new kernel do? The next cell makes a new network and a new `Training` in the
# same folder. The new `Training` reads weights, optimizer and log from the folder, and continues for one
# epoch.

# %% tags=["heavy"]
longer = fit("2016", EPOCHS + 1)
print("epochs in the log:", len(longer["loss"]))
print("the earlier ones are the same:", longer["loss"][:-1] == histories["2016"]["loss"])
kept = json.loads((KEPT / "2016" / "log.json").read_text())
print("the log in the file is that of all epochs:", len(kept) == EPOCHS + 1)

# %% [markdown]
# ## 5.6 One picture
#
# Read the best weights from their file, and let the network classify one validation picture.

# %% tags=["heavy"]
names = json.loads((KEPT / "class_indices.json").read_text())
setting = ((3, 4, 6, 3), 64) if FULL else ((1, 1, 1), 8)
model = network(BLOCKS["2016"], *setting, len(names), (SIZE, SIZE, 3), large=FULL)
model.load_weights(KEPT / "2016" / "best.weights.h5")
place = (
    val_set.labels.index(val_set.names.index("sunflowers")) if "sunflowers" in val_set.names else 0
)
picture = np.asarray(read(val_set.paths[place]))
probabilities = keras.ops.convert_to_numpy(model(picture[np.newaxis]))[0]
print("probabilities add up to 1:", np.isclose(probabilities.sum(), 1, atol=1e-4))

# %% tags=["heavy", "nbval-ignore-output"]
upright = np.clip(picture + MEAN, 0, 255).astype("uint8")
plot_prediction(upright, probabilities, [names[str(number)] for number in range(len(names))])

# %% [markdown]
# ## 5.7 Does the block of 2016 help in deep networks?
#
# The paper's answer is for hundreds of layers: ResNet-1001 went from 7.61 % errors to 4.92 % on CIFAR-10, and
# ResNet-110 only from 6.61 % to 6.37 %. Two processor cores cannot do that in a notebook. But a small
# experiment shows how to compare: the same pictures, 11 and 56 layers, and three starting points each.
# `training_curves` is the function of notebook 3. It draws new weights for each seed.

# %% tags=["heavy"]
SIDE, STEPS, SEEDS = 16, (400 if FULL else 48), range(5 if FULL else 3)
small = [tf.image.resize(read(path), (SIDE, SIDE), antialias=True) / 64 for path in train_set.paths]
small = np.stack(small)
losses = {}
for depth in (11, 56):
    for name in ("2015", "2016"):
        count = (depth - 2) // 9
        shape = (SIDE, SIDE, 3)
        model = network(BLOCKS[name], (count,) * 3, 2, len(names), shape, activation=None)
        title = f"{name}, {depth} layers"
        losses[title] = training_curves(
            model, small, train_set.labels, SEEDS, STEPS, batch_size=20, name=title
        )

# %% tags=["heavy", "nbval-ignore-output"]
window = 10  # steps of an epoch
smooth = {
    title: np.stack([np.convolve(run, np.ones(window) / window, "valid") for run in curves])
    for title, curves in losses.items()
}
plot_curves(smooth, "Training loss, mean of 10 steps", "step", "loss")

# %% tags=["heavy", "nbval-ignore-output"]
print("network             last training loss, each seed")
for title, curves in smooth.items():
    print(f"{title:18}", "  ".join(f"{value:.2f}" for value in curves[:, -1]))

# %% [markdown]
# With 11 layers, the block of 2016 is not better than that of 2015. With 56 layers, the runs of the two blocks
# overlap. So this experiment does **not** show the advantage: three seeds and 48 steps are too few. Both
# networks of 56 layers are far behind those of 11 layers, because they have hardly begun to learn.
#
# ## 5.8 Photographs
#
# What about the photographs? The blog post trained ResNet-50 on 224×224 pixels, for 60 epochs, on a GPU. Two
# processor cores cannot do that in an evening. `benchmarks/flowers.py` of the course's repository does the
# same with less: 64×64 pixels, ResNet-50 with a quarter of the filters, batches of 32, and the four functions
# of this notebook. If you stop it and start it again, it continues where it stopped.
#
# ```
# python benchmarks/flowers.py --photos datasets/flowers --epochs 10 --seeds 3 --curves
# ```
#
# It read the 3,670 photographs, shrunk to 128 pixels beforehand. On two processor cores, an epoch took 9 to 21
# seconds (the median of each run). This is the table that it printed after 10 epochs. The numbers are means
# over three starting points (smallest to largest).
#
# | block | training loss | validation loss | validation accuracy | best validation loss |
# | --- | --- | --- | --- | --- |
# | 2015 | 1.116 (1.077 to 1.153) | 1.271 (1.249 to 1.282) | 0.511 (0.497 to 0.523) | 1.234 (1.194 to 1.282) |
# | 2016 | 0.769 (0.753 to 0.790) | 1.240 (1.120 to 1.320) | 0.558 (0.505 to 0.603) | 1.127 (1.113 to 1.145) |
#
# It also printed the numbers of each epoch. The next two cells only draw them.

# %% tags=["heavy"]
# A row for each starting point, a number for each epoch (printed by the command above)
measured_loss = {
    "2015": [
        [1.74, 1.63, 1.54, 1.50, 1.42, 1.34, 1.28, 1.29, 1.21, 1.15],
        [1.75, 1.57, 1.44, 1.38, 1.35, 1.27, 1.23, 1.16, 1.12, 1.08],
        [1.83, 1.62, 1.56, 1.46, 1.42, 1.32, 1.24, 1.22, 1.15, 1.12],
    ],
    "2016": [
        [1.50, 1.26, 1.12, 1.10, 1.04, 0.99, 0.94, 0.87, 0.83, 0.76],
        [1.46, 1.29, 1.17, 1.08, 1.07, 1.00, 0.92, 0.92, 0.84, 0.79],
        [1.53, 1.30, 1.16, 1.12, 1.05, 0.95, 0.93, 0.84, 0.81, 0.75],
    ],
}
measured_accuracy = {
    "2015": [
        [0.26, 0.24, 0.25, 0.37, 0.43, 0.46, 0.41, 0.51, 0.52, 0.50],
        [0.26, 0.28, 0.32, 0.43, 0.47, 0.47, 0.46, 0.53, 0.52, 0.51],
        [0.24, 0.29, 0.33, 0.34, 0.44, 0.43, 0.44, 0.47, 0.49, 0.52],
    ],
    "2016": [
        [0.20, 0.43, 0.50, 0.51, 0.52, 0.54, 0.51, 0.59, 0.56, 0.60],
        [0.22, 0.45, 0.50, 0.54, 0.55, 0.53, 0.51, 0.57, 0.58, 0.51],
        [0.28, 0.41, 0.48, 0.49, 0.56, 0.52, 0.56, 0.54, 0.52, 0.56],
    ],
}
epochs = range(1, 11)
plot_curves(
    {f"block of {year}": (epochs, runs) for year, runs in measured_loss.items()},
    "Photographs: training loss, mean and range of the starting points",
    "epoch",
    "loss",
)

# %% tags=["heavy"]
plot_curves(
    {f"block of {year}": (epochs, runs) for year, runs in measured_accuracy.items()},
    "Photographs: validation accuracy, mean and range of the starting points",
    "epoch",
    "accuracy",
    reference=1 / 5,
)

# %% [markdown]
# Here the advantage shows. With 50 layers, the block of 2016 learns faster: its training loss is lower in every
# epoch, and the runs do not overlap. On the validation pictures, the advantage is smaller. The best validation
# losses do not overlap, but the accuracies after the last epoch do. The blog post saw an advantage, too. But its
# block was not quite that of 2016. And ten epochs are not 60: these networks are far from trained.
#
# With `FULL = True` and a GPU, this notebook trains the blog post's own setting on the photographs that
# `python -m resnets.data flowers` has put into `datasets/flowers/`. (`--full` does the same in the benchmark.)

# %% [markdown]
# ## Your points
#
# This adds up the points of the last run of each check.

# %% tags=["heavy"]
total()

# %% [markdown]
# ## Common mistakes
#
# - **A ReLU after the addition.** Then it is not the block of 2016, even if all layers before the addition
#   are right.
# - **The identity takes what the first ReLU returned.** Write `Y = BatchNormalization()(X)`, not `X = …`: the
#   shortcut needs the old `X`.
# - **Batch norm and ReLU before the pooling are forgotten.** No other block applies them after the last
#   addition.
# - **`training=True` is forgotten.** In your own loop, you must set it yourself. Without it, batch norm uses
#   its moving averages, and these are never updated.
# - **The last batch is left out, or counts as much as a full one.**
# - **The metrics are not reset.** Then the accuracy of epoch 10 is the mean over ten epochs.
# - **The best loss is never updated.** The "best" weights are simply the last ones.
# - **A list of losses in a compiled step.** Lines such as `losses.append(…)` run only once, while TensorFlow
#   compiles the step. Use metrics.
#
# ## What next
#
# - **[Notebook 6](06_resnext.ipynb)**: divide the channels into groups, and build ResNeXt-50.
# - **[Notebook 7](07_transfer_learning.ipynb)**: let a trained network learn something new from few pictures.
# - **[Notebook 8](08_faster_training.ipynb)**: train faster, with four tricks that you write yourself.
# - He et al. 2016, sections 2 and 4.
# - TensorFlow's guide [*Writing a training loop from scratch*](https://www.tensorflow.org/guide/keras/writing_a_training_loop_from_scratch).
