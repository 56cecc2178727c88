"""What is where: mattes, tracks, flow, depth cues."""


class Sight:
    """What is where in one clip. Being built."""
