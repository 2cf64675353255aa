// SPDX-License-Identifier: Apache-2.0
// A whole network on loopback (architecture.md 17): its genesis, the key files and configurations
// of its nodes, and the processes. The demo binds the ports and the children inherit them, also
// after a restart; children die with the thread that made them, so nothing is left behind. Thread
// rule: the main thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codec/base/ids.h"
#include "economics/amount.h"
#include "node/keys/keystore.h"
#include "node/os/process.h"
#include "node/os/sockets.h"
#include "specs/proto/block.pb.h"

namespace wald::demo {

inline constexpr std::size_t kOperators = 12;  // of the genesis
inline constexpr std::size_t kSequencer = 4;   // operator 5 orders the blocks
inline constexpr std::uint64_t kEpochMs = 30'000;
inline constexpr std::uint32_t kEpochs = 6;
inline constexpr std::uint64_t kWal = economics::kFrostPerWal;

// An account of the demo and its key.
struct Person {
  std::string name;
  keys::Key key;
  base::AccountId account;
};

struct Member {
  std::string name;
  Person owner;  // operator, commission and governance account
  keys::Key protocol;
  keys::Key vrf;
  base::NodeId node;
  std::string dir;
  os::Listener listener;
  std::string url;
  std::string address;  // host:port
  os::Child child;
  bool killed = false;  // on purpose, for good
};

class Network {
 public:
  // Everything under `dir`, which is emptied first.
  static os::IoResult<Network> create(const std::string& dir);

  std::vector<Member>& members() { return members_; }
  const std::vector<Member>& members() const { return members_; }
  Member& sequencer() { return members_[kSequencer]; }
  std::vector<Person>& delegators() { return delegators_; }
  Person& donor() { return *donor_; }
  Person& client() { return *client_; }
  const base::ChainId& chain() const { return chain_; }
  std::uint64_t start_ms() const { return start_ms_; }  // T_0
  const std::string& dir() const { return dir_; }
  std::string people_dir() const { return dir_ + "/people"; }
  const std::string& genesis_path() const { return genesis_path_; }

  os::IoResult<void> start(Member& member);
  void stop_all();
  // The name of a process that ended and was not meant to.
  std::optional<std::string> fallen();

 private:
  os::IoResult<void> make_people(const std::string& dir);
  os::IoResult<void> write_genesis();
  os::IoResult<void> write_config(const Member& member) const;
  spec::Genesis document();

  std::string dir_;
  std::string genesis_path_;
  std::uint64_t start_ms_ = 0;
  base::ChainId chain_;
  std::vector<Member> members_;  // the twelve, and the one that registers later
  std::vector<Person> delegators_;
  std::optional<Person> donor_;
  std::optional<Person> client_;
  std::optional<keys::Key> sequencer_key_;
};

}  // namespace wald::demo
