"""ONNX: a module that builds an `onnx.ModelProto`."""
