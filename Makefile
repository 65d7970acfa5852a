# make demo · make test · make lint · make bench: each sets up all that it needs in .venv
VENV := .venv
PY := $(VENV)/bin/python
PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null)
PIP := $(if $(UV),$(UV) pip install --quiet --python $(PY),$(PY) -m pip install --quiet --disable-pip-version-check)
JOBS ?= 2
LOCK := $(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header
NEIGHBOURS := .venv-neighbours
WHEEL := .venv-wheel
# By version alone: each platform has builds of its own.
TORCH ?= torch==2.13.0
PLAYWRIGHT ?= playwright==1.65.2

.DEFAULT_GOAL := help
.PHONY: help demo test test-neighbours neighbours test-page test-all kernels wheel docs catalogues lint format bench gallery lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

demo: $(VENV)/demo.ready ## train on real handwritten digits and draw what was learnt
	@$(VENV)/bin/tidu train digits --out tidu-out/digits --force

test: kernels ## the tests (a few minutes)
	OPENBLAS_NUM_THREADS=1 $(PY) -m pytest -n $(JOBS) -m "not exhaustive"

test-neighbours: ## the tests beside PyTorch, JAX, TensorBoard, dask, Ray and MPI, in an environment of their own
	@$(MAKE) --no-print-directory VENV=$(NEIGHBOURS) neighbours

neighbours: kernels $(VENV)/torch.installed
	OPENBLAS_NUM_THREADS=1 TIDU_TEST_NEIGHBOURS=1 $(PY) -m pytest -n $(JOBS) -m neighbours

test-page: kernels $(VENV)/playwright.installed ## the lab's page in Chromium, and the page built anew by npm, where these are
	@cd lab && if ! command -v npm > /dev/null; then echo "npm is not here: the page is not built anew"; \
	    elif npm ci --silent; then npm run --silent check; \
	    else rm -rf node_modules; echo "npm cannot install its packages: the page is not built anew"; fi
	OPENBLAS_NUM_THREADS=1 $(PY) -m pytest -rs tests/lab

test-all: kernels ## the tests and the exhaustive runs
	OPENBLAS_NUM_THREADS=1 $(PY) -m pytest -n $(JOBS)

kernels: $(VENV)/dev.ready ## compile the kernels for this machine, where they are not yet
	@$(PY) -m tidu.native.build

wheel: $(VENV)/dev.ready ## a wheel with the kernels of every level, tried in an environment of its own
	rm -rf dist $(WHEEL)
	$(PY) -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .
	$(PYTHON) -m venv $(WHEEL)
	$(WHEEL)/bin/python -m pip install --quiet --disable-pip-version-check dist/tidu-*.whl
	cd dist && ../$(WHEEL)/bin/python ../tests/wheel_smoke.py --bare

lint: $(VENV)/dev.ready ## style and types
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

format: $(VENV)/dev.ready ## bring the code into the common form
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

bench: kernels ## speed, side by side with what one would use instead
	$(PY) -m benchmarks

docs: $(VENV)/docs.ready ## the documentation as a site, in dist/site
	$(PY) docs/assemble.py dist
	NO_MKDOCS_2_WARNING=1 $(VENV)/bin/mkdocs build --quiet --config-file dist/mkdocs.yml
	@echo "The site is in dist/site: open dist/site/index.html"

catalogues: $(VENV)/dev.ready ## collect the sentences to translate, and compile their translations
	$(PY) docs/catalogues.py

gallery: kernels ## the figures of docs/gallery.md (ONLY="slope shop" for some)
	$(PY) -m tidu.experiments.gallery docs $(ONLY)

lock: $(PY) ## write requirements/*.txt anew from pyproject.toml
	$(PIP) uv
	$(LOCK) --extra plots --group build pyproject.toml -o requirements/demo.txt
	$(LOCK) --extra all --group build --group kernels --group test --group lint pyproject.toml -o requirements/dev.txt
	$(LOCK) --extra all --extra cluster --extra mpi --group build --group kernels --group test --group neighbours \
	    --constraint requirements/dev.txt pyproject.toml -o requirements/neighbours.txt
	$(LOCK) --extra plots --group build --group docs \
	    --constraint requirements/dev.txt pyproject.toml -o requirements/docs.txt

clean: ## remove what the commands above made
	rm -rf $(VENV) $(NEIGHBOURS) $(WHEEL) src/tidu/native/lib tidu-out dist .pytest_cache .ruff_cache .mypy_cache .hypothesis

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "Tidu needs Python 3.11 or newer; this is $$($(PYTHON) --version). Name another: make PYTHON=python3.12 ..."; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/%.ready: requirements/%.txt pyproject.toml | $(PY)
	@echo "Setting up $(VENV) (once; $<) ..."
	@$(PIP) --require-hashes -r $<
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/torch.installed: $(VENV)/neighbours.ready
	@$(PY) -m pip install --quiet --disable-pip-version-check "$(TORCH)"
	@touch $@

$(VENV)/playwright.installed: $(VENV)/dev.ready
	@$(PIP) "$(PLAYWRIGHT)"
	@touch $@
