## figmill: from scientific articles to figure VQA training shards
##
##   make demo      the whole line on the sample articles with a local model (CORPUS=, MODEL=small|medium|tiny)
##   make test      build and run the tests
##   make build     build into build/
##   make deps      install the Debian packages that are missing
##   make install   install the programs (PREFIX=/usr/local, DESTDIR=)
##
## Stages, in the order of the line; each does what is ready and nothing else:
##   make search    find articles           CONTACT=you@example.org PROFILE=ldrt SOURCE=LIST SINCE=DATE DRY_RUN=1
##   make fetch     get what search found   CONTACT=MAIL PROFILE=NAME LIST=FILE LICENCE=LIST PDF=1 REFRESH=1 DRY_RUN=1
##   make import    take in articles        PATHS='FILE|FOLDER|ARCHIVE ...' or LIST=FILE
##   make extract   find figures            NO_IMAGES=1
##   make translate bring them into English TRANSLATOR_URL= TRANSLATOR_MODEL= TRANSLATOR_KEY= LIBRETRANSLATE_URL=
##                                          BACKEND=LIST PROFILE=NAME GLOSSARY=FILE
##   make generate  make pairs              GENERATOR_URL= GENERATOR_MODEL= GENERATOR_KEY=
##   make shards    write training shards   OUT=DIR FORMAT=LIST TARGET=N EVAL_SIZE=N SEED=N
##   make corpus    import to shards, one after the other, with the variables of all; with PROFILE= search and fetch first
##   make status    show where the corpus stands
##
## All of these take
##   CORPUS=DIR     the corpus folder (default: corpus; demo: demo/corpus)
##   JOBS=N         workers (default: as each stage decides)
##   LIMIT=N        at most N items of each stage
##   ARGS='...'     further options; `build/stage/figmill STAGE --help` lists them
##
## make help shows this.

CORPUS ?= corpus
FIGMILL := build/stage/figmill
demo_corpus := $(if $(filter file,$(origin CORPUS)),demo/corpus,$(CORPUS))

common = --corpus '$(CORPUS)' $(if $(JOBS),-j $(JOBS)) $(if $(LIMIT),--limit $(LIMIT)) $(ARGS)
shard_options = $(if $(OUT),--out '$(OUT)') $(if $(FORMAT),--format '$(FORMAT)') $(if $(TARGET),--target $(TARGET)) \
    $(if $(EVAL_SIZE),--eval-size $(EVAL_SIZE)) $(if $(SEED),--seed $(SEED))

MAKEFLAGS += --no-print-directory
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
.NOTPARALLEL:
.PHONY: help deps build demo test bench install import extract translate generate shards corpus status \
    search fetch judge report serve

help:
	@sed -n 's/^## \{0,1\}//p' Makefile

deps:
	@scripts/install-deps

build/build.ninja:
	@scripts/install-deps build
	@meson setup build >build.log 2>&1 || { tail -n 20 build.log >&2; rm -f $@; exit 3; }
	@rm -f build.log

build: build/build.ninja
	@ninja -C build --quiet | { grep -v '^ninja: no work to do' || true; }

demo: build
	@CORPUS='$(demo_corpus)' scripts/demo

test:
	@scripts/test

bench: build
	@meson test -C build --benchmark --verbose

install: build
	@$(if $(PREFIX),meson configure build -Dprefix='$(abspath $(PREFIX))' && ninja -C build --quiet >/dev/null)
	@$(if $(DESTDIR),DESTDIR='$(abspath $(DESTDIR))') meson install -C build --no-rebuild --quiet

# Services want to know whom to write to.
named = $(if $(CONTACT)$(FIGMILL_CONTACT),,echo "make $@: say who asks: CONTACT=you@example.org" >&2; exit 2)
who = $(if $(CONTACT),--contact '$(CONTACT)')
search_options = --profile '$(or $(PROFILE),ldrt)' $(if $(SOURCE),--source '$(SOURCE)') $(if $(SINCE),--since '$(SINCE)')
fetch_options = $(if $(PROFILE),--profile '$(PROFILE)') $(if $(LICENCE),--licence '$(LICENCE)') $(if $(PDF),--pdf)
# The profile's glossary.
translate_options = $(if $(PROFILE),--profile '$(PROFILE)') $(if $(GLOSSARY),--glossary '$(GLOSSARY)') \
    $(if $(BACKEND),--backend '$(BACKEND)')

search: build
	@$(named)
	@$(FIGMILL) search $(common) $(who) $(search_options) $(if $(DRY_RUN),--dry-run)

fetch: build
	@$(named)
	@$(FIGMILL) fetch $(common) $(who) $(fetch_options) $(if $(LIST),--list '$(LIST)') $(if $(REFRESH),--refresh) \
	    $(if $(DRY_RUN),--dry-run)

import: build
	@$(if $(PATHS)$(LIST),,echo "make import: name what to take in: PATHS='FOLDER ...' or LIST=FILE" >&2; exit 2)
	@$(FIGMILL) import $(common) $(if $(LIST),--list '$(LIST)') $(PATHS)

extract: build
	@$(FIGMILL) extract $(common) $(if $(NO_IMAGES),--no-images)

translate: build
	@$(FIGMILL) translate $(common) $(translate_options)

generate: build
	@$(FIGMILL) generate $(common)

shards: build
	@$(FIGMILL) shard $(common) $(shard_options)

# Single items that fail (exit status 1) do not stop the line. An old corpus needs nothing more to take in; PROFILE= begins
# with search and fetch.
corpus: build
	@$(if $(PROFILE),$(named))
	@failed=0; \
	run() { $(FIGMILL) "$$@" || { s=$$?; [ $$s = 1 ] || exit $$s; failed=1; }; }; \
	$(if $(PROFILE),run search $(common) $(who) $(search_options); run fetch $(common) $(who) $(fetch_options);) \
	$(if $(PATHS)$(LIST),run import $(common) $(if $(LIST),--list '$(LIST)') $(PATHS);) \
	run extract $(common) $(if $(NO_IMAGES),--no-images); run translate $(common) $(translate_options); \
	run generate $(common); \
	run shard $(common) $(shard_options); exit $$failed

status: build
	@$(FIGMILL) status --corpus '$(CORPUS)' $(ARGS)

judge report serve:
	@echo "make $@: not in this version" >&2; exit 2
