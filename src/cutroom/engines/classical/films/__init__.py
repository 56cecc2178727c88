"""Films made of nothing: shots drawn from a plan, with their actors, weather, light and camera."""
