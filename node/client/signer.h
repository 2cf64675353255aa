// SPDX-License-Identifier: Apache-2.0
// A program that keeps keys where `wal` cannot read them: a hardware key, another machine
// (interfaces.md IF-21). It is started once for each question, without a shell and without
// arguments; the question is one JSON object on its stdin, the answer one on its stdout, within a
// minute. What it answers is judged here: names, keys, and each signature against what was to be
// signed. Errors: exit 7, SIGNER. Thread rule: one thread.
#pragma once

#include <array>
#include <boost/json.hpp>
#include <string>
#include <vector>

#include "node/client/wallet.h"

namespace wald::client {

using Signature = std::array<std::uint8_t, 64>;

struct ToSign {
  base::Bytes preimage;              // what the signature is over (Ed25519)
  base::Bytes body;                  // of the transaction whose id is in it; may be empty
  std::vector<std::string> preview;  // what it does, in words
};

class SignerProgram {
 public:
  explicit SignerProgram(std::string path) : path_(std::move(path)) {}

  const std::string& path() const { return path_; }
  Outcome<std::vector<WalletKey>> list() const;  // by name, each name once
  Outcome<Signature> sign(const WalletKey& key, const ToSign& what) const;

 private:
  Outcome<boost::json::object> ask(const boost::json::object& question) const;
  base::Err<Failure> bad(const std::string& how) const;
  std::string path_;
};

}  // namespace wald::client
