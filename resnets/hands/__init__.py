"""Hands showing the digits 0 to 9, drawn by our own code: the data set that needs no download.

    pose.py      which joints bend how far for each digit, and how people differ
    skeleton.py  a pose becomes bones: tapered capsules in space
    scene.py     skin tone, lamp, background and camera, drawn at random
    camera.py    bones are turned and framed: from the hand's frame to pixels
    surface.py   bones become a height map: what the camera sees, pixel by pixel
    shading.py   a height map becomes skin under a lamp
    picture.py   all of it together: one 64x64 picture
    dataset.py   many of them: the same number of every digit

Everything is a pure function of ``(seed, number of the picture)``. Pixels are computed with
additions, products, quotients and square roots alone, which IEEE 754 rounds alike everywhere, so
the pictures do not depend on the machine.
"""

from resnets.hands.dataset import rendered_hands

__all__ = ["rendered_hands"]
