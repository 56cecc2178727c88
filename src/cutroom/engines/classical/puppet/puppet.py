"""A character cut out of its image, on joints and a mesh, posed as the figure of a clip."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.puppet.acting import Acting, lean, reach
from cutroom.engines.classical.puppet.joints import Points, Stance, bones_of, stance
from cutroom.engines.classical.puppet.mesh import Bender, drawn, mesh_of
from cutroom.engines.classical.sprites.sprite import Sprite
from cutroom.errors import CannotDo

_UPRIGHT = 1.5
"""Cut-outs less tall than this over their width are things: they move as a whole, unbent."""
_MOST = np.radians((32, 40, 65, 65))
"""Furthest that head, torso and legs are turned from how they rest: further, a flat cut-out tears."""


@dataclass(frozen=True)
class Pose:
    """Where the character goes in one frame."""

    root: Points
    """(2,) where its root joint lies in the frame."""
    turns: NDArray[np.float64]
    """(4,) how far head, torso, left and right leg are turned from rest, radians, clockwise."""
    lengths: NDArray[np.float64]
    """(2,) left and right leg's length over that at rest."""
    size: float
    pulled: Points | None = None
    """(2, 2) how far crown and neck are drawn aside while hip and legs hold still, the sprite's pixels."""


class Puppet:
    """A sprite that can be posed; its pixels are as large as the frame's when `size` is 1."""

    def __init__(self, sprite: Sprite, *, hung: bool) -> None:
        """`hung`: its root is its neck, for figures of which the lower part is not seen; else its hip."""
        self.sprite = sprite
        found = stance(sprite.alpha > 0.5)
        if found is None:
            raise CannotDo("The character's image holds no figure that could be moved.")
        self.rest: Stance = found
        self.stiff = sprite.height < _UPRIGHT * sprite.width
        self.root = 1 if hung else 2
        self._bender = Bender(mesh_of(sprite), found.joints)
        self._weights = self._of_bones()

    def posed(self, pose: Pose) -> Points:
        """The joints (9, 2) in a frame."""
        return self._to_frame(self._joints(pose), pose)

    def lay(self, frame: Pixels, pose: Pose) -> None:
        """Draw the puppet into a frame, in place."""
        joints = self._joints(pose)
        guess = self._skinned(joints)
        places = guess if self.stiff else self._bender.bent(joints, guess)
        drawn(frame, self.sprite, self._bender.mesh, self._to_frame(places, pose))

    def _to_frame(self, points: Points, pose: Pose) -> Points:
        root = self.rest.joints[self.root]
        return np.asarray(pose.root + pose.size * (points - root), np.float64)

    def _joints(self, pose: Pose) -> Points:
        """The joints in the sprite's own pixels, the root where it is at rest."""
        rest = self.rest.joints
        turns = np.clip(pose.turns, -_MOST, _MOST)
        if self.stiff:
            turns = np.full(4, turns[1])
        out = rest.copy()
        if pose.pulled is not None:
            out[:2] += pose.pulled
            return out
        if self.root == 1:
            out[2] = rest[1] + _turned(rest[2] - rest[1], turns[1])
        else:
            out[1] = rest[2] + _turned(rest[1] - rest[2], turns[1])
        out[0] = out[1] + _turned(rest[0] - rest[1], turns[1] + turns[0] if not self.stiff else turns[1])  # fmt: skip
        for leg, first in enumerate((3, 6)):
            out[first] = out[2] + rest[first] - rest[2]
            for joint in (first + 1, first + 2):
                way = _turned(rest[joint] - rest[first], turns[2 + leg])
                out[joint] = out[first] + (1 if self.stiff else pose.lengths[leg]) * way
        return out

    def _of_bones(self) -> NDArray[np.float64]:
        """(vertices, bones): how much each bone carries each vertex along."""
        points = self._bender.mesh.points
        away = np.stack([_distance(points, a, b) for a, b in bones_of(self.rest.joints)], axis=1)
        near = 1 / (away + 0.01 * self.sprite.height) ** 4
        return np.asarray(near / near.sum(axis=1, keepdims=True), np.float64)

    def _skinned(self, joints: Points) -> Points:
        """The vertices carried along by the bones: where bending begins."""
        points = self._bender.mesh.points
        out = np.zeros_like(points)
        pairs = zip(bones_of(self.rest.joints), bones_of(joints), strict=True)
        for bone, ((a, b), (c, d)) in enumerate(pairs):
            before, after = b - a, d - c
            turn = np.arctan2(after[1], after[0]) - np.arctan2(before[1], before[0])
            still = float(np.linalg.norm(before)) < 1e-6
            moved = c + _turned(points - a, 0.0 if still else float(turn))
            out += self._weights[:, bone : bone + 1] * moved
        return out


