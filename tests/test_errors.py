# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import logging
import subprocess
import sys

import pytest
from monai.bundle import ConfigParser

from scripts.errors import InputError, find_input_error, print_safely
from tests.paths import ROOT

PROGRAM = """
from scripts.errors import InputError, report_input_errors
from tests.paths import ROOT
report_input_errors()
try:
    raise {error}
except Exception as error:
    raise RuntimeError("the config could not be evaluated") from error
"""


def run(error):
    return subprocess.run(
        [sys.executable, "-c", PROGRAM.format(error=error)], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_a_users_mistake_is_one_line():
    result = run("InputError('--fold 7: there are 5')")
    assert (result.returncode, result.stdout, result.stderr) == (1, "", "error: --fold 7: there are 5\n")


def test_any_other_error_keeps_its_stack_trace():
    result = run("KeyError('a defect of ours')")
    assert result.returncode == 1
    assert "Traceback" in result.stderr


def test_the_mistake_is_found_through_what_wraps_it():
    mistake = InputError("x")
    with pytest.raises(RuntimeError) as caught:
        try:
            raise mistake
        except InputError:
            raise RuntimeError("wrapped")  # noqa: B904
    assert find_input_error(caught.value) is mistake
    assert find_input_error(ValueError("y")) is None


def test_a_full_disk_is_one_line_also_in_a_thread():
    result = run("OSError(28, 'No space left on device', 'events.log')")
    assert result.stderr == "error: events.log: cannot be written: No space left on device\n"
    program = PROGRAM.format(error="SystemExit") + (
        "import threading\n"
        "def write(): raise OSError(28, 'No space left on device', 'events.log')\n"
        "thread = threading.Thread(target=write)\nthread.start()\nthread.join()\n"
    )
    program = program.replace("except Exception as error", "except SystemExit").replace(
        'raise RuntimeError("the config could not be evaluated") from error', "pass"
    )
    result = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.stderr == "error: events.log: cannot be written: No space left on device\n"


def test_a_folder_that_may_not_be_read_is_one_line():
    result = run("PermissionError(13, 'Permission denied', 'data/benign')")
    assert result.stderr == "error: data/benign: Permission denied; change its permissions or give another\n"


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("MemoryError()", "not enough memory; "),
        (
            "RuntimeError('[enforce fail] DefaultCPUAllocator: can\\'t allocate memory: you tried')",
            "not enough memory; ",
        ),
        (
            "RuntimeError('DataLoader worker (pid 7) is killed by signal: Killed.')",
            "a process that reads images was killed",
        ),
        (
            "RuntimeError('Caught RuntimeError in DataLoader worker process 0.\\nOriginal Traceback (most recent call "
            "last):\\n  x\\nscripts.errors.InputError: a.png: is damaged\\n\\nThe above exception was')",
            "a.png: is damaged\n",
        ),
    ],
)
def test_too_little_memory_and_processes_that_read_images(error, told):
    result = run(error)
    assert result.stderr.startswith(f"error: {told}")
    assert len(result.stderr.splitlines()) == 1


def test_a_missing_file_keeps_its_stack_trace():
    """It may be a defect of the program: whoever reads a user's file says which option names it."""
    assert "Traceback" in run("FileNotFoundError(2, 'No such file or directory', 'x')").stderr


def test_printing_safely_twice_is_once():
    print_safely()
    before = logging.getLogRecordFactory()
    print_safely()
    assert logging.getLogRecordFactory() is before


@pytest.mark.parametrize(
    ("component", "told"),
    [
        (
            {"_target_": "UNett"},
            "_target_ UNett: there is no such class or function; correct the config file that names it",
        ),
        ({"_target_": "BasicUNetPlusPlus", "spatial_dims": 2, "features": [1]}, None),
        (
            {"_target_": "UNet", "spatial_dims": 2, "strides": [2]},
            "UNet needs 'in_channels', 'out_channels', and 'channels' as well: ",
        ),
    ],
)
def test_a_component_of_a_config_that_cannot_be_made(component, told):
    with pytest.raises(Exception) as caught:
        ConfigParser({"part": component}).get_parsed_content("part")
    mistake = find_input_error(caught.value)
    assert mistake is None if told is None else str(mistake).startswith(told)
