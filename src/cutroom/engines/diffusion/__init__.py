"""The diffusion engine: photoreal work by open weights on a GPU, in this process, through diffusers.

Nothing here imports torch before an edit is carried out.
"""
