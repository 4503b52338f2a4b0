# netmon: `make` lists what it can do. Needs Python 3.11 or newer and make; everything else goes into .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
PEERS := snmpd snmp nginx-light nsd prometheus prometheus-snmp-exporter \
  prometheus-blackbox-exporter prometheus-alertmanager postgresql openssl chromium faketime systemd \
  libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core
ARGS ?=
PYTEST_ARGS ?=

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*?## ' $(MAKEFILE_LIST) | awk -F ':.*?## ' '{printf "  %-12s %s\n", $$1, $$2}'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "netmon needs Python 3.11 or newer; say which: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
	  echo "$(PYTHON) cannot make virtual environments (Debian: apt install python3-venv)" >&2; exit 1; }

$(VENV)/.run: pyproject.toml | $(BIN)/python
	@echo "installing netmon into $(VENV) …"
	@$(PIP) install --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml | $(BIN)/python
	@echo "installing netmon and its tools into $(VENV) …"
	@$(PIP) install --editable '.[dev]'
	@touch $@ $(VENV)/.run

.PHONY: demo
demo: $(VENV)/.run ## the simulated metropolis and the daemon on it (ARGS='--history 90d')
	@$(BIN)/netmon demo $(ARGS)

.PHONY: peers
peers:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	  missing=$$(for package in $(PEERS); do \
	    dpkg -s "$$package" >/dev/null 2>&1 || echo "$$package"; done); \
	  if [ -n "$$missing" ]; then \
	    echo "installing what the peer tests use:" $$missing; \
	    { apt-get -qq update && DEBIAN_FRONTEND=noninteractive \
	      apt-get -qq -y --no-install-recommends install $$missing; } >/dev/null || \
	      echo "could not install all of them: the tests that need them will be skipped and say so" >&2; \
	  fi; \
	fi

.PHONY: test
test: $(VENV)/.dev peers ## all tests (as root, installs the Debian programs they compare with)
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

LOWEST := .venv-lowest
.PHONY: test-lowest
test-lowest: ## what touches libraries, with the lowest versions that pyproject.toml admits
	@$(PYTHON) -m venv $(LOWEST)
	@$(PYTHON) tests/lowest.py > $(LOWEST)/constraints.txt
	@$(LOWEST)/bin/python -m pip --quiet --disable-pip-version-check install \
	  --editable '.[dev]' --constraint $(LOWEST)/constraints.txt
	@$(LOWEST)/bin/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder -p no:cacheprovider $(PYTEST_ARGS) \
	  tests/cli tests/collectors tests/config tests/engine tests/exporters tests/history tests/test_i18n.py

.PHONY: lint
lint: $(VENV)/.dev ## ruff, mypy --strict, import-linter
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

.PHONY: bench
bench: $(VENV)/.dev ## the benchmarks, each printing its ratio
	@status=0; for bench in tests/benchmarks/bench_*.py; do \
	  echo "== $$bench"; $(BIN)/python "$$bench" || status=1; done; exit $$status

.PHONY: docs
docs: $(VENV)/.dev ## regenerate the reference pages, the schema and the example metropolis
	@$(BIN)/python -m netmon.config.generate
	@$(BIN)/python -m netmon.cli.reference
	@$(BIN)/python -m netmon.cli.metrics_reference
	@$(BIN)/python -c 'from exporters.report.shape import write_schema; write_schema("docs/report.schema.json")'
	@$(BIN)/python -c 'from exporters.alerts.shape import write_schema; write_schema("docs/notice.schema.json")'
	@$(BIN)/python -m netmon.simulation.generate config/bordeaux-metropole
	@$(BIN)/python -m netmon.i18n update
	@$(BIN)/python -m netmon.cli.dashboards
	@$(BIN)/python -c 'from netmon.cli.grafana import write_rules; write_rules()'

.PHONY: clean
clean: ## remove what these targets made
	@rm -rf $(VENV) $(LOWEST) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
