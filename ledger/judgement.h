// SPDX-License-Identifier: Apache-2.0
// The laws for those outside this module who judge a whole history: the audit.
#pragma once

#include "ledger/laws/law.h"
#include "ledger/laws/support.h"
