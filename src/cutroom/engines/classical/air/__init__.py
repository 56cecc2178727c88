"""What is between the lens and the horizon: drops, flakes, leaves and glows, wet ground below, the sky above."""
