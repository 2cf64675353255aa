// SPDX-License-Identifier: Apache-2.0
// One run of `wal`: the flags of every verb, the configuration, and what verbs share: the node, the
// wallet, names of accounts and nodes, output. Nothing touches the network before a verb asks for
// it. Data goes to stdout, words to stderr (interfaces.md 2). Thread rule: main.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "node/cli/verbs.h"
#include "node/client/config.h"
#include "node/client/multisig.h"
#include "node/client/signer.h"
#include "node/client/transaction.h"
#include "node/client/verify.h"
#include "node/client/wallet.h"
#include "node/reflect/show.h"

namespace wald::cli {

struct Globals {
  std::string config;
  std::string context;
  std::string url;
  std::string from;
  std::string output = "text";
  bool json = false;
  std::string units;
  std::string genesis;
  std::string keys;
  std::string passphrase_file;
  std::string signer;
  std::string wait = "committed";
  std::string timeout = "30s";
  std::string max_fee;
  std::string valid_for = "1000";
  std::string unsigned_file;
  std::string watch;  // empty: once
  std::string at_height;
  std::string at_epoch;
  std::string progress = "auto";
  bool verify = false;
  bool dry_run = false;
  bool yes = false;
  bool quiet = false;
};

class Session {
 public:
  explicit Session(Globals globals) : globals_(std::move(globals)) {}

  // Reads the configuration and judges the flags; before anything else.
  Outcome<void> prepare();

  const Globals& globals() const { return globals_; }
  bool asks_past() const { return at_height_ || at_epoch_; }  // --at-height, --at-epoch
  bool json_mode() const { return globals_.output == "json" || globals_.output == "jsonl"; }
  std::uint64_t timeout_ms() const { return timeout_ms_; }
  client::Wait wait() const { return wait_; }
  const client::BuildOptions& build_options() const { return build_; }

  Outcome<client::Remote*> remote();
  client::Wallet wallet() const { return client::Wallet(keys_dir_); }
  client::Passphrase passphrase() const;
  // Keys of the folder, or with --signer exec:.. those of the program.
  Outcome<std::vector<client::WalletKey>> keys() const;
  Outcome<client::WalletKey> key(const std::string& name) const;
  Outcome<client::WalletKey> sender() const;  // the key of --from
  // By one of them, who is asked for its passphrase once. `test_chain` allows keys without.
  Outcome<client::Signature> sign(const client::WalletKey& key, bool test_chain,
                                  const client::ToSign& what);
  // A transaction of one key: its envelope.
  Outcome<base::Bytes> seal(const client::WalletKey& key, bool test_chain,
                            const base::ChainId& chain, const base::Bytes& body,
                            const std::vector<std::string>& preview);
  Outcome<client::Trust> trust() const;  // for --verify

  // `0x..`, or the name of a key or of a policy of several keys; empty: the account of --from.
  Outcome<base::AccountId> account(const std::string& text) const;
  // How many keys may sign for the account of --from, as far as is known here; else 1.
  std::uint64_t signers_of(const base::AccountId& account) const;
  // `0x..`, or the one node of that name.
  Outcome<base::NodeId> node(const std::string& text);
  Outcome<base::ObjectId> object(const std::string& text) const;

  // An answer: a document in the HTTP envelope, or lines.
  void show(const reflect::Descriptor& type, const client::Reply& reply);
  void show_list(const reflect::Descriptor& type, const boost::json::array& rows,
                 const std::vector<reflect::Column>& columns);
  void show_local(const boost::json::object& object);  // not of a node
  void say(const std::string& line) const;             // stderr, unless --quiet
  reflect::ShowOptions show_options() const;
  std::string money(std::uint64_t frost) const;  // in the units asked for

 private:
  Outcome<void> read_config();
  Outcome<void> read_flags();
  Outcome<void> go_back(client::Remote& remote) const;

  Globals globals_;
  client::ClientConfig config_;
  client::ContextConfig context_;
  std::string keys_dir_;
  std::optional<client::SignerProgram> signer_;
  mutable std::optional<std::vector<client::WalletKey>> signer_keys_;  // asked for once
  std::optional<keys::Key> opened_;
  std::uint64_t timeout_ms_ = 30'000;
  client::Wait wait_ = client::Wait::kCommitted;
  client::BuildOptions build_;
  std::optional<std::uint64_t> at_height_;
  std::optional<std::uint64_t> at_epoch_;
  std::unique_ptr<client::Remote> remote_;
};

// `30s`, `500ms`, `5min`, at most 24h.
Outcome<std::uint64_t> parse_duration(const std::string& flag, const std::string& text);
Outcome<std::uint64_t> amount_of(const std::string& flag, const std::string& text);
Outcome<std::uint64_t> size_of(const std::string& flag, const std::string& text);
Outcome<std::uint64_t> whole_of(const std::string& flag, const std::string& text,
                                std::uint64_t most);
Outcome<std::uint32_t> rate_of(const std::string& flag, const std::string& text);

std::string id_text(base::ByteView id);
void print_line(const std::string& line);
void print_failure(const Failure& failure, bool json);

}  // namespace wald::cli
