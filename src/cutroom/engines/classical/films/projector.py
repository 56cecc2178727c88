"""A shot becomes frames: the world behind, and the actors in it, as the camera sees them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeAlias

import cv2
import numpy as np

from cutroom.engines.classical.films.acting import gait_of_a_cutout
from cutroom.engines.classical.films.camera import Move, View
from cutroom.engines.classical.films.lamp import glow
from cutroom.engines.classical.films.players import Player
from cutroom.engines.classical.films.reflection import mirror
from cutroom.engines.classical.films.shot import Shot
from cutroom.engines.classical.films.terrain import EYE, MAST, PICTURE, TERRAINS, Terrain
from cutroom.engines.classical.op import Pixels
from cutroom.engines.classical.scenes.backdrop import Backdrop
from cutroom.engines.classical.sprites.sprite import lay, shadow

Project: TypeAlias = Callable[[float], Pixels]
"""Seconds since the shot began -> the frame; may be called from several threads."""


@dataclass(frozen=True)
class Screen:
    """The frame of a film, pixels."""

    width: int
    height: int
    rate: Fraction

    @property
    def unit(self) -> int:
        """The shorter side."""
        return min(self.width, self.height)


def world_size(screen: Screen, camera: Move) -> tuple[int, int]:
    """How large the world behind must be painted for a camera: (width, height)."""
    across, down, sharp = camera.room()
    return round(screen.width * across * sharp), round(screen.height * down * sharp)


def project(shot: Shot, behind: Backdrop, players: Sequence[Player], screen: Screen) -> Project:
    """The function that shows a shot without its ops. `behind` is painted in `world_size`."""
    terrain = TERRAINS.get(shot.place, PICTURE)
    stage = Eye(shot, screen, terrain)
    cast = sorted((stage.standing(p) for p in players), key=lambda p: (p.metres == 0, p.row))

    def paint(seconds: float) -> Pixels:
        share = min(seconds / shot.seconds, 1.0)
        view = shot.camera.view(share)
        frame = stage.shown(behind(seconds), view)
        for player in cast:
            _show(frame, player, stage, view, share=share, seconds=seconds)
        return frame

    return paint


class Eye:
    """How the world comes onto the screen."""

    def __init__(self, shot: Shot, screen: Screen, terrain: Terrain) -> None:
        self.shot, self.screen, self.terrain = shot, screen, terrain
        self._across, self._down, self._sharp = shot.camera.room()
        self._first, self._last = shot.camera.view(0.0), shot.camera.view(1.0)

    def shown(self, world: Pixels, view: View) -> Pixels:
        """What the camera sees of the world behind; a new frame."""
        screen = self.screen
        if self.shot.camera.kind == "still":
            return np.array(world, np.uint8)
        size = (screen.width, screen.height)
        if view.forward and self.terrain.flat:
            return self._gone_over(world, view, size)
        scale = view.zoom / self._sharp
        centre = (view.x * world.shape[1], view.y * world.shape[0])
        matrix = np.array(
            [
                [scale, 0, size[0] / 2 - scale * centre[0]],
                [0, scale, size[1] / 2 - scale * centre[1]],
            ]
        )
        return np.asarray(
            cv2.warpAffine(
                world, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
            ),
            np.uint8,
        )

    def _gone_over(self, world: Pixels, view: View, size: tuple[int, int]) -> Pixels:
        """The world as seen from further ahead over its flat ground."""
        x = (np.arange(size[0], dtype=np.float32) + 0.5) / size[0] - 0.5
        y = (np.arange(size[1], dtype=np.float32) + 0.5) / size[1] - 0.5
        row = view.y + y / (self._down * view.zoom)
        below = np.maximum(row - self.terrain.horizon, 0)
        nearer = 1 + view.forward * below  # the inverse of View.nearer
        source = np.where(below > 0, self.terrain.horizon + below / nearer, row)
        across = view.x + x[None] / (self._across * view.zoom) / nearer[:, None]
        map_x = (across * world.shape[1] - 0.5).astype(np.float32)
        map_y = np.repeat(
            (source * world.shape[0] - 0.5).astype(np.float32)[:, None], size[0], axis=1
        )
        seen = cv2.remap(world, map_x, map_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(seen, np.uint8)

    def standing(self, player: Player) -> Player:
        """The player with the row it stands on: as far away as its size in the picture says."""
        if not player.metres:
            return player
        floats = player.way.realm == "water"
        far, near = self.terrain.water if floats else self.terrain.land
        tall = player.way.size * self.screen.unit / (self.screen.height * self._down)
        row = self.terrain.horizon + tall * (MAST if floats else EYE) / player.metres
        return replace(player, row=min(max(row, far), near))

    def shore(self, view: View) -> float:
        """The row of the frame where open water ends, pixels."""
        last = 0.76 if self.terrain.land[1] else 1.2
        return ((last - view.y) * self._down * view.zoom + 0.5) * self.screen.height

    def place(
        self, player: Player, view: View, share: float, seconds: float
    ) -> tuple[float, float, float, float]:
        """(x, y, scale, turn) of a player in the frame, pixels and radians."""
        screen, way = self.screen, player.way
        x, y, turn = way.at(share, seconds)
        # Ways are told in frames as the camera stands at the beginning and at the end.
        eye_x = self._first.x + (self._last.x - self._first.x) * share
        eye_y = self._first.y + (self._last.y - self._first.y) * share
        if way.gait == "stay":
            eye_x = eye_y = 0.5
        world_x = eye_x + (x - 0.5) / self._across
        world_y = eye_y + (y - 0.5) / self._down
        scale = view.zoom
        if player.metres:
            world_y = player.row + (
                y * screen.unit / screen.height if way.realm == "water" else 0.0
            )
        # Over flat ground what is near comes nearer faster, and stays on its spot of the ground.
        below = world_y - self.terrain.horizon if self.terrain.flat else 0.0
        nearer = view.nearer(below if player.metres else 0.35)
        if player.metres:
            world_y = self.terrain.horizon + below * nearer if self.terrain.flat else world_y
            world_x = view.x + (world_x - view.x) * nearer
        scale *= nearer
        at_x = ((world_x - view.x) * self._across * view.zoom + 0.5) * screen.width
        at_y = ((world_y - view.y) * self._down * view.zoom + 0.5) * screen.height
        return at_x, at_y, scale, turn


def _show(
    frame: Pixels, player: Player, stage: Eye, view: View, *, share: float, seconds: float
) -> None:
    """One player into the frame, with its shadow or reflection and its lamps, in place."""
    x, y, scale, turn = stage.place(player, view, share, seconds)
    way, unit = player.way, stage.screen.unit
    figure = player.look(way.size * unit, seconds + way.phase * 7.0, way.heading)
    tall = way.size * unit * scale
    turn += player.turn
    if player.rigid:
        lift, lean = gait_of_a_cutout(way, seconds)
        y, turn = y - lift * tall, turn + lean
    cos, sin = math.cos(turn), math.sin(turn)
    dark = stage.shot.hour == "night"
    if way.realm == "ground" and player.metres:
        depth = {"day": 0.42, "sunset": 0.34, "night": 0.22}[stage.shot.hour]
        wide = player.wide * tall
        shadow(frame, (x, y + 0.004 * tall), (wide, max(0.09 * wide, 2.0)), depth)
    elif way.realm == "water" and player.metres:
        mirror(frame, figure, (x, y), scale=scale, seconds=seconds, shore=stage.shore(view))
    lay(frame, figure.sprite, figure.matrix((x, y), turn=turn, scale=scale))
    lit = (
        {"day": 0.0, "sunset": 0.45, "night": 0.9}[stage.shot.hour]
        if stage.shot.place != "space"
        else 0.8
    )
    for lamp_x, lamp_y, reach, colour in player.lamps:
        flicker = 0.92 + 0.08 * np.sin(9 * seconds + 5 * way.phase)
        strength = max(lit, 0.35 if reach > 1 else lit) * flicker
        if strength > 0:
            dx, dy = lamp_x * way.heading * tall, lamp_y * tall
            at = (x + cos * dx - sin * dy, y + sin * dx + cos * dy)
            glow(frame, at, reach * tall * (1.5 if dark else 1.2), colour, strength)
