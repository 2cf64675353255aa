// SPDX-License-Identifier: Apache-2.0
// One parsed operation, whatever its type: made by the registry from its message, applied by the
// state machine. The types themselves are plain structs under tx/ that satisfy TxType or
// StatementType; OperationOf wraps them, so nothing else ever lists the types.
// Statements (protocol lane, free) are judged whole by `admit` before they may touch state: their
// apply cannot refuse.
#pragma once

#include <concepts>
#include <memory>
#include <optional>

#include "ledger/context.h"
#include "specs/proto/tx.pb.h"

namespace wald::ledger {

template <class T>
using Parsed = base::Result<T, Dropped>;

template <class T>
concept TxType = requires(const T& t, const typename T::Message& m, Context& ctx) {
  { T::parse(m) } -> std::same_as<Parsed<T>>;
  { t.apply(ctx) } -> std::same_as<base::Result<void, Rejected>>;
};

template <class T>
concept StatementType = requires(const T& t, const typename T::Message& m, const Context& view,
                                 Context& ctx) {
  { T::parse(m) } -> std::same_as<Parsed<T>>;
  { t.raw.header.author } -> std::convertible_to<base::NodeId>;
  { t.admit(view) } -> std::same_as<base::Result<void, Dropped>>;
  { t.apply(ctx) } -> std::same_as<void>;
};

// What the body of a transaction says beside its operation, for signatures inside the operation
// that bind it.
struct SignedBy {
  base::ChainId chain;
  base::AccountId sender;
  std::uint64_t nonce = 0;
};

class Operation {
 public:
  virtual ~Operation() = default;
  virtual const spec::TxRule& rule() const = 0;
  // Signatures that checking it costs beside the envelope's own (U-5).
  virtual std::uint32_t signatures() const = 0;
  // How often the base fee is due, and the surcharge: a Batch sums over its operations (U-8).
  virtual std::uint32_t bases() const = 0;
  virtual std::uint64_t surcharge() const = 0;
  // Whether the fee is distributed only after the apply, which may give a part of it back (U-5).
  virtual bool fee_waits() const = 0;
  // Units of the block's budget (U-6): signature 60, VRF check 1,200, record written 20.
  virtual std::uint64_t cost() const = 0;
  // The groups whose pause suspends it (G-8): bit g stands for group g of common.proto.
  virtual std::uint32_t groups() const = 0;
  // Whole envelopes that it carries and that run right after it (U-8); else none.
  virtual const std::vector<base::Bytes>& inside() const = 0;
  // Signatures inside the operation, as far as bytes alone decide.
  virtual base::Result<void, Dropped> check(const SignedBy& by) const = 0;
  virtual base::Result<void, Dropped> admit(const Context& view) const = 0;
  virtual base::Result<void, Rejected> apply(Context& ctx) const = 0;
  bool is_statement() const { return rule().statement() != 0; }
  // The node that a statement's header names, of others nothing. From bytes alone, as the lane:
  // that it has signed is known once admit() has said yes.
  virtual std::optional<base::NodeId> author() const = 0;
};

using OperationPtr = std::shared_ptr<const Operation>;
// Refuses what no type's parse accepts, and a message without an operation, with MALFORMED or the
// type's own code.
Parsed<OperationPtr> parse_operation(const spec::Operation& operation);

}  // namespace wald::ledger
