"""The device that the trainer will take."""

from __future__ import annotations

import pytest

from twainbot import machine
from twainbot.machine import Device, training_device

MIB = 1024**2


@pytest.fixture
def asked(monkeypatch) -> list[tuple[str, ...]]:
    commands: list[tuple[str, ...]] = []

    def output(*command: str) -> str:
        commands.append(command)
        return "NVIDIA H100 80GB HBM3, 81008"

    monkeypatch.setattr(machine, "output", output)
    monkeypatch.setattr(machine, "version", lambda package: "2.13.0")
    monkeypatch.setattr(machine, "memory_bytes", lambda: 32 * 1024 * MIB)
    monkeypatch.setattr(machine, "apple_silicon", lambda: False)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    return commands


def test_the_first_visible_gpu_with_what_is_free(asked, monkeypatch):
    assert training_device() == Device("cuda", "NVIDIA H100 80GB HBM3", 81008 * MIB)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3,1")
    training_device()
    assert [command[1] for command in asked] == ["--id=0", "--id=3"]


@pytest.mark.parametrize("visible", ["", "-1"])
def test_hidden_gpus_are_not_taken(asked, monkeypatch, visible):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert training_device() == Device("cpu", "CPU", 32 * 1024 * MIB)
    assert asked == []


def test_a_torch_without_cuda_takes_the_cpu(asked, monkeypatch):
    monkeypatch.setattr(machine, "version", lambda package: "2.13.0+cpu")
    assert training_device().kind == "cpu"


def test_a_driver_that_answers_nonsense_is_no_gpu(asked, monkeypatch):
    monkeypatch.setattr(machine, "output", lambda *command: "No devices were found")
    assert training_device().kind == "cpu"


def test_apple_s_gpu_has_three_quarters_of_the_memory(asked, monkeypatch):
    monkeypatch.setattr(machine, "output", lambda *command: None)
    monkeypatch.setattr(machine, "apple_silicon", lambda: True)
    assert training_device() == Device("mps", "Apple silicon", 24 * 1024 * MIB)


def test_a_command_that_is_not_there_or_fails_has_no_output():
    assert machine.output("no-such-command") is None
    assert machine.output("false") is None
    assert machine.output("echo", "here") == "here"
