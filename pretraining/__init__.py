"""How the pretrained model came to be: `python -m pretraining train`, then `… scores`.

    pictures.py      photographs cut out of their background, and rendered hands
    augment.py       the same hands turned, moved, relit, in front of anything
    torch_mirror.py  notebook 01's Keras model, run by PyTorch (several times faster on CPU cores)
    train.py         the training loop: SGD, one cosine, averaged weights, recalibrated batch norm
    scores.py        test pictures, people of another session, hard views, rendered hands

It needs more than the course does: `pip install torch opencv-python-headless`.
"""
