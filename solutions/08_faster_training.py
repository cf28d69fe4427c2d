# %% [markdown]
# # 8 · Faster training
#
# In notebook 1 the course's recipe read hardly more than a guess after five epochs; with its batch norm
# repaired, the same weights read most hands. That was one trick. In this notebook you write four of them, measure what each is worth on its own, and then race them, all together, against the
# recipe that you began with. The network stays as it is. Afterwards you will be able to
#
# - write a learning-rate schedule with warm-up and a cosine, and say what each half of it is for,
# - compute batch norm's statistics afresh, from what single batches tell,
# - make new training pictures out of old ones,
# - average the weights of several checkpoints, and say what has to be done afterwards,
# - judge a trick: measured alone, over several starting points, and by the clock.
#
# **How it works.** Four cells are yours: each has places marked `# YOUR CODE HERE`. Under each there
# is a check that tells you what is right, what is not yet, and where to look;
# `hint("learning_rate")` gives three hints, one after the other. The outputs below are those of a
# solved notebook. Nothing here needs a GPU, an account or the network. Allow an hour and a half; the
# computer needs a minute and a half of it.
#
# All four functions work on NumPy arrays and plain numbers, since they do their work *around* the
# network: before a step, between two steps, after the last one.

# %% tags=["setup"]
import os
import sys
import time

sys.path.append("..")  # resnets_utils.py lives one folder up

from resnets_utils import (
    batch_statistics,
    check,
    draw_weights,
    hint,
    load_dataset,
    load_pretrained,
    plot_bars,
    plot_curves,
    plot_pictures,
    prepare_training,
    rendered_hands,
    rounded,
    set_statistics,
)

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
)
from keras.models import Model

# With True, and a GPU, everything is measured with a large network on large pictures.
FULL = bool(os.environ.get("RESNETS_FULL"))

# %% [markdown]
# ## 8.1 A learning rate that rises and falls
#
# The learning rate says how far each step goes. Early in training the weights are random, Adam's idea of
# how large gradients are rests on a few batches, and a long step in a random direction does harm. In the middle, long steps are what makes training fast. And at the end they are what
# keeps it from settling: the loss rattles about the bottom of a valley that is narrower than the step.
#
# So let the rate **rise** in a straight line during the first `warm_up` steps, and then **fall** along
# half a cosine, which begins level, falls, and ends level, at nothing
# ([Loshchilov and Hutter 2016](https://arxiv.org/abs/1608.03983), section 3, without restarts).
#
# **Your task.** Write `learning_rate`. Steps are counted from 0.
#
# - Of the first `warm_up` steps, step 0 gets `highest / warm_up`, step 1 gets twice that, and the last
#   of them gets `highest` itself.
# - After them, let $t$ be the share of the remaining steps that have been taken: 0 at step `warm_up`, and
#   1 when all `steps` are done. The rate is $\text{highest} · (1 + \cos π t) / 2$.
# - `warm_up` may be 0.


# %% nbgrader={"grade": false, "grade_id": "learning_rate", "locked": false, "schema_version": 3, "solution": true, "task": false}
def learning_rate(step, steps, highest, warm_up):
    """The learning rate of one step: up in a straight line, down along half a cosine.

    Arguments:
    step -- integer from 0 to steps - 1
    steps -- integer, how many steps the training has
    highest -- number, the highest rate
    warm_up -- integer, the number of steps in which the rate rises; less than steps

    Returns:
    rate -- number
    """
    # (4 lines)
    ### BEGIN SOLUTION
    if step < warm_up:
        return highest * (step + 1) / warm_up
    share = (step - warm_up) / (steps - warm_up)
    return highest * (1 + np.cos(np.pi * share)) / 2
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_learning_rate", "locked": true, "points": 25, "schema_version": 3, "solution": false, "task": false}
check("learning_rate")
### BEGIN HIDDEN TESTS
check("learning_rate", hidden=True)
### END HIDDEN TESTS

# %% tags=["heavy"]
plot_curves(
    {
        f"warm-up {warm_up}": [
            learning_rate(step, 100, 0.001, warm_up) for step in range(100)
        ]
        for warm_up in (0, 10, 30)
    },
    "The learning rate of 100 steps",
    x="step",
    y="learning rate",
)

