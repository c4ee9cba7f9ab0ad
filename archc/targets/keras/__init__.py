"""Keras: a function that builds a `keras.Model`."""
