"""Notebook 05: two bottlenecks, and a training loop by hand that is judged by what it does."""

from __future__ import annotations

from typing import Any

import numpy as np

from resnets.checks.catalogue.cases import Case, case_of, draw_seed, whole
from resnets.checks.catalogue.exercise import Criterion
from resnets.checks.catalogue.graph_exercise import BlockExercise, Part
from resnets.checks.catalogue.procedure_exercise import Fact, ProcedureExercise, Trial

ASSIGNMENT = "05_identity_mappings"
_RUNS = Criterion("runs", "It runs and returns a tensor", 1)
_INITIALIZER = Criterion("initializer", "Kernel initializer: kaiming_normal(seed=0)", 1)
_NAMES = Criterion("names", "Names of the layers", 2)
_NUMBERS = Criterion("numbers", "The output numbers, in inference and in training mode", 1)
_FIRST = "main path, first component"
_SECOND = "main path, second component"
_THIRD = "main path, third component"
_DECIDED_BY = {"filters": "filters", "strides": "stride", "name": "name"}


# --- the two bottlenecks --------------------------------------------------------------------------


def _block_case(id: str, shape: list[int], *rest: Any, seed: int, **keywords: Any) -> Case:
    return case_of(id, {"tensor": shape}, *rest, seed=seed, **keywords)


def _public_blocks(seed: int) -> tuple[Case, ...]:
    return (
        _block_case("stride-2", [8, 7, 6], 3, 2, "layer2_0", seed=seed + 1),
        _block_case("same", [6, 5, 8], 2, seed=seed + 2),
        _block_case("channels", [5, 6, 3], 2, 1, "a", seed=seed + 3),
        _block_case("stride-only", [7, 8, 12], 3, stride=2, name="b", seed=seed + 4),
    )


def _hidden_blocks(stream: np.random.Generator) -> list[Case]:
    cases = []
    for id, wider, stride in (("same", 0, 1), ("width", 3, 1), ("stride", 0, 3)):
        filters = whole(stream, 3, 6)
        shape = [whole(stream, 5, 9), whole(stream, 5, 9), 4 * filters + wider]
        name = "".join(stream.choice(list("bcdfghjkmnp"), 4))
        cases.append(
            _block_case(f"hidden-{id}", shape, filters, stride, seed=draw_seed(stream), name=name)
        )
    return cases


POST_ACTIVATION_BOTTLENECK = BlockExercise(
    name="post_activation_bottleneck",
    assignment=ASSIGNMENT,
    rubric=(
        _RUNS,
        Criterion("first_conv", "Main path, first component: convolution", 1),
        Criterion("first_norm", "Main path, first component: batch norm, ReLU", 1),
        Criterion("second_conv", "Main path, second component: convolution with the stride", 2),
        Criterion("second_norm", "Main path, second component: batch norm, ReLU", 1),
        Criterion("third_conv", "Main path, third component: convolution", 1),
        Criterion("third_norm", "Main path, third component: batch norm, no ReLU", 1),
        Criterion("shortcut_conv", "Shortcut: a projection where the shape changes, only there", 2),
        Criterion("shortcut_norm", "Shortcut: batch norm, no ReLU", 1),
        Criterion("shortcut", "The addition of main path and shortcut", 1),
        Criterion("last_relu", "ReLU after the addition", 2),
        _INITIALIZER,
        _NAMES,
        _NUMBERS,
    ),
    parts=(
        Part("main.0", "first_conv", _FIRST),
        Part("main.1", "first_norm", _FIRST),
        Part("main.2", "first_norm", _FIRST),
        Part("main.3", "second_conv", _SECOND),
        Part("main.4", "second_norm", _SECOND),
        Part("main.5", "second_norm", _SECOND),
        Part("main.6", "third_conv", _THIRD),
        Part("main.7", "third_norm", _THIRD),
        Part("shortcut.0", "shortcut_conv", "shortcut path"),
        Part("shortcut.1", "shortcut_norm", "shortcut path"),
        Part("add", "shortcut", "the addition"),
        Part("tail.0", "last_relu", "after the addition"),
    ),
    public=_public_blocks(100),
    draw_hidden=_hidden_blocks,
    decided_by=_DECIDED_BY,
    hints=(
        "It is the bottleneck of notebook 4. Each convolution has its batch norm after it.",
        "ReLU follows the first and the second batch norm. The third batch norm is followed by "
        "the addition, and only then comes the last ReLU. The 3×3 convolution has the stride.",
        "Main path: Conv2D(filters, 1), batch norm, ReLU; Conv2D(filters, 3, strides=stride, "
        "padding='same'), batch norm, ReLU; Conv2D(4 * filters, 1), batch norm. Shortcut: if "
        "stride != 1 or X.shape[-1] != 4 * filters, a 1×1 convolution with 4 * filters and the "
        "stride, then batch norm. Then Add()([Y, X]) and ReLU.",
    ),
)

