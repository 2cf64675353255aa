// SPDX-License-Identifier: Apache-2.0
// What every changing verb does (interfaces.md 2): build, show what the bytes do and what they
// cost, ask, sign, send, wait. --dry-run ends after the simulation, --unsigned after the bytes;
// neither opens a key. A transaction that the simulation sees rejected is not sent. Without --yes
// and without a terminal it ends before it begins (exit 2). Thread rule: main.
#pragma once

#include <string>
#include <vector>

#include "node/cli/session.h"

namespace wald::cli {

struct Change {
  spec::Operation operation;
  std::vector<std::string> notes;  // lines that the bytes alone do not tell: dates, fees
};
// What was committed (or accepted, by --wait); nothing if nothing was sent.
Outcome<std::optional<client::Sent>> apply_change(Session& session, const Change& change);
Outcome<void> change(Session& session, const Change& change);

// TransferObject: of a stake, a resource or a blob object, to an account.
Outcome<void> transfer_object(Session& session, const std::string& object, const std::string& to);

// Appends what a simulation says the operation leads to, to the lines that describe it.
void add_consequences(const client::Draft& draft, std::vector<std::string>& lines);

// May the session change anything? Asked before the network is.
Outcome<void> may_change(const Session& session);
Outcome<void> send_and_show(Session& session, const base::Bytes& envelope,
                            std::optional<client::Sent>& sent);

}  // namespace wald::cli
