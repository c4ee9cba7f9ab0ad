"""Which names a spec may give: to itself, to its layers, and so to what the generated code defines."""

import builtins
import keyword
import re

from archc.errors import Diagnostic, Span, diagnostic

LAYER = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
LAYER_RULE = "a letter, then up to 63 letters, digits or underscores"
NETWORK = re.compile(r"[A-Za-z]([A-Za-z0-9 ._+-]{0,62}[A-Za-z0-9._+-])?")
NETWORK_RULE = "a letter, then up to 63 letters, digits, spaces or . _ + -, the last no space"

FILE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
FILE_RULE = "its name needs a letter, then up to 63 letters, digits, underscores or hyphens"

# What the base classes of the generated models own: a layer of that name would shadow it.
TORCH_MODULE = frozenset(
    "T_destination add_module apply bfloat16 buffers call_super_init children compile cpu "
    "cuda double dump_patches eval extra_repr float forward get_buffer get_extra_state "
    "get_parameter get_submodule half ipu load_state_dict modules mtia named_buffers "
    "named_children named_modules named_parameters parameters register_backward_hook "
    "register_buffer register_forward_hook register_forward_pre_hook "
    "register_full_backward_hook register_full_backward_pre_hook "
    "register_load_state_dict_post_hook register_load_state_dict_pre_hook register_module "
    "register_parameter register_state_dict_post_hook register_state_dict_pre_hook "
    "requires_grad_ reset_parameters set_extra_state set_submodule share_memory state_dict to "
    "to_empty train training type xpu zero_grad".split()
)
KERAS_MODEL = frozenset(
    "activity_regularizer add_loss add_metric add_variable add_weight autocast build "
    "build_from_config built call call_signature_parameters compile compile_from_config "
    "compiled compiled_loss compiled_metrics compute_dtype compute_loss compute_mask "
    "compute_metrics compute_output_shape compute_output_spec count_params "
    "distribute_reduction_method distribute_strategy dtype dtype_policy evaluate export fit "
    "from_config get_build_config get_compile_config get_config get_layer get_metrics_result "
    "get_quantization_layer_structure get_state_tree get_weights input input_dtype "
    "input_shape input_spec inputs jit_compile layers load_own_variables load_weights loss "
    "losses make_predict_function make_test_function make_train_function metrics "
    "metrics_names metrics_variables name non_trainable_variables non_trainable_weights "
    "operations output output_names output_shape outputs path predict predict_function "
    "predict_on_batch predict_step quantization_mode quantize quantized_build quantized_call "
    "rematerialized_call reset_metrics run_eagerly save save_own_variables save_weights "
    "set_state_tree set_weights stateless_call stateless_compute_loss steps_per_execution "
    "summary supports_jit supports_masking symbolic_call test_function test_on_batch "
    "test_step to_json train_function train_on_batch train_step trainable trainable_variables "
    "trainable_weights unrolled_steps_per_execution variable_dtype variables weights".split()
)
# What the generated files bind at their top, and the variables of the functions that hold layers.
GENERATED = frozenset(
    "Any AveragePool CITATION ConnectedConv2D ConnectedConv2d F GRAPH GroupedConv2D KerasTensor LocalResponseNorm Mapping "
    "PaddedAveragePooling2D PaddedMaxPooling2D RadialBasis ScaledTanh Subsample Tensor argparse "
    "conv2d dense gelu gelu_tanh initial_weights initializers inputs keras layers main nn np numbers numpy_helper onnx ops parser "
    "scaled_tanh self torch truncated_normal x".split()
)

# The variables of the ONNX file's `main`, which calls the network's function.
SCRIPT = frozenset("arguments load_file options weights".split())

# The generated code calls parts of a layer by its name and one of these.
DERIVED = (
    "pre order pad padded rate slope slope64 amplitude amplitude64 scaled tanh mean sum area "
    "coefficient weighted bias axes zero zeros shape pairs kernel rows offset axis last "
    "connections codes fan_in"
).split()


def reserved(name: str) -> str | None:
    """Why no layer may have this name; None if it may."""
    if keyword.iskeyword(name) or keyword.issoftkeyword(name):
        return "it is a word of Python"
    if name in TORCH_MODULE:
        return "PyTorch's nn.Module owns it"
    if name in KERAS_MODEL:
        return "Keras's Model owns it"
    if name in GENERATED:
        return "the generated code uses it"
    return None


def layer_name(name: str, span: Span) -> Diagnostic | None:
    """What is wrong with a layer's name by itself."""
    if not LAYER.fullmatch(name):
        return diagnostic("E207", span, name=name, what="layer's name", rule=LAYER_RULE)
    reason = reserved(name)
    if reason:
        return diagnostic("E208", span, name=name, reason=reason, suggestion=f"{name}1")
    return None


def class_name(network: str) -> str:
    """`LeNet-5` → `LeNet5`: the network's name as that of a class."""
    return "".join(c for c in network if c.isascii() and c.isalnum())


def function_name(network: str) -> str:
    """`LeNet-5` → `lenet5`: the network's name as that of a function."""
    return class_name(network).lower()


def network_name(name: str, span: Span) -> Diagnostic | None:
    """What is wrong with a network's name; its class and function must not hide anything."""
    if not NETWORK.fullmatch(name):
        return diagnostic("E207", span, name=name, what="network's name", rule=NETWORK_RULE)
    for word in (class_name(name), function_name(name)):
        reason = None
        if word in SCRIPT | GENERATED:
            reason = "the generated code uses it"
        elif keyword.iskeyword(word):
            reason = "it is a word of Python"
        elif word in dir(builtins):
            reason = "Python's own functions have that name"
        if reason:
            return diagnostic("E208", span, name=word, reason=reason, suggestion=f"{name} net")
    return None


def collisions(names: dict[str, Span]) -> list[Diagnostic]:
    """Layers that the generated code could not tell from a part of another layer."""
    found = []
    owners = {name.lower(): name for name in names}  # constants are in capitals
    for name, span in names.items():
        for suffix in DERIVED:
            owner = owners.get(name.lower().removesuffix(f"_{suffix}"))
            if owner is not None and owner.lower() != name.lower():
                line = names[owner].line
                found.append(diagnostic("E210", span, name=name, owner=owner, line=line))
    return found
