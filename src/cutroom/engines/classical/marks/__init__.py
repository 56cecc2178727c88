"""What a hand would leave on paper or canvas: flat areas, ink, pencil marks, strokes, tiles."""
