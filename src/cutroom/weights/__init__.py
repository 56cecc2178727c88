"""Open weights: what there is, under which licence, what a model needs of it, and where it lies.

Data and files only; nothing here imports torch.
"""
