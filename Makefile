# SPDX-License-Identifier: Apache-2.0
# Two thin fronts; everything they do is in .ci. Installs what is missing through apt, asks nothing.
#   make demo                      a small storage network lives six epochs; last line `demo: ok`
#   make demo FILES="a.jpg b.txt"  stores and reads back these files too
#   make demo KEEP=1               leaves the network up until Ctrl-C
#   make test                      all tests; last line `N passed, M failed, K skipped`
.PHONY: demo test
demo:
	@.ci/install
	@.ci/demo $(if $(filter-out 0,$(KEEP)),--keep) $(FILES)
test:
	@.ci/install
	@.ci/test
