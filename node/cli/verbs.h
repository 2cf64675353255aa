// SPDX-License-Identifier: Apache-2.0
// The verbs of `wal`, declared once: name, arguments, flags, help and what they do; the parser, the
// help and the tests read this list (interfaces.md 3). A new group is one function in all_verbs().
// Flags of every verb are in globals.h. Thread rule: main.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "node/client/failure.h"

namespace wald::cli {

using client::Exit;
using client::Failure;
using client::Outcome;

class Session;

struct Argument {
  std::string name;
  std::string help;
  bool required = true;
  bool repeated = false;
};
struct Option {
  std::string name;   // without dashes
  std::string value;  // `AMOUNT`; empty: a switch
  std::string help;
  bool required = false;
  bool repeated = false;
};

// What was given on the command line: arguments and options by name.
class Given {
 public:
  std::map<std::string, std::vector<std::string>> values;

  bool has(const std::string& name) const { return values.contains(name); }
  const std::vector<std::string>& all(const std::string& name) const {
    static const std::vector<std::string> kNone;
    const auto at = values.find(name);
    return at == values.end() ? kNone : at->second;
  }
  // The first; empty where there is none.
  std::string one(const std::string& name) const {
    const auto& list = all(name);
    return list.empty() ? "" : list.front();
  }
};

struct Verb {
  std::string group;
  std::string name;
  std::string help;
  std::vector<Argument> arguments;
  std::vector<Option> options;
  std::function<Outcome<void>(Session&, const Given&)> run;
  bool always_json = false;  // whatever --output says: documents and errors are JSON
};
using Verbs = std::vector<Verb>;

// Name and sentence of each group, in the order of the help.
const std::vector<std::pair<std::string, std::string>>& groups();
Verbs all_verbs();

Verbs key_verbs();
Verbs account_verbs();
Verbs blob_verbs();
Verbs quilt_verbs();  // of the group blob
Verbs codec_verbs();
Verbs epoch_verbs();
Verbs node_verbs();
Verbs stake_verbs();
Verbs operator_verbs();
Verbs gov_verbs();
Verbs storage_verbs();
Verbs share_verbs();  // of the group storage
Verbs bucket_verbs();
Verbs tx_verbs();
Verbs event_verbs();
Verbs completion_verbs();

// Of the groups epoch and gov.
Outcome<void> show_params(Session& session, const Given& given);

}  // namespace wald::cli
