# `make run` opens a demo fair; `make test` checks everything. Both set up what they need, once.
# Needs Python 3.11 or newer and, for what is missing, apt-get.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

# A hundred servers start in the tests: none should compile all of it again; what is never imported is not compiled.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
BIN := .venv/bin
STAMPS := .stamps
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet
# What the Debian packages are looked for by: command=package.
TEST_COMMANDS := chromium=chromium chromium-headless-shell=chromium-headless-shell firefox-esr=firefox-esr \
    turnserver=coturn ip=iproute2 npm=npm node=nodejs \
    gst-discoverer-1.0=gstreamer1.0-plugins-base-apps gst-launch-1.0=gstreamer1.0-tools \
    gst-launch-1.0=gstreamer1.0-plugins-good gst-launch-1.0=gstreamer1.0-libav nginx=nginx-light pdftotext=poppler-utils \
    lib/*/faketime/libfaketimeMT.so.1=faketime
# What the tests that take long are done with besides.
LONG_COMMANDS := WebKitWebDriver=webkit2gtk-driver Xvfb=xvfb \
    lib/*/gstreamer-1.0/libgsthls.so=gstreamer1.0-plugins-bad lib/*/gstreamer-1.0/libgstlibav.so=gstreamer1.0-libav
# The other database that a fair may have.
DATABASES := lib/postgresql/*/bin/initdb=postgresql
# What signed orders are printed with: the text engine and the fonts, in every script that people write.
PRINTING := share/fonts/truetype/noto/NotoSansArabic-Bold.ttf=fonts-noto-core \
    share/fonts/opentype/noto/NotoSansCJK-Regular.ttc=fonts-noto-cjk \
    share/fonts/truetype/ancient-scripts/Symbola_hint.ttf=fonts-symbola \
    lib/*/libpangoft2-1.0.so.0=libpangoft2-1.0-0 lib/*/libharfbuzz-subset.so.0=libharfbuzz-subset0

.PHONY: run test long postgres lint types native soak bench lock image clean

run: $(STAMPS)/run  ## open the demo fair
	exec $(BIN)/showroom demo

# Many tests wait more than they compute: three processes keep two cores busy.
test: lint types $(STAMPS)/debian $(STAMPS)/printing $(STAMPS)/native  ## lint, check types, and run every test
	$(BIN)/python -m pytest --numprocesses 3 --dist loadscope --no-loadscope-reorder

long: $(STAMPS)/debian $(STAMPS)/long $(STAMPS)/printing $(STAMPS)/native $(STAMPS)/node  ## tests that take long: other browsers and networks, bad lines, lost nodes
	$(BIN)/python -m pytest --long -m long
	JOURNEYS_ABROAD=1 $(BIN)/python -m pytest --long $(foreach of,asking calling call_room offers,tests/journeys/test_$(of).py)

postgres: $(STAMPS)/test $(STAMPS)/debian $(STAMPS)/databases $(STAMPS)/printing $(STAMPS)/native  ## the fair, its conversations and its pages on PostgreSQL
	TEST_DATABASE=postgresql $(BIN)/python -m pytest --numprocesses 3 --dist loadscope --no-loadscope-reorder \
	    tests/rooms tests/signaling tests/web tests/showroom/test_openapi.py

lint: $(STAMPS)/test  ## check the style of the code
	$(BIN)/ruff check .

types: $(STAMPS)/test $(STAMPS)/node  ## check the types of Python and JavaScript
	$(BIN)/mypy
	node_modules/.bin/tsc --noEmit

native: $(STAMPS)/run  ## compile fan-out and packet path, which needs Rust and C compilers: half the cost of a packet where shows are small
	tools/native $(BIN)/python fanout --required
	tools/native $(BIN)/python path --required

soak: $(STAMPS)/soak $(STAMPS)/debian $(STAMPS)/long $(STAMPS)/native  ## some hours of fuzzing, attacks in full and churn
	for target in stun rtp rtcp sdp fragment payload frames; do \
	    $(BIN)/python -m tests.fuzz $$target $${FUZZ_SECONDS:-60}; done
	SOAK_SECONDS=$${SOAK_SECONDS:-3600} $(BIN)/python -m pytest --long tests/media tests/journeys tests/web/test_call_recording.py \
	    tests/load/test_churn.py tests/rooms/offers tests/rooms/sheets tests/showroom/test_signing.py \
	    tests/showroom/test_openapi.py \
	    tests/rooms/test_races.py tests/rooms/test_one_call_each.py tests/rooms/test_sitting_races.py \
	    tests/rooms/test_all_at_once.py tests/rooms/test_call_model.py tests/web/test_hls_cache.py \
	    tests/showroom/test_call_races.py tests/showroom/test_failover.py tests/showroom/test_store_faults.py \
	    tests/showroom/test_recording.py tests/showroom/test_drops.py tests/showroom/test_bucket.py \
	    --override-ini faulthandler_timeout=0 --override-ini junit_family=xunit1 --junitxml=build/soak.xml

bench: $(STAMPS)/run  ## measure the relay; more with: .venv/bin/showroom bench --help
	$(BIN)/showroom bench

lock:  ## bring the locked dependencies up to what pyproject.toml asks for
	tools/lock

image:  ## build the container image
	docker build --tag showroom .

clean:  ## remove what make made; data folders stay
	rm -rf .venv .stamps node_modules build media/built media/native/target

# Each stamp is the proof that a step is done; it is done again when what it depends on is newer.

$(STAMPS)/venv:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Showroom needs Python 3.11 or newer")'
	$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || tools/need ensurepip=python3-venv
	$(PYTHON) -m venv .venv
	mkdir -p $(STAMPS) && touch $@

$(STAMPS)/run: requirements.lock pyproject.toml $(STAMPS)/venv
	$(PIP) install --no-compile --require-hashes --only-binary :all: -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	touch $@

$(STAMPS)/test: requirements-test.lock $(STAMPS)/run
	$(PIP) install --no-compile --require-hashes --only-binary :all: -r requirements-test.lock
	touch $@

$(STAMPS)/soak: requirements-soak.lock $(STAMPS)/test
	$(PIP) install --no-compile --require-hashes --only-binary :all: -r requirements-soak.lock
	touch $@

$(STAMPS)/native: $(STAMPS)/fanout $(STAMPS)/path
	touch $@

$(STAMPS)/fanout: $(STAMPS)/run $(wildcard media/native/src/*.rs media/native/Cargo.*)
	tools/native $(BIN)/python fanout
	touch $@

$(STAMPS)/path: requirements-native.lock $(STAMPS)/run $(wildcard media/*.py)
	tools/native $(BIN)/python path
	touch $@

$(STAMPS)/debian:
	tools/need $(TEST_COMMANDS)
	mkdir -p $(STAMPS) && touch $@

$(STAMPS)/long:
	tools/need $(LONG_COMMANDS)
	mkdir -p $(STAMPS) && touch $@

$(STAMPS)/databases:
	tools/need $(DATABASES)
	mkdir -p $(STAMPS) && touch $@

$(STAMPS)/printing:
	tools/need $(PRINTING)
	mkdir -p $(STAMPS) && touch $@

$(STAMPS)/node: package-lock.json
	tools/need npm=npm node=nodejs
	npm ci --no-audit --no-fund --silent </dev/null
	mkdir -p $(STAMPS) && touch $@
