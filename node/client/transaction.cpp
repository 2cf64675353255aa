// SPDX-License-Identifier: Apache-2.0
#include "node/client/transaction.h"

#include <algorithm>

#include "codec/base/text.h"
#include "ledger/signing.h"
#include "ledger/wire/canonical.h"
#include "ledger/wire/rules.h"
#include "node/os/clock.h"
#include "node/reflect/json.h"
#include "node/reflect/value.h"

namespace wald::client {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostEnvelope = 72 * 1024 + 1'024;
constexpr std::uint64_t kGuessFee = 9'000'000'000;  // of the trial: as long as any real one

std::string account_text(const base::AccountId& id) {
  return reflect::bytes_text(spec::KIND_ACCOUNT, id.view());
}

Outcome<base::Bytes> hash_at(const json::value& object, std::string_view key) {
  const auto text = text_at(object, key);
  if (!text.ok()) return base::Err<Failure>{text.error()};
  const auto bytes = reflect::parse_bytes(spec::KIND_HASH, *text);
  if (!bytes.ok())
    return fail(Exit::kUnexpected, "STRANGE_ANSWER", "\"" + std::string(key) + "\" is no hash");
  const auto view = base::as_bytes(*bytes);
  return base::Bytes(view.begin(), view.end());
}

// The last move of the sender's balance among the effects, or what it has.
std::uint64_t balance_after(const Draft& draft) {
  std::uint64_t balance = draft.balance;
  const std::string path = "account/" + account_text(draft.sender) + ".balance";
  if (const auto* effects = draft.simulation.if_contains("effects");
      effects != nullptr && effects->is_array())
    for (const auto& effect : effects->get_array()) {
      const auto where = text_at(effect, "path");
      const auto after = number_at(effect, "after");
      if (where.ok() && after.ok() && *where == path) balance = *after;
    }
  return balance > draft.fee ? balance - draft.fee : 0;
}

Outcome<void> simulate(Remote& remote, Draft& draft) {
  draft.bytes = wire::write_canonical(draft.body);
  TRY_ASSIGN(Reply reply,
             remote.post("/v1/txs/simulate", {{"body", base::to_base64(draft.bytes)}}));
  TRY_ASSIGN(draft.fee, number_at(reply.data, "fee"));
  TRY_ASSIGN(draft.code, text_at(reply.data, "code"));
  TRY_ASSIGN(draft.message, text_at(reply.data, "message"));
  TRY_ASSIGN(draft.advice, text_at(reply.data, "advice"));
  draft.simulation = reply.data.get_object();
  return {};
}

}  // namespace

base::AccountId account_of(const base::PublicKey& key) {
  return ledger::Policy::single(key).account_id();
}

base::TxId body_id(base::ByteView body) { return ledger::tx_id(body); }

Outcome<Draft> build(Remote& remote, const base::AccountId& sender,
                     const spec::Operation& operation, const BuildOptions& options) {
  Draft draft;
  TRY_ASSIGN(const Reply status, remote.get("/v1/status"));
  TRY_ASSIGN(const base::Bytes chain, hash_at(status.data, "chain"));
  TRY_ASSIGN(const std::uint64_t height, number_at(status.data, "height"));
  TRY_ASSIGN(const std::uint64_t version, number_at(status.data, "protocolVersion"));
  const auto* test = status.data.get_object().if_contains("test");
  draft.test_chain = test != nullptr && test->is_bool() && test->get_bool();
  TRY_ASSIGN(const Reply account, remote.get("/v1/accounts/" + account_text(sender)));
  TRY_ASSIGN(draft.balance, number_at(account.data, "balance"));
  TRY_ASSIGN(const std::uint64_t nonce, number_at(account.data, "nonce"));
  draft.chain = base::ChainId::from(chain);
  draft.sender = sender;
  draft.body.set_chain(base::string_of(chain));
  draft.body.set_version(static_cast<std::uint32_t>(version));
  draft.body.set_sender(base::string_of(sender.view()));
  draft.body.set_nonce(nonce);
  draft.body.set_valid_until(height + options.valid_for);
  draft.body.set_max_fee(options.max_fee.value_or(kGuessFee));
  *draft.body.mutable_operation() = operation;
  TRY(simulate(remote, draft));
  if (!options.max_fee) {
    // The fee is by length, and the limit is part of it: the second trial settles it, but for a
    // limit that became longer.
    for (int trial = 0; trial < 3 && draft.fee != draft.body.max_fee(); ++trial) {
      draft.body.set_max_fee(draft.fee);
      TRY(simulate(remote, draft));
    }
  } else if (draft.fee > *options.max_fee) {
    return fail(Exit::kRejected, "FEE_OVER_LIMIT",
                "the fee is " + reflect::format_wal(draft.fee) + ", above --max-fee " +
                    reflect::format_wal(*options.max_fee),
                "nothing was sent");
  }
  draft.balance_after = balance_after(draft);
  return draft;
}

