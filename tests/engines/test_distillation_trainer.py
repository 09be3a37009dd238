# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import copy

import pytest
import torch
from ignite.engine import Events
from monai.data import DataLoader, Dataset
from monai.inferers import SimpleInferer

from scripts.engines import DistillationTrainer
from scripts.errors import InputError
from scripts.handlers import LossTermError
from scripts.losses import JointDistillationLoss, SoftLoss, WeightBalanceLoss
from scripts.networks import StuNet

CLASSES = {"benign": ["benign"], "malignant": ["malignant"]}


def items(classes=("benign", "benign", "malignant", "normal")):
    generator = torch.Generator().manual_seed(1)
    return [
        {
            "image": torch.rand(1, 16, 16, generator=generator),
            "label": (torch.rand(1, 16, 16, generator=generator) > 0.5).float(),
            "class": label_class,
        }
        for label_class in classes
    ]


def network(seed):
    torch.manual_seed(seed)
    return StuNet(features=(4, 8))


def trainer(data=None, max_epochs=1, teachers=None, **kwargs):
    student = kwargs.pop("network", None) or network(0)
    if teachers is None:
        teachers = {"benign": network(1), "malignant": network(2)}
    mode = kwargs.get("teacher_mode", "finetune")
    defaults = {
        "loss_function": JointDistillationLoss(dict.fromkeys(teachers, 0.35)),
        "teacher_classes": {name: CLASSES[name] for name in teachers if name in CLASSES},
        "teacher_optimizers": {
            name: torch.optim.SGD(teacher.parameters(), lr=0.1)
            for name, teacher in (teachers.items() if mode == "finetune" else ())
        },
    }
    return DistillationTrainer(
        device="cpu",
        max_epochs=max_epochs,
        train_data_loader=DataLoader(Dataset(items() if data is None else data), batch_size=4),
        network=student,
        teachers=teachers,
        decollate=False,
        **{"optimizer": torch.optim.SGD(student.parameters(), lr=0.1), **defaults, **kwargs},
    )


def weights(module):
    return copy.deepcopy({name: value for name, value in module.named_parameters()})


def same(before, after):
    return all(torch.equal(before[name], value) for name, value in after.named_parameters())


def test_finetuned_teachers_and_student_all_learn():
    engine = trainer()
    before = {name: weights(module) for name, module in {"student": engine.network, **engine.teachers}.items()}
    engine.run()
    for name, module in {"student": engine.network, **engine.teachers}.items():
        assert not same(before[name], module), name
    assert set(engine.state.metrics) == {
        "loss", "hard", "soft_benign", "soft_malignant", "teacher_benign", "teacher_malignant",
    }  # fmt: skip


def test_terms_are_those_of_the_losses():
    """One iteration, against the losses applied by hand to copies of the networks."""
    data = items()
    engine = trainer(data, teacher_mode="frozen")
    student, teachers = copy.deepcopy(engine.network).train(), copy.deepcopy(engine.teachers)
    images, labels = (torch.stack([item[key] for item in data]) for key in ("image", "label"))
    engine.run()
    terms = engine.state.metrics
    prediction = student(images)
    with torch.no_grad():
        soft = {name: SoftLoss()(prediction, teacher.eval()(images)).item() for name, teacher in teachers.items()}
    hard = WeightBalanceLoss()(prediction, labels).item()
    assert terms["hard"] == pytest.approx(hard, rel=1e-5)
    assert terms["soft_benign"] == pytest.approx(soft["benign"], rel=1e-4)
    assert terms["soft_malignant"] == pytest.approx(soft["malignant"], rel=1e-4)
    assert terms["loss"] == pytest.approx(0.3 * hard + 0.35 * sum(soft.values()), rel=1e-5)


