"""The operations, one file each; OPS is the list, in the order in which refusals name them."""

from cutroom.engines.classical.op import Op
from cutroom.engines.classical.ops.add import Add
from cutroom.engines.classical.ops.anime import Anime
from cutroom.engines.classical.ops.background import Background
from cutroom.engines.classical.ops.black_and_white import BlackAndWhite
from cutroom.engines.classical.ops.bleach_bypass import BleachBypass
from cutroom.engines.classical.ops.blueprint import Blueprint
from cutroom.engines.classical.ops.blur import Blur
from cutroom.engines.classical.ops.blur_target import BlurTarget
from cutroom.engines.classical.ops.brighter import Brighter
from cutroom.engines.classical.ops.bubbles import Bubbles
from cutroom.engines.classical.ops.candlelight import Candlelight
from cutroom.engines.classical.ops.caption import Caption
from cutroom.engines.classical.ops.cartoon import Cartoon
from cutroom.engines.classical.ops.chromatic_aberration import ChromaticAberration
from cutroom.engines.classical.ops.colour_pop import ColourPop
from cutroom.engines.classical.ops.coloured_pencil import ColouredPencil
from cutroom.engines.classical.ops.comic import Comic
from cutroom.engines.classical.ops.confetti import Confetti
from cutroom.engines.classical.ops.cooler import Cooler
from cutroom.engines.classical.ops.crop import Crop
from cutroom.engines.classical.ops.darker import Darker
from cutroom.engines.classical.ops.dawn import Dawn
from cutroom.engines.classical.ops.day import Day
from cutroom.engines.classical.ops.duotone import Duotone
from cutroom.engines.classical.ops.falling_leaves import FallingLeaves
from cutroom.engines.classical.ops.faster import Faster
from cutroom.engines.classical.ops.film_grain import FilmGrain
from cutroom.engines.classical.ops.fireflies import Fireflies
from cutroom.engines.classical.ops.fireworks import Fireworks
from cutroom.engines.classical.ops.fog import Fog
from cutroom.engines.classical.ops.freeze import Freeze
from cutroom.engines.classical.ops.glitch import Glitch
from cutroom.engines.classical.ops.god_rays import GodRays
from cutroom.engines.classical.ops.golden_hour import GoldenHour
from cutroom.engines.classical.ops.high_contrast import HighContrast
from cutroom.engines.classical.ops.highlight import Highlight
from cutroom.engines.classical.ops.infrared import Infrared
from cutroom.engines.classical.ops.ink import Ink
from cutroom.engines.classical.ops.ken_burns import KenBurns
from cutroom.engines.classical.ops.letterbox import Letterbox
from cutroom.engines.classical.ops.light_leaks import LightLeaks
from cutroom.engines.classical.ops.lightning import Lightning
from cutroom.engines.classical.ops.like_image import LikeImage
from cutroom.engines.classical.ops.logo import Logo
from cutroom.engines.classical.ops.lomo import Lomo
from cutroom.engines.classical.ops.loop import Loop
from cutroom.engines.classical.ops.low_contrast import LowContrast
from cutroom.engines.classical.ops.mirror import Mirror
from cutroom.engines.classical.ops.moody import Moody
from cutroom.engines.classical.ops.moonlight import Moonlight
from cutroom.engines.classical.ops.mosaic import Mosaic
from cutroom.engines.classical.ops.muted import Muted
from cutroom.engines.classical.ops.negative import Negative
from cutroom.engines.classical.ops.neon import Neon
from cutroom.engines.classical.ops.night import Night
from cutroom.engines.classical.ops.night_vision import NightVision
from cutroom.engines.classical.ops.noir import Noir
from cutroom.engines.classical.ops.oil_painting import OilPainting
from cutroom.engines.classical.ops.old_film import OldFilm
from cutroom.engines.classical.ops.outline import Outline
from cutroom.engines.classical.ops.overcast import Overcast
from cutroom.engines.classical.ops.pan import Pan
from cutroom.engines.classical.ops.pencil import Pencil
from cutroom.engines.classical.ops.petals import Petals
from cutroom.engines.classical.ops.pixel_art import PixelArt
from cutroom.engines.classical.ops.pixelate_target import PixelateTarget
from cutroom.engines.classical.ops.pointillism import Pointillism
from cutroom.engines.classical.ops.posterise import Posterise
from cutroom.engines.classical.ops.rain import Rain
from cutroom.engines.classical.ops.recolour import Recolour
from cutroom.engines.classical.ops.remove import Remove
from cutroom.engines.classical.ops.replace import Replace
from cutroom.engines.classical.ops.reverse import Reverse
from cutroom.engines.classical.ops.rotate import Rotate
from cutroom.engines.classical.ops.season import Season
from cutroom.engines.classical.ops.sepia import Sepia
from cutroom.engines.classical.ops.sharpen import Sharpen
from cutroom.engines.classical.ops.sky import Sky
from cutroom.engines.classical.ops.slow_motion import SlowMotion
from cutroom.engines.classical.ops.snow import Snow
from cutroom.engines.classical.ops.soft_focus import SoftFocus
from cutroom.engines.classical.ops.sparks import Sparks
from cutroom.engines.classical.ops.spotlight import Spotlight
from cutroom.engines.classical.ops.stabilise import Stabilise
from cutroom.engines.classical.ops.stained_glass import StainedGlass
from cutroom.engines.classical.ops.stars import Stars
from cutroom.engines.classical.ops.sunset import Sunset
from cutroom.engines.classical.ops.teal_orange import TealOrange
from cutroom.engines.classical.ops.technicolor import Technicolor
from cutroom.engines.classical.ops.thermal import Thermal
from cutroom.engines.classical.ops.tilt_shift import TiltShift
from cutroom.engines.classical.ops.title import Title
from cutroom.engines.classical.ops.van_gogh import VanGogh
from cutroom.engines.classical.ops.vhs import Vhs
from cutroom.engines.classical.ops.vibrant import Vibrant
from cutroom.engines.classical.ops.vignette import Vignette
from cutroom.engines.classical.ops.vintage import Vintage
from cutroom.engines.classical.ops.warmer import Warmer
from cutroom.engines.classical.ops.watercolour import Watercolour
from cutroom.engines.classical.ops.watermark import Watermark
from cutroom.engines.classical.ops.woodblock import Woodblock
from cutroom.engines.classical.ops.zoom import Zoom

