# Copyright: (c) 2026, Kubermatic CaaS contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
SHELL := /bin/bash
LAB ?= dev
.DEFAULT_GOAL := help
.PHONY: help demo demo-clean bench test lint sanity units component package lab lab-build lab-clean api molecule e2e build docs

help: ## print this list
	@awk -F ':.*## ' '/^[a-z0-9 -]+:.*## / {printf "  make %-22s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## a seed, a cluster and two nodes on this machine (MIRROR=upstream: from the upstream hosts, untried)
	scripts/demo

demo-clean: ## take the demo's lab away
	scripts/demo --clean

bench: ## figures, with their targets beside them, in docs/benchmarks.md: UNITS="b c", SAMPLES=3
	scripts/bench

test: ## the tests of each change
	scripts/test

lint sanity units component package api e2e: ## one part of the tests
	scripts/test $@

molecule: ## a user's story on hosts of a lab: SCENARIO=name or all (default create_and_delete)
	scripts/test molecule

lab-build: ## build Kubernetes and the rest of the lab from source (cached)
	scripts/test lab

lab: lab-build ## a lab of hosts to play with: LAB=name (default dev)
	lab/caas-lab up $(LAB) --seed-hosts 1 --hosts 2 --keep

lab-clean: ## take the lab LAB away, and what killed runs left behind
	-lab/caas-lab down $(LAB)
	lab/caas-lab clean

docs: ## write docs/reference/ and roles' argument_specs from options, host capabilities and the catalogue
	.venv/bin/python scripts/reference.py

build: ## the Galaxy artefact and the wheel, in dist/
	mkdir -p dist && ansible-galaxy collection build --force --output-path dist . && pip wheel --no-deps -w dist .