def test_each_teacher_learns_from_its_own_class_alone():
    """With the other classes' labels turned upside down, the teachers end with the same weights."""
    data = items()
    other = copy.deepcopy(data)
    for item in other:
        if item["class"] != "benign":
            item["label"] = 1 - item["label"]
    first, second = trainer(data), trainer(other)
    first.run()
    second.run()
    assert same(weights(first.teachers["benign"]), second.teachers["benign"])
    assert not same(weights(first.teachers["malignant"]), second.teachers["malignant"])


def test_the_student_does_not_teach_its_teachers():
    first, second = trainer(), trainer(network=network(7))
    first.run()
    second.run()
    for name in first.teachers:
        assert same(weights(first.teachers[name]), second.teachers[name])


def test_the_student_learns_from_predictions_made_before_the_teachers_step():
    frozen, finetuned = trainer(teacher_mode="frozen"), trainer()
    frozen.run()
    finetuned.run()
    for name in ("soft_benign", "soft_malignant", "hard"):
        assert finetuned.state.metrics[name] == pytest.approx(frozen.state.metrics[name], rel=1e-5)


def test_frozen_teachers_do_not_change_and_need_no_gradient():
    engine = trainer(teacher_mode="frozen", max_epochs=2)
    before = {name: copy.deepcopy(teacher.state_dict()) for name, teacher in engine.teachers.items()}
    engine.run()
    for name, teacher in engine.teachers.items():
        assert not teacher.training
        assert not any(weight.requires_grad for weight in teacher.parameters())
        for key, value in teacher.state_dict().items():
            assert torch.equal(before[name][key], value)
    assert not any(name.startswith("teacher_") for name in engine.state.metrics)


def test_finetuning_keeps_the_batch_statistics():
    engine = trainer()
    before = copy.deepcopy(engine.teachers["benign"].state_dict())
    engine.run()
    running = [key for key in before if "running" in key]
    assert running
    assert all(torch.equal(before[key], engine.teachers["benign"].state_dict()[key]) for key in running)


@pytest.mark.parametrize("names", [(), ("benign",), ("benign", "malignant", "mixed")])
def test_any_number_of_teachers(names):
    teachers = {name: network(i) for i, name in enumerate(names, 1)}
    loss = JointDistillationLoss(dict.fromkeys(names, 0.2))
    engine = trainer(teachers=teachers, loss_function=loss)
    engine.run()
    assert {name for name in engine.state.metrics if name.startswith("soft_")} == {f"soft_{name}" for name in names}


def test_a_teacher_of_another_architecture_at_another_size():
    from monai.networks.nets import BasicUNet

    from scripts.inferers import ResizedInferer

    teachers = {"benign": BasicUNet(2, 1, 2, features=(4, 4, 4, 4, 4, 4)), "malignant": network(2)}
    engine = trainer(teachers=teachers, teacher_inferer=ResizedInferer(32, SimpleInferer()))
    engine.run()
    assert engine.state.metrics["soft_benign"] > 0


def test_stops_when_a_class_never_comes():
    with pytest.raises(LossTermError, match="'teacher_malignant' did not appear in epoch 1"):
        trainer(items(("benign", "benign"))).run()


def test_stops_when_a_term_is_zero_all_along():
    student = network(0)
    loss = JointDistillationLoss({"benign": 0.7}, soft_loss=ZeroLoss())
    with pytest.raises(LossTermError, match="'soft_benign' was exactly zero through epoch 1"):
        trainer(network=student, teachers={"benign": network(1)}, loss_function=loss).run()


class ZeroLoss(torch.nn.Module):
    def forward(self, input, target):
        return (input * 0).sum()


def test_stops_at_a_term_that_is_not_finite():
    teachers = {"benign": network(1), "malignant": network(2)}
    with torch.no_grad():
        teachers["malignant"].head.conv.bias.fill_(float("nan"))
    engine = trainer(teachers=teachers, teacher_mode="frozen")
    with pytest.raises(LossTermError, match="'(loss|soft_malignant)' is nan in iteration 1"):
        engine.run()


