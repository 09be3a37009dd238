# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The options of a distillation, checked before anything is trained for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..engines.distillation_trainer import BY_CLASS, FINETUNE, FIXED, FROZEN
from ..errors import InputError


def check_plan(
    weights: Mapping[str, float],
    files: Mapping[str, str | None],
    mode: str,
    routing: str,
    teacher_classes: Mapping[str, Sequence[str]],
    classes: Sequence[str] | str,
) -> None:
    """Look at the options of a distillation before anything is trained for it.

    Args:
        weights: of the teachers' soft losses, by name; who is named teaches.
        files: by name of every teacher that there could be, the path of its weights where one was given.
        mode: ``"finetune"`` or ``"frozen"``.
        routing: ``"fixed"`` or ``"class"``.
        teacher_classes: what each learns from while it is fine-tuned, by name.
        classes: that the student is trained on.

    Raises:
        InputError: naming the option that does not fit the others.
    """
    if mode not in (FINETUNE, FROZEN):
        raise InputError(f"--teacher_mode {mode}: {FINETUNE} or {FROZEN} is expected")
    if routing not in (FIXED, BY_CLASS):
        raise InputError(f"--teacher_routing {routing}: {FIXED} or {BY_CLASS} is expected")
    if not isinstance(weights, Mapping) or not weights or not set(weights) <= set(files):
        raise InputError(
            f"--teacher_weights {weights}: weights of one or more teachers are expected, by name; there are "
            f"{', '.join(files)}"
        )
    if idle := [name for name, file in files.items() if file and name not in weights]:
        raise InputError(
            f"--{idle[0]}_teacher {files[idle[0]]}: --teacher_weights {dict(weights)} give this teacher no weight"
        )
    if any(not isinstance(weight, (int, float)) or weight < 0 for weight in weights.values()):
        raise InputError(f"--teacher_weights {dict(weights)}: numbers from 0 up are expected")
    for name in weights if mode == FINETUNE else ():
        own = teacher_classes.get(name, classes)
        if not {*own} & {*([classes] if isinstance(classes, str) else classes)}:
            raise InputError(
                f"--classes {classes}: the {name} teacher learns from {', '.join(own)}, so it would learn nothing; "
                f"add the class, or use --teacher_mode {FROZEN}"
            )
