# What the project needs beyond git, make and Node with npm, it installs: Node 24 and Bun among it, which everything below runs on.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH):$(CURDIR)/.cache/tools
SHELL := /bin/bash
.DEFAULT_GOAL := help

installed := node_modules/.installed

.PHONY: help run test check render bench clean

help: ## Say what there is
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

# With job control the stack has the terminal to itself, so that Ctrl-C ends it and not make, whose exit code would be 130.
# Without a terminal it takes the shell's place, so that a signal that make passes on reaches it.
run: $(installed) ## Start the whole stack on embedded defaults
	@if [ -t 0 ]; then set -m; slipway dev || exit $$?; else exec slipway dev; fi

test: $(installed) ## Check everything, and run all tests on Node and on Bun
	@npm run --silent check
	@node test/tools/install-tools.ts
	@npm test --silent

check: $(installed) ## Lint, format and types
	@npm run --silent check

render: $(installed) ## Write what is derived from services and stack to generated/
	@node test/tools/install-tools.ts helm
	@slipway render

bench: $(installed) ## Compare the greeter with its peers by CPU time per request
	@npm run --silent bench -- greeter

clean: ## Remove what was installed and built
	rm -rf node_modules .cache dist bench/peers/node_modules

$(installed): package-lock.json package.json
	@echo 'Installing what package-lock.json lists …'
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@
