# Two commands for a fresh Debian 12 machine: `make run` and `make test`. Both install what is missing first.

PRESET ?= release
BUILD := build/$(PRESET)
SOURCES := auris apps bench tests examples
QUESTION ?= What has been installed?

.PHONY: run test build setup web torch models eval-demo train-smoke train-nano bench bench-train format lint clean help

help:
	@echo "make run        build, then transcribe a real recording and answer a question about it"
	@echo "make test       build and pass every test"
	@echo "make build      build only: build/auris"
	@echo "make eval-demo  build an evaluation set of 13 tasks, evaluate what ships on it and write the report"
	@echo "make torch      fetch LibTorch (about 190 MB), with which the next build can train"
	@echo "make train-smoke  train a model to hear 32 clips by heart, in three minutes"
	@echo "make train-nano   build the data of auris-nano and train it"
	@echo "make bench-train  a training loop of Auris beside a plain one of transformers"
	@echo "make bench      measure against other engines and the machine's limits"
	@echo "make format     format the sources      make lint   check format and clang-tidy"
	@echo "PRESET=dev|release|asan|tsan chooses the build (default release)"

setup:
	@tools/setup.sh

# What builds the page of the server, which without it has none.
web: setup
	@tools/setup_web.sh || echo "warning: the server is built without its page" >&2

# LibTorch, for the backend that learns. What does not learn builds and passes its tests without it.
torch: setup
	@tools/setup_torch.sh || echo "warning: no LibTorch: building without the torch backend" >&2

build: web
	@[ -f $(BUILD)/build.ninja ] || cmake --preset $(PRESET) >/dev/null
	@cmake --build --preset $(PRESET)
	@ln -sfn $(PRESET)/apps/auris build/auris

models: build
	@build/auris pull --quiet whisper-base whisper-tiny.en smollm2-135m-instruct silero-vad

run: models
	@tools/run_demo.sh build/auris "$(QUESTION)"

test: torch models
	@tools/setup.sh tools/test_packages.txt
	@tools/setup_python.sh tests/serve/requirements.txt
	@ctest --preset $(PRESET) -j $$(nproc)

eval-demo: models
	@tools/eval_demo.sh build/auris build/eval-demo

train-smoke: torch models
	@OMP_WAIT_POLICY=passive tools/train_smoke.sh build/auris

# What auris-nano learns from, and the run itself: some four hours on two cores. What was interrupted goes on.
train-nano: torch models
	@tools/nano/data.sh build/auris build/nano/data
	@tools/nano/train.sh build/auris

bench-train: torch models
	@bench/train/run.sh build/auris --json build/bench-train.json

bench: models
	@bench/run.sh

format:
	@git ls-files '*.h' '*.cpp' | xargs clang-format-14 -i

lint: setup
	@cmake --preset $(PRESET) -B build/lint -DAURIS_PRECOMPILE=OFF -DAURIS_UNITY=OFF >/dev/null
	@cmake --build build/lint --target auris_interface_id >/dev/null
	@python3 tools/lint.py build/lint

clean:
	@rm -rf build web/node_modules