PRE_ACTIVATION_BOTTLENECK = BlockExercise(
    name="pre_activation_bottleneck",
    assignment=ASSIGNMENT,
    rubric=(
        _RUNS,
        Criterion("first_norm", "Main path, first component: batch norm, ReLU", 3),
        Criterion("first_conv", "Main path, first component: convolution", 1),
        Criterion("second_norm", "Main path, second component: batch norm, ReLU", 2),
        Criterion("second_conv", "Main path, second component: convolution with the stride", 2),
        Criterion("third_norm", "Main path, third component: batch norm, ReLU", 3),
        Criterion("third_conv", "Main path, third component: convolution", 1),
        Criterion("shortcut_conv", "Shortcut: a projection where the shape changes, only there", 3),
        Criterion("shortcut", "The addition of main path and shortcut", 1),
        Criterion("nothing_after", "Nothing after the addition", 3),
        _INITIALIZER,
        _NAMES,
        _NUMBERS,
    ),
    parts=(
        Part("main.0", "first_norm", _FIRST),
        Part("main.1", "first_norm", _FIRST),
        Part("main.2", "first_conv", _FIRST),
        Part("main.3", "second_norm", _SECOND),
        Part("main.4", "second_norm", _SECOND),
        Part("main.5", "second_conv", _SECOND),
        Part("main.6", "third_norm", _THIRD),
        Part("main.7", "third_norm", _THIRD),
        Part("main.8", "third_conv", _THIRD),
        Part("shortcut.0", "shortcut_conv", "shortcut path"),
        Part("add", "shortcut", "the addition"),
        Part("tail.0", "nothing_after", "after the addition"),
    ),
    public=_public_blocks(200),
    draw_hidden=_hidden_blocks,
    decided_by=_DECIDED_BY,
    hints=(
        "The three convolutions are the same as before. Only the batch norms and ReLUs move: each "
        "pair stands before its convolution.",
        "Begin with batch norm and ReLU of X, and give the result another name than X. The "
        "projection takes this result, the identity takes X. Nothing follows the addition.",
        "Y is ReLU of batch norm of X. If stride != 1 or X.shape[-1] != 4 * filters, X becomes a "
        "1×1 convolution of Y with 4 * filters and the stride. Then Y goes through conv1, bn2, "
        "ReLU, conv2 with the stride, bn3, ReLU, conv3. Return Add()([Y, X]).",
    ),
)

# --- train_step -----------------------------------------------------------------------------------

_TRIES = Criterion("runs", "It runs without an error", 1)
_NOT_ONE_STEP = (
    "The weights after the step are not as expected. Expected: the loss of this batch in training "
    "mode, its gradients, and one step of training.optimizer."
)
_NOT_THE_AVERAGES = (
    "The moving averages of batch norm are not as expected after one step. Call the model once, "
    "with training=True."
)


