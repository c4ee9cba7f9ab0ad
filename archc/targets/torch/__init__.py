"""PyTorch: an `nn.Module` in one file."""
