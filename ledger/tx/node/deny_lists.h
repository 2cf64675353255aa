// SPDX-License-Identifier: Apache-2.0
// AnnounceDenyList: the operator makes known which list its node asks for, so that members can
// fetch and check it. UpdateDenyList: a quorum of the committee has checked it; it is in force
// (L-14).
#pragma once

#include "ledger/duties.h"
#include "ledger/operation.h"
#include "proofs/certificate.h"

namespace wald::ledger::tx {

struct AnnounceDenyList {
  using Message = spec::AnnounceDenyList;
  base::NodeId node;
  DenyListed list;
  static Parsed<AnnounceDenyList> parse(const Message& message);
  // UNKNOWN_NODE, NOT_AUTHORITY, NOT_MEMBER, DENY_SEQUENCE.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

struct UpdateDenyList {
  using Message = spec::UpdateDenyList;
  proofs::Certificate certificate;
  static Parsed<UpdateDenyList> parse(const Message& message);
  std::uint32_t signatures() const {
    return static_cast<std::uint32_t>(certificate.signatures.size());
  }
  // CERT_MESSAGE (no message of this kind), UNKNOWN_NODE, NOT_MEMBER, 400-403, DENY_SEQUENCE.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