def _hidden_steps(part: str, first: str) -> Any:
    """Draws a case of each trial of train_step or of test_step."""

    def draw(stream: np.random.Generator) -> list[Case]:
        sizes = [[whole(stream, 5, 8), whole(stream, 2, 4)] for _ in range(3)]
        named = {"metrics": sizes[0], "compiled": sizes[1]}
        named |= {"two_steps": sizes[2]} if part == "train" else {}
        size = whole(stream, 24, 32) if part == "test" else sizes[0][0]
        return [
            case_of(f"hidden-{part}_{first}.1", size=size, seed=draw_seed(stream)),
            *(
                case_of(f"hidden-{part}_{key}.1", sizes=those, seed=draw_seed(stream))
                for key, those in named.items()
            ),
        ]

    return draw


_METRICS_TRIED = "two batches of different sizes, and weights that do not change"
_NOT_THE_LOSS = (
    "The metric is not the mean loss of all pictures in both batches. Update it with the loss and "
    "the number of pictures."
)
_NOT_THE_ACCURACY = (
    "The metric is not the share of all pictures that are classified correctly. Update it with the"
    " labels and the probabilities."
)
_COMPILED_TRIED = "two batches, compiled by tf.function"
_COMPILED = (
    "When tf.function compiles it, the function does something else. Use only functions of "
    "TensorFlow and Keras: Python's own numbers and lists change only once, when it is compiled."
)

TRAIN_STEP = ProcedureExercise(
    name="train_step",
    assignment=ASSIGNMENT,
    backend="tensorflow",
    time_limit=60.0,
    rubric=(
        _TRIES,
        Criterion("weights", "The weights after one step", 7),
        Criterion("averages", "Batch norm's moving averages after one step", 3),
        Criterion("optimizer", "Further steps: the optimizer remembers those before", 3),
        Criterion("loss", "The metric train_loss, with batches of different sizes", 3),
        Criterion("accuracy", "The metric train_accuracy", 2),
        Criterion("others", "The metrics of validation stay as they were", 1),
        Criterion("compiled", "It does the same when TensorFlow compiles it", 2),
    ),
    public=(
        case_of("train_one_step.1", size=6, seed=301),
        case_of("train_two_steps.1", sizes=[6, 4], seed=302),
        case_of("train_metrics.1", sizes=[6, 2], seed=303),
        case_of("train_compiled.1", sizes=[5, 3], seed=305),
    ),
    draw_hidden=_hidden_steps("train", "one_step"),
    trials={
        "train_one_step": Trial(
            "a small network with batch norm, and one batch",
            (
                Fact("weights", "the weights", _NOT_ONE_STEP),
                Fact("averages", "the moving averages", _NOT_THE_AVERAGES),
                Fact(
                    "others",
                    "the metrics of validation",
                    "A training step has changed val_loss or val_accuracy. It must update "
                    "train_loss and train_accuracy.",
                ),
            ),
        ),
        "train_two_steps": Trial(
            "a small network without batch norm, and two steps",
            (
                Fact(
                    "optimizer",
                    "the weights after two steps",
                    "The weights after the second step are not as expected. Use training.optimizer "
                    "in each step: it remembers the steps before.",
                ),
            ),
        ),
        "train_metrics": Trial(
            _METRICS_TRIED,
            (
                Fact("loss", "train_loss", _NOT_THE_LOSS),
                Fact("accuracy", "train_accuracy", _NOT_THE_ACCURACY),
            ),
        ),
        "train_compiled": Trial(
            _COMPILED_TRIED, (Fact("compiled", "what the step does", _COMPILED),)
        ),
    },
    hints=(
        "Three things happen, in this order: the gradients of the loss, one step of the optimizer, "
        "and two metrics that are updated.",
        "The tape must record how the loss is computed: call the model (with training=True) and "
        "the loss inside `with tf.GradientTape() as tape:`. After it, tape.gradient(loss, weights)"
        " gives the gradients. The weights are training.model.trainable_variables.",
        "After the tape: training.optimizer.apply_gradients(zip(gradients, weights)). Then "
        "training.train_loss.update_state(loss, sample_weight=keras.ops.shape(images)[0]), and "
        "training.train_accuracy.update_state(labels, probabilities).",
    ),
    mistakes={
        "inference": (
            "The model was called in inference mode. In a training step, batch norm must use the "
            "batch's own mean and variance: call it with training=True."
        ),
        "no-step": "The weights do not change: the optimizer does not get the gradients.",
        "uphill": "The step goes in the wrong direction: the loss gets larger.",
        "new-optimizer": (
            "A new optimizer is made in each step, so it forgets the steps before. Use "
            "training.optimizer."
        ),
        "by-hand": (
            "The code changes the weights by the rate times the gradient. It does not use what the"
            " optimizer remembers of the steps before. Call training.optimizer.apply_gradients."
        ),
        "step-twice": "The optimizer takes two steps in one call.",
        "swapped": (
            "The loss has its arguments in the wrong order. Expected: training.loss(labels, "
            "probabilities)."
        ),
        "second-call": (
            "The model is called twice in training mode, so the moving averages move twice."
        ),
        "unweighted": (
            "Every batch counts the same in train_loss, however small it is. Give update_state "
            "the number of pictures: sample_weight=keras.ops.shape(images)[0]."
        ),
        "summed": (
            "train_loss gets the loss multiplied by the number of pictures. Give it the loss "
            "itself, and the number of pictures as sample_weight."
        ),
        "val-metrics": (
            "The step updates val_loss and val_accuracy, expected train_loss and train_accuracy."
        ),
        "all-metrics": "The step also updates val_loss and val_accuracy.",
        "no-loss": "train_loss is not updated.",
        "no-accuracy": "train_accuracy is not updated.",
        "reset": (
            "The metrics are reset in each step, so they only know the last batch. Reset them once"
            " an epoch, not in this function."
        ),
        "half-the-weights": (
            "Only the weights of the last layer change. Take all of "
            "training.model.trainable_variables."
        ),
    },
)

