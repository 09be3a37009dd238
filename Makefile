# make demo    train both teachers and the student on phantoms, evaluate, predict, draw a picture sheet
# make test    run the tests
# make lint    check style, imports, format and types
# make .venv   only install what these need
# make wheel   the package for `pip install`, with the network as ONNX, in dist/
# make test-wheel    install it into an empty environment and predict without PyTorch
# make sbom    the parts of the package with versions and checksums, as CycloneDX, in dist/
# make lock    pin anew all that the requirements files need: constraints.txt, requirements-runtime-hashes.txt
# make test-faults    kills at random moments, bad disks, little memory (as root); writes docs/results/robustness/faults.json
# make test-soak    20,000 images through one process, 200 epochs of a distillation; writes docs/results/robustness/soak_*.json
# make test-fuzz    20,000 damaged files through every reader; writes docs/results/robustness/fuzz.json
# make robustness    docs/robustness.md from these three
# make test-label, make test-deploy    tests of MONAI Label and MONAI Deploy, each in an environment of its own (gigabytes)

PYTHON ?= python3.11
RUN = .venv/bin/python -m monai.bundle run
DEMO = eval/distill
EVALUATIONS = student=eval/demo/student "benign teacher=eval/demo/benign_teacher" \
	"malignant teacher=eval/demo/malignant_teacher"
LOCKED = $(foreach name,"" -runtime -predict -video -onnx -openvino,requirements$(name:""=).txt)

.PHONY: demo lint test test-fuzz test-faults test-soak robustness wheel sbom lock test-wheel test-label test-deploy

demo: .venv
	rm -rf $(DEMO) eval/demo
	$(RUN) --config_file configs/distill.yaml --keep_checkpoint false
	$(RUN) --config_file "['configs/distill.yaml','configs/evaluate.json']" \
		--ckpt $(DEMO)/model.pt --output_dir eval/demo/student
	$(RUN) --config_file "['configs/train_benign_teacher.yaml','configs/evaluate.json']" \
		--classes "['benign','malignant']" --ckpt $(DEMO)/teachers/benign/model.pt --output_dir eval/demo/benign_teacher
	$(RUN) --config_file "['configs/train_malignant_teacher.yaml','configs/evaluate.json']" \
		--classes "['benign','malignant']" --ckpt $(DEMO)/teachers/malignant/model.pt --output_dir eval/demo/malignant_teacher
	.venv/bin/python -m scripts table $(EVALUATIONS) --output eval/demo/metrics.md
	.venv/bin/python -m scripts sheet $(EVALUATIONS) --dataset_dir eval/phantoms --output eval/demo/sheet.png

lint: .venv
	.venv/bin/ruff check scripts tests deploy label
	.venv/bin/ruff format --check scripts tests deploy label
	.venv/bin/mypy

# As many processes as there are cores, each with one thread.
test: .venv
	OMP_NUM_THREADS=1 .venv/bin/python -m pytest -n auto --maxprocesses 8 --dist loadscope

test-faults: .venv
	OMP_NUM_THREADS=1 nice -n 5 .venv/bin/python -m tests.faults 60

test-soak: .venv
	OMP_NUM_THREADS=1 nice -n 5 .venv/bin/python -m tests.soak prediction 20000
	OMP_NUM_THREADS=1 nice -n 5 .venv/bin/python -m tests.soak distillation 200

# Findings, with their inputs, come to eval/fuzz.
test-fuzz: .venv
	OMP_NUM_THREADS=1 nice -n 5 .venv/bin/python -m tests.fuzz 20000

robustness: .venv
	.venv/bin/python -m tests.robustness.page

wheel: .venv
	rm -rf build dist
	mkdir build
	OMP_NUM_THREADS=1 .venv/bin/python -m scripts export --output build/exported.onnx
	.venv/bin/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .
	rm -r build

# Without the index that they came from: the files say what to install, not from where.
LOCK = .venv-supply/bin/uv pip compile --quiet --universal --python-version 3.11 --no-annotate --no-emit-index-url \
	--no-emit-find-links --custom-compile-command "make lock"

lock: .venv-supply/installed
	rm -f constraints.txt requirements-runtime-hashes.txt
	$(LOCK) $(LOCKED) --output-file constraints.txt
	grep -ihE '^(pydicom|python-gdcm|highdicom|pynrrd)==' requirements-predict.txt | \
		$(LOCK) requirements-runtime.txt - --constraints constraints.txt --generate-hashes \
		--output-file requirements-runtime-hashes.txt

sbom: .venv-supply/installed
	mkdir -p dist
	.venv-supply/bin/cyclonedx-py requirements requirements-runtime-hashes.txt --pyproject pyproject.toml \
		--output-reproducible --output-file dist/lightbtseg.cdx.json
	.venv-supply/bin/cyclonedx-py requirements constraints.txt --pyproject pyproject.toml \
		--output-reproducible --output-file dist/lightbtseg-train.cdx.json

test-wheel: wheel
	rm -rf .venv-wheel
	$(PYTHON) -m venv .venv-wheel
	.venv-wheel/bin/python -m pip install --quiet --disable-pip-version-check dist/lightbtseg-*.whl
	du -sm .venv-wheel
	LIGHTBTSEG_PYTHON=$(CURDIR)/.venv-wheel/bin/python .venv/bin/python -m pytest tests/bundle/test_small_installation.py

.venv: .venv/installed

# The second step leaves out, in this environment, MONAI's warning that a config can run any code: it runs this bundle's.
.venv/installed: requirements.txt requirements-dev.txt constraints.txt
	$(PYTHON) -m venv .venv
	echo 'import warnings; warnings.filterwarnings("ignore", "parsing config_file", UserWarning)' \
		> "$$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/own_configs.pth"
	.venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt -c constraints.txt
	touch $@

test-label test-deploy: test-%: .venv-%/installed
	.venv-$*/bin/python -m pytest tests/$*

.venv-%/installed: requirements.txt requirements-%.txt
	$(PYTHON) -m venv .venv-$*
	.venv-$*/bin/python -m pip install --quiet $(if $(filter label,$*),--no-deps) -r requirements-$*.txt
	touch $@
