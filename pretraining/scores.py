"""How well a model reads hands it has never seen."""

from collections.abc import Callable

import torch
from torch import Tensor

from pretraining.augment import Augmentation, as_they_are
from pretraining.pictures import Hands, Photographs, rendered

Predict = Callable[[Tensor], Tensor]  # pictures (m, 3, 64, 64) -> digits (m,)
HARD_STRENGTH = 0.8  # of the training's augmentation: turned up to 40 degrees


def scores(predict: Predict, photos: Photographs, hard_views: int = 5) -> dict[str, float]:
    """Accuracy on every kind of picture that training leaves out.

    Args:
        predict: The model.
        photos: The photographs; `train` is not looked at.
        hard_views: How many times each photograph is turned, moved and relit.
    """
    drawn = rendered(50, seed=777)
    return {
        "photographs, 20 people not trained on": _accuracy(
            predict, as_they_are(photos.test), photos.test.digits
        ),
        "the same, turned, moved, relit, other walls": _hard(predict, photos.test, hard_views),
        "photographs of the first session": _accuracy(
            predict, as_they_are(photos.first_session), photos.first_session.digits
        ),
        "the same, turned, moved, relit, other walls ": _hard(
            predict, photos.first_session, hard_views
        ),
        "rendered hands": _accuracy(predict, as_they_are(drawn), drawn.digits),
    }


def _accuracy(predict: Predict, pictures: Tensor, digits: Tensor) -> float:
    return (predict(pictures) == digits).float().mean().item()


def _hard(predict: Predict, hands: Hands, views: int) -> float:
    augment = Augmentation(torch.Generator().manual_seed(0), strength=HARD_STRENGTH)
    which = torch.arange(len(hands)).repeat(views)
    return _accuracy(predict, augment(hands, which), hands.digits[which])