# --- test_step ------------------------------------------------------------------------------------


TEST_STEP = ProcedureExercise(
    name="test_step",
    assignment=ASSIGNMENT,
    time_limit=60.0,
    rubric=(
        _TRIES,
        Criterion("mode", "The model is called in inference mode", 4),
        Criterion("loss", "The metric val_loss, with batches of different sizes", 3),
        Criterion("accuracy", "The metric val_accuracy", 2),
        Criterion("others", "Weights and metrics of training stay as they were", 1),
        Criterion("compiled", "It does the same when TensorFlow compiles it", 1),
    ),
    public=(
        case_of("test_mode.1", size=30, seed=401),
        case_of("test_metrics.1", sizes=[6, 2], seed=402),
        case_of("test_compiled.1", sizes=[5, 3], seed=404),
    ),
    draw_hidden=_hidden_steps("test", "mode"),
    trials={
        "test_mode": Trial(
            "a small network with batch norm, and one batch",
            (
                Fact(
                    "mode",
                    "val_accuracy",
                    "val_accuracy is not that of the model in inference mode. Is the model called "
                    "with training=False, and is val_accuracy updated?",
                ),
                Fact(
                    "mode",
                    "the moving averages",
                    "The moving averages of batch norm have changed. Call the model with "
                    "training=False.",
                ),
                Fact(
                    "others",
                    "the weights",
                    "The weights have changed. The network must not learn from validation "
                    "pictures.",
                ),
                Fact(
                    "others",
                    "the metrics of training",
                    "A validation step has changed train_loss or train_accuracy. It must update "
                    "val_loss and val_accuracy.",
                ),
            ),
        ),
        "test_metrics": Trial(
            _METRICS_TRIED,
            (
                Fact("loss", "val_loss", _NOT_THE_LOSS),
                Fact("accuracy", "val_accuracy", _NOT_THE_ACCURACY),
            ),
        ),
        "test_compiled": Trial(
            _COMPILED_TRIED, (Fact("compiled", "what the step does", _COMPILED),)
        ),
    },
    hints=(
        "It is train_step without its middle: no tape, no gradients, no optimizer.",
        "Call the model with training=False. Then compute the loss, and update val_loss and "
        "val_accuracy.",
        "probabilities = training.model(images, training=False), loss = training.loss(labels, "
        "probabilities). Then update val_loss with the loss and "
        "sample_weight=keras.ops.shape(images)[0], and val_accuracy with labels and probabilities.",
    ),
    mistakes={
        "training": (
            "The model was called in training mode, so batch norm used the batch's own mean and "
            "variance. Call it with training=False."
        ),
        "swapped": (
            "The loss has its arguments in the wrong order. Expected: training.loss(labels, "
            "probabilities)."
        ),
        "unweighted": (
            "Every batch counts the same in val_loss, however small it is. Give update_state the "
            "number of pictures: sample_weight=keras.ops.shape(images)[0]."
        ),
        "summed": (
            "val_loss gets the loss multiplied by the number of pictures. Give it the loss itself,"
            " and the number of pictures as sample_weight."
        ),
        "train-metrics": (
            "The step updates train_loss and train_accuracy, expected val_loss and val_accuracy."
        ),
        "all-metrics": "The step also updates train_loss and train_accuracy.",
        "no-loss": "val_loss is not updated.",
        "no-accuracy": "val_accuracy is not updated.",
        "reset": (
            "The metrics are reset in each step, so they only know the last batch. Reset them once"
            " an epoch, not in this function."
        ),
    },
)

