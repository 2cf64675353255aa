// SPDX-License-Identifier: Apache-2.0
// wal: the client program. All it does is in node/cli and node/client.
#include "node/cli/run.h"

int main(int argc, char** argv) { return wald::cli::run(argc, argv); }
