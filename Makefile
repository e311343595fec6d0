# What the project needs beyond git, make and Node with npm, it installs: Node 24 and Bun among it, which everything below runs on.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH):$(CURDIR)/.cache/tools
SHELL := /bin/bash
.DEFAULT_GOAL := help

installed := node_modules/.installed

.PHONY: help run test check render image publish sbom deploy status remove cluster release container bench clean

# What somebody chose comes in as the shell's variables: make would carry out a $(shell …) that stands in its own. ARGS is split at blanks.
services := $(notdir $(patsubst %/service.ts,%,$(wildcard services/*/service.ts)))

help: ## Say what there is
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

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
	@slipway render $$ARGS

image: $(installed) ## Build the image of every service, or of SERVICE=greeter; ARGS='--push' and others as slipway image
	@for service in $${SERVICE:-$(services)}; do slipway image "$$service" $$ARGS || exit $$?; done

cluster: ## Find a cluster here: the one at hand, k3s, kind or minikube; or say how to get one
	@deploy/scripts/find-cluster

deploy: $(installed) ## Bring the stack, or DEPLOYMENT=customer-a, onto the cluster; ENVIRONMENT, TAG, ARGS='--push …'
	@slipway deploy $$DEPLOYMENT $${ENVIRONMENT:+--environment "$$ENVIRONMENT"} $${TAG:+--tag "$$TAG"} $$ARGS

status: $(installed) ## Say how the stack, or DEPLOYMENT=customer-a, is on the cluster
	@slipway status $$DEPLOYMENT $${ENVIRONMENT:+--environment "$$ENVIRONMENT"} $$ARGS

remove: $(installed) ## Take DEPLOYMENT='customer-a customer-b' off the cluster
	@slipway remove $$DEPLOYMENT $${ENVIRONMENT:+--environment "$$ENVIRONMENT"} $$ARGS

container: $(installed) ## Lint, and test the services in a container, against the databases of the compose stack
	@deploy/scripts/test-in-container

publish: $(installed) ## Push SERVICE=greeter for both architectures as TAG=1.2.0 to REGISTRY=registry.example.com/team
	@deploy/scripts/publish-image

sbom: $(installed) ## Write to dist/ which packages are in SERVICE=greeter, as SPDX
	@mkdir -p "dist/$$SERVICE"
	@npm sbom --sbom-format spdx --omit dev --workspace "services/$$SERVICE" > "dist/$$SERVICE/sbom.spdx.json"

release: $(installed) ## Make TAG=1.2.0 what ENVIRONMENT=production runs: its tag, its overlay, and the rendered files
	@node deploy/scripts/set-tag.ts "$$ENVIRONMENT" "$$TAG"
	@$(MAKE) --no-print-directory render

bench: $(installed) ## Compare the greeter with its peers by CPU time per request
	@npm run --silent bench -- greeter

clean: ## Remove what was installed and built
	rm -rf node_modules .cache dist bench/peers/node_modules

$(installed): package-lock.json package.json
	@echo 'Installing what package-lock.json lists …'
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@