# --- run_epoch ------------------------------------------------------------------------------------


def _hidden_epochs(stream: np.random.Generator) -> list[Case]:
    def sizes() -> list[int]:
        return [3] * whole(stream, 2, 3) + [whole(stream, 1, 2)]

    return [
        case_of("hidden-first_epoch.1", train=sizes(), val=sizes(), seed=draw_seed(stream)),
        case_of("hidden-second_epoch.1", train=sizes(), val=sizes(), seed=draw_seed(stream)),
    ]


RUN_EPOCH = ProcedureExercise(
    name="run_epoch",
    assignment=ASSIGNMENT,
    rubric=(
        _TRIES,
        Criterion("trained", "A training step for every training batch", 2),
        Criterion("validated", "A validation step for every validation batch, afterwards", 3),
        Criterion("log", "The log: loss, accuracy, val_loss, val_accuracy", 2),
        Criterion("reset", "The metrics begin anew in each epoch", 3),
        Criterion("seconds", "The log: the seconds of the training alone", 1),
    ),
    public=(
        case_of("first_epoch.1", train=[4, 4, 1], val=[3, 3, 2], seed=501),
        case_of("first_epoch.2", train=[2, 2], val=[5, 1], seed=502),
        case_of("second_epoch.1", train=[3, 2], val=[4, 4, 1], seed=503),
    ),
    draw_hidden=_hidden_epochs,
    trials={
        "first_epoch": Trial(
            "an epoch of a few small batches",
            (
                Fact(
                    "trained",
                    "the pictures of the training steps",
                    "The training steps do not get each training picture once, in the order of the "
                    "batches. Go through train_batches to its end.",
                ),
                Fact(
                    "validated",
                    "the pictures of the validation steps",
                    "The validation steps do not get each validation picture once. Go through "
                    "val_batches to its end; the last batch may be smaller.",
                ),
                Fact(
                    "log",
                    "loss and accuracy",
                    "The log does not hold the loss and the accuracy of training. Expected a "
                    "dictionary with the keys loss and accuracy, filled after all steps from "
                    "metric.result().",
                ),
                Fact(
                    "log",
                    "val_loss and val_accuracy",
                    "The log does not hold the loss and the accuracy of validation. Expected a "
                    "dictionary with the keys val_loss and val_accuracy, filled after all steps "
                    "from metric.result().",
                ),
                Fact(
                    "seconds",
                    "the seconds",
                    "The log must hold the seconds that all training steps took together, without "
                    "the validation. Read the clock before the first and after the last training "
                    "step.",
                ),
                Fact(
                    "validated",
                    "the order of the steps",
                    "The validation steps do not come after all training steps.",
                ),
            ),
        ),
        "second_epoch": Trial(
            "two epochs, one after the other",
            (
                Fact(
                    "reset",
                    "loss and accuracy",
                    "In the second epoch, loss and accuracy are not those of this epoch. Reset "
                    "train_loss and train_accuracy before the first step.",
                ),
                Fact(
                    "reset",
                    "val_loss and val_accuracy",
                    "In the second epoch, val_loss and val_accuracy are not those of this epoch. "
                    "Reset both before the first step.",
                ),
            ),
        ),
    },
    hints=(
        "Five parts: reset four metrics, start the clock, training steps, validation steps, and "
        "the log.",
        "A metric is reset by metric.reset_state(). A loop over train_batches gives pairs of "
        "images and labels. time.perf_counter() gives seconds: read it before and after the "
        "training steps.",
        "for images, labels in train_batches: train_step(training, images, labels). The same with "
        "test_step and val_batches. The log is {'loss': float(training.train_loss.result()), …, "
        "'seconds': …}.",
    ),
    mistakes={
        "last-batch": (
            "The last validation batch is left out. It may be smaller, but its pictures count, too."
        ),
        "last-train-batch": "The last training batch is left out.",
        "first-batch": "Only the first validation batch is measured. Go on to the last one.",
        "nothing-validated": "No validation step is taken.",
        "trained-on-validation": (
            "The validation pictures go into train_step. The network must not learn from them: use"
            " test_step."
        ),
        "validated-on-training": "The validation steps get the training pictures.",
        "interleaved": (
            "Validation is done within the loop over the training batches, so its pictures count "
            "several times. It must come after this loop."
        ),
        "no-reset": (
            "The metrics still count the epoch before. Call reset_state() of all four metrics at "
            "the beginning."
        ),
        "train-reset-only": (
            "val_loss and val_accuracy still count the epoch before. Reset these two metrics, too."
        ),
        "val-reset-only": (
            "train_loss and train_accuracy still count the epoch before. Reset these two, too."
        ),
        "reset-between": (
            "train_loss and train_accuracy are reset before their results are read. Reset all "
            "metrics at the beginning, before the training steps."
        ),
        "exchanged": "The log has the training results under the names of validation.",
        "seconds-of-all": (
            "The seconds also count the validation. Read the clock before it begins."
        ),
    },
)

