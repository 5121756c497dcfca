# Everything is done by start.py, which also does the set-up; this only finds a Python for it.
#
#   make app        open the app              make test       lint, types and tests
#   make report     write the report          make stick PLATFORM=win_amd64 PYTHON=3.12 [OUT=stick] [PACKS=1]
#   make bench      measure the engine        (ARGS=--strict: fail where a bound is missed)
#   make coverage   which lines no test runs  make test-slow, make test-oldest: see CONTRIBUTING.md
#
# PYTHON names another interpreter (make app PYTHON=python3.12); for the stick, the version that
# the stick is for.

SUITABLE = import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))
FOUND := $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	if $$p -c '$(SUITABLE)' 2>/dev/null; then echo $$p; break; fi; done)
PYTHON ?= $(or $(FOUND),python3)
VERSION := $(filter 3.%,$(PYTHON))
START := "$(if $(VERSION),python$(VERSION),$(PYTHON))" start.py
PLATFORM ?= win_amd64
OUT ?= stick

.PHONY: app report test test-slow test-oldest coverage bench lint lock setup stick clean
app report lint test test-slow test-oldest coverage bench setup:
	@$(START) $@ $(ARGS)

lock:
	@$(START) lock $(if $(UPGRADE),--upgrade)

stick:
	@$(if $(VERSION),"$(or $(FOUND),python3)" start.py,$(START)) stick \
		--platform "$(PLATFORM)" --python "$(or $(VERSION),3.12)" --out "$(OUT)" $(if $(PACKS),--with-packs)

clean:
	rm -rf .venv .venv.lock .venv-oldest report stick artefacts build .pytest_cache .mypy_cache .ruff_cache \
		.import_linter_cache .hypothesis .coverage* *.egg-info
