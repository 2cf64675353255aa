// SPDX-License-Identifier: Apache-2.0
// One operation of every type, and of the forms a type has, each of which goes through in a world
// that was made for it. What holds for all transactions is tested over this list; a type that is
// not in it is a failure of `every_type_is_here`.
#pragma once

#include <functional>

#include "tests/ledger/ballot_support.h"
#include "tests/support/duties.h"

namespace wald::tests {

struct Specimen {
  std::string name;                             // of its field in tx.proto; behind a dot the form
  std::string sender;                           // nobody: a statement
  std::function<spec::Operation(World&)> make;  // prepares the world and says what is sent
};

// ann owns what is spoken of; dan has no part in anything. Node n1 has three accounts, op1, com1
// and gov1; n1 to n4 are members, n5 is none, n9 may register. found is the foundation, seq the
// sequencer's authority; g1 to g5 each have one right in ann's bucket, in the order of the rights.
World specimen_world();
const std::vector<Specimen>& specimens();

// A specimen in the world made for it, and the same world an empty block later.
struct Scene {
  World world;
  spec::Operation operation;
  World idle;

  explicit Scene(const Specimen& specimen);
};
// The code of an operation in a copy of the scene. Checks that the laws hold, and of a refusal that
// it changed nothing but fee and nonce, and nothing at all before the fee.
spec::Code outcome(const Scene& scene, const std::string& sender, const spec::Operation& operation);

// The block in which an operation of `sender` stands alone, a moment after the last one.
const ledger::BlockOutput& send_alone(World& world, const std::string& sender,
                                      const spec::Operation& operation);

}  // namespace wald::tests