# %% [markdown]
# ## 8.2 Batch norm's statistics, afresh
#
# When it predicts, batch norm normalises with a mean and a variance *of all training pictures*. Keras
# estimates them by moving averages, which lag behind: notebook 1 showed what that does to a short
# training. They can just as well be computed, once, when they are needed, from the weights as they are
# ([Wu and Johnson 2021](https://arxiv.org/abs/2105.07576), section 3, call it *precise batch norm*).
#
# All the pictures hardly ever fit into one batch. So they go through the network in several, and each
# batch $b$, of $n_b$ pictures, yields a mean $μ_b$ and a variance $σ_b^2$ for each channel. (All pictures
# have equally many pixels, so it is enough to count pictures.) How do these make *one* mean and *one*
# variance? The mean is easy, if you remember that the last batch may be smaller.
# The variance has a trap: averaging the $σ_b^2$ leaves out how far the $μ_b$ lie apart. What can be
# averaged is the mean of the squares, which for any set of numbers is $σ^2 + μ^2$:
#
# $$ μ = \sum_b \frac{n_b}{n} μ_b \qquad σ^2 + μ^2 = \sum_b \frac{n_b}{n} (σ_b^2 + μ_b^2) $$
#
# **Your task.** Write `population_statistics`.


# %% nbgrader={"grade": false, "grade_id": "population_statistics", "locked": false, "schema_version": 3, "solution": true, "task": false}
def population_statistics(means, variances, sizes):
    """Mean and variance over all pictures, from those of batches.

    Arguments:
    means -- array of shape (batches, channels), the mean of every batch and channel
    variances -- array of shape (batches, channels), likewise
    sizes -- array of shape (batches,), integers: how many pictures each batch has

    Returns:
    mean -- array of shape (channels,)
    variance -- array of shape (channels,)
    """
    # (4 lines)
    ### BEGIN SOLUTION
    shares = sizes[:, None] / sizes.sum()
    mean = np.sum(shares * means, axis=0)
    squares = np.sum(shares * (variances + means**2), axis=0)
    return mean, squares - mean**2
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_population_statistics", "locked": true, "points": 25, "schema_version": 3, "solution": false, "task": false}
check("population_statistics")
### BEGIN HIDDEN TESTS
check("population_statistics", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# Try it: cut 100 rows of three channels into batches of 32, 32, 32 and 4, and compare with the mean and
# the variance of all hundred.

# %%
numbers = np.random.default_rng(1).normal(3.0, 2.0, (100, 3))
batches = np.split(numbers, [32, 64, 96])
mean, variance = population_statistics(
    np.stack([batch.mean(axis=0) for batch in batches]),
    np.stack([batch.var(axis=0) for batch in batches]),
    np.array([len(batch) for batch in batches]),
)

print("mean     ", rounded(mean), "of all at once:", rounded(numbers.mean(axis=0)))
print("variance ", rounded(variance), "of all at once:", rounded(numbers.var(axis=0)))

# %% [markdown]
# ## 8.3 New pictures out of old ones
#
# A hand that moves two pixels to the left still shows the same number, and so does its mirror image:
# that is what the other hand would look like. A network that sees every picture a little differently
# each time cannot learn the pictures by heart. **Augmentation** is the cheapest way to more data.
#
# **Your task.** Write `augment`. How far each picture moves, and whether it is mirrored, is drawn outside,
# so that your function gives the same result every time. For each picture, first exchange left and right where `mirrored` says
# so, and then move it *down* by the first of its offsets and to the *right* by the second. Offsets may be
# negative. What comes in from outside repeats the nearest pixel of the border. Append each result to
# `moved`.


# %% nbgrader={"grade": false, "grade_id": "augment", "locked": false, "schema_version": 3, "solution": true, "task": false}
def augment(pictures, offsets, mirrored):
    """Pictures, some of them mirrored, all of them moved.

    Arguments:
    pictures -- array of shape (m, height, width, channels)
    offsets -- array of shape (m, 2), integers: pixels down and to the right
    mirrored -- array of shape (m,), True where left and right are to be exchanged

    Returns:
    pictures -- new array of shape (m, height, width, channels)
    """
    height, width = pictures.shape[1:3]
    moved = []
    for picture, (down, right), mirror in zip(pictures, offsets, mirrored, strict=True):
        # (5 lines)
        ### BEGIN SOLUTION
        if mirror:
            picture = picture[:, ::-1]
        rows = np.clip(np.arange(height) - down, 0, height - 1)
        columns = np.clip(np.arange(width) - right, 0, width - 1)
        moved.append(picture[rows][:, columns])
        ### END SOLUTION
    return np.stack(moved)


# %% nbgrader={"grade": true, "grade_id": "test_augment", "locked": true, "points": 25, "schema_version": 3, "solution": false, "task": false}
check("augment")
### BEGIN HIDDEN TESTS
check("augment", hidden=True)
### END HIDDEN TESTS

# %% tags=["heavy"]
hands, _ = rendered_hands(per_class=1, seed=4, progress=False)
copies = np.repeat(hands[3:4], 6, axis=0)
offsets = np.array([[0, 0], [0, 0], [12, 0], [0, -12], [-6, 6], [8, 8]])
mirrored = np.array([False, True, False, False, True, True])

names = ["as it is", "mirrored", "down 12", "left 12", "mirrored, up", "mirrored, down"]
plot_pictures(dict(zip(names, augment(copies, offsets, mirrored) / 255, strict=True)))

# %% [markdown]
# ## 8.4 The mean of several checkpoints
#
# Every step of training is pulled about by the batch that it happens to see. The weights wander around
# the place where they want to be, and as long as the rate is high, the mean of where they have been is
# nearer to it than where they are
# ([Izmailov et al. 2018](https://arxiv.org/abs/1803.05407), section 3, *stochastic weight averaging*).
# That mean costs no training at all. And it need not keep all the checkpoints: with the average of the
# first $k$ of them in hand ($k$ is `count`), the next one makes
#
# $$ \bar w_{k+1} = \frac{k · \bar w_k + w}{k + 1} $$
#
# **Your task.** Write `average_weights`. Weights are lists of arrays, as `model.get_weights()` hands them
# out. Hand back a new list of new arrays; those that you are given are still needed.


# %% nbgrader={"grade": false, "grade_id": "average_weights", "locked": false, "schema_version": 3, "solution": true, "task": false}
def average_weights(average, weights, count):
    """The average of one checkpoint more.

    Arguments:
    average -- list of arrays, the average of `count` checkpoints so far
    weights -- list of arrays of the same shapes, one more checkpoint
    count -- integer, how many checkpoints are in `average`; 0 at first, and what `average` then
             holds does not matter

    Returns:
    average -- new list of arrays, the average of count + 1 checkpoints
    """
    # (1 line, or a loop)
    ### BEGIN SOLUTION
    return [
        (a * count + w) / (count + 1) for a, w in zip(average, weights, strict=True)
    ]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_average_weights", "locked": true, "points": 25, "schema_version": 3, "solution": false, "task": false}
check("average_weights")
### BEGIN HIDDEN TESTS
check("average_weights", hidden=True)
### END HIDDEN TESTS

# %% [markdown]
# You can watch it in the plane. A point rolls to the bottom of a bowl, but the slope that it is told at
# each step is wrong by chance, as the gradient of a single batch is. From step 50 on its places are
# averaged.

# %% tags=["heavy"]
stream = np.random.default_rng(2)
place, average = np.array([4.0, 3.0]), [np.zeros(2)]
from_place, from_average = [], []
for step in range(300):
    slope = place + stream.normal(0, 3, 2)
    place = place - 0.1 * slope
    from_place.append(np.linalg.norm(place))
    if step >= 50:
        average = average_weights(average, [place], step - 50)
        from_average.append(np.linalg.norm(average[0]))

plot_curves(
    {
        "the point itself": from_place,
        "average of its places": (range(50, 300), from_average),
    },
    "Distance from the bottom of a bowl",
    x="step",
    y="distance",
)

# %% [markdown]
# One thing is left to do after averaging, and it is easily forgotten. The averaged weights are a new
# network, and the averages of the old networks' batch norm statistics are not its statistics. They must
# be computed afresh. You have the function for it.
#
# ## 8.5 A place to try them
#
# A trick that is measured once has not been measured. So we want many trainings, and therefore a small
# network: eight layers, 32×32 pictures of hands that the course draws itself. (With `FULL = True` it is
# notebook 1's ResNet50, 64×64 pixels, and your photographs if you have downloaded them.)


# %% tags=["heavy"]
def small_resnet(width=16, side=32, classes=6):
    """A residual network with one block a stage, as notebook 3 builds them."""

    def convolution(X, filters, kernel, stride=1):
        layer = Conv2D(filters, kernel, strides=stride, padding="same", use_bias=False)
        return BatchNormalization()(layer(X))

    X_input = Input((side, side, 3))
    X = Activation("relu")(convolution(X_input, width, 3))
    for filters in (width, 2 * width, 4 * width):
        Y = Activation("relu")(convolution(X, filters, 3, stride=2))
        Y = convolution(Y, filters, 3)
        X = Activation("relu")(Add()([Y, convolution(X, filters, 1, stride=2)]))
    X = GlobalAveragePooling2D()(X)
    return Model(X_input, Dense(classes, activation="softmax")(X))


def small_hands(per_class, seed):
    """Drawn hands of 32×32 pixels, from 0 to 1, and their labels."""
    hands, labels = rendered_hands(per_class=per_class, seed=seed, progress=False)
    return hands.reshape(-1, 32, 2, 32, 2, 3).mean(axis=(2, 4)) / 255, labels


# %% tags=["heavy"]
if FULL:
    train_x, train_y, test_x, test_y, _ = load_dataset()
    train_x, test_x = train_x / 255, test_x / 255
    train_y, test_y = train_y[0], test_y[0]
    model = keras.models.clone_model(load_pretrained())
else:
    train_x, train_y = small_hands(per_class=150, seed=7)
    test_x, test_y = small_hands(per_class=50, seed=8)
    model = small_resnet()

train_x, test_x = train_x.astype("float32"), test_x.astype("float32")
one_hot = np.eye(6, dtype="float32")[train_y]

model.compile("adam", "categorical_crossentropy")
prepare_training(model, one_hot)  # a shorter wait before the first step; same numbers
untrained = [keras.ops.convert_to_numpy(v) for v in model.optimizer.variables]

print(len(train_x), "training and", len(test_x), "test pictures")

# %% [markdown]
# Two of the four tricks change the training: the schedule and augmentation. The other two do not: you
# can recalibrate, or average, look at the test pictures, and put everything back as it was. So every
# training can be judged three times: as it is, recalibrated, and averaged *and* recalibrated (one
# checkpoint an epoch, from the sixth epoch on). 300 training pictures are enough to recalibrate.


# %% tags=["heavy"]
def accuracy():
    """The share of test pictures that the model reads correctly."""
    return float(np.mean(model.predict_on_batch(test_x).argmax(axis=1) == test_y))


def accuracy_recalibrated(weights):
    """The same with these weights and statistics of their own; and the seconds before it."""
    start = time.perf_counter()
    model.set_weights(weights)
    statistics, sizes = batch_statistics(model, train_x[:300], batch_size=150)
    set_statistics(
        model, [population_statistics(*of_layer, sizes) for of_layer in statistics]
    )
    seconds = time.perf_counter() - start
    return accuracy(), seconds


def judge_three_times(average):
    """Accuracies as it is, recalibrated, averaged; and the seconds that the tricks took."""
    now, as_it_is = model.get_weights(), accuracy()
    averaged, seconds = recalibrated, _ = accuracy_recalibrated(now)
    if average is not None:
        averaged, seconds = accuracy_recalibrated(average)
    model.set_weights(now)
    return (as_it_is, recalibrated, averaged), seconds


# %% tags=["heavy"]
SEEDS = range(3)  # one starting point each
OURS, COURSE = (4, 22) if FULL else (10, 20)  # epochs of our recipe, of the course's
HIGHEST = 0.002 if FULL else 0.004  # learning rate of our recipe
AVERAGED_FROM = OURS // 2  # epochs before the first checkpoint


def start_anew(stream):
    """New weights for the network, and an optimizer that remembers nothing."""
    draw_weights(model, stream)
    for variable, value in zip(model.optimizer.variables, untrained, strict=True):
        variable.assign(value)


def one_epoch(stream, rates, augmented):
    """A step with each of the rates, the pictures in a new order."""
    batches = np.array_split(stream.permutation(len(train_x)), len(rates))
    for chosen, rate in zip(batches, rates, strict=True):
        x = train_x[chosen]
        if augmented:
            offsets = stream.integers(-2, 3, (len(x), 2))
            x = augment(x, offsets, mirrored=stream.random(len(x)) < 0.5)
        model.optimizer.learning_rate = rate
        model.train_on_batch(x, one_hot[chosen])


# %% tags=["heavy"]
def train(seed, epochs, highest=None, augmented=False):
    """Train from a starting point; with a schedule where its highest rate is given.

    Returns two arrays, a row for each epoch: the three accuracies; the seconds so far, without and
    with the tricks of judging.
    """
    stream = np.random.default_rng(seed)
    start_anew(stream)
    in_epoch = -(-len(train_x) // 32)
    steps = epochs * in_epoch
    average, training, tricks = None, 0.0, 0.0
    accuracies, seconds = [], []
    for epoch in range(epochs):
        rates = [
            learning_rate(step, steps, highest, steps // 8) if highest else 0.001
            for step in range(epoch * in_epoch, (epoch + 1) * in_epoch)
        ]
        start = time.perf_counter()
        one_epoch(stream, rates, augmented)
        training += time.perf_counter() - start
        if epoch >= AVERAGED_FROM:
            start, now = time.perf_counter(), model.get_weights()
            average = average_weights(average or now, now, epoch - AVERAGED_FROM)
            tricks += time.perf_counter() - start
        judgements, of_judging = judge_three_times(average)
        tricks += of_judging
        accuracies.append(judgements)
        seconds.append((training, training + tricks))
    return np.array(accuracies), np.array(seconds)


# %% [markdown]
# ## 8.6 Each trick alone
#
# Now the trainings: the course's recipe (Adam with its usual rate of 0.001, always the same), the same
# with a schedule (which dares a higher rate at its top), with augmentation, and with both. Three
# starting points each.

# %% tags=["heavy"]
train(seed=0, epochs=1)  # the first step of all takes longest: nobody's clock counts it

runs = {
    "course": [train(seed, COURSE) for seed in SEEDS],
    "schedule": [train(seed, OURS, HIGHEST) for seed in SEEDS],
    "augmented": [train(seed, OURS, augmented=True) for seed in SEEDS],
    "both": [train(seed, OURS, HIGHEST, augmented=True) for seed in SEEDS],
}

# %% [markdown]
# Four kinds of training, judged in three ways, make the bars. The whiskers reach from the worst to the best
# of the starting points. (Averaging needs recalibration, so compare it with "recalibration alone".)


# %% tags=["heavy"]
def after(epochs, training, judgement):
    """Accuracies of the starting points after some epochs."""
    return [accuracies[epochs - 1][judgement] for accuracies, _ in runs[training]]


AS_IT_IS, RECALIBRATED, AVERAGED = 0, 1, 2
gains = {
    "the course's recipe": after(OURS, "course", AS_IT_IS),
    "augmentation alone": after(OURS, "augmented", AS_IT_IS),
    "schedule alone": after(OURS, "schedule", AS_IT_IS),
    "recalibration alone": after(OURS, "course", RECALIBRATED),
    "recalibration, averaging": after(OURS, "course", AVERAGED),
    "recalibration, augmentation": after(OURS, "augmented", RECALIBRATED),
    "recalibration, schedule": after(OURS, "schedule", RECALIBRATED),
    "all but averaging": after(OURS, "both", RECALIBRATED),
    "all four": after(OURS, "both", AVERAGED),
}
plot_bars(
    gains,
    f"Accuracy on the test pictures after {OURS} epochs",
    "mean of three starting points; whiskers: worst and best",
    reference=1 / 6,
)

# %% tags=["heavy", "nbval-ignore-output"]
mean = {name: np.mean(values) for name, values in gains.items()}
for name in gains:
    difference = mean[name] - mean["the course's recipe"]
    print(f"{name:28} {mean[name]:.2f}  ({difference:+.2f})")

# %% tags=["heavy"]
course = "the course's recipe"
print("recalibration alone is a gain: ", mean["recalibration alone"] > mean[course])
print("the schedule alone is a gain:  ", mean["schedule alone"] > mean[course])
print(
    "all four beat every single one:",
    mean["all four"] > max(mean[name] for name in mean if name.endswith("alone")),
)

# %% [markdown]
# What the bars say:
#
# - **The schedule**, with its higher top rate, is worth most. A part of that is batch norm's: near the end
#   the weights hardly move any more, and the moving averages catch up.
# - **Recalibration** costs no training at all, and no training that is short should be judged without it.
# - **Augmentation alone** looks like a loss, until you recalibrate: then it is a gain. What you saw first was
#   not what the network had learned, but how far its statistics lagged behind.
# - **Averaging** gains nothing here. These networks still learn fast, so the oldest of five checkpoints are
#   also the worst. The paper begins to average when three quarters of a training are over.
#
# That some of them are worth little *here* is a result, too. Trying a trick alone, several times, is
# the only way to know.
#
# ## 8.7 The race
#
# All four against the course's recipe, by the clock. The time of recalibrating and averaging counts; that
# of looking at the test pictures does not. A training that never reaches the goal counts with all its
# time. The goal is 90 % of the test pictures (the small pictures are harder to read than notebook 1's).


# %% tags=["heavy"]
GOAL = 0.95 if FULL else 0.90


def time_to_goal(accuracies, seconds):
    """Seconds and epochs to the goal; all the seconds, and "never", where it was not reached."""
    there = np.flatnonzero(accuracies >= GOAL)
    return (seconds[there[0]], there[0] + 1) if len(there) else (seconds[-1], "never")


race = {
    "course's recipe": [(a[:, AS_IT_IS], s[:, 0]) for a, s in runs["course"]],
    "all four": [(a[:, AVERAGED], s[:, 1]) for a, s in runs["both"]],
}
plot_curves(
    {
        name: (
            np.mean([seconds for _, seconds in trainings], axis=0),
            np.stack([accuracies for accuracies, _ in trainings]),
        )
        for name, trainings in race.items()
    },
    "The race: mean and range of three starting points",
    x="seconds of training",
    y="accuracy on the test pictures",
    reference=GOAL,
)

# %% tags=["heavy", "nbval-ignore-output"]
times = {}
for name, trainings in race.items():
    found = [time_to_goal(*training) for training in trainings]
    times[name] = np.median([seconds for seconds, _ in found])
    epochs = ", ".join(str(epoch) for _, epoch in found)
    print(f"{name:16} epochs to {GOAL:.0%}: {epochs:20} median {times[name]:5.1f} s")

ratio = times["course's recipe"] / times["all four"]
print(f"all four together are {ratio:.1f} times as fast")

assert ratio > 1.2

# %% [markdown]
# ## 8.8 At full size
#
# The same for notebook 1's ResNet50, 64×64 pixels and 1,080 *photographs* of hands, on two processor cores.
# The test pictures are 120 photographs of people who are not in the training set. "There" means: at 95 %,
# and never below 93 % afterwards; the clock starts before the first step.
#
# | | the course's recipe | with these tricks |
# | --- | --- | --- |
# | accuracy after two epochs (median of three) | 0.17 | 0.88 |
# | epochs until there, three starting points | 14, 22, not in 22 | 2, 3, not in 4 |
# | seconds until there (median) | 231 | 43 |
# | accuracy at the end of the three | 0.98, 1.00, 0.23 | 0.97, 0.98, 0.94 |
#
# Measured by `benchmarks/time_to_accuracy.py`, which says how. The recipe is `resnets.training.fast`:
# schedule, recalibration and averaging, labels smoothed a little
# ([Szegedy et al. 2015](https://arxiv.org/abs/1512.00567), section 7), and **no** augmentation (its settings
# `shift` and `mirror` are there to be tried). Before the first step TensorFlow traces the whole training;
# `prepare_training` halves that wait (`benchmarks/first_step.py`).
#
# Look at the last row, too. The course's recipe is not only slow but unsteady: its rate never falls, so a
# single bad batch can throw it back at any time, and one of the three trainings ended with 0.23.
#
# ## Common mistakes
#
# - **A schedule that does not know its end.** Half a cosine over twice the steps is a quarter of one: the
#   rate is still high when the training stops, and the weights still rattle. If you change the number
#   of epochs, change the schedule with it.
# - **Averaging variances.** Two batches without any spread of their own can still lie far apart.
# - **Recalibrating on test pictures.** It "works", and your test accuracy is no longer one.
# - **Forgetting to recalibrate after averaging.** The mean of networks has statistics of its own.
# - **Averaging from the first step on.** The mean of where you are and where you were lost is not a good
#   place. Begin when the training has found its valley.
# - **Augmenting the test pictures.** They should be what the network will see in use.
# - **Mirroring what must not be mirrored.** A mirrored hand shows the same number; a mirrored letter is
#   another sign, or none.
# - **One run, one seed, one trick believed.** Look at the whiskers.
#
# ## What next
#
# - Goyal et al. 2017, [*Accurate, Large Minibatch SGD*](https://arxiv.org/abs/1706.02677): warm-up, and
#   blocks that begin as the identity (section 5.1), which is residual learning taken at its word.
# - He et al. 2018, [*Bag of Tricks for Image Classification*](https://arxiv.org/abs/1812.01187): the same
#   kind of table as yours, for ResNet-50 on ImageNet.
# - Set `FULL = True` above and run this notebook on a GPU: then it trains notebook 1's ResNet50.