def poses(found: Acting, puppet: Puppet, *, first: bool, over: float) -> list[Pose]:
    """The puppet's pose in every frame; `over`: the puppet's pixels for one of the figure's.

    Its turns are those of the figure away from its usual pose. `first`: the puppet's root goes from where
    it rests as the figure's goes from where it is first; else the puppet is in the figure's place.
    """
    joints = found.joints
    base = found.usual.joints
    turns = lean(joints) - lean(base)
    turns = (turns + np.pi) % (2 * np.pi) - np.pi
    turns[:, 0] -= turns[:, 1]  # the head turns on the torso
    lengths = np.clip(reach(joints) / np.maximum(reach(base), 1e-6), 0.6, 1.15)[:, 2:]
    if not found.usual.legs or not puppet.rest.legs:
        both = turns[:, 2:].mean(axis=1, keepdims=True) if found.usual.legs else np.zeros((len(turns), 1))  # fmt: skip
        turns[:, 2:], lengths = both, np.ones_like(lengths)
    at = puppet.root
    sizes = found.sizes
    roots = joints[:, at] + _offset(found, puppet)[None] * sizes[:, None]
    if first:
        roots = puppet.rest.joints[at] + over * (joints[:, at] - joints[0, at])
    return [Pose(roots[i], turns[i], lengths[i], float(sizes[i])) for i in range(len(joints))]


def anchored(found: Acting, puppet: Puppet, over: float) -> list[Pose]:
    """Poses of a puppet whose hip and legs hold still: of it, or of the figure, no feet are seen."""
    tall = puppet.rest.tall
    gone = over * (found.joints[:, :2] - found.joints[0, :2])
    most = 0.3 * tall
    far = np.maximum(np.linalg.norm(gone, axis=2, keepdims=True), 1e-9)
    gone *= most * np.tanh(far / most) / far  # further, and it would be torn rather than bent
    root, ones = puppet.rest.joints[puppet.root], np.ones(2)
    return [Pose(root, np.zeros(4), ones, 1.0, pulled) for pulled in gone]


def _offset(found: Acting, puppet: Puppet) -> Points:
    """From the figure's root to the puppet's, so that the puppet stands where the figure stands."""
    if puppet.root == 1:
        return np.zeros(2)
    stands = found.usual.joints[[5, 8]].mean(axis=0)[1] - found.usual.joints[2][1]
    own = puppet.rest.joints[[5, 8]].mean(axis=0)[1] - puppet.rest.joints[2][1]
    return np.array([0.0, stands - own])


def _turned(way: Points, angle: float) -> Points:
    cos, sin = np.cos(angle), np.sin(angle)
    return np.asarray(np.stack([cos * way[..., 0] - sin * way[..., 1], sin * way[..., 0] + cos * way[..., 1]], axis=-1), np.float64)  # fmt: skip


def _distance(points: Points, a: Points, b: Points) -> Points:
    """Distance of points from a line segment."""
    along = b - a
    share = np.clip(((points - a) @ along) / max(float(along @ along), 1e-9), 0, 1)
    return np.asarray(np.linalg.norm(points - (a + share[:, None] * along), axis=1), np.float64)