base::Bytes preimage_of(const base::ChainId& chain, base::ByteView body) {
  const auto preimage = ledger::tx_preimage(chain, ledger::tx_id(body));
  return base::Bytes(preimage.begin(), preimage.end());
}

base::Bytes seal(base::ByteView body, const base::PublicKey& key, base::ByteView signature) {
  spec::Envelope envelope;
  envelope.set_body(base::string_of(body));
  envelope.set_policy(base::string_of(ledger::Policy::single(key).encode()));
  envelope.set_bitmap(std::string(1, '\1'));
  envelope.add_signatures(base::string_of(signature));
  return wire::write_canonical(envelope);
}

base::Bytes sign_body(const base::ChainId& chain, base::ByteView body, const keys::Key& key) {
  return seal(body, key.info.public_key, keys::sign(key.seed, preimage_of(chain, body)));
}

Outcome<Decoded> decode(base::ByteView bytes) {
  Decoded out;
  auto envelope = wire::parse_canonical<spec::Envelope>(bytes, kMostEnvelope);
  base::ByteView body_bytes = bytes;
  if (envelope.ok()) {
    out.envelope = std::move(envelope).value();
    body_bytes = base::as_bytes(out.envelope.body());
  }
  auto body = wire::parse_canonical<spec::Body>(body_bytes, kMostEnvelope);
  if (!body.ok())
    return fail(Exit::kRejected, "MALFORMED",
                "not the canonical form of an envelope or a body: " + body.error().where + ": " +
                    wire::fault_name(body.error().fault));
  out.body = std::move(body).value();
  out.id = ledger::tx_id(body_bytes);
  return out;
}

Outcome<Sent> wait_for(Remote& remote, const std::string& digest, std::uint64_t timeout_ms) {
  const std::uint64_t end = os::monotonic_ms() + timeout_ms;
  for (;;) {
    const std::uint64_t now = os::monotonic_ms();
    const std::uint64_t left = end > now ? std::min<std::uint64_t>(end - now, 10'000) : 0;
    auto reply = remote.get("/v1/txs/" + digest + "?wait=" + std::to_string(left) + "ms");
    if (reply.ok()) {
      TRY_ASSIGN(const std::string state, text_at(reply->data, "state"));
      TRY_ASSIGN(const std::string code, text_at(reply->data, "code"));
      if (state == "committed" && code == "OK") return Sent{digest, reply->data.get_object()};
      if (state == "committed") {
        const auto message = text_at(reply->data, "message");
        auto out = fail(Exit::kRejected, code,
                        "rejected: " + (message.ok() ? *message : code) + " (" + code + ")");
        out.error.status = "FAILED_PRECONDITION";
        out.error.domain = "ledger.wald";
        out.error.metadata["digest"] = digest;
        return out;
      }
    } else if (reply.error().exit != Exit::kNotFound && reply.error().exit != Exit::kUnreachable) {
      return base::Err<Failure>{std::move(reply).error()};
    }
    if (now >= end) {
      auto out =
          fail(Exit::kUnknownOutcome, "OUTCOME_UNKNOWN",
               "the time is over and the outcome is unknown", "ask: wal tx status " + digest);
      out.error.status = "DEADLINE_EXCEEDED";
      out.error.code = 504;
      out.error.metadata["digest"] = digest;
      return out;
    }
  }
}

Outcome<Sent> send(Remote& remote, const base::Bytes& envelope, Wait wait,
                   std::uint64_t timeout_ms) {
  TRY_ASSIGN(const Decoded decoded, decode(envelope));
  const std::string digest = reflect::bytes_text(spec::KIND_TX, decoded.id.view());
  auto reply = remote.submit(base::string_of(envelope));
  if (!reply.ok()) {
    Failure failure = std::move(reply).error();
    failure.metadata.emplace("digest", digest);
    if (failure.exit == Exit::kUnknownOutcome) failure.hint = "ask: wal tx status " + digest;
    return base::Err<Failure>{std::move(failure)};
  }
  if (wait != Wait::kCommitted) return Sent{digest, reply->data.get_object()};
  return wait_for(remote, digest, timeout_ms);
}

}  // namespace wald::client
