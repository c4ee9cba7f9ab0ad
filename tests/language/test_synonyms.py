"""Words from elsewhere: every one of the tables has a true answer, and spelling leads nowhere else."""

import pytest

import archc
from archc.cautions import WARNINGS
from archc.errors import ArchcError
from archc.language.field_synonyms import FIELDS
from archc.language.names import LAYER
from archc.language.recipe import SECTIONS
from archc.language.spec import Input, Spec
from archc.language.synonyms import (
    ABSENT_ACTIVATIONS,
    ACTIVATION_WORDS,
    INITIALIZERS,
    TYPES,
    VALUES,
    Answer,
    simplified,
    suggest,
)
from archc.ops import OPS
from archc.ops.activations import ACTIVATIONS
from archc.ops.initializers import PLAIN, SCALED

HEAD = "archc: 1\nname: Net\ninput: {channels: 3, height: 8, width: 8}\nlayers:\n"


def helps(text: str) -> dict[str, str]:
    """Message → help of all that is wrong with layers."""
    with pytest.raises(ArchcError) as caught:
        archc.parse(HEAD + text)
    return {found.message: found.help for found in caught.value.diagnostics}


def expected(answer: Answer, known: object) -> str:
    return f"{answer}; known: {', '.join(known)}" if answer.absent else str(answer)  # type: ignore[call-overload]


@pytest.mark.parametrize("word", TYPES)
def test_a_type_from_elsewhere_is_answered(word: str) -> None:
    answer = TYPES[word]
    assert answer.name is None or answer.name in OPS
    found = helps(f"  - a: {{type: {word!r}}}\n")
    said = "did you mean" if suggest(word, OPS, TYPES).said == "" else expected(answer, OPS)
    assert found[f"unknown type '{word}'"].startswith(said)


@pytest.mark.parametrize("word", ACTIVATION_WORDS)
def test_an_activation_from_elsewhere_is_answered(word: str) -> None:
    answer = ACTIVATION_WORDS[word]
    assert answer.name is None or answer.name in ACTIVATIONS
    found = helps(f"  - a: {{type: max_pool, kernel: 2, activation: {word!r}}}\n")
    own = suggest(word, ACTIVATIONS, ACTIVATION_WORDS).said == ""
    said = f"did you mean '{answer.name}'?" if own else expected(answer, ACTIVATIONS)
    assert found == {f"unknown activation '{word}'": said}


@pytest.mark.parametrize("word", INITIALIZERS)
def test_an_initialiser_from_elsewhere_is_answered(word: str) -> None:
    answer = INITIALIZERS[word]
    assert answer.name is None or answer.name in (*PLAIN, *SCALED)
    layer = "  - a: {{type: conv2d, filters: 3, kernel: 2, init: {{weight: {}}}}}\n"
    known = SCALED if answer.name in SCALED else PLAIN
    value = f"{{{word}: 1}}" if answer.name in SCALED else word
    assert helps(layer.format(value)) == {f"unknown initialiser '{word}'": expected(answer, known)}


@pytest.mark.parametrize(("kind", "word"), [(k, w) for k, words in FIELDS.items() for w in words])
def test_a_field_from_elsewhere_is_answered(kind: str, word: str) -> None:
    answer = FIELDS[kind][word]
    if kind in OPS:
        fields = {*OPS[kind].model_fields, "from"}
    elif kind == "init":
        fields = {"weight", "bias", "scale", "coefficient"}
    else:
        model = {"a spec": Spec, "input": Input, **SECTIONS}[kind]
        fields = set(model.model_fields)
    assert simplified(word) == word
    if word in fields:  # a name of the type's own, which its row cannot be asked for
        assert answer.name in (None, word) or kind == "lrn"
        return
    assert answer.name is None or answer.name in fields or kind == "init"
    assert suggest(word, sorted(fields), FIELDS[kind]).meant == answer.name
    if kind in OPS:
        found = helps(f"  - a: {{type: {kind}, {word}: 1}}\n")
        assert found[f"{kind} has no field '{word}'"] == str(answer)


@pytest.mark.parametrize(("field", "word"), [(f, w) for f, words in VALUES.items() for w in words])
def test_a_value_from_elsewhere_is_answered(field: str, word: str) -> None:
    answer = VALUES[field][word]
    assert (answer.name is None) == bool(answer.note)


