# Everything a newcomer, a developer and CI run. Needs Python >= 3.11 and make; the rest goes into .venv.

PYTHONS := python3.14 python3.13 python3.12 python3.11 python3 python
READY := .venv/.ready
BENCHMARKS := $(filter-out benchmarks/__init__.py benchmarks/acceptance.py,$(wildcard benchmarks/*.py))

.DELETE_ON_ERROR:
.PHONY: help demo test check bench acceptance torture lock clean browser

help: ## say what can be made
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1|\2/p' Makefile | while IFS='|' read -r target words; \
	    do printf '%-16s %s\n' "$$target" "$$words"; done

demo: $(READY) ## seed three theatres of history in demo-store/ and open a workspace to try them in
	@.venv/bin/counterpoise demo --folder demo-store

test: check browser ## everything `check` does, then the whole suite
	@.venv/bin/python -m pytest --numprocesses=$$(( $$(getconf _NPROCESSORS_ONLN) + 1 )) --maxprocesses=6 --dist=worksteal

check: $(READY) ## style, types and floors, in seconds
	@.venv/bin/ruff check --quiet
	@.venv/bin/ruff format --check --quiet
	@.venv/bin/mypy --no-error-summary
	@.venv/bin/lint-imports --no-logo

bench: $(READY) ## print each benchmark beside the peer it is held against; FOLDER=path has real event files
	@missed=; for benchmark in $(BENCHMARKS); do \
	    echo "== $$benchmark"; .venv/bin/python "$$benchmark" $(if $(FOLDER),"$(FOLDER)") || missed=1; \
	done; test -z "$$missed"

acceptance: $(READY) ## hold the backtest of the real event files in FOLDER=path against its bars
	@.venv/bin/python benchmarks/acceptance.py "$(FOLDER)"

torture: $(READY) browser ## the suite again, with 200 kills and a thousand examples a property
	@COUNTERPOISE_TORTURE=1 COUNTERPOISE_KILLS=200 .venv/bin/python -m pytest -o faulthandler_timeout=3600

browser:
	@for name in chromium chromium-browser google-chrome; do command -v "$$name" >/dev/null && exit 0; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing chromium, once"; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-core >/dev/null && exit 0; \
	fi; echo "The journeys run in a browser: install chromium (on Debian: sudo apt-get install chromium)" >&2; exit 1

lock: $(READY) ## write requirements.txt anew from pyproject.toml; UPGRADE=--upgrade takes newer releases
	@.venv/bin/python -m venv .venv/lock
	@.venv/lock/bin/python -m pip install --quiet 'uv>=0.13,<0.14'
	@.venv/lock/bin/uv pip compile pyproject.toml --extra test --output-file requirements.txt $(UPGRADE) \
	    --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	    --custom-compile-command "make lock" --system-certs --quiet

clean: ## remove what was made here, .venv too
	@rm -rf .venv build dist demo-store .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.txt pyproject.toml
	@.venv/bin/python -c '' 2>/dev/null || { \
	    for python in $(PYTHONS); do \
	        "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	        found=$$python; "$$python" -c 'import ensurepip, venv' 2>/dev/null || continue; \
	        echo "Making .venv with $$python, once"; exec "$$python" -m venv --clear .venv; \
	    done; \
	    if [ "$$found" ]; then echo "$$found has no venv: install python3-venv"; \
	    else echo "No Python 3.11 or newer here: install python3"; fi >&2; exit 1; }
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt \
	    || { echo "The packages in requirements.txt cannot be installed: pip says why above" >&2; exit 1; }
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
