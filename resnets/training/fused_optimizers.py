"""Adam and SGD in a few operations, where Keras' own need thousands for a deep network.

On TensorFlow each weight is updated by one kernel that the library has for it; elsewhere all
weights are updated as one long vector. The steps and the settings are those of Keras' optimizers.
"""

import keras
import numpy as np
from keras import KerasTensor, ops


def fused(optimizer: keras.optimizers.Optimizer) -> keras.optimizers.Optimizer:
    """The same optimizer with the same settings, in a few operations.

    Raises:
        ValueError: there is no fused twin of this optimizer, or of one of its settings.
    """
    for plain, twin in _TWINS.items():
        # By name, since on PyTorch keras.optimizers.Adam() makes a subclass, also called Adam.
        if isinstance(optimizer, plain) and type(optimizer).__name__ == plain.__name__:
            return twin.from_config(optimizer.get_config())
    raise ValueError(
        f"Expected one of {', '.join(plain.__name__ for plain in _TWINS)}, "
        f"found {type(optimizer).__name__}."
    )


class Fused:
    """What both kinds share: a mixin before a Keras optimizer."""

    def check_settings(self, variables: list[keras.Variable]) -> None:
        """What treats weights one by one cannot treat them as one vector, so it is refused."""
        for setting in ("clipnorm", "use_ema", "gradient_accumulation_steps"):
            if getattr(self, setting):
                raise ValueError(
                    f"Expected an optimizer without {setting}, found {getattr(self, setting)}: "
                    "it works on single weights, the fused optimizer on all at once."
                )
        kinds = {variable.dtype for variable in variables}
        if len(kinds) != 1:
            raise ValueError(f"Expected weights of one kind of number, found {sorted(kinds)}.")

    def exclude_from_weight_decay(self, *args: object, **kwargs: object) -> None:
        raise ValueError("A fused optimizer lets all weights decay or none.")


class _OneKernel(Fused):
    """On TensorFlow: one kernel a weight, which reads and writes its memory once."""

    def build(self, variables: list[keras.Variable]) -> None:
        if not self.built:
            self.check_settings(variables)
        super().build(variables)

    def update_step(
        self, gradient: KerasTensor, variable: keras.Variable, learning_rate: KerasTensor
    ) -> None:
        if not self._update_by_kernel(gradient, variable, learning_rate):
            super().update_step(gradient, variable, learning_rate)


class _OneVector(Fused):
    """Elsewhere: one vector of all weights, updated in one go."""

    def build(self, variables: list[keras.Variable]) -> None:
        if self.built:
            return
        self.check_settings(variables)
        self._shapes = [tuple(variable.shape) for variable in variables]
        sizes = [int(np.prod(shape)) for shape in self._shapes]
        self._borders = np.cumsum(sizes)[:-1].tolist()
        whole = keras.Variable(
            np.zeros(sum(sizes), variables[0].dtype), dtype=variables[0].dtype, name="all_weights"
        )
        super().build([whole])
        self._whole = whole
        self._track_variable(whole)  # part of the state that JAX threads through its steps
        # What Keras hands over with the gradients. Set past Keras' bookkeeping, or they would count
        # as the optimizer's state, too, and JAX refuses to be given a weight twice.
        object.__setattr__(self, "_trainable_variables", list(variables))

    def apply(
        self,
        grads: list[KerasTensor],
        trainable_variables: list[keras.Variable] | None = None,
    ) -> None:
        if not self.built:
            self.build(trainable_variables)
        variables = self._trainable_variables
        if trainable_variables is not None and len(trainable_variables) != len(variables):
            raise ValueError(
                f"Expected gradients of the {len(variables)} weights the optimizer was built for, "
                f"found {len(trainable_variables)}: freeze layers before compiling."
            )
        self._whole.assign(_one_vector(variables))
        super().apply([_one_vector(grads)], [self._whole])
        parts = ops.split(self._whole, self._borders) if self._borders else [self._whole]
        for variable, part, shape in zip(variables, parts, self._shapes, strict=True):
            variable.assign(ops.reshape(part, shape))
            if variable.constraint is not None:
                variable.assign(variable.constraint(variable))


_Mixin = _OneKernel if keras.backend.backend() == "tensorflow" else _OneVector


@keras.saving.register_keras_serializable(package="resnets")
class FusedAdam(_Mixin, keras.optimizers.Adam):
    """`keras.optimizers.Adam` in a few operations instead of thousands."""

    def _update_by_kernel(
        self, gradient: KerasTensor, variable: keras.Variable, learning_rate: KerasTensor
    ) -> bool:
        if self.amsgrad:
            return False
        import tensorflow as tf

        index = self._get_variable_index(variable)
        steps = tf.cast(self.iterations + 1, variable.dtype)
        tf.raw_ops.ResourceApplyAdam(
            var=_handle(variable),
            m=_handle(self._momentums[index]),
            v=_handle(self._velocities[index]),
            beta1_power=tf.pow(tf.cast(self.beta_1, variable.dtype), steps),
            beta2_power=tf.pow(tf.cast(self.beta_2, variable.dtype), steps),
            lr=tf.cast(learning_rate, variable.dtype),
            beta1=tf.cast(self.beta_1, variable.dtype),
            beta2=tf.cast(self.beta_2, variable.dtype),
            epsilon=tf.cast(self.epsilon, variable.dtype),
            grad=tf.cast(gradient, variable.dtype),
        )
        return True


@keras.saving.register_keras_serializable(package="resnets")
class FusedSGD(_Mixin, keras.optimizers.SGD):
    """`keras.optimizers.SGD` in a few operations instead of hundreds."""

    def _update_by_kernel(
        self, gradient: KerasTensor, variable: keras.Variable, learning_rate: KerasTensor
    ) -> bool:
        if not self.momentum:
            return False
        import tensorflow as tf

        tf.raw_ops.ResourceApplyKerasMomentum(
            var=_handle(variable),
            accum=_handle(self.momentums[self._get_variable_index(variable)]),
            lr=tf.cast(learning_rate, variable.dtype),
            grad=tf.cast(gradient, variable.dtype),
            momentum=tf.cast(self.momentum, variable.dtype),
            use_nesterov=self.nesterov,
        )
        return True


_TWINS = {keras.optimizers.Adam: FusedAdam, keras.optimizers.SGD: FusedSGD}


def _one_vector(tensors: list) -> KerasTensor:
    return ops.concatenate([ops.reshape(tensor, (-1,)) for tensor in tensors])


def _handle(variable: keras.Variable) -> KerasTensor:
    """Where TensorFlow's kernels find a variable, Keras' or their own."""
    return (variable if hasattr(variable, "handle") else variable.value).handle