# --- keep_best ------------------------------------------------------------------------------------


def _losses(stream: np.random.Generator, low: float, high: float, count: int) -> list[float]:
    """Different losses in an order in which the best is neither the first nor the last."""
    losses = [round(low + (high - low) * n / count, 3) for n in range(count)]
    order = [int(n) for n in stream.permutation(count)]
    while order.index(0) in (0, count - 1) or order[0] == count - 1:
        order = [int(n) for n in stream.permutation(count)]
    return [losses[n] for n in order]


def _hidden_checkpoints(stream: np.random.Generator) -> list[Case]:
    return [
        case_of(
            "hidden-one_training.1", losses=_losses(stream, 0.3, 2.0, 7), seed=draw_seed(stream)
        ),
        case_of(
            "hidden-after_a_restart.1",
            before=_losses(stream, 0.8, 1.5, 4),
            after=[*_losses(stream, 0.9, 1.4, 3), 0.7, 0.75],
            seed=draw_seed(stream),
        ),
        case_of(
            "hidden-two_trainings.1",
            one=_losses(stream, 0.2, 0.5, 3),
            other=_losses(stream, 0.8, 1.5, 4),
            seed=draw_seed(stream),
        ),
    ]


KEEP_BEST = ProcedureExercise(
    name="keep_best",
    assignment=ASSIGNMENT,
    rubric=(
        _TRIES,
        Criterion("first", "The first epoch's weights are saved in best.weights.h5", 2),
        Criterion("best", "Afterwards, the file holds the weights of the best epoch", 4),
        Criterion("returned", "It returns True if it saved the weights, else False", 1),
        Criterion("restart", "The best loss so far is known after a restart of the kernel", 3),
        Criterion("folder", "Each training has its own best loss", 1),
    ),
    public=(
        case_of("one_training.1", losses=[1.2, 0.9, 1.1, 0.7, 0.95, 0.8], seed=601),
        case_of("one_training.2", losses=[0.9, 0.6, 0.6, 0.75, 0.7], seed=602),
        case_of("one_training.3", losses=[1.4, 99.0, 1.5, 1.3, 1.35], seed=603),
        case_of("after_a_restart.1", before=[1.0, 0.8], after=[0.9, 0.85, 0.7, 0.75], seed=604),
        case_of("two_trainings.1", one=[0.5, 0.4], other=[1.0, 0.8, 0.9], seed=605),
    ),
    draw_hidden=_hidden_checkpoints,
    trials={
        "one_training": Trial(
            "a sequence of validation losses",
            (
                Fact(
                    "first",
                    "the file after the first epoch",
                    "After the first epoch, the folder has no file best.weights.h5 with the "
                    "model's weights. Save them with model.save_weights.",
                ),
                Fact(
                    "best",
                    "the file after the other epochs",
                    "After some epochs, the file does not hold the weights of the epoch with the "
                    "lowest validation loss so far.",
                ),
                Fact(
                    "returned",
                    "what is returned",
                    "Expected True if the weights were saved, and False if they were not.",
                ),
            ),
        ),
        "after_a_restart": Trial(
            "two epochs before a restart and some after it",
            (
                Fact(
                    "restart",
                    "the file after each epoch",
                    "After a restart, the file does not hold the weights of the best epoch. Keep "
                    "the best loss in a file of the folder, and read it there.",
                ),
            ),
        ),
        "two_trainings": Trial(
            "two trainings in two folders",
            (
                Fact(
                    "folder",
                    "the file after each epoch",
                    "The second training does not keep its own best epoch. The best loss belongs "
                    "to the folder, not to the program.",
                ),
            ),
        ),
    },
    hints=(
        "The function is called once an epoch. What it knows of the epochs before must be in the "
        "folder, because a restart of the kernel forgets all variables.",
        "Keep the best loss in a small file beside the weights. If there is no such file yet, the "
        "best loss so far is infinite, float('inf').",
        "note = Path(folder) / 'best.json'. If it exists, the best loss is "
        "json.loads(note.read_text()). If val_loss is lower: model.save_weights(Path(folder) / "
        "'best.weights.h5'), note.write_text(json.dumps(val_loss)), and return True.",
    ),
    mistakes={
        "never-updated": (
            "The weights are saved after every epoch, even after a bad one. Is the best loss "
            "updated whenever the weights are saved?"
        ),
        "highest": "The weights with the highest loss are kept, expected the lowest.",
        "than-the-last": (
            "The loss is compared with that of the epoch before, expected the best so far."
        ),
        "ties": (
            "A loss that is equal to the best one overwrites the file. Only a lower loss may do "
            "this."
        ),
        "first-only": "Only the first epoch's weights are saved, never better ones.",
        "no-return": "The function returns nothing. Expected True or False.",
        "returns-loss": "The function returns a loss, expected True or False.",
        "reversed-return": "True and False are swapped in the result.",
        "no-file": (
            "No file best.weights.h5 is written in the folder. Does a variable still hold the best"
            " loss of another training?"
        ),
        "in-memory": (
            "After a restart of the kernel, the best loss is forgotten. Keep it in a file of the "
            "folder, not in a variable."
        ),
        "global": (
            "The best loss is kept in a variable, so the best loss of another training counts "
            "here. Keep it in a file of the folder."
        ),
    },
)
