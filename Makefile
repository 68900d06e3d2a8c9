# Short names for what meson, ninja and scripts/ do. `make help` lists them.
PREFIX ?= /usr/local
DESTDIR ?=
SECONDS ?= 60
B = build

deps = scripts/install-deps
# $(call configure,DIR,OPTIONS): once; later changes of the meson files are ninja's to notice.
configure = test -e $(1)/build.ninja || meson setup $(1) $(2)

all: ## the tool and the libraries, into build/
	@$(call configure,$(B),-Dtests=disabled --prefix=$(PREFIX))
	ninja -C $(B)

demo: ## installs what is missing, builds, sends a real capture through rules and a 1 Mbit/s pipe
	@$(deps) build
	@$(MAKE) --no-print-directory all
	@scripts/demo $(B)

test: ## installs what is missing, builds, runs every test
	@$(deps) build test
	@$(call configure,$(B),-Dtests=enabled --prefix=$(PREFIX))
	@test -d $(B)/tests || meson configure $(B) -Dtests=enabled
	ninja -C $(B)
	@scripts/run-tests $(B)

check: build-check ## -Werror, lint, and the quick tests under ASan and UBSan: before every commit
	@scripts/add-up 'scripts/lint build-check' 'scripts/run-tests --tier quick build-check'

check-all: ## everything: slow tests, clang, valgrind, fuzzers, the same bytes from every build, install, bench
	@$(deps) build test check all
	@$(MAKE) --no-print-directory all
	@scripts/check-all

lint: build-check ## rooms, sizes, layout, clang-tidy, headers alone, exported names
	@scripts/lint build-check

format: ## lays out the C files as `make lint` wants them
	@scripts/format

bench: ## every benchmark beside its base: one table, and build/bench.json
	@$(deps) build
	@$(MAKE) --no-print-directory all
	@scripts/bench $(B)

model: ## the Python model beside the tool, over thousands of random scripts and the given captures
	@$(deps) build
	@$(MAKE) --no-print-directory all
	@python3 tests/model/test_model.py --long $(B)/narrows

fuzz: ## every fuzz target for SECONDS=60, two at a time
	@$(deps) build test all
	@scripts/fuzz $(SECONDS)

install: all ## into DESTDIR and PREFIX=/usr/local
	@meson configure $(B) -Dprefix=$(PREFIX)
	DESTDIR=$(DESTDIR) meson install -C $(B)

clean: ## removes every build directory
	rm -rf build build-*/

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo 'One test:  scripts/run-tests build PART-OF-ITS-NAME'

build-check:
	@$(deps) build test check
	@$(call configure,$@,-Dwerror=true -Doptimization=1 -Db_sanitize=address$(comma)undefined -Dtests=enabled)
	ninja -C $@

comma := ,

.PHONY: all demo test check check-all lint format bench model fuzz install clean help build-check
