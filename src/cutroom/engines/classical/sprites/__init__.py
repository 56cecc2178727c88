"""Cut-outs: from reference images and from the clip itself, and how they are laid into a frame."""
