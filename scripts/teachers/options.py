# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Check the options of a distillation before anything is trained."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from ..engines.distillation_trainer import BY_CLASS, FINETUNE, FIXED, FROZEN
from ..errors import InputError

SPECIALISTS = ("benign", "malignant")


def check_plan(
    weights: Mapping[str, float],
    files: Mapping[str, str | None],
    mode: str,
    routing: str,
    teacher_classes: Mapping[str, Sequence[str]],
    classes: Sequence[str] | str,
) -> None:
    """Raise on options of a distillation that are invalid or contradict each other.

    Args:
        weights: weights of the teachers' soft losses by name; these teachers are used.
        files: path of the given weights, or None, by name of every possible teacher.
        mode: ``"finetune"`` or ``"frozen"``.
        routing: ``"fixed"`` or ``"class"``.
        teacher_classes: classes that each teacher is fine-tuned on, by name.
        classes: classes that the student is trained on.

    Raises:
        InputError: names the invalid option.
    """
    if mode not in (FINETUNE, FROZEN):
        raise InputError(f"--teacher_mode {mode}: must be {FINETUNE} or {FROZEN}")
    if routing not in (FIXED, BY_CLASS):
        raise InputError(f"--teacher_routing {routing}: must be {FIXED} or {BY_CLASS}")
    if not isinstance(weights, Mapping) or not weights or not set(weights) <= set(files):
        raise InputError(
            f"--teacher_weights {weights}: must give weights by name for one or more of the teachers {', '.join(files)}"
            "; an overlay defines others, see 'A teacher of your own' in docs/training.md"
        )
    if unused := [name for name, file in files.items() if file and name not in weights]:
        raise InputError(
            f"--{unused[0]}_teacher {files[unused[0]]}: this teacher has no weight in --teacher_weights {dict(weights)}"
        )
    if any(type(weight) not in (int, float) or not 0 <= weight < math.inf for weight in weights.values()):
        raise InputError(f"--teacher_weights {dict(weights)}: must be numbers of at least 0")
    for name in weights if mode == FINETUNE else ():
        learned = teacher_classes.get(name, classes)
        if not {*learned} & {*([classes] if isinstance(classes, str) else classes)}:
            raise InputError(
                f"--classes {classes}: the {name} teacher learns only from {', '.join(learned)}, so it would learn "
                f"nothing; add this class, or use --teacher_mode {FROZEN}"
            )


def check_presence_heads(weights: Mapping[str, float], files: Mapping[str, str | None], presence_head: bool) -> None:
    """Raise if a specialist would have to be trained with a presence head: it sees no images without a lesion.

    Args:
        weights, files: as of `check_plan`.
        presence_head: whether the teachers have a presence head.

    Raises:
        InputError: names the specialist.
    """
    if not presence_head:
        return
    for name in SPECIALISTS:
        if name in weights and not files[name]:
            raise InputError(
                f"--teacher_presence_head true: the {name} teacher learns from images with a lesion alone, so it "
                f"cannot be trained with a presence head; give --{name}_teacher, or "
                "--teacher_weights \"{'mixed': 0.7}\""
            )
