"""Sound made from a plan: what a drawn place, its weather and its actors would be heard by. Never speech or music."""
