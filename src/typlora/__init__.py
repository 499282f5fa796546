"""TypLoRA: convert LaTeX to Typst with verified output, and train a small local model to do it better."""

__version__ = "0.1.0"
