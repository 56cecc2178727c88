"""The operations, one file each; OPS is the list, in the order in which refusals name them."""

from cutroom.engines.classical.op import Op
from cutroom.engines.classical.ops.black_and_white import BlackAndWhite
from cutroom.engines.classical.ops.night import Night
from cutroom.engines.classical.ops.sepia import Sepia
from cutroom.engines.classical.ops.snow import Snow

OPS: tuple[type[Op], ...] = (BlackAndWhite, Sepia, Night, Snow)
