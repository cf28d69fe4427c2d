# %% [markdown]
# # 0 · Skeleton
#
# Begin with what the reader knows, and with a question that it does not answer. Afterwards you will be
# able to
#
# - say what a shortcut adds to a convolution,
# - write a mean over pictures of any size.
#
# **How it works.** Two cells are yours: each has a place marked `# YOUR CODE HERE`. Under each there is
# a check that tells you what is right, what is not yet, and where to look;
# `hint("skeleton_example_block")` gives three hints, one after the other. The outputs below are those of a
# solved notebook. Nothing here needs a GPU, an account or the network.

# %% tags=["setup"]
import sys

sys.path.append("..")  # resnets_utils.py lives one folder up

from resnets_utils import check, hint, rounded

import keras
import numpy as np
from keras import ops
from keras.layers import Activation, Add, BatchNormalization, Conv2D, Input
from keras.models import Model

# %% [markdown]
# ## A block
#
# **Your task.** Write `skeleton_example_block`: a convolution of `f`×`f` with as many filters as X has
# channels, strides of 1 and `padding="same"`; a batch norm; the addition of X; a ReLU.


# %% nbgrader={"grade": false, "grade_id": "skeleton_example_block", "locked": false, "schema_version": 3, "solution": true, "task": false}
def skeleton_example_block(X, f):
    """One convolution with a shortcut around it.

    Arguments:
    X -- input tensor of shape (m, height, width, channels)
    f -- integer, height and width of the convolution's window

    Returns:
    X -- output tensor of the same shape
    """
    # (5 lines)
    ### BEGIN SOLUTION
    shortcut = X
    X = Conv2D(X.shape[-1], (f, f), padding="same")(X)
    X = BatchNormalization()(X)
    X = Add()([X, shortcut])
    X = Activation("relu")(X)
    return X
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_skeleton_example_block", "locked": true, "points": 50, "schema_version": 3, "solution": false, "task": false}
check("skeleton_example_block")
### BEGIN HIDDEN TESTS
check("skeleton_example_block", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# A picture, or a number, that shows what has been built:

# %%
inputs = Input((8, 8, 4))
model = Model(inputs, skeleton_example_block(inputs, f=3))
print("weights:", model.count_params())

# %% [markdown]
# ## Numbers
#
# **Your task.** Write `skeleton_example_mean`: the mean of each channel over all pixels of a picture.


# %% nbgrader={"grade": false, "grade_id": "skeleton_example_mean", "locked": false, "schema_version": 3, "solution": true, "task": false}
def skeleton_example_mean(X):
    """The mean of each channel.

    Arguments:
    X -- tensor of shape (m, height, width, channels)

    Returns:
    Y -- tensor of shape (m, channels)
    """
    # (1 line)
    ### BEGIN SOLUTION
    return ops.mean(X, axis=(1, 2))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_skeleton_example_mean", "locked": true, "points": 50, "schema_version": 3, "solution": false, "task": false}
check("skeleton_example_mean")
### BEGIN HIDDEN TESTS
check("skeleton_example_mean", hidden=True)
### END HIDDEN TESTS

# %%
pictures = np.arange(12, dtype="float32").reshape(1, 2, 3, 2)
print(rounded(ops.convert_to_numpy(skeleton_example_mean(pictures)), 2))

# %% [markdown]
# ## Common mistakes
#
# - **The addition after the ReLU.** Then the block can never subtract anything.
#
# ## What next
#
# - The paper that this is from, and the notebook that goes on from here.