def test_terms_reach_the_handlers_of_the_user():
    seen = {}

    class Reader:
        def attach(self, engine):
            engine.add_event_handler(Events.EPOCH_COMPLETED, lambda e: seen.update(e.state.metrics))

    trainer(train_handlers=[Reader()]).run()
    assert {"loss", "hard", "soft_benign", "teacher_malignant"} <= set(seen)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"teacher_mode": "thawed"}, "teacher_mode must be 'finetune' or 'frozen', got 'thawed'"),
        ({"loss_function": JointDistillationLoss({"other": 1.0})}, "do not match the weights of the loss"),
        ({"teacher_optimizers": {}}, "needs optimizers for the teachers"),
        ({"teacher_classes": {"mixed": ["benign"]}}, "teacher_classes has"),
        ({"accumulation_steps": 2}, "accumulation_steps must be 1"),
    ],
)
def test_refuses_what_does_not_belong_together(arguments, message):
    with pytest.raises(ValueError, match=message):
        trainer(**arguments)


def test_frozen_teachers_take_no_optimizers():
    teacher = network(1)
    optimizers = {"benign": torch.optim.SGD(teacher.parameters(), lr=0.1)}
    with pytest.raises(ValueError, match="teacher_mode 'frozen' needs optimizers for the teachers"):
        trainer(teachers={"benign": teacher}, teacher_mode="frozen", teacher_optimizers=optimizers)


def test_routed_each_image_is_taught_by_its_own_class():
    """The whole soft weight goes to the teacher of the image's class; an image of another class keeps the fixed one."""
    loss = JointDistillationLoss({"benign": 0.5, "malignant": 0.2})
    engine = trainer(loss_function=loss, teacher_routing="class")
    seen = []
    forward = loss.forward
    loss.forward = lambda *args: seen.append(args[3]) or forward(*args)
    engine.run()
    torch.testing.assert_close(seen[0]["benign"], torch.tensor([0.7, 0.7, 0.0, 0.5]))
    torch.testing.assert_close(seen[0]["malignant"], torch.tensor([0.0, 0.0, 0.7, 0.2]))


def test_routed_by_fixed_weights_is_not_routed():
    loss = JointDistillationLoss({"benign": 0.5, "malignant": 0.2})
    engine = trainer(loss_function=loss)
    seen = []
    forward = loss.forward
    loss.forward = lambda *args: seen.append(args[3]) or forward(*args)
    engine.run()
    assert seen == [None]


def test_routing_needs_classes_and_a_known_name():
    with pytest.raises(ValueError, match="teacher_routing must be 'fixed' or 'class', got 'lesion'"):
        trainer(teacher_routing="lesion")
    data = [{key: value for key, value in item.items() if key != "class"} for item in items()]
    with pytest.raises(ValueError, match="a batch has no key 'class'"):
        trainer(data, teacher_routing="class", teacher_mode="frozen").run()


def test_unlabelled_images_teach_through_the_teachers_alone():
    """Whatever label an unlabelled image has is ignored, and the hard loss is that of the others."""
    labelled = items(("benign", "malignant"))
    extra = items(("unlabelled", "unlabelled"))

    def terms(data, **kwargs):
        engine = trainer(data, **kwargs)
        engine.run()
        return engine

    inverted = [{**item, "label": 1 - item["label"]} for item in extra]
    first, second = terms(labelled + extra), terms(labelled + inverted)
    assert first.state.metrics == second.state.metrics
    assert all(torch.equal(a, b) for a, b in zip(first.network.parameters(), second.network.parameters()))
    with torch.no_grad():
        student, batch = network(0), torch.stack([item["image"] for item in labelled + extra])
        hard = WeightBalanceLoss()(student(batch)[:2], torch.stack([item["label"] for item in labelled]))
    assert first.state.metrics["hard"] == pytest.approx(hard.item(), rel=1e-5)
    alone = terms(labelled)
    for name in ("teacher_benign", "teacher_malignant"):  # teachers learn from annotated images alone
        assert first.state.metrics[name] == pytest.approx(alone.state.metrics[name], rel=1e-5)
    assert first.state.metrics["soft_benign"] != alone.state.metrics["soft_benign"]


