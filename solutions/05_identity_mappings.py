# %% [markdown]
# # 5 · Identity mappings

# %% tags=["setup"]
import json
import os
import sys
import time
from pathlib import Path

sys.path.append("..")  # resnets_utils.py lives one folder up

from resnets_utils import (
    Training,
    check,
    draw_block,
    hint,
    kaiming_normal,
    keras_step,
    rounded,
    total,
)

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


# %% tags=["setup"]
def network(block, blocks, filters, classes, input_shape, large=False):
    """A network of bottlenecks of one kind.

    Arguments:
    block -- the function that builds one block
    blocks -- how many blocks each layer has, e.g. (3, 4, 6, 3)
    filters -- integer, filters of the first layer; each further layer has twice as many
    classes -- integer, units of the dense layer
    input_shape -- shape of one picture
    large -- whether the network begins as for pictures of 224×224 pixels: 7×7, stride 2, max pooling

    Returns:
    model -- a keras Model that ends in a softmax
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
    if block is not post_activation_bottleneck:
        X = Activation("relu")(BatchNormalization(axis=3, name="last_bn")(X))
    X = GlobalAveragePooling2D()(X)
    return Model(inputs, Dense(classes, activation="softmax", name=f"fc{classes}")(X))


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
    log -- dictionary of five numbers: loss, accuracy, val_loss, val_accuracy, and the seconds that the
           training took, without the validation
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