def test_what_the_language_lacks_is_not_in_it() -> None:
    """An operation that comes to be must leave the table."""
    here = {simplified(kind) for kind in OPS}
    absent = {
        word for table in (TYPES, ABSENT_ACTIVATIONS) for word, a in table.items() if a.absent
    }
    assert not here & absent
    aliases = {simplified(alias) for op in OPS.values() for alias in op.aliases}
    assert not aliases & absent


@pytest.mark.parametrize(
    ("word", "never"),
    [
        ("relu6", "relu"), ("prelu", "relu"), ("elu", "relu"), ("selu", "relu"), ("celu", "gelu"),
        ("upsample", "subsample"), ("layer_norm", "batch_norm"), ("GroupNorm", "batch_norm"),
        ("hard_sigmoid", "sigmoid"), ("hardtanh", "tanh"), ("log_softmax", "softmax"), ("silu", "relu"),
        ("frelu", "relu"), ("arctanh", "tanh"), ("subtract", "subsample"), ("softmin", "softmax"),
        ("Conv3d", "conv2d"), ("dropout2d", "dropout"),
    ],
)  # fmt: skip
def test_a_suggestion_never_leads_to_another_function(word: str, never: str) -> None:
    found = suggest(word, OPS, TYPES)
    assert found.meant is None
    assert f"'{never}'" not in str(found)


@pytest.mark.parametrize("kind", ["max_pool", "avg_pool", "subsample"])
def test_dilation_of_a_pool_is_no_activation(kind: str) -> None:
    found = helps(f"  - a: {{type: {kind}, kernel: 2, dilation: 2}}\n")
    said = "pools have no dilation here, and no other field means it"
    assert found == {f"{kind} has no field 'dilation'": said}


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("rleu", "relu"), ("conv2", "conv2d"), ("dens", "dense"), ("dropot", "dropout"), ("flaten", "flatten"),
        ("sigmiod", "sigmoid"), ("softmx", "softmax"), ("batchnrom", "batch_norm"), ("max_pol", "max_pool"),
        ("ReLU", "relu"), ("nn.Conv2d", "conv2d"), ("tf.keras.layers.MaxPooling2D", "max_pool"),
        ("fullyConnectedLayer", "dense"), ("crossChannelNormalizationLayer", "lrn"),
        ("InnerProduct", "dense"), ("convolutional", "conv2d"), ("Eltwise", "add"), ("LocalResponseNorm", "lrn"),
    ],
)  # fmt: skip
def test_typing_errors_and_other_names_are_corrected(word: str, meant: str) -> None:
    assert suggest(word, OPS, TYPES).meant == meant


def test_a_number_that_converts_says_how() -> None:
    layer = "  - a: {type: lrn, depth_radius: 2, bias: 1, alpha: 1, beta: 0.5, over: sum}\n"
    assert helps(layer) == {
        "lrn has no field 'depth_radius'": "archc calls it 'size': a radius of r is a size of 2r + 1",
        "lrn has no field 'bias'": "archc calls it 'k'",
    }
    assert helps("  - a: {type: dropout, keep_prob: 0.8}\n") == {
        "dropout has no field 'keep_prob'": "archc calls it 'rate': the rate is 1 - keep_prob"
    }


def test_a_warning_is_found_by_its_name() -> None:
    for code, (name, *_) in WARNINGS.items():
        found = helps(f'  - a: {{type: relu}}\nallow: {{{name}: "why"}}\n')
        assert found == {f"unknown warning '{name}'": f"archc calls it '{code}'"}


def test_names_that_people_choose_are_not_looked_up() -> None:
    """A layer may be called after any type."""
    layers = [word for word in TYPES if LAYER.fullmatch(word)][:20]
    found = helps(f"  - a: {{type: relu, from: {layers[0]}}}\n")
    assert list(found) == [f"unknown layer '{layers[0]}'"]


@pytest.mark.parametrize(
    ("word", "choices"),
    [
        ("dilation", ("activation", "kernel")),
        ("layernorms", ("batch_norm", "lrn")),
        ("scaling", ("scaled_tanh", "slope")),
    ],
)
def test_a_word_that_is_only_a_little_alike_means_nothing(
    word: str, choices: tuple[str, ...]
) -> None:
    assert suggest(word, choices).meant is None