OPS: tuple[type[Op], ...] = (
    BlackAndWhite,
    Sepia,
    Vintage,
    Noir,
    Cartoon,
    OilPainting,
    Watercolour,
    Pencil,
    PixelArt,
    Neon,
    ColouredPencil,
    Comic,
    OldFilm,
    Vhs,
    FilmGrain,
    Vignette,
    SoftFocus,
    TealOrange,
    Vibrant,
    Muted,
    HighContrast,
    LowContrast,
    Negative,
    Posterise,
    Blur,
    Sharpen,
    Anime,
    Ink,
    Pointillism,
    Mosaic,
    StainedGlass,
    Woodblock,
    VanGogh,
    TiltShift,
    Glitch,
    ChromaticAberration,
    Duotone,
    Thermal,
    NightVision,
    Infrared,
    Technicolor,
    BleachBypass,
    Lomo,
    Blueprint,
    LikeImage,
    LightLeaks,
    Night,
    Sunset,
    GoldenHour,
    Dawn,
    Moonlight,
    Moody,
    Brighter,
    Darker,
    Warmer,
    Cooler,
    Overcast,
    Spotlight,
    Sky,
    Stars,
    Day,
    Season,
    Candlelight,
    GodRays,
    Snow,
    Rain,
    Fog,
    Fireflies,
    FallingLeaves,
    Petals,
    Confetti,
    Sparks,
    Bubbles,
    Lightning,
    Fireworks,
    SlowMotion,
    Faster,
    Reverse,
    Freeze,
    Loop,
    Stabilise,
    Crop,
    Zoom,
    Pan,
    KenBurns,
    Letterbox,
    Mirror,
    Rotate,
    Background,
    Add,
    Replace,
    Recolour,
    Remove,
    BlurTarget,
    PixelateTarget,
    Highlight,
    Outline,
    ColourPop,
    Caption,
    Title,
    Watermark,
    Logo,
)
