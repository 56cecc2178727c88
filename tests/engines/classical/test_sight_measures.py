"""Flow, ground, light, people and what the network is given, against drawn clips whose truth is known."""

from pathlib import Path

import cv2
import drawn
import numpy as np

from cutroom.engine import Silent
from cutroom.engines.classical.sight import Sight, foreground
from cutroom.engines.classical.sight.cutting import moving
from cutroom.engines.classical.sight.flow import flow
from cutroom.engines.classical.sight.ground import Ground
from cutroom.engines.classical.sight.light import light


def test_flow_knows_where_pixels_went_and_which_were_hidden() -> None:
    ground = drawn.texture(drawn.WIDTH + 40, drawn.HEIGHT)
    here, there = ground[:, 20:340].copy(), ground[:, 14:334].copy()
    ball = drawn.texture(60, 60, 8)[..., ::-1] // 2
    part = drawn.disc((24, 24), 24)[:48, :48]
    here[66:114, 96:144][part] = ball[:48, :48][part]
    there[66:114, 112:160][part] = ball[:48, :48][part]
    found = flow(here, there)
    still = np.ones((drawn.HEIGHT, drawn.WIDTH), bool)
    still[40:140, 80:200] = still[:, -10:] = False
    off = np.abs(found.vectors[still] - (6, 0)).max(axis=1)
    assert np.percentile(off, 90) < 0.7
    hidden = drawn.disc((149, 90), 4)  # beside the ball now, behind it then
    assert found.trust[still].mean() > 0.85
    assert found.trust[hidden].mean() < 0.6 * found.trust[still].mean()


def test_a_walker_who_comes_nearer_tells_the_ground(tmp_path: Path) -> None:
    horizon, gain = 40.0, 0.8

    def pictures():
        place = drawn.texture(drawn.WIDTH, drawn.HEIGHT, 21)
        for index in range(20):
            foot = 90 + 3.6 * index
            tall = gain * (foot - horizon)
            picture = place.copy()
            x = 60 + 10 * index
            cv2.ellipse(picture, (x, round(foot - tall / 2)), (round(tall / 5), round(tall / 2)),
                        0, 0, 360, (150, 30, 60), -1)  # fmt: skip
            yield picture

    sight = Sight(drawn.write(tmp_path / "a.mp4", pictures()), Silent())
    ground = sight.ground
    assert isinstance(ground, Ground)
    assert ground.trust > 0.5
    assert abs(ground.horizon - horizon / drawn.HEIGHT) < 0.1
    assert abs(ground.scale(0.5, 0.8) / ((0.8 - 0.222) / (0.5 - 0.222)) - 1) < 0.25
    stands = sight.contact(sight.movers.found[0], 10)
    assert stands is not None
    assert abs(stands.y - 126) < 5
    assert abs(stands.x - 160) < 6
    assert stands.trust > 0.3


def test_light_its_side_and_where_shadows_fall(tmp_path: Path) -> None:
    """A ball lit from the left that throws its shadow to the right."""

    def pictures():
        place = np.clip(
            drawn.texture(drawn.WIDTH, drawn.HEIGHT, 23) + np.array((24, 8, -20)), 0, 255
        )
        y, x = np.mgrid[0 : drawn.HEIGHT, 0 : drawn.WIDTH]
        for index in range(drawn.COUNT):
            centre = (40 + 11 * index, 90)
            picture = place.astype(np.uint8)
            cast = ((x - centre[0] - 34) / 30) ** 2 + ((y - 114) / 7) ** 2 < 1
            picture[cast] = (picture[cast] * 0.55).astype(np.uint8)
            ball = drawn.disc(centre, 24)
            lit = 0.75 - 0.4 * (x - centre[0]) / 24
            picture[ball] = np.clip(np.array((60, 110, 200)) * lit[ball][:, None], 0, 255)
            yield picture

    sight = Sight(drawn.write(tmp_path / "a.mp4", pictures()), Silent())
    found = light(sight.reel, moving(sight, sight.movers.found[:1], 0.0), sight.plate)
    assert found.warmth > 4
    assert found.side_trust > 0.4
    assert found.side[0] < -0.7
    if found.shadow_trust > 0.3:
        assert found.shadow[0] > 0.7
    flat = light(Sight(drawn.nothing(tmp_path / "b.mp4").clip, Silent()).reel)
    assert flat.side_trust == 0
    assert abs(flat.warmth) < 6


def test_the_network_is_given_what_it_was_trained_on(tmp_path: Path) -> None:
    """Of a pan over a ball that rests: the ball's surroundings lie on one another, camera taken out."""
    ball = drawn.ball(tmp_path / "a.mp4", pan=4)
    sight = Sight(ball.clip, Silent())
    seen = foreground.inputs(sight.reel, sight.camera, sight.plate, 8)
    height, width = sight.reel.height, sight.reel.width
    assert seen.shape == (11, height, width)
    assert seen.dtype == np.float32
    assert seen.min() >= 0
    assert seen.max() <= 1
    assert np.allclose(seen[:3], sight.reel[8].transpose(2, 0, 1) / 255, atol=1e-6)
    away = cv2.dilate(ball.masks[8].astype(np.uint8), np.ones((41, 41), np.uint8)) == 0
    away[:, :60] = away[:, -60:] = False
    for plane in (np.abs(seen[:3] - seen[3:6]).max(axis=0), seen[7], seen[8]):
        assert plane[away].mean() < 0.06
        assert plane[ball.masks[8]].mean() > 0.15
    assert seen[6].mean() > 0.9


def test_the_network_and_the_statistics_make_one_matte(tmp_path: Path) -> None:
    sight = Sight(drawn.ball(tmp_path / "a.mp4").clip, Silent())
    assert sight.trained
    picture, told = sight.reel[6], sight.judged[6]
    assert told.shape == picture.shape[:2]
    both = foreground.fused(np.zeros_like(told), sight.statistics[6], picture, 0.0)
    assert np.abs(both.astype(int) - sight.statistics[6]).mean() < 8
    sight.trained = False
    assert sight.likelihood is sight.statistics
