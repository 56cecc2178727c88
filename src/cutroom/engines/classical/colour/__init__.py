"""Colour alone, whatever the place: grades and their arithmetic, names, one picture's colours for another."""
