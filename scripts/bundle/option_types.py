# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The type of each option of the configs, and how to read its value from the command line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import yaml
from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError

from ..errors import InputError

NONE = ("none", "null", "$none", "")
MONAI_SYNTAX = ("$", "@", "%")  # first character of an expression, a reference and a macro in a config


def _as_list(value: Any) -> Any:
    """Read a list from text: ``[0, 1]``, ``['benign']``, ``benign,malignant`` or a single value."""
    if not isinstance(value, str):
        return list(value) if isinstance(value, tuple) else value
    text = value.strip("()[] ,")
    try:
        return yaml.safe_load(f"[{text}]")
    except yaml.YAMLError:
        return value


def _as_mapping(value: Any) -> Any:
    """Read a mapping from text: ``{benign: 0.5, malignant: 0.2}``, with or without quotes."""
    if not isinstance(value, str):
        return value
    try:
        return yaml.safe_load(value)
    except yaml.YAMLError:
        return value


def _as_path_or_list(value: Any) -> Any:
    """Read a list of paths from text in brackets; other text is one path, as typed."""
    if isinstance(value, str) and value.startswith("[") and value.endswith("]"):
        return [str(path) for path in _as_list(value)]
    return value


@dataclass(frozen=True)
class OptionType:
    """The type of an option.

    Attributes:
        annotation: type that pydantic validates.
        expected: description of the type, for messages.
        is_path: whether text stays as typed, even if it looks like a number.
    """

    annotation: Any
    expected: str
    is_path: bool = False

    def read(self, name: str, value: Any) -> Any:
        """Return a value of this type.

        Args:
            name: name of the option, for messages.
            value: text as typed, or a value of the type.

        Raises:
            InputError: the value is not of this type.
        """
        try:
            # Text is converted; other values are checked strictly, or True would pass for 1, and 2.0 for 2.
            return TypeAdapter(self.annotation).validate_python(value, strict=not isinstance(value, str))
        except ValidationError:
            raise InputError(f"--{name} {value}: must be {self.expected}") from None


_NUMBER = Annotated[float, Field(ge=0, allow_inf_nan=False)]
_INDEX = Annotated[int, Field(ge=0)]
FLAG = OptionType(bool, "true or false")
COUNT = OptionType(Annotated[int, Field(ge=1)], "a whole number of at least 1")
INDEX = OptionType(_INDEX, "a whole number of at least 0")
NUMBER = OptionType(_NUMBER, "a number of at least 0")
POSITIVE = OptionType(Annotated[float, Field(gt=0, allow_inf_nan=False)], "a number above 0")
PATH = OptionType(str, "a path", is_path=True)
PATHS = OptionType(
    Annotated[str | list[str], BeforeValidator(_as_path_or_list)],
    "a folder, or a list of folders, such as [data/A, data/B],",
    is_path=True,
)
TEXT = OptionType(str, "text")
INDICES = OptionType(
    Annotated[list[_INDEX], BeforeValidator(_as_list)], "a list of whole numbers of at least 0, such as [0, 1]"
)
TEXTS = OptionType(Annotated[list[str], BeforeValidator(_as_list)], "a list of names, such as [benign, malignant]")
WEIGHTS = OptionType(
    Annotated[dict[str, _NUMBER], BeforeValidator(_as_mapping)],
    "numbers of at least 0 by name, such as {benign: 0.5, malignant: 0.2}",
)

OPTIONS = {
    **dict.fromkeys(
        (
            "amp",
            "keep_checkpoint",
            "overwrite",
            "presence_head",
            "publish_if_worse",
            "resume",
            "teacher_presence_head",
            "whole_dataset",
        ),
        FLAG,
    ),
    **dict.fromkeys(
        (
            "batch_size",
            "checkpoint_interval",
            "epochs",
            "image_size",
            "num_folds",
            "teacher_batch_size",
            "teacher_epochs",
            "teacher_image_size",
            "val_interval",
        ),
        COUNT,
    ),
    **dict.fromkeys(
        ("fold", "num_workers", "seed", "seed_added", "split_seed", "training_seed", "validation_fold"), INDEX
    ),
    **dict.fromkeys(
        (
            "cache_rate",
            "hard_weight",
            "lesion_crops",
            "normal_factor",
            "own_class_factor",
            "presence_sensitivity",
            "presence_weight",
            "teacher_weight_decay",
            "unlabelled_ratio",
            "weight_decay",
        ),
        NUMBER,
    ),
    **dict.fromkeys(("learning_rate", "teacher_learning_rate", "temperature"), POSITIVE),
    **dict.fromkeys(
        (
            "benign_teacher",
            "bundle_root",
            "ckpt",
            "datalist_file",
            "initial_weights",
            "malignant_teacher",
            "mixed_teacher",
            "output_dir",
            "second_mixed_teacher",
            "teachers_dir",
            "unlabelled_dir",
        ),
        PATH,
    ),
    **dict.fromkeys(
        ("device", "encoder_weights", "left_out", "network_name", "split", "teacher_mode", "teacher_routing"), TEXT
    ),
    "dataset_dir": PATHS,
    "test_folds": INDICES,
    **dict.fromkeys(("classes", "test_classes"), TEXTS),
    "teacher_weights": WEIGHTS,
}
OPTIONAL = (
    "benign_teacher",
    "datalist_file",
    "encoder_weights",
    "initial_weights",
    "left_out",
    "malignant_teacher",
    "mixed_teacher",
    "second_mixed_teacher",
    "teacher_image_size",
)


def is_expression(name: str, text: str) -> bool:
    """Return whether MONAI would evaluate the text of an option as an expression.

    Raises:
        InputError: a path that starts like an expression.
    """
    if not text.startswith(MONAI_SYNTAX):
        return False
    if OPTIONS[name].is_path and text.lower() not in NONE:
        raise InputError(
            f"--{name} {text}: starts with {text[0]}, which marks an expression in a config; write ./{text}"
        )
    return True


def has_type(name: str, value: Any) -> bool:
    """Return whether a value is one of an option in `OPTIONS`, for `read_option`, and not an expression for MONAI.

    Raises:
        InputError: see `is_expression`.
    """
    return name in OPTIONS and not (isinstance(value, str) and is_expression(name, value))


def read_option(name: str, value: Any) -> Any:
    """Return the value of an option, converted to the option's type.

    Args:
        name: one of `OPTIONS`.
        value: text as typed, or a value from a config.

    Raises:
        InputError: the value is not of the option's type.
    """
    if name in OPTIONAL and (value is None or (isinstance(value, str) and value.lower() in NONE)):
        return None
    return OPTIONS[name].read(name, value)
