"""Mistakes that the checks of notebook 05 recognise by what they do.

Function → mistake → edits (old text, new text) of its solution cell. Each edit replaces all
occurrences. What the student is told about a mistake stands in resnets/checks/catalogue/exercises.
"""

_STEP = "    training.optimizer.apply_gradients(zip(gradients, weights, strict=True))\n"
_SGD = "keras.optimizers.SGD(0.2, momentum=0.9)"
_TRAINING_MODE = "training.model(images, training=True)"
_VALIDATION_MODE = "training.model(images, training=False)"
_WEIGHTED = ", sample_weight=keras.ops.shape(images)[0])"
_TRAIN_LOSS = f"    training.train_loss.update_state(loss{_WEIGHTED}\n"
_TRAIN_ACCURACY = "    training.train_accuracy.update_state(labels, probabilities)\n"
_VAL_LOSS = f"    training.val_loss.update_state(loss{_WEIGHTED}\n"
_VAL_ACCURACY = "    training.val_accuracy.update_state(labels, probabilities)\n"
_RESET = "        metric.reset_state()\n"
_TRAINED = (
    "    for images, labels in train_batches:\n        train_step(training, images, labels)\n"
)
_VALIDATED = "    for images, labels in val_batches:\n        test_step(training, images, labels)\n"
_BEST = 'json.loads(note.read_text()) if note.exists() else float("inf")'
_NOTED = "    note.write_text(json.dumps(val_loss))\n"
_SAVED = '    model.save_weights(Path(folder) / "best.weights.h5")\n'

MISTAKES = {
    "train_step": {
        "inference": [(_TRAINING_MODE, _VALIDATION_MODE)],
        "no-step": [(_STEP, "")],
        "uphill": [(_STEP, _STEP.replace("gradients, w", "[-g for g in gradients], w"))],
        "new-optimizer": [(_STEP, _STEP.replace("training.optimizer", _SGD))],
        "by-hand": [
            (
                _STEP,
                "    for weight, gradient in zip(weights, gradients, strict=True):\n"
                "        weight.assign(weight - 0.2 * gradient)\n",
            )
        ],
        "step-twice": [(_STEP, _STEP + _STEP)],
        "swapped": [("loss(labels, probabilities)", "loss(probabilities, labels)")],
        "second-call": [(_TRAIN_LOSS, f"    {_TRAINING_MODE}\n{_TRAIN_LOSS}")],
        "unweighted": [(_WEIGHTED, ")")],
        "summed": [(f"update_state(loss{_WEIGHTED}", "update_state(loss * images.shape[0])")],
        "val-metrics": [("training.train_", "training.val_")],
        "all-metrics": [(_TRAIN_LOSS, _TRAIN_LOSS + _VAL_LOSS + _VAL_ACCURACY)],
        "no-loss": [(_TRAIN_LOSS, "")],
        "no-accuracy": [(_TRAIN_ACCURACY, "")],
        "reset": [
            (
                _TRAIN_LOSS,
                "    training.train_loss.reset_state()\n"
                f"    training.train_accuracy.reset_state()\n{_TRAIN_LOSS}",
            )
        ],
        "half-the-weights": [
            (_STEP, _STEP.replace("gradients, weights", "gradients[-2:], weights[-2:]"))
        ],
    },
    "test_step": {
        "training": [(_VALIDATION_MODE, _TRAINING_MODE)],
        "swapped": [("loss(labels, probabilities)", "loss(probabilities, labels)")],
        "unweighted": [(_WEIGHTED, ")")],
        "summed": [(f"update_state(loss{_WEIGHTED}", "update_state(loss * images.shape[0])")],
        "train-metrics": [("training.val_", "training.train_")],
        "all-metrics": [(_VAL_LOSS, _VAL_LOSS + _TRAIN_LOSS + _TRAIN_ACCURACY)],
        "no-loss": [(_VAL_LOSS, "")],
        "no-accuracy": [(_VAL_ACCURACY, "")],
        "reset": [
            (
                _VAL_LOSS,
                "    training.val_loss.reset_state()\n"
                f"    training.val_accuracy.reset_state()\n{_VAL_LOSS}",
            )
        ],
    },
    "run_epoch": {
        "last-batch": [("in val_batches:", "in val_batches[:-1]:")],
        "last-train-batch": [("in train_batches:", "in train_batches[:-1]:")],
        "first-batch": [(_VALIDATED, f"{_VALIDATED}        break\n")],
        "nothing-validated": [(_VALIDATED, "")],
        "trained-on-validation": [(_VALIDATED, _VALIDATED.replace("test_step", "train_step"))],
        "validated-on-training": [(_VALIDATED, _VALIDATED.replace("val_batches", "train_batches"))],
        "interleaved": [
            (
                _TRAINED,
                f"{_TRAINED}        for one, other in val_batches:\n"
                "            test_step(training, one, other)\n",
            ),
            (_VALIDATED, ""),
        ],
        "no-reset": [(_RESET, "        pass\n")],
        "train-reset-only": [
            (_RESET, "        if 'val' not in metric.name:\n            metric.reset_state()\n")
        ],
        "val-reset-only": [
            (_RESET, "        if 'val' in metric.name:\n            metric.reset_state()\n")
        ],
        "reset-between": [
            (
                _VALIDATED,
                f"    for metric in metrics.values():\n        metric.reset_state()\n{_VALIDATED}",
            )
        ],
        "exchanged": [
            ('"loss": training.train', '"loss": training.other'),
            ('"accuracy": training.train', '"accuracy": training.other'),
            ('"val_loss": training.val', '"val_loss": training.train'),
            ('"val_accuracy": training.val', '"val_accuracy": training.train'),
            ("training.other", "training.val"),
        ],
        "seconds-of-all": [
            ("    seconds = time.perf_counter() - start\n", ""),
            (_VALIDATED, f"{_VALIDATED}    seconds = time.perf_counter() - start\n"),
        ],
    },
    "keep_best": {
        "never-updated": [(_BEST, 'float("inf")')],
        "highest": [("val_loss < best", "val_loss > best"), ('float("inf")', '-float("inf")')],
        "than-the-last": [("    if not val_loss < best:", f"{_NOTED}    if not val_loss < best:")],
        "ties": [("val_loss < best", "val_loss <= best")],
        "first-only": [("if not val_loss < best:", "if note.exists():")],
        "no-return": [("return False", "return None"), ("return True", "return None")],
        "returns-loss": [("return False", "return best"), ("return True", "return val_loss")],
        "reversed-return": [
            ("return False", "return not False"),
            ("return True", "return not True"),
        ],
        "no-file": [(_SAVED, "")],
        "in-memory": [
            ("val_loss, folder):", "val_loss, folder, memory={}):"),
            (_BEST, 'memory.get(folder, float("inf"))'),
            (_NOTED, "    memory[folder] = val_loss\n"),
        ],
        "global": [
            ("val_loss, folder):", "val_loss, folder, memory={}):"),
            (_BEST, 'memory.get("best", float("inf"))'),
            (_NOTED, '    memory["best"] = val_loss\n'),
        ],
    },
}