def test_teachers_of_all_classes_do_not_learn_from_unlabelled_images():
    engine = trainer(items(("benign", "unlabelled")), teacher_classes={})
    engine.run()
    losses = {name: engine.state.metrics[name] for name in ("teacher_benign", "teacher_malignant")}
    with torch.no_grad():
        item = items(("benign",))[0]
        expected = WeightBalanceLoss()(network(1).eval()(item["image"][None]), item["label"][None]).item()
    assert losses["teacher_benign"] == pytest.approx(expected, rel=1e-5)


def test_a_batch_without_an_annotated_image():
    with pytest.raises(ValueError, match="at least one image with a ground truth"):
        trainer(items(("unlabelled", "unlabelled")), teacher_mode="frozen").run()


def test_optimizers_of_another_network_are_refused():
    other = torch.optim.SGD(network(9).parameters(), lr=0.1)
    teacher = network(1)
    with pytest.raises(ValueError, match=r"teacher_optimizers\['benign'\]: holds parameters that are not of teachers"):
        trainer(teachers={"benign": teacher}, teacher_optimizers={"benign": other})
    with pytest.raises(ValueError, match="optimizer: holds no parameter of network"):
        trainer(optimizer=other)


def test_a_part_of_a_teacher_may_be_fine_tuned():
    teacher = network(1)
    *_, last = teacher.parameters()
    engine = trainer(teachers={"benign": teacher}, teacher_optimizers={"benign": torch.optim.SGD([last], lr=0.1)})
    before = weights(teacher)
    engine.run()
    changed = [name for name, value in teacher.named_parameters() if not torch.equal(before[name], value)]
    assert len(changed) == 1


class Returning(torch.nn.Module):
    """A network that returns what `change` makes of its logits."""

    def __init__(self, change):
        super().__init__()
        self.network, self.change = network(5), change

    def forward(self, x):
        return self.change(self.network(x))


def test_networks_with_several_outputs_need_no_inferer():
    whole = trainer(network=network(5), teachers={"benign": network(6)}, teacher_mode="frozen")
    several = Returning(lambda y: [y[..., ::2, ::2], y])
    listed = trainer(network=several, teachers={"benign": network(6)}, teacher_mode="frozen")
    whole.run()
    listed.run()
    assert listed.state.metrics["hard"] == whole.state.metrics["hard"]
    assert listed.state.output["pred"].shape == (4, 2, 16, 16)
    trainer(teachers={"benign": Returning(lambda y: [y])}).run()


@pytest.mark.parametrize("mode", ["frozen", "finetune"])
def test_a_teacher_without_logits_is_told(mode):
    with pytest.raises(InputError, match="the network returns a dict of out, not logits of the image's size 16×16"):
        trainer(teachers={"benign": Returning(lambda y: {"out": y})}, teacher_mode=mode).run()
    with pytest.raises(InputError, match=r"teachers\['benign'\]: returns probabilities, not logits"):
        trainer(teachers={"benign": Returning(lambda y: y.softmax(1))}, teacher_mode=mode).run()


def test_a_student_of_probabilities_is_told():
    with pytest.raises(InputError, match="network: returns probabilities, not logits: leave out its softmax"):
        trainer(network=Returning(lambda y: y.softmax(1))).run()


def test_masks_with_fractions_are_told():
    data = [{**item, "label": item["label"] * 0.5} for item in items()]
    with pytest.raises(ValueError, match="class numbers from 0 to 1, got 0.5; resize masks with mode nearest"):
        trainer(data).run()


def test_masks_of_0_and_255_are_told():
    data = [{**item, "label": item["label"] * 255} for item in items()]
    with pytest.raises(ValueError, match="class numbers from 0 to 1, got values from 0 to 255; divide masks"):
        trainer(data).run()
