// SPDX-License-Identifier: Apache-2.0
// Every table and record of the state, for readers outside this module: the node that looks up what
// it must keep, the tools that show it. Only the ledger writes them.
#pragma once

#include "ledger/params.h"
#include "ledger/state/keys.h"
