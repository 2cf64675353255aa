// SPDX-License-Identifier: Apache-2.0
// What else the people of the demo do: keep blobs in a bucket that somebody may fill, share a blob
// so that a stranger prolongs it, vote on a price, and take the commission of the operator that
// fell silent by a ballot in which a delegator votes for itself. Thread rule: the main thread.
#pragma once

#include <optional>
#include <string>

#include "node/demo/desk.h"

namespace wald::demo {

class Affairs {
 public:
  Affairs(Network& network, Desk& desk) : network_(network), desk_(desk) {}

  Step<void> fill_bucket(const std::string& file);
  Step<void> share(const std::string& object);
  Step<void> vote_on_price();
  Step<void> accuse(const Member& silent);

  // What is due in this epoch of all that was begun.
  Step<void> settle(std::uint32_t epoch);
  // Everything that was begun has ended.
  Step<void> expect_done() const;

 private:
  Step<void> check_price(std::uint32_t epoch);
  Step<void> execute(std::uint32_t epoch);

  Network& network_;
  Desk& desk_;
  std::optional<std::uint32_t> voted_in_;  // epoch of the last vote on the price
  std::optional<std::uint32_t> deadline_;  // of the ballot
  const Member* accused_ = nullptr;
};

}  // namespace wald::demo
